"""When two texts are too alike to be worth ranking against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…]+")
_NGRAM = 3


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What of a text is compared, made once: its words in lower case, and its word trigrams inside sentences."""

    words: str
    ngrams: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, text: str) -> Fingerprint:
        """Case, commas, spacing and the dots of ё do not count; a sentence shorter than a trigram counts as a whole."""
        sentences = [_sentence(part) for part in _SENTENCE_END.split(text)]
        words = " ".join(words for words, _ in sentences if words)
        return cls(words, frozenset().union(*(ngrams for _, ngrams in sentences)))


@lru_cache(maxsize=20_000)
def _sentence(text: str) -> tuple[str, frozenset[tuple[str, ...]]]:
    """Words and trigrams of one sentence; candidates share many."""
    words = _WORD.findall(text.casefold().replace("ё", "е"))
    if not words:
        return "", frozenset()
    return " ".join(words), frozenset(
        zip(words, words[1:], words[2:], strict=False) if len(words) >= _NGRAM else [tuple(words)]
    )


@dataclass(frozen=True)
class Distinctness:
    """Two texts are near-duplicates at or above either similarity (0 to 1).

    ``edit`` is 1 minus the normalised insertion/deletion distance of the characters; ``ngram`` the Jaccard index of
    word trigrams inside sentences, which sees through sentences that changed places.
    """

    edit: float = 0.9
    ngram: float = 0.75

    def near_duplicate(self, one: Fingerprint, others: Iterable[Fingerprint]) -> bool:
        """Is ``one`` too close to one of ``others``?"""
        return any(
            ngram_similarity(one, other) >= self.ngram or edit_similarity(one, other, self.edit) >= self.edit
            for other in others
        )


def edit_similarity(one: Fingerprint, other: Fingerprint, least: float = 0.0) -> float:
    """1 minus insertions and deletions over the length of both texts; 1 for equal texts, 0 for all below ``least``."""
    return Indel.normalized_similarity(one.words, other.words, score_cutoff=min(least, 1.0))


def ngram_similarity(one: Fingerprint, other: Fingerprint) -> float:
    """Jaccard index of the sets of word trigrams; 1 for two texts without words."""
    shared = len(one.ngrams & other.ngrams)
    together = len(one.ngrams) + len(other.ngrams) - shared
    return shared / together if together else 1.0


def normalised(text: str) -> str:
    """Words in lower case, one space between them, ё as е."""
    return Fingerprint.of(text).words
