"""Readings of single Russian words (pymorphy3), loaded at the first use and cached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# A reading less probable than this share of the best one is noise for our rules.
MINIMAL_SHARE = 0.2
# Word forms whose readings stay in memory.
WORDS_KEPT = 200_000


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


CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})
SEXES = frozenset({"masc", "femn", "neut"})


def agree(adjective: Reading, noun: Reading) -> bool:
    """True if both have the same case and number, and in the singular the same gender."""
    if not CASES & adjective.grammemes & noun.grammemes:
        return False
    if adjective.has("plur"):
        return noun.has("plur")
    return noun.has("sing") and bool(SEXES & adjective.grammemes & noun.grammemes)


@lru_cache(maxsize=1)
def analyzer() -> Any:
    """The shared pymorphy3 analyzer (about 0.2 s to load)."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


_Analysis = tuple[tuple[Reading, ...], frozenset[str]]


class _Words(dict[str, _Analysis]):
    """Probable readings of every word met, and all its lemmas; one look-up when it is known."""

    def __missing__(self, word: str) -> _Analysis:
        low = word.lower().replace("ё", "е")
        if len(self) >= WORDS_KEPT:
            self.clear()
        found = self[word] = self[low] if low != word else _analysed(low)
        return found


def _analysed(word: str) -> _Analysis:
    """The dictionary is asked once for readings and lemmas."""
    parses = analyzer().parse(word)
    best = max((parse.score for parse in parses), default=1.0)
    lemmas_of = [parse.normal_form.replace("ё", "е") for parse in parses]
    probable = tuple(
        Reading(lemma_of, str(parse.tag.POS or ""), frozenset(parse.tag.grammemes), parse.score / best)
        for parse, lemma_of in zip(parses, lemmas_of, strict=True)
        if parse.score >= MINIMAL_SHARE * best
    )
    return probable, frozenset((*lemmas_of, word))


_WORDS = _Words()


def readings(word: str) -> tuple[Reading, ...]:
    """Probable readings of ``word``, best first; never empty."""
    return _WORDS[word][0]


def lemmas(word: str) -> frozenset[str]:
    """All lemmas that ``word`` may have, itself included, lower case without «ё»."""
    return _WORDS[word][1]


def lemma(word: str) -> str:
    """The most probable lemma of ``word``."""
    return readings(word)[0].lemma


@lru_cache(maxsize=200_000)
def is_known(word: str) -> bool:
    """True if the dictionary holds ``word`` itself (not only something that ends alike)."""
    return bool(analyzer().word_is_known(word))
