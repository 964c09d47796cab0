"""Raw model output (words and slots, separated by spaces) → the text that people read, with what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from resumes.slots.facts import Facts
from resumes.slots.sentences import PAUSES, Place, Slot, Template, sentences_of, template_of
from resumes.violations import Violation

# Fact of a slot → kind of violation when the résumé does not have it.
_KINDS = {
    "prof": "position", "exp": "experience_years", "now": "position", "nowco": "employer", "past": "position",
    "pastco": "employer", "roles": "position", "skills": "skill", "doings": "skill", "subjects": "skill",
    "tools": "skill", "quals": "skill",
    "quality": "skill", "age": "age", "city": "city", "country": "country", "marital": "marital_status",
    "licence": "licence", "car": "car", "salary": "salary", "edu": "education", "langs": "language",
    "resp": "position",
}  # fmt: skip
_MISSING = "…"
_Fault = tuple[int, int, str]
"""Start and end in the sentence, kind."""


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

    def write(self, template: Template) -> None:
        """Adds the sentence and what is wrong with it, by place."""
        values, found = self._values(template.slots) if template.slots else ((), [])
        sentence = template.pattern % values
        before = len(self.text)
        lead = " " if before and not template.glued else ""
        self.text += lead + sentence
        if template.faults or template.echoes:
            found += _of_words(template, values, lead)
        base = before + len(lead)
        if found:
            for start, end, kind in sorted(found):
                self._flag(kind, base + start, base + end)
        if template.closed and sentence in self.sentences:
            self._flag("unreadable", base, len(self.text))
        if template.unfinished:
            self._flag("unreadable", before, len(self.text))
        self.sentences.add(sentence)

    def _flag(self, kind: str, start: int, end: int) -> None:
        self.violations.append(Violation(kind, start, end, self.text[start:end]))

    def _values(self, slots: tuple[Slot, ...]) -> tuple[tuple[str, ...], list[_Fault]]:
        """The texts of slots; what the résumé does not have and what the text has said before is a fault."""
        values: list[str] = []
        faults: list[_Fault] = []
        shift = 0
        for slot in slots:
            value = self.facts.values.get(slot.name)
            fault = None
            if value is None:
                value, fault = _MISSING, "gender" if slot.form == "gndr" else _KINDS.get(slot.fact, "unreadable")
            elif slot.repeated or slot.thing in self.said:
                fault = "unreadable"
            elif slot.thing is not None:
                self.said.add(slot.thing)
            if slot.capital:
                value = value[:1].upper() + value[1:]
            if fault is not None:
                faults.append((slot.offset + shift, slot.offset + shift + len(value), fault))
            values.append(value)
            shift += len(value)
            if slot.pause and value[-1:] in PAUSES:
                faults.append((slot.offset + shift, slot.offset + shift + 1, "unreadable"))
        return tuple(values), faults


def _of_words(template: Template, values: tuple[str, ...], lead: str) -> Iterator[_Fault]:
    """Repeated words, and stray punctuation that stands between words."""
    for place in template.faults:
        yield _span(place, values)
    for place, between, word in template.echoes:
        value = values[place.slots - 1] if place.slots else ""
        if value.endswith(word[: len(word) - len(between)]):
            first = not place.slots or (place.slots == 1 and not template.slots[0].offset)
            if f"{lead if first else ' '}{value}{between}".endswith(f" {word}"):
                yield _span(place, values)


def _span(place: Place, values: tuple[str, ...]) -> _Fault:
    shift = sum(map(len, values[: place.slots]))
    return place.start + shift, place.end + shift, "unreadable"


def realise_slots(raw: str, facts: Facts) -> Realised:
    """Fills the slots of ``raw`` from ``facts``.

    A slot that the résumé does not have is written as an ellipsis and is a violation of its kind; a fact said twice, a
    repeated word or sentence, stray punctuation and an unfinished sentence are ``unreadable``.
    """
    writer = _Writer(facts)
    for sentence in sentences_of(raw):
        writer.write(template_of(sentence))
    if not writer.text:
        writer.violations.append(Violation("unreadable", 0, 0, ""))
    return Realised(writer.text, writer.violations)
