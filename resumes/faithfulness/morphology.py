"""Readings of single Russian words (pymorphy3), loaded at the first use and cached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# A reading less probable than this share of the best one is noise for our rules.
MINIMAL_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """One morphological reading; grammemes are pymorphy's (``NOUN``, ``femn``, ``nomn``…), lemma has no «ё»."""

    lemma: str
    pos: str
    grammemes: frozenset[str]
    share: float

    def has(self, *grammemes: str) -> bool:
        """True if the reading carries all of ``grammemes``."""
        return all(grammeme in self.grammemes for grammeme in grammemes)


@lru_cache(maxsize=1)
def analyzer() -> Any:
    """The shared pymorphy3 analyzer (about 0.2 s to load)."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=200_000)
def readings(word: str) -> tuple[Reading, ...]:
    """Probable readings of ``word``, best first; never empty."""
    parses = analyzer().parse(word)
    best = max((parse.score for parse in parses), default=1.0)
    return tuple(
        Reading(
            parse.normal_form.replace("ё", "е"),
            str(parse.tag.POS or ""),
            frozenset(parse.tag.grammemes),
            parse.score / best,
        )
        for parse in parses
        if parse.score >= MINIMAL_SHARE * best
    )


@lru_cache(maxsize=200_000)
def lemmas(word: str) -> frozenset[str]:
    """All lemmas that ``word`` may have, itself included, lower case without «ё»."""
    low = word.lower().replace("ё", "е")
    parses = analyzer().parse(low)
    return frozenset({parse.normal_form.replace("ё", "е") for parse in parses} | {low})


def lemma(word: str) -> str:
    """The most probable lemma of ``word``."""
    return readings(word)[0].lemma


@lru_cache(maxsize=200_000)
def is_known(word: str) -> bool:
    """True if the dictionary holds ``word`` itself (not only something that ends alike)."""
    return bool(analyzer().word_is_known(word))
