"""What a rule of the checker is: claims are found in a sentence once, and judged against each résumé.

Finding (patterns, morphology, named entities) is what costs, and depends on nothing but the sentence; it is cached.
Judging is a few look-ups. Hence a rule never sees text and résumé at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement at characters ``start:end`` of its sentence; rules add what they need to judge it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Objection:
    """A claim that the résumé does not support; offsets as in :class:`Claim`."""

    kind: str
    start: int
    end: int
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on single sentences.

    ``triggers`` says of a word (lower case, «ё» as «е») whether a claim could hang on it, each of ``needs`` whether
    it is of another kind that a claim needs besides (a number besides a unit); they are asked once per word form.
    ``find`` runs only on sentences with a word of every kind (one word may be of several), or with one of the
    characters ``marks``. ``judge`` answers null if the résumé supports the claim.
    """

    triggers: Callable[[str], bool]
    find: Callable[[Document], Iterable[Claim]]
    judge: Callable[[Any, Facts], Objection | None]
    marks: str = ""
    needs: tuple[Callable[[str], bool], ...] = ()


@dataclass(slots=True, eq=False)
class Segment:
    """Characters ``start:end`` of a text, a sentence as a rule.

    ``claims`` come with the places of their rules; ``triples`` are hashes of its every three neighbouring words,
    ``whole`` that of all.
    """

    start: int
    end: int
    claims: Sequence[tuple[int, Claim]]
    triples: Sequence[int]
    whole: int


@dataclass(frozen=True, slots=True)
class TextRule:
    """A rule on a text as a whole, such as repetition. It must be cheap: nothing of it is cached.

    ``judge`` gets the text and its segments; offsets of its objections count from the start of the text.
    """

    judge: Callable[[str, Sequence[Segment], Facts], Iterator[Objection]]
