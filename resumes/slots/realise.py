"""Raw model output (words and slots, separated by spaces) → the text that people read, with what is wrong in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from resumes.slots.facts import Facts
from resumes.violations import Violation

_SLOT = re.compile(r"^<([^:<>\s]+):([^:<>\s]+)>$")
_CLOSING = frozenset(",.:;!?")
_SENTENCE_END = frozenset(".!?")
# Fact of a slot → kind of violation when the résumé does not have it.
_KINDS = {
    "prof": "position", "exp": "experience_years", "now": "position", "nowco": "employer", "past": "position",
    "pastco": "employer", "roles": "position", "skills": "skill", "doings": "skill", "subjects": "skill",
    "tools": "skill", "quals": "skill",
    "quality": "skill", "age": "age", "city": "city", "country": "country", "marital": "marital_status",
    "licence": "licence", "car": "car", "salary": "salary", "edu": "education", "langs": "language",
    "resp": "position",
}  # fmt: skip
# Different slots of one thing: a text says it once.
_SAME_THING = {"doings": "skills", "subjects": "skills", "quality": "quals", "country": "city"}
_MISSING = "…"


@dataclass(frozen=True)
class Realised:
    """The text and the errors of its slots and sentences (not yet those of its statements)."""

    text: str
    violations: list[Violation]


@dataclass
class _Writer:
    facts: Facts
    text: str = ""
    violations: list[Violation] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    sentences: set[str] = field(default_factory=set)
    sentence_start: int = 0
    opening: bool = True
    words: set[str] = field(default_factory=set)

    def write(self, token: str) -> None:
        slot = _SLOT.match(token)
        if slot:
            self._slot(token, slot[1], slot[2])
        elif token in _CLOSING:
            self._punctuation(token)
        else:
            self._word(token)

    def _append(self, piece: str) -> tuple[int, int]:
        if self.opening:
            piece = piece[:1].upper() + piece[1:]
            self.opening = False
        start = len(self.text) + (1 if self.text else 0)
        self.text = f"{self.text} {piece}" if self.text else piece
        return start, len(self.text)

    def _flag(self, kind: str, span: tuple[int, int], expected: str | None = None) -> None:
        self.violations.append(Violation(kind, *span, self.text[span[0] : span[1]], expected))

    def _slot(self, token: str, fact: str, form: str) -> None:
        value = self.facts.values.get(token[1:-1])
        if value is None:
            kind = "gender" if form == "gndr" else _KINDS.get(fact, "unreadable")
            self._flag(kind, self._append(_MISSING))
            return
        span = self._append(value)
        if form == "gndr":
            repeated = token in self.words
            self.words.add(token)
        else:
            thing = _SAME_THING.get(fact, fact)
            repeated = thing in self.said
            self.said.add(thing)
        if repeated:
            self._flag("unreadable", span)

    def _word(self, token: str) -> None:
        repeated = self.text.endswith(f" {token}") and token != "—"
        span = self._append(token)
        if repeated or (len(token) > _LONG_WORD and token in self.words) or token.startswith("<"):
            self._flag("unreadable", span)
        self.words.add(token)

    def _punctuation(self, token: str) -> None:
        misplaced = self.opening or self.text[-1:] in ",:;—"
        start = len(self.text)
        self.text += token
        if misplaced:
            self._flag("unreadable", (start, len(self.text)))
        if token in _SENTENCE_END:
            self._end_sentence()

    def _end_sentence(self) -> None:
        sentence = self.text[self.sentence_start :].strip()
        if sentence in self.sentences:
            self._flag("unreadable", (len(self.text) - len(sentence), len(self.text)))
        self.sentences.add(sentence)
        self.sentence_start, self.opening = len(self.text), True
        self.words.clear()


_LONG_WORD = 6


def realise_slots(raw: str, facts: Facts) -> Realised:
    """Fills the slots of ``raw`` from ``facts``.

    A slot that the résumé does not have is written as an ellipsis and is a violation of its kind; a fact said twice, a
    repeated word or sentence, stray punctuation and an unfinished sentence are ``unreadable``.
    """
    writer = _Writer(facts)
    for token in raw.split():
        writer.write(token)
    if not writer.text or not writer.opening:
        writer.violations.append(
            Violation("unreadable", writer.sentence_start, len(writer.text), writer.text[writer.sentence_start :])
        )
    return Realised(writer.text, writer.violations)
