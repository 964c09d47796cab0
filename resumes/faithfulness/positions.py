"""Occupation: what the author says to be, to have been, or to look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from resumes.faithfulness import posts
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts, lookalike_key, words_of
from resumes.faithfulness.gazetteer import SHORT_NAMES, cities
from resumes.faithfulness.holders import holds_post, told_of_other
from resumes.faithfulness.knowledge import SHORTEST_STEM, Knowledge, knowledge
from resumes.faithfulness.morphology import is_known, lemma, lemmas, readings
from resumes.faithfulness.occupations import bearing_out, occupation
from resumes.faithfulness.roots import roots, stem
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.sounds import sound
from resumes.faithfulness.stance import Stance, is_own_act, stances
from resumes.faithfulness.toolnames import tool_name

EXECUTIVES = tuple(post[:8] for post in posts.EXECUTIVES)


@dataclass(frozen=True, slots=True)
class Detail:
    """A word of a speciality («по закупкам», «системный») by its roots, beginning and sound, or a tool by its keys."""

    roots: frozenset[str]
    beginning: str
    heard: str
    tools: frozenset[str]

    def known(self, known: Knowledge) -> bool:
        """True if the résumé has the word or its kin."""
        if self.tools & known.tools:
            return True
        if not self.roots:
            return False
        kin = self.roots & known.told or known.has_beginning(self.beginning)
        return bool(kin) or known.sounds_like(self.heard, beginning=True)


@dataclass(frozen=True, slots=True)
class PositionClaim(Claim):
    """An occupation: the words of which any bears it out; then what the title must have besides.

    ``rank``: words of which one must be in the same title. ``details``: words of a speciality («по закупкам»,
    «системный»). No names at all: «руководила», any post of a leader will do. ``held``: a post is named, so that what
    one has learnt does not bear it out. ``worked``: in the instrumental, where a post is meant that one has held; in
    the nominative a trade may be meant that the résumé tells of in other words.
    """

    names: frozenset[str]
    head: str
    rank: frozenset[str]
    details: tuple[Detail, ...]
    held: bool = False
    worked: bool = False


@lru_cache(maxsize=50_000)
def triggers(word: str) -> bool:
    """True for names of occupations, verbs of leading, and verbs of work behind which anybody may be named."""
    return bool(_heads(word)) or posts.LEADING.match(word) is not None or posts.AT_WORK.match(word) is not None


@lru_cache(maxsize=50_000)
def _heads(word: str) -> tuple[str, ...]:
    """Occupations that a word names; a hyphenated one by its parts, unless it is one as a whole."""
    if name := occupation(word):
        return (name,)
    if "сестра" in lemmas(word):
        return ("медсестра",)
    return tuple(filter(None, map(occupation, word.split("-")))) if "-" in word else ()


@lru_cache(maxsize=50_000)
def _named(word: str) -> tuple[str, ...] | None:
    """Occupations that a word names; none but an empty tuple if it may be an unlisted one, null if it cannot."""
    return _heads(word) or (() if _is_somebody(word) else None)


def find(doc: Document) -> Iterator[PositionClaim]:
    """Occupations of the author, with rank and speciality."""
    for match in posts.LEADING.finditer(doc.low) if posts.LEADING_CUE.search(doc.low) else ():
        token = next(token for token in doc.tokens if token.end > match.start())
        if stances(doc)[token.index] is Stance.STATED:
            yield PositionClaim(*match.span(), frozenset(), "", frozenset(), ())
    candidates = [(token, heads) for token in doc.tokens if (heads := _named(token.low)) is not None]
    if not candidates:
        return
    if sum(1 for _, heads in candidates if heads) > 1 and (posts.SOUGHT.search(doc.low) or "в одном лице" in doc.low):
        # «Ищу работу курьером, грузчиком или кладовщиком»: what one would do, not what one is.
        return
    last: Token | None = None
    stance = stances(doc)
    praised = [match.span() for match in posts.PRAISE.finditer(doc.low)]
    for token, heads in candidates:
        if praised and any(start <= token.start < end for start, end in praised):
            continue
        if doc.text[token.start - 1 : token.start] in ("«", '"') or stance[token.index] >= Stance.DENIED:
            continue
        if not heads:
            if _is_unlisted(doc, token):
                name = lemma(token.low)
                yield PositionClaim(token.start, token.end, frozenset({name}), name, frozenset(), ())
            continue
        if _is_epithet(doc, token):
            continue
        joined = last is not None and posts.JOINT.fullmatch(doc.low, last.end, token.start) is not None
        if _is_authors(doc, token, joined):
            last = token
            yield from _claims(doc, token, heads)


@lru_cache(maxsize=50_000)
def _is_adjective(word: str) -> bool:
    return any(reading.pos == "ADJF" for reading in readings(word))


def _is_epithet(doc: Document, token: Token) -> bool:
    """«Пожарная безопасность»: an adjective that is an occupation only where it stands alone."""
    following = doc.tokens[token.index + 1 : token.index + 2]
    return (
        bool(following)
        and following[0].clause == token.clause
        and _is_adjective(token.low)
        and not token.low.startswith(("заведующ", "управляющ"))
        and readings(following[0].low)[0].pos == "NOUN"
        and _agree(token.low, following[0].low)
        and ("gent" not in (cases := _cases(following[0].low)) or "nomn" in cases)
    )


def _claims(doc: Document, token: Token, heads: tuple[str, ...]) -> Iterator[PositionClaim]:
    foreman = heads == ("мастер",) and posts.OF_SHOP.match(doc.low, token.end)
    names = posts.FOREMEN if foreman else frozenset().union(*map(bearing_out, heads))
    rank, modifiers = _before(doc, token)
    details = [_detail(word.low) for word in modifiers]
    details += [_detail(part) for part in token.low.split("-") if part.isascii() and not occupation(part)]
    end = token.end
    detail = posts.DETAIL.match(doc.low, token.end) or (
        posts.COMPLEMENT.match(doc.low, token.end) if heads[-1] in posts.SPECIALISED else None
    )
    if detail and not posts.NO_DETAIL.match(detail["words"]) and " ПО " not in doc.text[detail.start() : detail.end()]:
        details.append(_detail(words_of(detail["words"])[0]))
        end = detail.end()
    elif heads[-1] in posts.HELPERS and (following := _next(doc, token)) and (helped := _heads(following.low)):
        details.append(Detail(frozenset().union(*map(roots, bearing_out(helped[-1]))), helped[-1], "", frozenset()))
        end = following.end
    start = min([token.start, *(word.start for word in modifiers), *([rank.start] if rank else [])])
    before = doc.tokens[token.index - 1] if token.index else None
    at_work = before is not None and posts.AT_WORK.fullmatch(before.low) is not None
    held = at_work or posts.POST_OF.search(doc.low[:start]) is not None
    ranks = posts.RANKS[_rank(rank.low)] if rank else frozenset[str]()
    worked = "nomn" not in _cases_of_somebody(token.low.split("-")[-1])
    yield PositionClaim(start, end, names, heads[-1], ranks, tuple(details), held, worked)


def _next(doc: Document, token: Token) -> Token | None:
    following = doc.tokens[token.index + 1 : token.index + 2]
    return following[0] if following and following[0].clause == token.clause else None


@lru_cache(maxsize=50_000)
def _detail(word: str) -> Detail:
    plain = lemma(word)
    if word.isascii():
        return Detail(frozenset(), "", "", frozenset({tool_name(word) or word, lookalike_key(word)}))
    english = posts.ENGLISH.get(plain, frozenset())
    return Detail(roots(word), plain[: max(SHORTEST_STEM, len(plain) - 4)], sound(stem(plain)), english)


@lru_cache(maxsize=20_000)
def _rank(word: str) -> str:
    """Rank that ``word`` may be a form of («главного» is a noun as well); empty if of none."""
    return next((reading.lemma for reading in readings(word) if reading.lemma in posts.RANKS), "")


def _before(doc: Document, token: Token) -> tuple[Token | None, list[Token]]:
    """Rank and adjectives of a speciality in front of an occupation («старшая медицинская сестра»)."""
    rank, modifiers = None, []
    for before in reversed(doc.tokens[max(0, token.index - 3) : token.index]):
        best = readings(before.low)[0]
        if before.clause != token.clause or (best.pos not in ("ADJF", "NOUN", "PRTF") and not _rank(before.low)):
            break
        if _rank(before.low) and (_rank(before.low) not in posts.EXECUTIVE or token.low.startswith(EXECUTIVES)):
            rank = before
        elif best.pos == "NOUN":
            break
        elif not posts.EVALUATIVE.match(before.low) and _is_speciality(before.low) and _agree(before.low, token.low):
            modifiers.append(before)
    return rank, modifiers


@lru_cache(maxsize=50_000)
def _is_speciality(word: str) -> bool:
    """True for adjectives of relation («торговый»), not for those of quality, place or number."""
    best = readings(word)[0]
    if best.pos == "PRTF":
        return False
    if ADJECTIVE_OF_PLACE.search(word) and word[: max(5, len(word) - 6)] in city_beginnings():
        return False
    return (
        is_known(word) and not any(best.has(grammeme) for grammeme in ("Qual", "Apro", "Anum")) and "летн" not in word
    )


ADJECTIVE_OF_PLACE = re.compile(r"ск(?:ий|ая|ого|ой|им|ую|ому|ом)$")


@lru_cache(maxsize=1)
def city_beginnings() -> frozenset[str]:
    """Beginnings of names of cities, from five letters on."""
    names = (*cities(), *SHORT_NAMES)
    return frozenset(city.replace(" ", "")[:end] for city in names for end in range(5, len(city) + 1))


CASES = ("nomn", "gent", "ablt", "datv", "accs", "loct")


@lru_cache(maxsize=50_000)
def _cases(word: str) -> frozenset[str]:
    return frozenset(case for reading in readings(word) for case in CASES if reading.has(case))


@lru_cache(maxsize=50_000)
def _cases_of_somebody(word: str) -> frozenset[str]:
    """As above, of the person only where a word may be a thing too («аналитика» is «аналитик» in the genitive)."""
    people = [reading for reading in readings(word) if reading.has("anim")] if is_known(word) else []
    people = [reading for reading in people if reading.has("sing")] or people
    return frozenset(case for reading in people or readings(word) for case in CASES if reading.has(case))


def _agree(adjective: str, noun: str) -> bool:
    return bool(_cases(adjective) & _cases(noun.split("-")[-1]))


def _is_authors(doc: Document, token: Token, joined: bool) -> bool:
    """The author's own occupation: instrumental without a preposition, after a cue, or ``joined`` to another one."""
    last = token.low.split("-")[-1]
    cases = _cases_of_somebody(last)
    if token.latin:
        cases = frozenset({"nomn", "ablt"})
    clause = doc.clause_of(token)
    within = doc.low[clause[0].start : token.start]
    start, _ = doc.sentence_span(token.start)
    before = doc.low[start : token.start]
    if posts.WISH.search(within) or (stances(doc)[token.index] is Stance.WISHED and not posts.SOUGHT.search(before)):
        return False
    preposition = False
    for other in reversed(doc.tokens[clause[0].index : token.index]):
        pos = readings(other.low)[0].pos
        if pos not in ("ADJF", "PRTF", "ADVB") or (pos != "ADVB" and not _agree(other.low, token.low)):
            preposition = pos == "PREP"
            break
    if "ablt" in cases and not preposition and not (token.latin and not posts.AT_WORK.search(within.strip())):
        return joined or holds_post(doc, token)
    if posts.OUT_OF_ME.match(doc.low, token.end):
        return False
    if posts.OF_EDUCATION.search(before) or posts.OF_EDUCATION.match(doc.low[token.end :].lstrip()):
        return False
    like = posts.LIKE.search(within)
    if like and clause[0].index and not like.start():
        return False
    if like and like.start() and not any(map(is_own_act, doc.tokens[clause[0].index : token.index])):
        return False
    if "nomn" in cases and (joined or posts.CUES_NOMINATIVE.search(before)):
        return not _acts(doc, token) and not told_of_other(doc, token)
    if posts.WISH_BEHIND.search(doc.low[token.end : clause[-1].end]) and not posts.SOUGHT.search(before):
        return False
    return bool(cases & {"gent", "nomn", "accs"}) and bool(posts.CUES_GENITIVE.search(before))


