"""Cities, regions and countries: which a written form names, however it is inflected, shortened or transliterated."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from resumes.faithfulness.declension import forms_of_name
from resumes.faithfulness.document import normalise

Forms = dict[str, frozenset[str]]
"""What a lower-case written form may name."""

SHORT_NAMES: dict[str, str] = {
    "питер": "санкт-петербург", "спб": "санкт-петербург", "петербург": "санкт-петербург", "с-пб": "санкт-петербург",
    "с.-петербург": "санкт-петербург", "санкт петербург": "санкт-петербург", "северная столица": "санкт-петербург",
    "ленинград": "санкт-петербург", "культурная столица": "санкт-петербург", "с-петербург": "санкт-петербург",
    "мск": "москва", "первопрестольная": "москва", "екб": "екатеринбург", "ебург": "екатеринбург",
    "свердловск": "екатеринбург", "нск": "новосибирск", "новосиб": "новосибирск", "ростов": "ростов-на-дону",
    "ростов великий": "ростов", "рнд": "ростов-на-дону", "нижний": "нижний новгород", "нн": "нижний новгород",
    "челны": "набережные челны", "комсомольск": "комсомольск-на-амуре", "алма-ата": "алматы",
    "нур-султан": "астана", "владик": "владивосток", "йошка": "йошкар-ола", "тагил": "нижний тагил",
    "новгород": "великий новгород", "новокузня": "новокузнецк", "тлт": "тольятти", "крск": "красноярск",
    "минводы": "минеральные воды", "оскол": "старый оскол", "сталинград": "волгоград",
    "каменск": "каменск-уральский",
}  # fmt: skip
# Cities that their inhabitants call the capital.
CAPITALS = frozenset({
    "москва", "санкт-петербург", "минск", "астана", "алматы", "бишкек", "ташкент", "душанбе", "ашхабад", "баку",
    "ереван", "тбилиси", "кишинев", "киев", "рига", "вильнюс", "таллин", "казань", "уфа", "грозный", "чебоксары",
    "ижевск", "саранск", "йошкар-ола", "якутск", "улан-удэ", "махачкала", "владикавказ", "нальчик", "симферополь",
    "петрозаводск", "сыктывкар", "элиста", "кызыл", "абакан", "майкоп", "черкесск", "горно-алтайск", "магас",
})  # fmt: skip
LATIN_NAMES: dict[str, str] = {
    "moscow": "москва", "saint petersburg": "санкт-петербург", "st petersburg": "санкт-петербург",
    "st. petersburg": "санкт-петербург", "saint-petersburg": "санкт-петербург", "spb": "санкт-петербург",
    "petersburg": "санкт-петербург", "nizhny novgorod": "нижний новгород", "rostov-on-don": "ростов-на-дону",
    "rostov on don": "ростов-на-дону", "minsk": "минск", "kiev": "киев", "kyiv": "киев", "tbilisi": "тбилиси",
    "yerevan": "ереван", "nur-sultan": "астана", "msk": "москва", "ekb": "екатеринбург",
}  # fmt: skip
_TRANSLITERATION = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
})  # fmt: skip
_PREFIX = re.compile(
    r"^(?:(?:г|гор|пгт|рп|р\.п|пос|п|с|дер|д|ст|ст-ца|х)\.\s*|(?:г|пгт|рп|пос|город|поселок|село|деревня|станица"
    r"|хутор|аул)\s+)"
)
_REGION_WORD = re.compile(r"\b(?:область|обл|край|республика|респ|район|р-н|округ|россия|рф)\b")


def _rows(name: str) -> list[dict[str, str]]:
    with (files("resumes.faithfulness") / "data" / name).open(encoding="utf-8") as lines:
        return [{column: normalise(value or "") for column, value in row.items()} for row in csv.DictReader(lines)]


def latin_key(name: str) -> str:
    """Transliteration without the letters in which systems differ («ekaterinburg» = «yekaterinburg»)."""
    latin = normalise(name).translate(_TRANSLITERATION)
    return re.sub(r"iy\b|yy\b|[^a-z]", lambda match: "y" if match.group().endswith("y") else "", latin).removeprefix(
        "y"
    )


def _forms(names: Iterable[tuple[str, str]]) -> Forms:
    """Forms of (name, what it names)."""
    forms: dict[str, set[str]] = {}
    for name, named in names:
        for form in forms_of_name(name):
            forms.setdefault(form, set()).add(named)
            if "-" in form:
                forms.setdefault(form.replace("-", " "), set()).add(named)
    shared: dict[frozenset[str], frozenset[str]] = {}
    return {form: shared.setdefault(found := frozenset(places), found) for form, places in forms.items()}


@cache
def cities() -> dict[str, str]:
    """Country of every known city."""
    known = {row["city"]: row["country"] for row in _rows("other_cities.csv")}
    known.update({row["city"]: "россия" for row in _rows("russian_cities.csv")})
    return known


@cache
def regions() -> Forms:
    """Regions (first word: «самарская») in which a city of that name lies."""
    known: dict[str, set[str]] = {}
    for row in _rows("russian_cities.csv"):
        known.setdefault(row["city"], set()).add(row["region"].split(" ")[0])
    return {city: frozenset(names) for city, names in known.items()}


@cache
def region_forms() -> dict[str, frozenset[str]]:
    """Regions that a noun stands for in any of its cases: «на кубани» is «краснодарский»."""
    return {
        form: frozenset(row["regions"].split(";"))
        for row in _rows("regions.csv")
        for form in ([row["name"]] if len(row["name"]) == 2 else forms_of_name(row["name"]))
    }


@cache
def inhabitant_forms() -> Forms:
    """Cities whose inhabitant a noun names in any of its cases: «москвичкой»."""
    return _forms((name, row["city"]) for row in _rows("inhabitants.csv") for name in row["names"].split(";"))


@cache
def city_forms() -> Forms:
    """Cities that a written form may name, inhabitants' nouns included."""
    named = _forms([*((city, city) for city in cities()), *SHORT_NAMES.items()])
    for form, places in inhabitant_forms().items():
        named[form] = named.get(form, frozenset()) | places
    return named


