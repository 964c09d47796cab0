"""Sentences of a text with their claims, found once per sentence and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from resumes.faithfulness.document import Document, sentence_spans
from resumes.faithfulness.rules import Claim, Rule, Segment

SENTENCES_KEPT = 50_000
"""Sentences whose claims stay in memory (about 1 kB each)."""
WORD_FORMS_KEPT = 200_000

# A heading and the lines under it are one thought: «Владею:\n— Excel;\n— 1С.»
_LIST_LINE = re.compile(r"\s*(?:[-–—•*·]|\d{1,2}[.)])\s")


def cut(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the segments of ``text``: sentences, and lists together with the line that opens them."""
    opened: tuple[int, int] | None = None
    for start, end in sentence_spans(text):
        if opened is None:
            opened = (start, end)
        elif text[opened[1] - 1] == ":" or (not text[start].isalpha() and _LIST_LINE.match(text, start)):
            opened = (opened[0], end)
        else:
            yield opened
            opened = (start, end)
    if opened is not None:
        yield opened


class Analyser:
    """Finds the claims of texts by ``rules``; a claim is kept with the place of its rule among them."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        self._rules = rules
        self._sentence = lru_cache(maxsize=SENTENCES_KEPT)(self._analyse)
        self._mask = lru_cache(maxsize=WORD_FORMS_KEPT)(self._triggered)
        self._marks: dict[str, int] = {}
        for bit, (_, rule) in enumerate(rules):
            for mark in rule.marks:
                self._marks[mark] = self._marks.get(mark, 0) | 1 << bit

    def segments(self, text: str) -> list[Segment]:
        """Segments of ``text``, in order."""
        return [Segment(start, end, *self._sentence(text[start:end])) for start, end in cut(text)]

    def forget(self) -> None:
        """Empties the memory of sentences."""
        self._sentence.cache_clear()

    def _analyse(self, sentence: str) -> tuple[tuple[tuple[int, Claim], ...], tuple[int, ...], int]:
        doc = Document(sentence)
        mask = 0
        for token in doc.tokens:
            mask |= self._mask(token.low)
        for char in set(doc.low):
            mask |= self._marks.get(char, 0)
        claims = tuple(
            (place, claim)
            for bit, (place, rule) in enumerate(self._rules)
            if mask >> bit & 1
            for claim in rule.find(doc)
        )
        return claims, doc.triples, hash(tuple(token.low for token in doc.tokens))

    def _triggered(self, word: str) -> int:
        return sum(1 << bit for bit, (_, rule) in enumerate(self._rules) if rule.triggers(word))