def _acts(doc: Document, token: Token) -> bool:
    """«Бригадир всегда говорил»: the subject of a verb is somebody else, unless «я» stands with it."""
    clause = doc.clause_of(token)
    if any(other.low == "я" for other in clause):
        return False
    behind = clause[clause.index(token) + 1 :]
    if any(other.low in posts.NEARBY for other in behind):
        return True
    verbs = (best for other in behind if (best := readings(other.low)[0]).pos == "VERB")
    verb = next(verbs, None)
    return verb is not None and not verb.has("1per")


@lru_cache(maxsize=50_000)
def _is_somebody(word: str) -> bool:
    best = readings(word)[0]
    return best.pos == "NOUN" and best.has("anim", "sing", "ablt") and not best.has("Name") and not best.has("Surn")


def _is_unlisted(doc: Document, token: Token) -> bool:
    """«Работала хостес-менеджером»: somebody in the instrumental right behind a verb of work."""
    if not token.index or not _is_somebody(token.low) or token.capitalised or lemma(token.low) in posts.NO_POST:
        return False
    before = doc.tokens[token.index - 1]
    if token.index > 1 and readings(before.low)[0].pos == "ADJF" and _agree(before.low, token.low):
        before = doc.tokens[token.index - 2]
    return posts.AT_WORK.fullmatch(before.low) is not None


