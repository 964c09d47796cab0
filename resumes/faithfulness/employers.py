"""Employers: names in quotes, well-known names, capitals after «работал в», named entities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from resumes.faithfulness.companies import company, is_abbreviation, is_common_word, names_of
from resumes.faithfulness.document import Document, Token, normalise
from resumes.faithfulness.facts import Facts, lookalike_key, words_of
from resumes.faithfulness.gazetteer import city_forms, country_forms
from resumes.faithfulness.knowledge import knowledge
from resumes.faithfulness.morphology import is_known, lemmas, readings
from resumes.faithfulness.ner import entities
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.schools import NICKNAMES
from resumes.faithfulness.sounds import sound
from resumes.faithfulness.stance import Stance, is_own_act, stances
from resumes.faithfulness.toolnames import is_program, tool_name
from resumes.faithfulness.workplaces import (
    ACCUSATIVE,
    AND,
    BEHIND,
    CAR,
    CARRIED,
    COMPOUND,
    CUSTOMER,
    DEVOTED,
    EMPLOYED,
    EMPLOYED_AT,
    IN,
    INITIAL,
    LEGAL,
    LISTED,
    MARK,
    MARKS,
    NAMED_AFTER,
    NO_EMPLOYER,
    NUMBERED,
    PART,
    PLACED,
    QUOTED,
    SCHOOL,
    SOLE_TRADER,
    TOOL,
    VEHICLE,
    VENUE,
    WISH,
    WORKED,
    WORKPLACE,
    WORKPLACE_NEXT,
)

MATCH = 85
COMMON_STEM = 5


@dataclass(frozen=True, slots=True)
class EmployerClaim(Claim):
    """A workplace (or, by ``kind``, a tool) called ``name``: lower case, without its legal form.

    ``number``: of a workplace that has no other name.
    """

    kind: str
    name: str
    number: str = ""


def triggers(word: str) -> bool:
    """True for verbs and nouns of work, and for well-known employers."""
    return company(word) is not None or WORKED.match(word) is not None


def find(doc: Document) -> Iterator[EmployerClaim]:
    """Workplaces of the author."""
    marked = MARK.search(doc.text) is not None
    # Most sentences have no capital but their first, and name nobody.
    if not marked and doc.text[1:].islower() and not any(company(token.low) for token in doc.tokens):
        return
    taken: list[tuple[int, int]] = []
    for claim in (*(_numbered(doc) if marked else ()), *(_quoted(doc) if marked else ()), *_bare(doc)):
        if any(claim.start < end and start < claim.end for start, end in taken):
            continue
        taken.append((claim.start, claim.end))
        token = next((token for token in doc.tokens if token.end > claim.start), None)
        if token is not None and stances(doc)[token.index] in (Stance.STATED, Stance.HOBBY):
            yield claim


def _numbered(doc: Document) -> Iterator[EmployerClaim]:
    for match in NUMBERED.finditer(doc.low) if "№" in doc.low else ():
        if not SCHOOL.search(doc.low[max(0, match.start() - 40) : match.start()]):
            yield EmployerClaim(*match.span(), "employer", match["stem"], match["number"])


def _quoted(doc: Document) -> Iterator[EmployerClaim]:
    for match in QUOTED.finditer(doc.text):
        kind = _kind_of_quoted(doc, match.start(), match["name"])
        if kind:
            yield EmployerClaim(*match.span("name"), kind, _bare_name(match["name"]))


def _kind_of_quoted(doc: Document, start: int, name: str) -> str | None:
    sentence_start, _ = doc.sentence_span(start)
    before = doc.low[sentence_start:start]
    if SCHOOL.search(before) or (CARRIED.search(before) and ACCUSATIVE.search(doc.low)):
        return None
    if CUSTOMER.search(before) or (WISH.search(before) and not WORKED.search(before)):
        return None
    if WORKPLACE.search(before):
        return "employer"
    if not name[0].isupper() or VEHICLE.match(name.lower()) or CAR.match(normalise(name)):
        return None
    if TOOL.search(before) or all(is_program(word) for word in words_of(name)):
        return "skill" if TOOL.search(before) else None
    if WISH.search(before):
        return None
    if _of_others(before):
        return None
    placed = IN.search(before) or AND.search(before) or before.rstrip().endswith((":", "—", "–", ","))
    return "employer" if WORKED.search(before) or placed else None


def _of_others(before: str) -> bool:
    """«Аудиторы из «Делойта»»: several people, and no verb of the author's."""
    best = [readings(word)[0] for word in re.findall(r"[а-я-]+", before)]
    several = any(reading.has("NOUN", "anim", "plur", "nomn") for reading in best)
    return several and not any(reading.has("1per") or reading.has("VERB", "past", "sing") for reading in best)


