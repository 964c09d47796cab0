"""City, region and country: where the author lives, works or comes from.

Where one would like to go, what one sends there, and who else lives there are no facts about the author.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from resumes.faithfulness import residence
from resumes.faithfulness.document import Document, Token, normalise
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.gazetteer import (
    CAPITALS,
    cities,
    city_forms,
    country_adjectives,
    country_forms,
    inhabitant_forms,
    region_forms,
)
from resumes.faithfulness.morphology import lemma, readings
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.whereabouts import around_names, attested, excused, is_resident, next_word

LONGEST_NAME = 3


@dataclass(frozen=True, slots=True)
class CityClaim(Claim):
    """A city by one of its forms; a ``resident`` claim is not excused by a mention in a free text of the résumé."""

    names: frozenset[str]
    form: str
    resident: bool


@dataclass(frozen=True, slots=True)
class PlaceClaim(Claim):
    """A place that no list knows: the forms that the words may be, longest first."""

    phrases: tuple[str, ...]
    resident: bool


@dataclass(frozen=True, slots=True)
class RegionClaim(Claim):
    """A region: its possible keys, or the adjective as written («самарской»)."""

    keys: frozenset[str]
    adjective: str


@dataclass(frozen=True, slots=True)
class LocalClaim(Claim):
    """«Местный, тольяттинский»: the adjective of a town."""

    adjective: str


@dataclass(frozen=True, slots=True)
class CountryClaim(Claim):
    """A country in which the author lives or was born, or whose ``citizen`` the author is."""

    country: str
    citizen: bool = False


def triggers(word: str) -> bool:
    """Words of place names and of residence."""
    return word in _name_words() or word.startswith(residence.TRIGGER_STEMS) or bool(_adjective_country(word))


@cache
def _name_words() -> frozenset[str]:
    """Every form of a place, and its first word of two letters or more («с петербург»)."""
    forms = [*city_forms(), *country_forms(), *region_forms()]
    words = (next(word for word in form.split(" ") if len(word) > 1) for form in forms)
    return frozenset((*forms, *words))


def find_places(doc: Document) -> Iterator[Claim]:
    """Claims on the author's city, region and country."""
    explained: set[int] = set()
    for first, last, names in named_cities(doc):
        explained.update(range(first.index, last.index + 1))
        resident = is_resident(doc, first)
        if resident or (_told(doc, first, last) and not excused(doc, first)):
            yield CityClaim(first.start, last.end, names, doc.low[first.start : last.end], resident)
    for claim in (*_regions(doc, explained), *_countries(doc)):
        explained.update(token.index for token in doc.tokens if claim.start <= token.start < claim.end)
        yield claim
    if "столице" in doc.low and (capital := residence.CAPITAL.search(doc.low)):
        yield CityClaim(*capital.span("place"), CAPITALS, "столица", resident=True)
    yield from _unlisted(doc, explained)
    for match in residence.LOCAL_ADJECTIVE.finditer(doc.low) if "местн" in doc.low or "коренн" in doc.low else ():
        if match.group("adjective") not in residence.NO_TOWN:
            yield LocalClaim(*match.span("adjective"), match.group("adjective"))


def judge_place(claim: Claim, facts: Facts) -> Objection | None:
    """Compares a claim with the résumé's city and country."""
    match claim:
        case CityClaim():
            kind, expected, supported = "city", facts.profile.city, _city_supported(claim, facts)
        case PlaceClaim():
            kind, expected, supported = "city", facts.profile.city, _place_supported(claim, facts)
        case RegionClaim():
            kind, expected, supported = "city", facts.profile.city, _region_supported(claim, facts)
        case LocalClaim():
            kind, expected, supported = "city", facts.profile.city, _local_supported(claim, facts)
        case CountryClaim():
            kind, expected, supported = "country", facts.profile.country, _country_supported(claim, facts)
        case _:
            raise TypeError(f"expected a claim of a place, found {type(claim).__name__}")
    return None if supported else Objection(kind, claim.start, claim.end, expected)


def named_cities(doc: Document) -> Iterator[tuple[Token, Token, frozenset[str]]]:
    """Known cities in the text: first and last word, and the cities that the form may name; longest match first."""
    tokens, forms, first_words = doc.tokens, city_forms(), _name_words()
    free = 0
    for position, token in enumerate(tokens):
        if position < free or (len(token.low) > 1 and token.low not in first_words):
            continue
        for last in reversed(tokens[position : position + LONGEST_NAME]):
            names = forms.get(doc.low[token.start : last.end])
            if names and _is_place(doc, token, last):
                yield token, last, names
                free = last.index + 1
                break


