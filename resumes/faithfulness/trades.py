"""Trades: words that name a skill which one has or has not, and what an occupation warrants (``data/trades.txt``)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.lexicon import everyday
from resumes.faithfulness.morphology import lemma
from resumes.faithfulness.occupations import bearing_out
from resumes.faithfulness.roots import roots_of_lemma

ALIKE = 5
LEARNING = frozenset({"помощник", "ассистент", "стажер", "ученик", "практикант"})


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]], frozenset[str]]:
    """Beginnings of the words that stand without an occupation, by root; what each occupation warrants; those words."""
    special: dict[str, set[str]] = {}
    listed: set[str] = set()
    occupations: dict[str, set[str]] = {}
    lines = (files("resumes.faithfulness") / "data" / "trades.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        titles, _, terms = line.partition(":")
        known = {root for term in terms.split() for root in roots_of_lemma(term)}
        for term in terms.split() if not titles.strip() else ():
            listed.add(term)
            for root in roots_of_lemma(term):
                special.setdefault(root, set()).update(part[:ALIKE] for part in (term, *term.split("-")))
        for title in titles.split():
            occupations.setdefault(title, set()).update(known)
    beginnings = {root: frozenset(words) for root, words in special.items()}
    return beginnings, {title: frozenset(known) for title, known in occupations.items()}, frozenset(listed)


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The words that stand without an occupation, in the singular too."""
    return _tables()[2] | frozenset(map(lemma, _tables()[2]))


@lru_cache(maxsize=100_000)
def is_special(lemma: str, roots: frozenset[str]) -> bool:
    """True for techniques, instruments and objects that no occupation warrants by itself.

    Roots cut by rule (not of a family) may coincide by chance, so the words must begin alike too; an everyday noun
    counts only if it is listed itself («суд» is no «посуда»).
    """
    special, _, listed = _tables()
    if lemma in everyday() and lemma not in listed:
        return False
    return any(root.startswith("*") or lemma[:ALIKE] in special[root] for root in roots if root in special)


def warranted(titles: Iterable[frozenset[str]]) -> frozenset[str]:
    """Roots of what people with these titles (lemmas of each) know by the very name of their occupation.

    An assistant («помощник юриста») does not know yet what the master knows.
    """
    words = frozenset().union(*(title for title in titles if not title & LEARNING))
    return frozenset().union(*filter(None, map(_warrants().get, words)))


@lru_cache(maxsize=1)
def _warrants() -> dict[str, frozenset[str]]:
    """What each word of a title warrants."""
    warrants: dict[str, frozenset[str]] = {}
    for title, known in _tables()[1].items():
        for word in bearing_out(title):
            warrants[word] = warrants.get(word, frozenset()) | known
    return warrants