def _bare(doc: Document) -> Iterator[EmployerClaim]:
    """Names without quotes: of sole traders, well-known ones, those with a capital after a preposition, entities."""
    for match in NAMED_AFTER.finditer(doc.text) if " им" in doc.low else ():
        if WORKED.search(doc.low[: match.start()]) and not SCHOOL.search(doc.low[: match.start("name")]):
            yield EmployerClaim(*match.span(), "employer", _bare_name(match["name"]))
    for match in SOLE_TRADER.finditer(doc.text) if "ип " in doc.low else ():
        yield EmployerClaim(*match.span(), "employer", _bare_name(match["name"]))
    candidates = [token for token in doc.tokens if _may_be_name(doc, token)]
    if not candidates:
        return
    if doc.text.isupper() or CUSTOMER.search(doc.low) or (WISH.search(doc.low) and not WORKED.search(doc.low)):
        return
    quoted = [match.span() for match in QUOTED.finditer(doc.text)]
    placed = False
    unexplained = False
    for token in candidates:
        start = token.start - 2 if INITIAL.search(doc.text[: token.start]) else token.start
        before = doc.low[:start]
        known = company(token.low)
        if token.latin and not known:
            if _at_work(doc, token):
                end = _end_of_name(doc, token)
                yield EmployerClaim(start, end, "employer", _bare_name(doc.text[start:end]))
            continue
        if token.low[0].isdigit() or token.low in NO_EMPLOYER:
            continue
        if any(start <= token.start < end for start, end in quoted):
            continue
        if known and is_common_word(known) and not token.capitalised:
            continue
        if known and (token.latin or tool_name(token.low)) and not EMPLOYED.search(before):
            continue
        behind = PLACED.search(before) or (placed and AND.search(before)) or DEVOTED.search(before)
        if not behind and known and token.capitalised:
            behind = LISTED.search(before)
        if (
            known
            and not _is_vehicle(doc, before, token)
            and (behind or PART.search(before) or (BEHIND.search(before) and not token.latin))
            and _at_work(doc, token)
        ):
            placed = True
            yield EmployerClaim(start, token.end, "employer", doc.low[start : token.end])
        elif known and (not token.capitalised or token.latin or doc.opens_sentence(token) or tool_name(token.low)):
            continue
        elif behind and not _is_vehicle(doc, before, token) and _at_work(doc, token):
            if token.text.isupper() and not EMPLOYED_AT.search(before) and not (placed and AND.search(before)):
                continue
            if (
                is_known(token.low)
                and start == token.start
                and not token.text.isupper()
                and not _nameless(token)
                and not WORKPLACE_NEXT.match(doc.low, token.end, token.end + 40)
            ):
                continue
            placed = True
            end = _end_of_name(doc, token)
            yield EmployerClaim(start, end, "employer", _bare_name(doc.text[start:end]))
        elif not is_known(token.low) and not token.text.isupper() and not COMPOUND.fullmatch(token.text):
            unexplained = True
    if unexplained and WORKED.search(doc.low):
        yield from _entities(doc)


# «Поступил в Бауманку».
SCHOOLS_BY_NICKNAME = tuple(NICKNAMES)


def _may_be_name(doc: Document, token: Token) -> bool:
    """A cheap test: a well-known employer, or a Russian word with a capital inside the sentence, no place nor tool."""
    if company(token.low) is not None:
        return True
    if not token.capitalised or len(token.low) < 2 or doc.opens_sentence(token) or tool_name(token.low):
        return False
    if token.latin:
        return VENUE.search(doc.low[: token.start]) is not None
    if token.low.startswith(SCHOOLS_BY_NICKNAME):
        return False
    return not _is_place(token.low) or WORKPLACE_NEXT.match(doc.low, token.end, token.end + 40) is not None


# Parts of the country that no list of cities has.
REGIONS = re.compile(
    r"север|юг|восток|запад|урал|сибир|кавказ|крым|алта|дальн|поволж|подмосков|заполяр|ямал|чукот|кубан|дон[ау]?$"
    r"|волг|интернет"
    r"|нов(?:ом|ый) год|росси|европ|ази|москов|ленинградск|област|кра[йея]|республик|татарстан|башк"
)


def _is_vehicle(doc: Document, before: str, token: Token) -> bool:
    """«Возил щебень на КамАЗе», «работал на Камри», but «работал на КамАЗе»."""
    if CAR.match(token.low):
        return re.search(r"(?<!\w)(?:на|и|с|,)\s$", before) is not None
    if not VEHICLE.match(token.low):
        return False
    others = (other.low for other in doc.tokens if other is not token and other.capitalised)
    if any(VEHICLE.match(other) or CAR.match(other) for other in others):
        return True
    return re.search(r"работал[а]? на\s$", before) is None


def _is_place(word: str) -> bool:
    return REGIONS.match(word) is not None or word in city_forms() or word in country_forms()


def _at_work(doc: Document, token: Token) -> bool:
    start, _ = doc.sentence_span(token.start)
    before = doc.low[start : token.start]
    worked = WORKED.search(before) or any(
        is_own_act(other) for other in doc.tokens[: token.index] if other.start >= start
    )
    return bool(worked) and not SCHOOL.search(before[-50:])