def _told(doc: Document, first: Token, last: Token) -> bool:
    """Whether a town is told of the author; an inhabitant is one only as what a clause calls the author."""
    if first.low in inhabitant_forms():
        return any(reading.has("nomn") or reading.has("ablt") for reading in readings(first.low))
    return attested(doc, first, last)


def _is_place(doc: Document, first: Token, last: Token) -> bool:
    """A form that is also a common word or a person's name counts as a city only after a preposition."""
    if first.index == last.index and first.low in inhabitant_forms():
        return doc.text[first.start - 1 : first.start] not in ("«", '"', "“")
    if not first.capitalised:
        return _lower_case_city(doc, first, last)
    following = next_word(doc, last)
    if following and following.capitalised and readings(following.low)[0].has("Surn"):
        return False
    if doc.text[first.start - 1 : first.start] in ("«", '"', "“") or residence.OPEN_QUOTATION.search(
        doc.text[: first.start]
    ):
        return False
    if first.index != last.index or "-" in first.low:
        return True
    if following and _adjective_of(first, following):
        return False
    return _single_word_city(doc, first, following)


def _single_word_city(doc: Document, token: Token, following: Token | None) -> bool:
    before = doc.tokens[token.index - 1].low if token.index else ""
    if before in residence.PREPOSITIONS or residence.RESIDENCE.search(doc.low[max(0, token.start - 25) : token.start]):
        return True
    best = readings(token.low)
    personal = any(reading.has(kind) for reading in best for kind in ("Name", "Surn", "Patr"))
    if not doc.opens_sentence(token) and not personal and not (following and following.capitalised):
        return True
    pure = best[0].has("Geox") or (
        token.low in cities() and not any(reading.share > 0.3 and not reading.has("Geox") for reading in best)
    )
    return pure and (not doc.opens_sentence(token) or any(reading.has("nomn") for reading in best) or len(best) == 1)


def _lower_case_city(doc: Document, first: Token, last: Token) -> bool:
    """«живу в казани»: written small, a city must follow a word of residence and be nothing else."""
    if first.low in residence.ABBREVIATIONS:
        return True
    after = residence.PLACE_AFTER.search(doc.low[max(0, first.start - 45) : first.start])
    if not after and not _alone(doc, first, last) and not _somebody_from(doc, first):
        return False
    return first.index != last.index or readings(first.low)[0].has("Geox")


def _alone(doc: Document, first: Token, last: Token) -> bool:
    """«новосиб, готов к командировкам»: nothing else in the clause, and no other reading."""
    clause = doc.clause_of(first)
    return clause[0] is first and clause[-1] is last and all(reading.has("Geox") for reading in readings(first.low))


def _adjective_of(token: Token, following: Token) -> bool:
    """«Московский университет»: the adjective of a noun, though a town is called so."""
    if token.clause != following.clause or not readings(token.low)[0].pos.startswith("ADJ"):
        return False
    return readings(following.low)[0].pos in ("NOUN", "ADJF")


def _regions(doc: Document, explained: set[int]) -> Iterator[RegionClaim]:
    """«в Самарской области», «на Урале», where the author lives."""
    forms = region_forms()
    for token in doc.tokens:
        if not token.capitalised or token.index in explained:
            continue
        following = next_word(doc, token)
        pair = doc.low[token.start : following.end] if following else token.low
        if following and lemma(following.low) in residence.DISTRICT_WORDS and readings(token.low)[0].pos == "ADJF":
            claim = RegionClaim(token.start, following.end, frozenset(), token.low)
        elif following and pair in forms:
            claim = RegionClaim(token.start, following.end, forms[pair], "")
        elif token.low in forms:
            claim = RegionClaim(token.start, token.end, forms[token.low], "")
        else:
            continue
        from_there = residence.FROM.search(doc.low[: token.start])
        if (
            from_there
            or is_resident(doc, token)
            or residence.PLACE_AFTER.search(doc.low[max(0, token.start - 45) : token.start])
        ):
            yield claim


def _unlisted(doc: Document, explained: set[int]) -> Iterator[PlaceClaim]:
    """Places that no list knows, after a word of residence, and local detail that a résumé does not have."""
    for token in doc.tokens:
        if not token.capitalised or token.index in explained or token.low in country_forms():
            continue
        before = doc.low[max(0, token.start - 45) : token.start]
        local = residence.LOCAL.search(before) is not None
        if not local and not residence.PLACE_AFTER.search(before):
            continue
        following = next_word(doc, token)
        if following and following.capitalised and following.clause == token.clause:
            explained.add(following.index)
            yield PlaceClaim(token.start, following.end, (doc.low[token.start : following.end], token.low), not local)
        else:
            yield PlaceClaim(token.start, token.end, (token.low,), not local)


