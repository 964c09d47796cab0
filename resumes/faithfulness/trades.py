"""Trades: words that name a skill which one has or has not, and what an occupation warrants (``data/trades.txt``)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.occupations import bearing_out
from resumes.faithfulness.roots import roots_of_lemma

LEARNING = frozenset({"помощник", "ассистент", "стажер", "ученик", "практикант"})


@lru_cache(maxsize=1)
def _tables() -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Roots of the words that stand without an occupation, and what each occupation warrants."""
    special: set[str] = set()
    occupations: dict[str, set[str]] = {}
    lines = (files("resumes.faithfulness") / "data" / "trades.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        titles, _, terms = line.partition(":")
        known = {root for term in terms.split() for root in roots_of_lemma(term)}
        if not titles.strip():
            special |= known
        for title in titles.split():
            occupations.setdefault(title, set()).update(known)
    return frozenset(special), {title: frozenset(known) for title, known in occupations.items()}


def special_roots() -> frozenset[str]:
    """Roots of techniques, instruments and objects that no occupation warrants by itself."""
    return _tables()[0]


def warranted(titles: Iterable[frozenset[str]]) -> frozenset[str]:
    """Roots of what people with these titles (lemmas of each) know by the very name of their occupation.

    An assistant («помощник юриста») does not know yet what the master knows.
    """
    _, occupations = _tables()
    words = frozenset().union(*(title for title in titles if not title & LEARNING))
    return frozenset().union(*(known for title, known in occupations.items() if bearing_out(title) & words))