@lru_cache(maxsize=50_000)
def _nameless_word(word: str) -> bool:
    return any(reading.has("Orgn") for reading in readings(word)) or not any(
        reading.has("Geox") or reading.has("Name") or reading.has("Surn") for reading in readings(word)
    )


def _nameless(token: Token) -> bool:
    return _nameless_word(token.low)


def _end_of_name(doc: Document, token: Token) -> int:
    end = token.end
    for following in doc.tokens[token.index + 1 : token.index + 4]:
        if not following.capitalised or doc.text[end : following.start] not in (" ", "-", "\xa0"):
            break
        end = following.end
    return end


def _entities(doc: Document) -> Iterator[EmployerClaim]:
    for label, start, end in entities(doc.text):
        if label != "ORG" or doc.text[start:end].isascii() or doc.low[start:end] in NO_EMPLOYER:
            continue
        before = doc.low[:start]
        if all(is_program(word) or tool_name(word) for word in words_of(doc.text[start:end])):
            continue
        if SCHOOL.search(before[-40:]) or SCHOOL.search(doc.low[start:end]):
            continue
        if any(token.start == start and token.end == end and _is_vehicle(doc, before, token) for token in doc.tokens):
            continue
        if WORKPLACE.search(before) or (WORKED.search(before) and IN.search(before)):
            yield EmployerClaim(start, end, "employer", _bare_name(doc.text[start:end]))


def _bare_name(name: str) -> str:
    return LEGAL.sub(" ", normalise(name)).strip(" .,-")


def judge(claim: EmployerClaim, facts: Facts) -> Objection | None:
    """Supported if the résumé has the name in any field, inflected, shortened or in another alphabet."""
    if claim.number:
        supported = claim.name[:5] in facts.blob and re.search(rf"№\s*{claim.number}(?!\d)", facts.blob) is not None
    else:
        supported = is_named(claim.name, facts)
    if supported:
        return None
    expected = "; ".join(dict.fromkeys(facts.companies)) or None
    return Objection(claim.kind, claim.start, claim.end, expected if claim.kind == "employer" else None)


def is_named(name: str, facts: Facts) -> bool:
    """True if the résumé has the employer ``name`` (lower case, without its legal form)."""
    if not name:
        return True
    if knowledge(facts).has_company(company(name)) or company(name) in _mentioned(facts):
        return True
    if NUMBER_BEHIND.search(name):
        # «АТП-7» is no «АТП-3».
        return any(_letters(name) in _letters(text) for text in facts.texts)
    words = [word for word in words_of(name) if len(word) > 2] or words_of(name)
    if " " in name and name in facts.blob:
        return True
    known = [company(word) for word in (words if company(name) is None else [name])]
    if any(known) and not any(map(knowledge(facts).has_company, known)):
        texts = [_bare_name(text) for text in facts.companies]
        called = {name}.union(*(names_of(key) for key in known if key))
        return any(name in text for text in texts) or any(is_abbreviation(other, texts) for other in called)
    if name in facts.blob or (words and all(_word_supported(word, facts) for word in words)):
        return True
    whole = [_bare_name(text) for text in (*facts.companies, *facts.institutions)]
    return any(fuzz.ratio(name, text) >= MATCH for text in whole) or is_abbreviation(name, whole)


NUMBER_BEHIND = re.compile(r"^[а-я]{2,6}-\d{1,3}$")


def _letters(text: str) -> str:
    return re.sub(r"[^a-zа-я0-9]", "", normalise(text))


@lru_cache(maxsize=64)
def _mentioned(facts: Facts) -> frozenset[str]:
    """Well-known employers that any text of the résumé names: a mechandiser works in the shops of others."""
    words = {word for text in facts.text_words for word in text}
    return frozenset(key for word in words if (key := company(word)) and not is_common_word(key)) | frozenset(
        key
        for match in QUOTED.finditer(facts.blob)
        for word in words_of(match["name"])
        if (key := company(word)) is not None
    )


def _word_supported(word: str, facts: Facts) -> bool:
    if "-" in word and all(_word_supported(part, facts) for part in word.split("-")):
        return True
    known = knowledge(facts)
    if lookalike_key(word) in facts.keys or lemmas(word) & facts.words or known.has_company(company(word)):
        return True
    if known.sounds_like(sound(word)) or known.sounds_like(sound(readings(word)[0].lemma)):
        return True
    best = readings(word)[0]
    stem = word[: max(COMMON_STEM, len(word) - 3)]
    return (
        len(word) > COMMON_STEM
        and best.pos in ("NOUN", "ADJF", "")
        and re.search(rf"(?<!\w){re.escape(stem)}", facts.blob) is not None
    )


RULE = Rule(triggers, find, judge, marks=MARKS)
