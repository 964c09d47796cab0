"""Sentences of a text with their claims, found once per sentence and kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from resumes.faithfulness.document import Document, sentence_spans
from resumes.faithfulness.morphology import WORDS_KEPT
from resumes.faithfulness.rules import Claim, Rule, Segment

SENTENCES_KEPT = 50_000
"""Sentences whose claims stay in memory (about 1 kB each)."""

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


class _Kinds(dict[str, int]):
    """Of every word met: a bit for each test that it passes."""

    def __init__(self, tests: Sequence[Callable[[str], bool]]) -> None:
        self._tests = tests

    def __missing__(self, word: str) -> int:
        if len(self) >= WORDS_KEPT:
            self.clear()
        found = self[word] = sum(1 << bit for bit, test in enumerate(self._tests) if test(word))
        return found


class Analyser:
    """Finds the claims of texts by ``rules``; a claim is kept with the place of its rule among them."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        self._sentence = lru_cache(maxsize=SENTENCES_KEPT)(self._analyse)
        tests = list(dict.fromkeys(test for _, rule in rules for test in (rule.triggers, *rule.needs)))
        self._kinds = _Kinds(tests)
        marks = "".join(dict.fromkeys(mark for _, rule in rules for mark in rule.marks))
        self._any_mark = re.compile(f"[{re.escape(marks)}]" if marks else "(?!)")
        # A bit for each kind of word, and for each mark; a rule wakes by all bits of its words or by one of its marks.
        self._marks = {mark: 1 << bit for bit, mark in enumerate(marks)}
        self._rules = [
            (
                sum(1 << tests.index(test) for test in {rule.triggers, *rule.needs}),
                sum(self._marks[mark] for mark in rule.marks),
                place,
                rule.find,
            )
            for place, rule in rules
        ]

    def segments(self, text: str) -> list[Segment]:
        """Segments of ``text``, in order."""
        return [Segment(start, end, *self._sentence(text[start:end])) for start, end in cut(text)]

    def forget(self) -> None:
        """Empties the memory of sentences."""
        self._sentence.cache_clear()

    def _analyse(self, sentence: str) -> tuple[tuple[tuple[int, Claim], ...], tuple[int, ...], int]:
        doc = Document(sentence)
        met, marked, kinds = 0, 0, self._kinds
        for word in doc.words:
            met |= kinds[word]
        for mark in self._any_mark.findall(doc.low):
            marked |= self._marks[mark]
        claims: list[tuple[int, Claim]] = []
        for words, marks, place, find in self._rules:
            if met & words == words or marked & marks:
                claims.extend([(place, claim) for claim in find(doc)])
        return tuple(claims), doc.triples, hash(doc.words)
