"""Draws of the single traits of a person: place, driving, salary, skills, languages."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, cast

from resumes.schema import Language, Salary
from resumes.synthetic.vocabulary import Currency, Gender, Profession, Vocabulary, group_skills
from resumes.tidying import sort_licences

HOME = "Россия"
CurrencyCode = Literal["RUB", "USD", "EUR", "KZT", "BYN", "UZS", "KGS", "GEL", "AMD"]


@dataclass(frozen=True)
class Place:
    """Where a person lives."""

    city: str
    country: str


@dataclass(frozen=True)
class Driving:
    """Licences a person holds and whether there is a car of their own."""

    licences: tuple[str, ...]
    has_car: bool


def lower_first(text: str) -> str:
    """Lower the first letter unless the first word is Latin or an abbreviation."""
    first = text.split(maxsplit=1)[0]
    if first.isascii() or any(letter.isupper() or letter.isdigit() for letter in first[1:]):
        return text
    return text[0].lower() + text[1:]


def draw_place(rng: random.Random, words: Vocabulary) -> Place:
    """Draw a city; the first ones of each country are the likelier."""
    abroad = [country for country in words.cities if country != HOME]
    country = HOME if rng.random() < 0.9 else rng.choice(abroad)
    cities = words.cities[country]
    weights = [1 + 12 / (rank + 1) for rank in range(len(cities))]
    return Place(rng.choices(cities, weights)[0], country)


def draw_driving(rng: random.Random, profession: Profession, gender: Gender) -> Driving:
    """Draw licences: those that the profession demands, or the usual category B."""
    licences = list(profession.licences)
    if not licences and rng.random() < (profession.car or (0.5 if gender == "male" else 0.3)):
        licences = ["B"]
    if licences and gender == "male" and rng.random() < 0.15:
        licences += [category for category in ("A", "C", "D") if rng.random() < 0.5]
    has_car = bool(licences) and rng.random() < (profession.car or 0.45)
    return Driving(sort_licences(set(licences)), has_car)


def draw_marital_status(rng: random.Random, age: int) -> Literal["married", "single"]:
    """Draw a marital status; the older, the likelier married."""
    return "married" if rng.random() < min(0.75, (age - 18) * 0.05) else "single"


def draw_salary(rng: random.Random, profession: Profession, place: Place, years: int, words: Vocabulary) -> Salary:
    """Draw a salary that grows with experience, in the currency of the country or, for some, in dollars or euros."""
    low, high = profession.salary
    roubles = 1000 * (low + (high - low) * rng.uniform(0.1, 1) * min(1.0, (years + 2) / 12))
    code, factor, step = _currency(rng, profession, place, words)
    if code == "RUB" and rng.random() < 0.7:
        step = 5000
    amount = max(step, round(roubles * factor / step) * step)
    return Salary(amount=amount, currency=cast(CurrencyCode, code))


def _currency(rng: random.Random, profession: Profession, place: Place, words: Vocabulary) -> Currency:
    if profession.foreign_salary and rng.random() < 0.12:
        return rng.choice(words.remote_currencies)
    # Many people abroad look for work in Russia and name roubles.
    return words.currencies[place.country if rng.random() < 0.7 else HOME]


def draw_skills(rng: random.Random, profession: Profession, driving: Driving, words: Vocabulary) -> tuple[str, ...]:
    """Draw skills of the profession, its group and general ones; one list in ten is very long."""
    own, shared = profession.skills[words.name], profession.group_skills[words.name]
    if rng.random() < 0.1:
        pool = [*own, *shared, *group_skills(profession.group, words.name), *words.skills]
        count = rng.randint(12, 25)
    else:
        pool = [*own, *own, *shared, *words.skills[:6], *rng.sample(words.skills, 3)]
        count = rng.choices(range(1, 11), (3, 6, 9, 10, 10, 8, 7, 6, 5, 4))[0]
    if driving.licences and rng.random() < 0.1:
        pool += words.licence_skills * 3
    rng.shuffle(pool)
    skills = list(dict.fromkeys(pool))[:count]
    return tuple(lower_first(skill) if rng.random() < 0.06 else skill for skill in skills)


def draw_languages(rng: random.Random, place: Place, words: Vocabulary) -> tuple[Language, ...]:
    """Draw the native language (or none, as many leave it out) and up to two others."""
    tables = words.languages
    drawn = [Language(name=name, level="Родной") for name in _native(rng, place, tables)]
    for name in dict.fromkeys(rng.choices(tables["foreign"], k=rng.choices((0, 1, 2), (1, 6, 2))[0])):
        level = None if rng.random() < 0.08 else rng.choice(tables["levels"])
        drawn.append(Language(name=name, level=level))
    if not drawn:
        drawn.append(Language(name="Русский", level="Родной"))
    return tuple(drawn)


def _native(rng: random.Random, place: Place, tables: dict[str, object]) -> list[str]:
    names = ["Русский"] if rng.random() < 0.75 else []
    local = cast(dict[str, str], tables["local"]).get(place.country)
    if local and rng.random() < 0.5:
        names.append(local)
    elif rng.random() < 0.05:
        names.append(rng.choice(cast(list[str], tables["minority"])))
    return names
