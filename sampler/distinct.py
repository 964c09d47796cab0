"""When two texts are too alike to be worth ranking against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Indel

_NOT_WORD = re.compile(r"\W+")
_SENTENCE_END = re.compile(r"[.!?…]+")
_NGRAM = 3


@dataclass(frozen=True)
class Distinctness:
    """Two texts are near-duplicates at or above either similarity (0 to 1).

    ``edit`` is 1 minus the normalised insertion/deletion distance of the characters; ``ngram`` the Jaccard index of
    word trigrams inside sentences, which sees through sentences that changed places. Case, commas and spacing do not
    count.
    """

    edit: float = 0.9
    ngram: float = 0.75

    def near_duplicate(self, text: str, others: Iterable[str]) -> bool:
        """Is ``text`` too close to one of ``others``?"""
        return any(
            ngram_similarity(text, other) >= self.ngram or edit_similarity(text, other) >= self.edit for other in others
        )


def normalised(text: str) -> str:
    """Words in lower case, one space between them, ё as е."""
    return _NOT_WORD.sub(" ", text.casefold().replace("ё", "е")).strip()


def edit_similarity(one: str, other: str) -> float:
    """1 minus insertions and deletions over the length of both texts; 1 for equal texts."""
    return Indel.normalized_similarity(normalised(one), normalised(other))


def ngram_similarity(one: str, other: str) -> float:
    """Jaccard index of the sets of word trigrams; a sentence shorter than that counts as a whole."""
    mine, theirs = _ngrams(one), _ngrams(other)
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0


def _ngrams(text: str) -> set[tuple[str, ...]]:
    sentences = (normalised(sentence).split() for sentence in _SENTENCE_END.split(text))
    return {
        tuple(words[start : start + _NGRAM])
        for words in sentences
        if words
        for start in range(max(1, len(words) - _NGRAM + 1))
    }
