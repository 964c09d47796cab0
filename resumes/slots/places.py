"""Cities and countries in the locative with their preposition: «в Казани», «во Владивостоке», «на Кипре»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from resumes.slots.morphology import has_tag, inflect_phrase, is_latin, parses
from resumes.slots.phrases import tidy
from resumes.slots.tables import COUNTRIES_LATIN, IRREGULAR_PLACES, LATIN_CITIES, NA_PLACES, NO_CITY, SETTLEMENT_KINDS

_REGION_NOUNS = frozenset({"область", "край", "район", "округ"})
_MAX_LENGTH = 40
_LONGEST_ACRONYM = 3
_NAME = re.compile(r"^[A-Za-zА-Яа-яЁё][A-Za-zА-Яа-яЁё .'-]+$")
_VO = re.compile(r"^(?:[ВФвф][бвгджзйклмнпрстфхцчшщ]|Льв)")
_FIXED_PARTS = frozenset(
    {"санкт", "усть", "йошкар", "улан", "соль", "спас", "гусь", "буй", "алма", "нур", "сан", "нью", "лос"}
)


@dataclass(frozen=True)
class Place:
    """``place`` answers where: «в Казани»; ``nomn`` names it."""

    nomn: str
    place: str


def preposition_in(word: str) -> str:
    """«в» or, before в/ф and a consonant, «во»."""
    return "во" if _VO.match(word) else "в"


def _case_form(name: str, case: str) -> str | None:
    """A place name of one or more words in ``case``; ``None`` when pymorphy3 does not know it as a place."""
    if " " in name:
        return _many_words(name, case)
    if "-" in name:
        return _hyphenated(name, case)
    return _one_word(name, case)


def _one_word(word: str, case: str) -> str | None:
    for parse in parses(word):
        if parse.is_known and "Geox" in parse.tag and parse.tag.case == "nomn" and parse.tag.POS == "NOUN":
            form = parse.inflect({case, parse.tag.number} - {None})
            return _capitalised(form.word, word) if form else None
    return None


def _capitalised(form: str, like: str) -> str:
    return form[:1].upper() + form[1:] if like[:1].isupper() else form


def _hyphenated(name: str, case: str) -> str | None:
    parts = name.split("-")
    if "на" in parts[1:-1]:  # Ростов-на-Дону: only the first part changes
        head = _one_word(parts[0], case)
        return "-".join([head, *parts[1:]]) if head else None
    whole = _one_word(name, case)
    if whole is not None:
        forms = whole.split("-")
        return "-".join(_capitalised(form, part) for form, part in zip(forms, parts, strict=True))
    if parts[0].lower() in _FIXED_PARTS or not has_tag(parts[0], "Geox"):
        last = _one_word(parts[-1], case)
        return "-".join([*parts[:-1], last]) if last and parts[0].lower() in _FIXED_PARTS else None
    return None


def _many_words(name: str, case: str) -> str | None:
    words = name.split()
    named = any(has_tag(word, "Geox") for word in words) or words[-1].lower() in _REGION_NOUNS
    if not named and not has_tag(words[0], "ADJF"):
        return None
    form = inflect_phrase(name, case, animate=False)
    return None if form is None else " ".join(_capitalised(a, b) for a, b in zip(form.split(), words, strict=True))


def _as_city(raw: str) -> str:
    name = tidy(re.split(r"[(,/]| и ", raw)[0])
    name = re.sub(r"^(г\.|гор\.|г |город )\s*", "", name, flags=re.IGNORECASE)
    name = re.sub(r"\s+г\.?$", "", name).strip()
    name = re.sub(r"\bобл\.?$", "область", name)
    return LATIN_CITIES.get(name.lower(), name)


def _capitals(name: str) -> str:
    """«нижний новгород», «МОСКВА» → with the capitals of a name."""
    return name if is_latin(name) else " ".join(_capital_word(word) for word in name.split())


def _capital_word(word: str) -> str:
    shouted = word.isupper() and len(word) > _LONGEST_ACRONYM
    parts = [part.lower() if shouted else part for part in word.split("-")]
    small = _REGION_NOUNS | {"на"}
    return "-".join(part.lower() if part.lower() in small else part[:1].upper() + part[1:] for part in parts)


@lru_cache(maxsize=20_000)
def parse_city(raw: str | None) -> Place | None:
    """Place of residence as the résumé names it; Latin names of a small table are written in Russian."""
    name = _as_city(raw) if raw else ""
    if not 2 <= len(name) <= _MAX_LENGTH or not _NAME.match(name) or name.lower() in NO_CITY:
        return None
    return _settlement(name) or _named(_capitals(name))


def _named(name: str) -> Place:
    if name in IRREGULAR_PLACES:
        return Place(name, IRREGULAR_PLACES[name])
    if name.lower().startswith("республика "):
        return Place(name, f"в Республике {name.partition(' ')[2]}")
    return _inflected(name) or _beside("город", name)


def _settlement(name: str) -> Place | None:
    """«с. Ивановка», «посёлок Мирный»: the kind changes, the name does not."""
    first, _, rest = name.partition(" ")
    kind = SETTLEMENT_KINDS.get(first.lower().rstrip("."))
    return _beside(kind, rest.strip(" .")) if kind and rest.strip(" .") else None


def _beside(kind: str, name: str) -> Place:
    """A kind of place that changes and a name that does not: «в городе Kinel»."""
    return Place(f"{kind} {name}", f"{preposition_in(kind)} {inflect_phrase(kind, 'loct')} {name}")


def _inflected(name: str) -> Place | None:
    place = None if is_latin(name) else _case_form(name, "loct")
    if place is None:
        return None
    return Place(name, f"{'на' if name in NA_PLACES else preposition_in(place)} {place}")


@lru_cache(maxsize=2_000)
def parse_country(raw: str | None) -> Place | None:
    """Country of residence; ``None`` when its Russian forms are not certain."""
    if not raw:
        return None
    name = COUNTRIES_LATIN.get(tidy(raw).lower(), tidy(raw))
    return _inflected(name)
