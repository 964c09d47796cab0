"""The word lists of the generator, read from ``data/*.toml``.

``train`` and ``heldout`` share titles and positions, but no city, employer, skill or institution.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

VocabularyName = Literal["train", "heldout"]
Gender = Literal["male", "female"]
Currency = tuple[str, float, int]


@dataclass(frozen=True)
class Gendered:
    """A title or position as a man and as a woman writes it."""

    male: str
    female: str

    def of(self, gender: Gender) -> str:
        """Return the form for a person of ``gender``."""
        return self.male if gender == "male" else self.female


@dataclass(frozen=True)
class Profession:
    """A profession and what belongs to it. ``salary`` is a range in thousands of roubles a month."""

    group: str
    title: Gendered
    variants: tuple[Gendered, ...]
    positions: tuple[Gendered, ...]
    women: float
    field: str
    degree: Literal["higher", "college"]
    salary: tuple[int, int]
    foreign_salary: bool
    car: float | None
    licences: tuple[str, ...]
    specialities: tuple[str, ...]
    employers: tuple[str, ...]
    skills: dict[VocabularyName, tuple[str, ...]]
    group_skills: dict[VocabularyName, tuple[str, ...]]

    def titles(self) -> tuple[Gendered, ...]:
        """Return the title and all its variants."""
        return (self.title, *self.variants)


@dataclass(frozen=True)
class Vocabulary:
    """Everything that differs between ``train`` and ``heldout``, and the languages and currencies of both."""

    name: VocabularyName
    cities: dict[str, tuple[str, ...]]
    numbers: tuple[int, int]
    brands: tuple[str, ...]
    latin: tuple[str, ...]
    regions: tuple[str, ...]
    institutions: dict[str, dict[str, tuple[str, ...]]]
    specialities: dict[str, dict[str, tuple[str, ...]]]
    skills: tuple[str, ...]
    licence_skills: tuple[str, ...]
    languages: dict[str, Any]
    currencies: dict[str, Currency]
    remote_currencies: tuple[Currency, ...]


def _data() -> Traversable:
    return files("resumes.synthetic") / "data"


def _toml(path: Traversable) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _gendered(value: str | list[str]) -> Gendered:
    return Gendered(value, value) if isinstance(value, str) else Gendered(*value)


def _both(table: dict[str, Any], key: str = "skills") -> dict[VocabularyName, tuple[str, ...]]:
    return {"train": tuple(table[key]), "heldout": tuple(table[f"heldout_{key}"])}


def _profession(entry: dict[str, Any], group: dict[str, Any]) -> Profession:
    return Profession(
        group=group["group"],
        title=_gendered(entry["titles"]),
        variants=tuple(map(_gendered, entry["variants"])),
        positions=tuple(map(_gendered, entry["positions"])),
        women=entry["women"],
        field=group["field"],
        degree=entry.get("degree", group["degree"]),
        salary=tuple(entry["salary"]),
        foreign_salary=entry.get("foreign_salary", False),
        car=entry.get("car"),
        licences=tuple(entry.get("licences", ())),
        specialities=tuple(entry["specialities"]),
        employers=tuple(entry.get("employers", group["employers"])),
        skills=_both(entry),
        group_skills=_both(group),
    )


def _nested(table: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {degree: {field: tuple(names) for field, names in fields.items()} for degree, fields in table.items()}


@cache
def professions() -> tuple[Profession, ...]:
    """Return every profession, group by group, in the order of the data files."""
    paths = sorted((_data() / "professions").iterdir(), key=lambda path: path.name)
    groups = [_toml(path) for path in paths if path.name.endswith(".toml")]
    return tuple(_profession(entry, group) for group in groups for entry in group["profession"])


@cache
def group_skills(group: str, name: VocabularyName) -> tuple[str, ...]:
    """Return all skills of all professions of a group, for the long lists that some people write."""
    members = [profession for profession in professions() if profession.group == group]
    own = [skill for profession in members for skill in profession.skills[name]]
    return tuple(dict.fromkeys([*members[0].group_skills[name], *own]))


@cache
def load_vocabulary(name: VocabularyName) -> Vocabulary:
    """Read the word lists of ``train`` or ``heldout``."""
    places, organisations, common = (_toml(_data() / f"{file}.toml") for file in ("places", "organisations", "common"))
    names = organisations[name]
    currencies = dict(common["currencies"])
    remote = currencies.pop("remote")
    return Vocabulary(
        name=name,
        cities={country: tuple(cities) for country, cities in places[name].items()},
        numbers=tuple(names["numbers"]),
        brands=tuple(names["brands"]),
        latin=tuple(names["latin"]),
        regions=tuple(names["regions"]),
        institutions=_nested(organisations["institutions"]),
        specialities=_nested(organisations["specialities"]),
        skills=_both(common)[name],
        licence_skills=_both(common, "licence_skills")[name],
        languages=common["languages"],
        currencies={country: tuple(currency) for country, currency in currencies.items()},
        remote_currencies=tuple(map(tuple, remote)),
    )
