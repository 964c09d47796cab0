"""Cities and countries as people write them: «г. Казань», ``kazan``, «Мытищи (Московская область)», «Армения»."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from resumes.tidying import line

_PREFIX = re.compile(r"^(?:г\.?|гор\.|город|пос\.|посёлок|с\.|д\.|ст\.)(?:\s+|(?<=\.))(?=[А-ЯЁA-Z])")
_BRACKET = re.compile(r"\s*\([^()]*\)?")
_REGION = re.compile(r"(?:область|обл\.?|край|республика|респ\.?|район|р-н|округ)\b", re.IGNORECASE)
# One simple transliteration; what others do differently is folded away by ``_sound``.
_RUSSIAN_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщыэюя"
_LATIN_LETTERS = "a b v g d e e zh z i i k l m n o p r s t u f h c ch sh sh i e u a"
_LATIN = dict(zip(_RUSSIAN_LETTERS, _LATIN_LETTERS.split(), strict=True))
_LATIN |= {"ъ": "", "ь": ""}
# Applied in this order.
_FOLDS = (
    ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ts", "c"), ("tz", "c"), ("yu", "u"), ("iu", "u"), ("ju", "u"),
    ("ya", "a"), ("ia", "a"), ("ja", "a"), ("yo", "e"), ("jo", "e"), ("ye", "e"), ("ie", "e"), ("je", "e"),
    ("y", "i"), ("j", "i"), ("w", "v"), ("x", "ks"),
)  # fmt: skip


@cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Well-known cities by how their Latin spelling sounds, and countries by all their names."""
    loaded = json.loads((files("resumes") / "places.json").read_text(encoding="utf-8"))
    cities = {_sound(name): name for name in loaded["cities"]}
    cities |= {_sound(latin): name for latin, name in loaded["english_names"].items()}
    countries = {alias.casefold(): name for name, aliases in loaded["countries"].items() for alias in [name, *aliases]}
    return cities, countries


def clean_place(city: str | None, country: str | None) -> tuple[str | None, str | None]:
    """Return city and country in Russian where known; a country that stands for a city moves to its place."""
    _, countries = _tables()
    found_country = _country(country) if country else None
    if city is None:
        return None, found_country
    name = _city(city)
    if name.casefold() in countries:
        return None, found_country or countries[name.casefold()]
    return name or None, found_country


def _country(text: str) -> str | None:
    name = line(text).strip(" .,")
    return _tables()[1].get(name.casefold(), name) or None


def _city(text: str) -> str:
    name = _BRACKET.sub("", line(text)).strip(" .,;")
    name = _PREFIX.sub("", name)
    parts = [part.strip() for part in name.split(",")]
    cities, countries = _tables()
    # «Россия, Московская область, г. Мытищи»: the town is what is neither country nor region.
    towns = [part for part in parts if part and part.casefold() not in countries and not _REGION.search(part)]
    name = _PREFIX.sub("", towns[0]) if towns else name
    latin = bool(re.search(r"[A-Za-z]", name)) and not re.search(r"[А-Яа-яЁё]", name)
    if (latin or name.islower() or name.isupper()) and name.casefold() not in countries:
        return cities.get(_sound(name)) or _capitalised(name)
    return name


def _capitalised(name: str) -> str:
    """Capital letters at the start of each word, as far as the name has none or only such."""
    if not (name.islower() or name.isupper()):
        return name
    words = re.split(r"([\s-])", name.lower())
    return "".join(word if word in ("на", "-") else word[:1].upper() + word[1:] for word in words)


def _sound(name: str) -> str:
    """Fold a name so that its Russian spelling and all its usual transliterations come out the same."""
    text = "".join(_LATIN.get(letter, letter) for letter in name.casefold())
    text = re.sub(r"[^a-z]", "", text)
    for spelling, sound in _FOLDS:
        text = text.replace(spelling, sound)
    return re.sub(r"(.)\1", r"\1", text)