def judge(claim: PositionClaim, facts: Facts) -> Objection | None:
    """Supported if one title has the occupation, with its rank; specialities may stand anywhere."""
    if _supported(claim, facts):
        return None
    return Objection("position", claim.start, claim.end, "; ".join(dict.fromkeys(facts.positions)) or None)


def _supported(claim: PositionClaim, facts: Facts) -> bool:
    if not claim.names:
        return posts.LEADER.search(facts.blob) is not None
    if any("люба" in title.lower() for title in facts.positions):  # «Любая работа»
        return True
    known = knowledge(facts)
    if not claim.names & known.occupations and not _nearly(claim.head, facts, claim.held or claim.worked):
        return not claim.rank and _told_otherwise(claim, facts, known)
    if claim.rank and not any(claim.rank & words and claim.names & words for words in known.title_words):
        return False
    return all(detail.known(known) for detail in claim.details)


def _told_otherwise(claim: PositionClaim, facts: Facts, known: Knowledge) -> bool:
    """«Монтажник» of an «электромонтажник»; in the nominative what the résumé tells in kindred words will do."""
    if any(word.endswith(claim.head) for word in known.occupations):
        return True
    if claim.worked:
        return False
    if claim.head in posts.HELPERS and claim.details and all(detail.known(known) for detail in claim.details):
        return True
    if claim.head.startswith(posts.ABOVE):  # whoever works for a director is none
        return False
    return _kindred(claim.head, known) or facts.has_word_beginning(claim.head[: max(6, len(claim.head) - 2)])


def _kindred(head: str, known: Knowledge) -> bool:
    """«Логист» of the head of a department «логистики», «флорист» of one who sells flowers."""
    return bool(roots(head) & known.roots)


def _nearly(head: str, facts: Facts, held: bool) -> bool:
    """True for an occupation that the résumé misspells or has learnt as its speciality."""
    learnt = {course.speciality for course in facts.profile.education or () if course.speciality and not held}
    if head.endswith(("чик", "щик")) and roots(head) & knowledge(facts).titles:  # «расчётчик» of «по расчёту»
        return True
    words = knowledge(facts).occupations | {word for speciality in learnt for word in words_of(speciality)}
    if any(roots(head) & roots(word) for speciality in learnt for word in words_of(speciality)):
        return True
    return head in words or any(
        abs(len(word) - len(head)) < 3 and word[:3] == head[:3] and fuzz.ratio(word, head) >= NEARLY for word in words
    )


NEARLY = 85
RULE = Rule(triggers, find, judge)
