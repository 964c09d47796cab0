"""Occupations: what they are called, and which of them are one (``data/occupations.txt``)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.morphology import Reading, readings

# Endings of feminine names and of the masculine ones that stand for them in résumés.
FEMININE = (
    ("щица", "щик"), ("чица", "чик"), ("тельница", "тель"), ("ница", "ник"), ("истка", "ист"), ("орша", "ор"),
    ("ерша", "ер"), ("арша", "арь"), ("ирша", "ир"), ("ентка", "ент"), ("антка", "ант"), ("арка", "арь"), ("иха", ""),
    ("ша", ""), ("есса", ""), ("ица", ""), ("ка", ""), ("ка", "ец"), ("ыня", ""), ("ярка", "яр"),
)  # fmt: skip


# Participles that have become nouns.
PARTICIPLES = (("управляющ", "управляющий"), ("заведующ", "заведующий"))


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """All names that bear out each name, and the names that are occupations in a text."""
    borne: dict[str, set[str]] = {}
    heads: set[str] = set()
    lines = (files("resumes.faithfulness") / "data" / "occupations.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        same, _, narrower = line.partition(">")
        names = [name.lstrip("~") for name in same.split()]
        below = [name.lstrip("~") for name in narrower.split()]
        heads.update(name for name in (*same.split(), *narrower.split()) if not name.startswith("~"))
        for name in names:
            borne.setdefault(name, set()).update(names, below)
    return {name: frozenset(others) for name, others in borne.items()}, frozenset(heads)


def occupations() -> frozenset[str]:
    """Lemmas of occupations, in Russian and English."""
    return _tables()[1]


@lru_cache(maxsize=50_000)
def bearing_out(name: str) -> frozenset[str]:
    """Words in a title of which any bears out the occupation ``name``."""
    borne, _ = _tables()
    return borne.get(name, frozenset()) | {name}


@lru_cache(maxsize=50_000)
def occupation(word: str) -> str:
    """Occupation that a lower-case word in the singular names, feminine ones by the masculine; empty if none."""
    if word.isascii():
        return word if word in occupations() else ""
    for stem, name in PARTICIPLES:
        if word.startswith(stem) and not word.endswith(("ие", "их", "ими")):
            return name
    for reading in readings(word):
        if reading.has("sing") and reading.pos in ("NOUN", "ADJF", "") and (name := _known(reading)):
            return name
    return ""


def _known(reading: Reading) -> str:
    name = reading.lemma
    for feminine, masculine in FEMININE:
        if name.endswith(feminine) and (plain := name.removesuffix(feminine) + masculine) in occupations():
            return plain
    return name if name in occupations() else ""