def _countries(doc: Document) -> Iterator[CountryClaim]:
    forms, first_words = country_forms(), _name_words()
    for token in doc.tokens:
        adjective = _adjective_country(token.low)
        if not adjective and token.low not in first_words:
            continue
        following = next_word(doc, token)
        pair = doc.low[token.start : following.end] if following else ""
        country = forms.get(pair) or forms.get(token.low)
        if not country and not adjective:
            continue
        start, end = doc.clause_span(token.start)
        clause = doc.low[start:end]
        small = not token.capitalised and not residence.CITIZENSHIP.search(
            doc.low[max(0, token.start - 20) : token.start]
        )
        if country and small:
            continue
        several = adjective and residence.SEVERAL.search(doc.low[: token.start])
        if not country and (several or residence.PASSPORT.search(clause)):
            country = adjective
        if (
            not country
            or (residence.WISH.search(residence.REMOTE_FROM.sub("", clause)) and not is_resident(doc, token))
            or residence.OTHERS.search(doc.low[start : token.start])
        ):
            continue
        before = doc.low[: token.start]
        if residence.LEFT.search(before) and " в " in doc.low[token.end : end]:
            continue
        told = several or residence.NATIONALITY_BEFORE.search(before) or residence.FROM.search(before)
        there = residence.CITIZENSHIP.search(clause) and not _is_dealt_with(doc, token)
        if told or there or _somebody_from(doc, token):
            last = following if following and pair in forms else token
            citizen = residence.PASSPORT.search(clause) is not None
            yield CountryClaim(token.start, last.end, country, citizen)


@lru_cache(maxsize=100_000)
def _adjective_country(word: str) -> str:
    """Country of whose adjective a lower-case word is a form; empty if of none."""
    return next((country for stem, country in country_adjectives().items() if word.startswith(stem)), "")


def _is_dealt_with(doc: Document, token: Token) -> bool:
    """«Работаю с Китаем»: a country or a town that one is not in."""
    before, _ = around_names(doc, token)
    return before is not None and before.low in residence.NO_PLACE


def _somebody_from(doc: Document, token: Token) -> bool:
    """«Кладовщик из Таджикистана»: what a clause calls the author, and where from."""
    if token.index < 2 or doc.tokens[token.index - 1].low != "из":
        return False
    person = doc.tokens[token.index - 2]
    return person.clause == token.clause and readings(person.low)[0].has("NOUN", "anim", "nomn", "sing")


def _country_supported(claim: CountryClaim, facts: Facts) -> bool:
    """A citizen is one of the résumé's country, whichever the city lies in."""
    own = country_forms().get(normalise(facts.profile.country or "").strip(" ."))
    return claim.country == own if claim.citizen and own else claim.country in facts.countries


def _city_supported(claim: CityClaim, facts: Facts) -> bool:
    if claim.names & facts.cities or claim.form in facts.own_place_forms:
        return True
    if claim.resident:
        return False
    return any(facts.has_word_beginning(form) for name in claim.names for form in (name, name[:-1]) if len(form) > 2)


def _place_supported(claim: PlaceClaim, facts: Facts) -> bool:
    if any(phrase in facts.own_place_forms for phrase in claim.phrases):
        return True
    last = claim.phrases[-1]
    return any(form.startswith(last) for form in facts.own_place_forms) or last[:-1] in facts.blob


def _local_supported(claim: LocalClaim, facts: Facts) -> bool:
    """The adjective begins as the city does, up to its ending («тверской» – «Тверь»), or as its region."""
    own = {normalise(facts.profile.city or ""), *facts.cities, *facts.regions}
    return any(claim.adjective.startswith(name[: max(3, len(name) - 2)]) for name in own if name)


def _region_supported(claim: RegionClaim, facts: Facts) -> bool:
    stem = claim.adjective[:-3]
    if stem and stem in facts.blob:
        return True
    if not facts.profile.city:
        return False
    own = facts.regions
    if claim.keys:
        return not own or bool(claim.keys & own)
    return not own or any(claim.adjective.startswith(region[:-2]) for region in own)


RULE = Rule(triggers, find_places, judge_place)
