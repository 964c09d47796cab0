"""Cities and countries: which one a written form names, however it is inflected, shortened or transliterated."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.declension import forms_of_name
from resumes.faithfulness.document import normalise

SHORT_NAMES: dict[str, str] = {
    "питер": "санкт-петербург", "спб": "санкт-петербург", "петербург": "санкт-петербург", "с-пб": "санкт-петербург",
    "с.-петербург": "санкт-петербург", "санкт петербург": "санкт-петербург", "северная столица": "санкт-петербург",
    "ленинград": "санкт-петербург", "мск": "москва", "екб": "екатеринбург", "ебург": "екатеринбург",
    "нск": "новосибирск",
    "новосиб": "новосибирск", "ростов": "ростов-на-дону", "нижний": "нижний новгород", "челны": "набережные челны",
    "комсомольск": "комсомольск-на-амуре", "алма-ата": "алматы", "нур-султан": "астана", "владик": "владивосток",
    "нн": "нижний новгород", "йошка": "йошкар-ола", "тагил": "нижний тагил", "новгород": "великий новгород",
}  # fmt: skip
INHABITANTS: dict[str, str] = {
    "москвич": "москва", "москвичка": "москва", "петербуржец": "санкт-петербург", "петербурженка": "санкт-петербург",
    "питерец": "санкт-петербург", "казанец": "казань", "казанка": "казань", "самарчанин": "самара",
    "самарчанка": "самара", "ростовчанин": "ростов-на-дону", "ростовчанка": "ростов-на-дону", "омич": "омск",
    "омичка": "омск", "пермяк": "пермь", "пермячка": "пермь", "нижегородец": "нижний новгород",
    "нижегородка": "нижний новгород", "екатеринбуржец": "екатеринбург", "екатеринбурженка": "екатеринбург",
    "новосибирец": "новосибирск", "челябинец": "челябинск", "уфимец": "уфа", "уфимка": "уфа", "томич": "томск",
    "краснодарец": "краснодар", "красноярец": "красноярск", "волгоградец": "волгоград", "воронежец": "воронеж",
    "самарец": "самара", "туляк": "тула", "тулячка": "тула", "иркутянин": "иркутск", "иркутянка": "иркутск",
    "тюменец": "тюмень", "саратовец": "саратов", "рязанец": "рязань", "ярославец": "ярославль", "курянин": "курск",
    "псковитянка": "псков", "тверичанка": "тверь", "калининградец": "калининград", "хабаровчанин": "хабаровск",
    "сочинец": "сочи", "красноярка": "красноярск", "волжанин": "волжский", "краснодарка": "краснодар",
    "минчанин": "минск", "минчанка": "минск", "одессит": "одесса", "киевлянин": "киев", "киевлянка": "киев",
}  # fmt: skip
LATIN_NAMES: dict[str, str] = {
    "moscow": "москва", "saint petersburg": "санкт-петербург", "st petersburg": "санкт-петербург",
    "st. petersburg": "санкт-петербург", "saint-petersburg": "санкт-петербург", "spb": "санкт-петербург",
    "petersburg": "санкт-петербург", "nizhny novgorod": "нижний новгород", "rostov-on-don": "ростов-на-дону",
    "rostov on don": "ростов-на-дону", "minsk": "минск", "kiev": "киев", "kyiv": "киев", "tbilisi": "тбилиси",
    "yerevan": "ереван", "nur-sultan": "астана",
}  # fmt: skip
_TRANSLITERATION = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
})  # fmt: skip
_PREFIX = re.compile(r"^(?:г\.\s*|город\s+|г\s+|пгт\.?\s+|п\.\s*|с\.\s*|пос\.?\s+)")


def _rows(name: str) -> list[dict[str, str]]:
    with (files("resumes.faithfulness") / "data" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def latin_key(name: str) -> str:
    """Transliteration without the letters in which systems differ («ekaterinburg» = «yekaterinburg»)."""
    latin = normalise(name).translate(_TRANSLITERATION)
    return re.sub(r"iy\b|yy\b|[^a-z]", lambda match: "y" if match.group().endswith("y") else "", latin).removeprefix(
        "y"
    )


@lru_cache(maxsize=1)
def cities() -> dict[str, str]:
    """Country (normalised) of every known city."""
    known = {normalise(row["city"]): normalise(row["country"]) for row in _rows("other_cities.csv")}
    known.update({normalise(row["city"]): "россия" for row in _rows("russian_cities.csv")})
    return known


@lru_cache(maxsize=1)
def regions() -> dict[str, frozenset[str]]:
    """Regions (first word, normalised: «самарская») in which a city of that name lies."""
    known: dict[str, set[str]] = {}
    for row in _rows("russian_cities.csv"):
        known.setdefault(normalise(row["city"]), set()).add(normalise(row["region"]).split(" ")[0])
    return {city: frozenset(names) for city, names in known.items()}


@lru_cache(maxsize=1)
def city_forms() -> dict[str, frozenset[str]]:
    """Cities that a lower-case written form may name."""
    forms: dict[str, set[str]] = {}
    for name, city in [*((city, city) for city in cities()), *SHORT_NAMES.items(), *INHABITANTS.items()]:
        for form in forms_of_name(name):
            forms.setdefault(form, set()).add(city)
            if "-" in form:
                forms.setdefault(form.replace("-", " "), set()).add(city)
    return {form: frozenset(names) for form, names in forms.items()}


@lru_cache(maxsize=1)
def _latin_cities() -> dict[str, str]:
    keys = {latin_key(city): city for city in cities()}
    keys.update({latin_key(name): city for name, city in LATIN_NAMES.items()})
    return keys


@lru_cache(maxsize=1)
def country_forms() -> dict[str, str]:
    """Country that a lower-case written form names."""
    forms: dict[str, str] = {}
    for row in _rows("countries.csv"):
        country = normalise(row["country"])
        for name in [country, *filter(None, map(normalise, row["aliases"].split(";")))]:
            variants = [name] if len(name) <= 3 else forms_of_name(name)
            forms.update(dict.fromkeys(variants, country))
    return forms


@lru_cache(maxsize=4096)
def cities_named(raw: str) -> frozenset[str]:
    """Known cities that a résumé's city field names, messy or Latin; the cleaned field itself if none is known."""
    names: set[str] = set()
    pieces = [re.sub(r"\(.*?\)", " ", raw), *re.split(r"[,;/()]", raw)]
    for piece in pieces:
        clean = _PREFIX.sub("", normalise(piece).strip()).strip(" .")
        if not clean:
            continue
        if clean.isascii():
            city = _latin_cities().get(latin_key(clean))
            names.update({city} if city else ())
        else:
            names.update({clean} if clean in cities() else city_forms().get(clean, ()))
    return frozenset(names) or frozenset({_PREFIX.sub("", normalise(raw).split(",")[0].split("(")[0].strip()).strip()})
