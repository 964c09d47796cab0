"""City and country: where the author lives or comes from. Where one would like to move to is a wish, not a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.declension import forms_of_name
from resumes.faithfulness.document import Document, Token
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.gazetteer import INHABITANTS, cities, cities_named, city_forms, country_forms, regions
from resumes.faithfulness.morphology import lemma, readings
from resumes.violations import Violation

LONGEST_NAME = 3
WISH = re.compile(
    r"переезд|переех(?:ать|ал бы)|релокац|релоцир|рассматрива|хочу|хотел|мечта|планиру|командировк|вахт|удаленн\w+ "
    r"работ"
)
RESIDENCE = re.compile(
    r"(?<!\w)(?:жив(?:у|ем|ущ\w+)|прожива\w+|родом|родил(?:ся|ась)|вырос(?:ла)?|нахожусь|базируюсь|обитаю|"
    r"место жительства|место проживания|город(?:е|а)?(?: проживания)?|г\.|житель(?:ница)?|коренн\w+)(?!\w)"
)
# «живу в Петушках»: what follows is a place even if no list knows it.
PLACE_AFTER = re.compile(
    r"(?:жив(?:у|ем|ущ\w+)|прожива(?:ю|ем|ющ\w+)|родом|(?<!\w)я(?=\s+из\s)|переехал\w* из|место (?:жительства"
    r"|проживания)|город проживания)"
    r"\s*(?:[—:–-]\s*|сейчас\s+|постоянно\s+|рядом\s+)*(?:в|из|под|во)?\s*(?:г\.\s*|городе\s+|города\s+)?$"
)
LOCAL = re.compile(r"(?<!\w)(?:метро|район[еау]?|улиц[аеы]|ул\.|проспект\w*)\s*[«\"]?$")
DISTRICT_WORDS = frozenset({"область", "край", "республика", "район", "округ", "регион", "село", "поселок", "деревня"})
CITIZENSHIP = re.compile(
    r"гражд|(?<!\w)(?:жив|прожива|родом|родил|вырос|переехал|приехал|страна|паспорт|вид на жительство|резидент)"
)
PREPOSITIONS = frozenset({"в", "во", "из", "под", "г", "город", "городе", "города", "по", "около", "возле"})


def check_places(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Cities and countries of the author that are not the résumé's."""
    explained: set[int] = set()
    known = cities_named(facts.profile.city) if facts.profile.city else frozenset()
    for first, last, names in named_cities(doc):
        explained.update(range(first.index, last.index + 1))
        if not _city_supported(doc, first, last, names, known, facts):
            yield doc.violation("city", first.start, last.end, facts.profile.city)
    yield from _unlisted(doc, facts, known, explained)
    yield from _countries(doc, facts, known)


def named_cities(doc: Document) -> Iterator[tuple[Token, Token, frozenset[str]]]:
    """Known cities in the text: first and last word, and the cities that the form may name; longest match first."""
    position, tokens, forms = 0, doc.tokens, city_forms()
    while position < len(tokens):
        token = tokens[position]
        if not token.capitalised and token.low not in INHABITANTS and lemma(token.low) not in INHABITANTS:
            position += 1
            continue
        for length in range(LONGEST_NAME, 0, -1):
            phrase = tokens[position : position + length]
            names = forms.get(doc.low[token.start : phrase[-1].end]) if len(phrase) == length else None
            if names and _is_place(doc, token, phrase[-1]):
                yield token, phrase[-1], names
                position += length
                break
        else:
            position += 1


