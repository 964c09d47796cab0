"""Word lists of ``data/``, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.occupations import occupations


def _words(name: str) -> list[str]:
    return (files("resumes.faithfulness") / "data" / name).read_text(encoding="utf-8").split()


@lru_cache(maxsize=1)
def professions() -> frozenset[str]:
    """Lemmas of occupations."""
    return occupations()


@lru_cache(maxsize=1)
def soft_stems() -> tuple[str, ...]:
    """Beginnings of words of self-praise and filler: an item of these alone claims nothing that could be false."""
    return tuple(_words("soft_stems.txt"))


@lru_cache(maxsize=1)
def ordinary() -> frozenset[str]:
    """Lemmas that belong to a trade but to everyday life as well: «стол», «дети», «меню»."""
    return frozenset(_words("ordinary.txt"))


@lru_cache(maxsize=1)
def everyday() -> frozenset[str]:
    """Nouns of everyday life and news: alone they name no skill that anybody could lack."""
    return frozenset(_words("everyday.txt"))


@lru_cache(maxsize=1)
def traits() -> dict[str, tuple[str, str]]:
    """Forms of adjectives for people with their gender and case: «ответственная» → (``femn``, ``nomn``)."""
    forms: dict[str, tuple[str, str]] = {}
    for word in _words("traits.txt"):
        reflexive = "ся" if word.endswith("ся") else ""
        stem = word.removesuffix("ся")[:-2]
        soft = word.removesuffix("ся").endswith("ний")
        forms[word.replace("ё", "е")] = ("masc", "nomn")
        forms[stem + ("яя" if soft else "ая") + reflexive] = ("femn", "nomn")
        for ending in ("им", "ым"):
            forms[stem + ending + reflexive] = ("masc", "ablt")
        for ending in ("ой", "ей"):
            forms.setdefault(stem + ending + reflexive, ("femn", "ablt"))
    return forms


@lru_cache(maxsize=8)
def _groups(name: str) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    current = ""
    for line in (files("resumes.faithfulness") / "data" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line[1 : line.index("]")]
        elif not line.startswith("#"):
            groups.setdefault(current, set()).update(line.split())
    return {heading: frozenset(words) for heading, words in groups.items()}


def group(name: str, heading: str) -> frozenset[str]:
    """Words under ``[heading]`` in ``data/<name>``."""
    return _groups(name)[heading]


def verbs(heading: str) -> frozenset[str]:
    """Infinitives of a group of ``data/verbs.txt``: ``trade``, ``household``, ``life``."""
    return group("verbs.txt", heading)
