"""Sets of words and phrases written as one string, so that tables stay readable."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Words separated by spaces."""
    return frozenset(text.split())


def phrase_set(text: str) -> frozenset[str]:
    """Phrases separated by bars."""
    return frozenset(text.split("|"))
