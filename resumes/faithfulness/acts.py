"""Acts of a trade told in everyday words: «составляю графики смен», «ставлю звуки» (``data/acts.txt``)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from resumes.faithfulness.morphology import lemma, lemmas
from resumes.faithfulness.roots import roots


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Objects of each verb; roots of what each occupation does, and to what, by its very name."""
    objects: dict[str, set[str]] = {}
    handled: dict[str, set[str]] = {}
    for line in (files("resumes.faithfulness") / "data" / "acts.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        occupations, verbs, nouns = (column.split() for column in line.split("|"))
        for verb in verbs:
            objects.setdefault(verb, set()).update(nouns, map(lemma, nouns))
        for occupation in occupations:
            handled.setdefault(occupation, set()).update(root for word in (*nouns, *verbs) for root in roots(word))
    return (
        {verb: frozenset(nouns) for verb, nouns in objects.items()},
        {occupation: frozenset(known) for occupation, known in handled.items()},
    )


@lru_cache(maxsize=50_000)
def is_act(verb: str, word: str) -> bool:
    """True if to do ``verb`` to ``word`` (in any of their forms) is an act of some trade."""
    objects = _tables()[0]
    found = lemmas(word)
    return any(not found.isdisjoint(objects[plain]) for plain in lemmas(verb) if plain in objects)


def is_verb(verb: str) -> bool:
    """True if ``verb`` (a lemma) tells of acts of some trade."""
    return verb in _tables()[0]


def handled(titles: Iterable[frozenset[str]]) -> frozenset[str]:
    """Roots of what people with these titles (lemmas of each) do, and to what."""
    _, occupations = _tables()
    return frozenset().union(*(occupations[word] for title in titles for word in title if word in occupations))
