"""Word lists of ``data/``, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


def _words(name: str) -> list[str]:
    return (files("resumes.faithfulness") / "data" / name).read_text(encoding="utf-8").split()


@lru_cache(maxsize=1)
def professions() -> frozenset[str]:
    """Lemmas of occupations."""
    return frozenset(_words("professions.txt"))


@lru_cache(maxsize=1)
def tools() -> frozenset[str]:
    """Well-known software: «работаю в AutoCAD» names no employer."""
    return frozenset(_words("tools.txt"))


@lru_cache(maxsize=1)
def soft_stems() -> tuple[str, ...]:
    """Beginnings of words of self-praise and filler: an item of these alone claims nothing that could be false."""
    return tuple(_words("soft_stems.txt"))
