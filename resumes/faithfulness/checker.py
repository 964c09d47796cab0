"""The checker: all rules on a text, against one résumé."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cache

from resumes.faithfulness.facts import Facts
from resumes.faithfulness.rules import Objection, Rule, Segment, TextRule
from resumes.faithfulness.ruleset import INDEPENDENT, RULES
from resumes.faithfulness.segments import Analyser
from resumes.schema import Profile
from resumes.violations import Violation

SENTENCE_RULES = {place: rule for place, rule in enumerate(RULES) if isinstance(rule, Rule)}
JUDGES = {place: rule.judge for place, rule in SENTENCE_RULES.items()}
TEXT_RULES = tuple((place, rule) for place, rule in enumerate(RULES) if isinstance(rule, TextRule))


class Checker:
    """Checks texts against one résumé. Make one per résumé; ``check`` is cheap to call often."""

    def __init__(self, profile: Profile, today: dt.date | None = None) -> None:
        """``today`` (default: the present day) dates jobs that go on."""
        self._facts = Facts(profile, today or dt.date.today())

    def check(self, text: str) -> list[Violation]:
        """Violations of ``text``, by place."""
        segments = _analyser().segments(text)
        objections = [*_to_segments(segments, self._facts), *_to_text(text, segments, self._facts)]
        if not objections:
            return []
        return _believed(text, objections)


def check(profile: Profile, text: str, today: dt.date | None = None) -> list[Violation]:
    """Violations of one text against ``profile``, by place; for several texts make a :class:`Checker`."""
    return Checker(profile, today).check(text)


@cache
def _analyser() -> Analyser:
    return Analyser(list(SENTENCE_RULES.items()))


def forget_sentences() -> None:
    """Empties the memory of sentences; what is known of single words stays."""
    _analyser().forget()


def _to_segments(segments: Sequence[Segment], facts: Facts) -> Iterator[tuple[int, Objection]]:
    for segment in segments:
        for place, claim in segment.claims:
            objection = JUDGES[place](claim, facts)
            if objection is not None:
                start, end = segment.start + objection.start, segment.start + objection.end
                yield place, Objection(objection.kind, start, end, objection.expected)


def _to_text(text: str, segments: Sequence[Segment], facts: Facts) -> Iterator[tuple[int, Objection]]:
    for place, rule in TEXT_RULES:
        for objection in rule.judge(text, segments, facts):
            yield place, objection


def _believed(text: str, objections: list[tuple[int, Objection]]) -> list[Violation]:
    """Where two rules object to the same words, the earlier one is believed."""
    kept: list[Objection] = []
    for _, objection in sorted(objections, key=lambda pair: pair[0]):
        if not any(_covers(other, objection) for other in kept):
            kept.append(objection)
    return [
        Violation(found.kind, found.start, found.end, text[found.start : found.end], found.expected)
        for found in sorted(kept, key=lambda objection: (objection.start, objection.end, objection.kind))
    ]


def _covers(other: Objection, objection: Objection) -> bool:
    overlap = (other.start < objection.end and objection.start < other.end) or (other.start, other.end) == (
        objection.start,
        objection.end,
    )
    return overlap and not (other.kind != objection.kind and {other.kind, objection.kind} in INDEPENDENT)
