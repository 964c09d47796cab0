"""Draws résumé profiles: first a whole consistent person, then what of it got into the résumé."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from resumes.schema import SYNTHETIC_PREFIX, Profile
from resumes.synthetic import career, traits
from resumes.synthetic.traits import lower_first
from resumes.synthetic.vocabulary import Gender, Profession, VocabularyName, load_vocabulary, professions
from resumes.tidying import clean_list


@dataclass(frozen=True)
class Fullness:
    """How likely each field is filled in; ``lists`` is for skills, experience and education."""

    title: float
    gender: float
    age: float
    city: float
    lists: float
    other: float


# Share of people and what they fill in: some give a title and a city, some everything.
LEVELS: tuple[tuple[float, Fullness], ...] = (
    (0.15, Fullness(title=0.93, gender=0.45, age=0.4, city=0.7, lists=0.15, other=0.1)),
    (0.25, Fullness(title=0.97, gender=0.65, age=0.5, city=0.85, lists=0.55, other=0.3)),
    (0.35, Fullness(title=0.98, gender=0.9, age=0.85, city=0.92, lists=0.8, other=0.6)),
    (0.25, Fullness(title=1.0, gender=0.98, age=0.97, city=0.97, lists=0.97, other=0.9)),
)


def generate_profiles(n: int, seed: int, vocabulary: VocabularyName = "train") -> Iterator[Profile]:
    """Yield ``n`` synthetic profiles; the same arguments give the same profiles, and fewer give a prefix of more.

    Raises:
        ValueError: if ``n`` is negative.
    """
    if n < 0:
        raise ValueError(f"n must not be negative, got {n}")
    infix = "" if vocabulary == "train" else f"{vocabulary}-"
    for index in range(n):
        rng = random.Random(f"{vocabulary}:{seed}:{index}")
        yield _profile(rng, f"{SYNTHETIC_PREFIX}{infix}{seed}-{index}", vocabulary)


def _profile(rng: random.Random, external_id: str, vocabulary: VocabularyName) -> Profile:
    words = load_vocabulary(vocabulary)
    profession = rng.choice(professions())
    gender: Gender = "female" if rng.random() < profession.women else "male"
    fullness = rng.choices([level for _, level in LEVELS], [share for share, _ in LEVELS])[0]
    life = career.draw_life(rng, profession, gender, words, described=fullness.other > rng.random())
    place = traits.draw_place(rng, words)
    wheels = traits.draw_driving(rng, profession, gender)

    def shown(likelihood: float) -> bool:
        return rng.random() < likelihood

    other = fullness.other
    return Profile(
        external_id=external_id,
        title=_title(rng, profession, gender) if shown(fullness.title) else None,
        gender=gender if shown(fullness.gender) else None,
        age=life.age if shown(fullness.age) else None,
        city=place.city if shown(fullness.city) else None,
        country=place.country if shown(other) else None,
        marital_status=traits.draw_marital_status(rng, life.age) if shown(other * 0.7) else None,
        driving_licences=wheels.licences or None if shown(other) else None,
        has_car=wheels.has_car if shown(other) else None,
        desired_salary=traits.draw_salary(rng, profession, place, life.years, words) if shown(other) else None,
        skills=traits.draw_skills(rng, profession, wheels, words) if shown(fullness.lists) else None,
        experience=life.jobs or None if shown(fullness.lists) else None,
        education=life.education or None if shown(fullness.lists * 0.8) else None,
        languages=traits.draw_languages(rng, place, words) if shown(other) else None,
        recent_responses=_responses(rng, profession, gender) if shown(other * 0.6) else None,
    )


def _title(rng: random.Random, profession: Profession, gender: Gender) -> str:
    title = profession.title.of(gender) if rng.random() < 0.5 else rng.choice(profession.titles()).of(gender)
    draw = rng.random()
    if draw < 0.05:
        return lower_first(title)
    second = rng.choice(profession.titles()).of(gender)
    if draw < 0.08 and second.casefold() != title.casefold():
        return f"{title}, {lower_first(second)}"
    if draw < 0.10:
        return f"{title} ({'удалённо' if profession.degree == 'higher' else 'подработка'})"
    return title


def _responses(rng: random.Random, profession: Profession, gender: Gender) -> tuple[str, ...] | None:
    related = [other.title for other in professions() if other.group == profession.group]
    pool = [*profession.titles(), *profession.positions, rng.choice(related)]
    return clean_list(rng.choice(pool).of(gender) for _ in range(rng.randint(1, 5)))