def _is_place(doc: Document, first: Token, last: Token) -> bool:
    """A form that is also a common word or a person's name counts as a city only after a preposition."""
    following = doc.tokens[last.index + 1] if last.index + 1 < len(doc.tokens) else None
    if following and following.capitalised and readings(following.low)[0].has("Surn"):
        return False
    if first.index != last.index or "-" in first.low or first.low in INHABITANTS or lemma(first.low) in INHABITANTS:
        return True
    if doc.text[first.start - 1 : first.start] in ("«", '"', "“"):
        return False
    before = doc.tokens[first.index - 1].low if first.index else ""
    if before in PREPOSITIONS or RESIDENCE.search(doc.low[max(0, first.start - 25) : first.start]):
        return True
    best = readings(first.low)
    personal = any(reading.has(kind) for reading in best for kind in ("Name", "Surn", "Patr"))
    if not doc.opens_sentence(first) and not personal and not (following and following.capitalised):
        return True
    pure = best[0].has("Geox") or (
        first.low in cities() and not any(reading.share > 0.3 and not reading.has("Geox") for reading in best)
    )
    return pure and (not doc.opens_sentence(first) or best[0].has("nomn") or len(best) == 1)


def _city_supported(
    doc: Document, first: Token, last: Token, names: frozenset[str], known: frozenset[str], facts: Facts
) -> bool:
    if names & known or doc.low[first.start : last.end] in known:
        return True
    clause_start, clause_end = doc.clause_span(first.start)
    sentence_start, _ = doc.sentence_span(first.start)
    around = doc.low[sentence_start:clause_end]
    resident = RESIDENCE.search(doc.low[clause_start : first.start])
    if WISH.search(around) and not resident:
        return True
    mentioned = any(form in facts.blob for name in names for form in (name, name[:-1]) if len(form) > 3)
    return mentioned and not resident


def _unlisted(doc: Document, facts: Facts, known: frozenset[str], explained: set[int]) -> Iterator[Violation]:
    """Places that no list knows, after a word of residence, and local detail that a résumé does not have."""
    own = {form for city in known for form in forms_of_name(city)}
    for token in doc.tokens:
        if not token.capitalised or token.index in explained:
            continue
        before = doc.low[max(0, token.start - 45) : token.start]
        if (LOCAL.search(before) and token.low not in facts.blob) or (
            PLACE_AFTER.search(before) and not _is_known_place(doc, token, own, facts)
        ):
            yield doc.violation("city", token.start, token.end, facts.profile.city)


def _is_known_place(doc: Document, token: Token, own: set[str], facts: Facts) -> bool:
    following = doc.tokens[token.index + 1] if token.index + 1 < len(doc.tokens) else None
    if token.low in country_forms() or (following and doc.low[token.start : following.end] in country_forms()):
        return True
    if following and lemma(following.low) in DISTRICT_WORDS:
        return _region_supported(token, facts)
    phrase = doc.low[token.start : following.end] if following else token.low
    if token.low in own or phrase in own or any(form.startswith(token.low) for form in own):
        return True
    if token.low.startswith("подмосков"):
        return any(
            {"московская", "москва"} & regions().get(city, frozenset())
            for city in cities_named(facts.profile.city or "")
        )
    return token.low[:-1] in facts.blob


def _region_supported(token: Token, facts: Facts) -> bool:
    if not facts.profile.city:
        return token.low[:-3] in facts.blob
    stems = {region[:-2] for city in cities_named(facts.profile.city) for region in regions().get(city, ())}
    return not stems or any(token.low.startswith(stem) for stem in stems) or token.low[:-3] in facts.blob


def _countries(doc: Document, facts: Facts, known: frozenset[str]) -> Iterator[Violation]:
    supported = {country for city in known if (country := cities().get(city))}
    for field in (facts.profile.country, facts.profile.city):
        country = country_forms().get((field or "").lower().replace("ё", "е").strip())
        supported.update({country} if country else ())
    for token in doc.tokens:
        if not token.capitalised and not CITIZENSHIP.search(doc.low[max(0, token.start - 20) : token.start]):
            continue
        country = country_forms().get(token.low)
        if country is None or country in supported:
            continue
        start, end = doc.clause_span(token.start)
        if CITIZENSHIP.search(doc.low[start:end]) and not WISH.search(doc.low[start:end]):
            yield doc.violation("country", token.start, token.end, facts.profile.country)