@cache
def country_forms() -> dict[str, str]:
    """Country that a written form names."""
    forms: dict[str, str] = {}
    for row in _rows("countries.csv"):
        for name in [row["country"], *filter(None, row["aliases"].split(";"))]:
            forms.update(dict.fromkeys([name] if len(name) <= 3 else forms_of_name(name), row["country"]))
    return forms


@cache
def country_adjectives() -> dict[str, str]:
    """Country by the stem of its adjective: «белорусск» (a passport, a citizenship)."""
    return {stem: row["country"] for row in _rows("countries.csv") for stem in row["adjectives"].split(";") if stem}


@cache
def _latin_cities() -> dict[str, str]:
    keys = {latin_key(city): city for city in cities()}
    keys.update({latin_key(name): city for name, city in LATIN_NAMES.items()})
    return keys


@lru_cache(maxsize=4096)
def cities_named(raw: str) -> frozenset[str]:
    """Known cities that a résumé's city field names, messy or Latin; the cleaned field itself if none is known."""
    names: set[str] = set()
    pieces = [re.sub(r"\(.*?\)", " ", raw), *re.split(r"[,;/()]|\s[-–—]\s", raw)]
    for piece in pieces:
        clean = _bare(piece)
        if not clean:
            continue
        if clean.isascii():
            city = _latin_cities().get(latin_key(clean))
            names.update({city} if city else ())
        else:
            names.update({clean} if clean in cities() else city_forms().get(clean, ()))
    return frozenset(names) or frozenset(_unknown(raw))


def _bare(piece: str) -> str:
    return _PREFIX.sub("", " ".join(normalise(piece).split())).strip(" .")


def _unknown(raw: str) -> Iterable[str]:
    """What is left of a field that names no known city, without its region: «с. Красный Яр, Самарская область»."""
    parts = [bare for piece in re.split(r"[,;(]", raw) if (bare := _bare(piece)) and not _REGION_WORD.search(bare)]
    return parts[:2] or [_bare(raw)]


@lru_cache(maxsize=4096)
def own_forms(raw: str) -> frozenset[str]:
    """Every form of the places that a résumé's city field names."""
    return frozenset(form for city in cities_named(raw) for form in forms_of_name(city))
