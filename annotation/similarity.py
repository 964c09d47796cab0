"""When two texts are so alike that preferring one teaches nothing.

The sampler draws candidates that differ; this is the last guard, for texts that came another way or changed since.
"""

from __future__ import annotations

from rapidfuzz.distance import Indel
from rapidfuzz.utils import default_process

NEAR_IDENTICAL = 0.9
"""Similarity (0 to 1) from which on two texts count as the same."""


def sorted_words(text: str) -> str:
    """The words of ``text`` in alphabetical order: lower case, no punctuation, ё as е."""
    return " ".join(sorted(default_process(text).replace("ё", "е").split()))


def near_identical(one: str, other: str) -> bool:
    """Do two texts, given as :func:`sorted_words`, differ by little more than the order of words and sentences?

    Their similarity, 1 minus the insertions and deletions of characters over the length of both (the token sort ratio
    of rapidfuzz), is at least ``NEAR_IDENTICAL``. Two empty texts are identical.
    """
    return Indel.normalized_similarity(one, other, score_cutoff=NEAR_IDENTICAL) >= NEAR_IDENTICAL
