"""Sentences of a text with their claims, found once per sentence and kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
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
        self._mask = lru_cache(maxsize=WORD_FORMS_KEPT)(self._kinds)
        self._awake = lru_cache(maxsize=WORD_FORMS_KEPT)(self._woken)
        # Each kind of word that wakes rules, and each mark, has a bit; a rule wakes if all bits of one of its masks
        # are set.
        self._tests: list[Callable[[str], bool]] = []
        self._marks: dict[str, int] = {}
        self._alarms: list[tuple[int, ...]] = []
        for _, rule in rules:
            self._alarms.append((self._bits(rule.triggers, *rule.needs), *map(self._mark, rule.marks)))
        self._any_mark = re.compile(f"[{re.escape(''.join(self._marks))}]" if self._marks else "(?!)")

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
        for char in self._any_mark.findall(doc.low):
            mask |= self._marks[char]
        claims = tuple((place, claim) for place, rule in self._awake(mask) for claim in rule.find(doc))
        return claims, doc.triples, hash(doc.words)

    def _bits(self, *tests: Callable[[str], bool]) -> int:
        mask = 0
        for test in tests:
            mask |= 1 << len(self._tests)
            self._tests.append(test)
        return mask

    def _mark(self, char: str) -> int:
        if char not in self._marks:
            self._marks[char] = self._bits(lambda _: False)
        return self._marks[char]

    def _kinds(self, word: str) -> int:
        return sum(1 << bit for bit, test in enumerate(self._tests) if test(word))

    def _woken(self, mask: int) -> tuple[tuple[int, Rule], ...]:
        return tuple(
            rule
            for rule, alarms in zip(self._rules, self._alarms, strict=True)
            if any(mask & alarm == alarm for alarm in alarms)
        )
