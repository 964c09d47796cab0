"""Many patterns on one text, each asked only where the words stand that all its matches have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from resumes.faithfulness.document import Document
from resumes.faithfulness.morphology import WORDS_KEPT


class _Masks(dict[str, int]):
    """Of every word met: a bit for each pattern that it may open, and in the upper half for each that it completes."""

    def __init__(self, opening: Sequence[re.Pattern[str]], completing: Sequence[re.Pattern[str]]) -> None:
        self._kinds = (*opening, *completing)

    def __missing__(self, word: str) -> int:
        if len(self) >= WORDS_KEPT:
            self.clear()
        found = self[word] = sum(1 << bit for bit, kind in enumerate(self._kinds) if kind.match(word))
        return found


class Wordings:
    """Patterns for lower-case text («ё» as «е»), in order.

    Each comes as (beginnings of words one of which any match has, the same of a second kind of words or nothing,
    pattern); beginnings are alternatives of a regular expression, whole words end in ``$``.
    """

    def __init__(self, wordings: Sequence[tuple[str, str, str]]) -> None:
        self.patterns = tuple(re.compile(rf"(?<!\w)(?:{body})", re.MULTILINE) for _, _, body in wordings)
        self._masks = _Masks(
            [re.compile(first) for first, _, _ in wordings], [re.compile(second) for _, second, _ in wordings]
        )
        self._opening = (1 << len(wordings)) - 1

    def open(self, word: str) -> bool:
        """True if a match may have ``word``."""
        return self._masks[word] & self._opening != 0

    def matches(self, doc: Document) -> Iterator[tuple[int, re.Match[str]]]:
        """Matches in the text with the places of their patterns."""
        mask, masks = 0, self._masks
        for word in doc.words:
            mask |= masks[word]
        mask &= mask >> len(self.patterns)
        place = 0
        while mask:
            if mask & 1:
                for match in self.patterns[place].finditer(doc.low):
                    yield place, match
            mask >>= 1
            place += 1
