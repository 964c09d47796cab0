"""Distinct, faithful candidates for résumés: draw, check, draw again, within a budget.

Evaluation, sampling runs and the API all come through here, so that they measure and serve the same thing.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from db.errors import InvalidInputError
from resumes.faithfulness import Checker
from resumes.schema import Profile
from resumes.text_format import Form, TextFormat
from resumes.violations import Violation
from sampler.distinct import Distinctness, Fingerprint
from sampler.drafts import CandidateSet, Draft, Outcome, Statistics
from sampler.engines.base import Decoding, Engine, Sample
from sampler.seeds import derive

__all__ = ["CandidateSet", "Draft", "Outcome", "Selection", "Statistics", "sample_candidates"]

PRIVATE = ("contact", "name")
"""Kinds of violation with which no text is ever kept for people to read."""


@dataclass(frozen=True)
class Selection:
    """What is kept of what is drawn.

    Args:
        n: candidates per résumé.
        redraw_rounds, redraws: while some are missing, up to ``redraw_rounds`` times ``redraws`` more are drawn.
        allow_violations: how many unfaithful texts may fill the gaps that then remain (never when serving), but none
            with a violation of a kind in ``withheld``.
        distinctness: which texts are too alike to be both kept.
        temperatures: one for each candidate; empty: that of the decoding for all. Equal ones share an engine call.

    Raises:
        InvalidInputError: a value out of its range.
    """

    n: int = 4
    redraw_rounds: int = 6
    redraws: int = 2
    allow_violations: int = 0
    distinctness: Distinctness = field(default_factory=Distinctness)
    temperatures: tuple[float, ...] = ()
    withheld: tuple[str, ...] = PRIVATE

    def __post_init__(self) -> None:
        if self.n < 1 or self.redraw_rounds < 0 or self.redraws < 1:
            raise InvalidInputError(f"Selection: expected n and redraws of at least 1, found {self.n}, {self.redraws}")
        if not 0 <= self.allow_violations <= self.n:
            raise InvalidInputError(f"Expected 0 to {self.n} candidates with violations, found {self.allow_violations}")
        if self.temperatures and (len(self.temperatures) != self.n or min(self.temperatures) <= 0):
            raise InvalidInputError(f"Expected {self.n} temperatures above 0, found {self.temperatures}")

    def to_dict(self) -> dict[str, Any]:
        """As stored with a sampling run: plain JSON."""
        return {**asdict(self), "temperatures": list(self.temperatures), "withheld": list(self.withheld)}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Selection:
        """The inverse of :meth:`to_dict`."""
        lists: dict[str, tuple[Any, ...]] = {
            name: tuple(stored[name]) for name in ("temperatures", "withheld") if name in stored
        }
        return cls(**{**stored, **lists, "distinctness": Distinctness(**stored["distinctness"])})


@dataclass
class _Search:
    """The search for one résumé's candidates. ``kept`` holds faithful drafts, ``prints`` what they are compared by."""

    form: Form
    checker: Checker
    kept: list[Draft] = field(default_factory=list)
    prints: list[Fingerprint] = field(default_factory=list)
    spoiled: list[Draft] = field(default_factory=list)
    first_draws: list[Draft] = field(default_factory=list)
    draws: int = 0
    near_duplicates: int = 0
    _verdicts: dict[str, tuple[str, tuple[Violation, ...]]] = field(default_factory=dict)

    def judge(self, sample: Sample) -> tuple[str, tuple[Violation, ...]]:
        """The text that people would see and all that is wrong with it; equal outputs are judged once."""
        verdict = self._verdicts.get(sample.raw)
        if verdict is None:
            verdict = self._verdicts[sample.raw] = self._verdict(sample.raw)
        if sample.finished:
            return verdict
        text, violations = verdict
        return text, (*violations, Violation("unreadable", 0, len(text), text, "a finished text"))

    def _verdict(self, raw: str) -> tuple[str, tuple[Violation, ...]]:
        realised = self.form.realise(raw)
        if not realised.text.strip():
            return "", (*realised.violations, Violation("unreadable", 0, 0, "", "a text"))
        return realised.text, (*realised.violations, *self.checker.check(realised.text))

    def take(self, draft: Draft, selection: Selection) -> None:
        """Keeps a draft if it is faithful, new and wanted."""
        self.draws += 1
        if not draft.faithful:
            self.spoiled.append(draft)
        elif len(self.kept) < selection.n:
            if self._new(draft, selection):
                self.kept.append(draft)
            else:
                self.near_duplicates += 1

    def missing(self, schedule: Sequence[float]) -> list[float]:
        """Temperatures of ``schedule`` that have no candidate yet; as many as there are gaps."""
        if len(self.kept) == len(schedule):
            return []
        left = Counter(schedule) - Counter(draft.temperature for draft in self.kept)
        return list(left.elements())[: len(schedule) - len(self.kept)]

    def result(self, selection: Selection, order: random.Random) -> CandidateSet:
        """What was found. The order of candidates is drawn from ``order``."""
        self._fill_gaps(selection)
        candidates = [*self.kept]
        order.shuffle(candidates)
        outcome: Outcome = "complete" if len(candidates) == selection.n else "short" if candidates else "failed"
        return CandidateSet(
            outcome,
            None if outcome == "complete" else self._reason(len(candidates), selection.n),
            tuple(candidates),
            tuple(self.first_draws),
            self.draws,
            unfaithful=len(self.spoiled),
            near_duplicates=self.near_duplicates,
        )

    def _fill_gaps(self, selection: Selection) -> None:
        allowed = min(selection.allow_violations, selection.n - len(self.kept))
        for draft in self.spoiled:
            if allowed == 0:
                return
            private = any(violation.kind in selection.withheld for violation in draft.violations)
            if draft.text and not private and self._new(draft, selection):
                self.kept.append(draft)
                allowed -= 1

    def _new(self, draft: Draft, selection: Selection) -> bool:
        """Is it no near-duplicate of what is kept? If so, those that follow are compared with it, too."""
        found = Fingerprint.of(draft.text)
        if selection.distinctness.near_duplicate(found, self.prints):
            return False
        self.prints.append(found)
        return True

    def _reason(self, found: int, wanted: int) -> str:
        kinds = Counter(violation.kind for draft in self.spoiled for violation in draft.violations)
        named = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(3))
        unfaithful = f"{len(self.spoiled)} unfaithful" + (f" ({named})" if named else "")
        return f"{found} of {wanted} in {self.draws} draws: {unfaithful}, {self.near_duplicates} near-duplicates"


def sample_candidates(
    engine: Engine,
    profiles: Sequence[Profile],
    text_format: TextFormat,
    decoding: Decoding,
    seed: int,
    selection: Selection | None = None,
    today: dt.date | None = None,
) -> list[CandidateSet]:
    """Candidates for each profile, in the order of the profiles. Batches are built across profiles.

    Deterministic for the same engine, profiles, parameters, seed and ``today`` (default: the present day; it ends jobs
    that go on), see :mod:`sampler.engines.base`.
    """
    selection = selection or Selection()
    searches = [_Search(Form(profile, text_format, today), Checker(profile, today)) for profile in profiles]
    schedule = selection.temperatures or (decoding.temperature,) * selection.n
    calls = 0
    for round_number in range(selection.redraw_rounds + 1):
        for asked, temperature, count in _calls(searches, schedule, None if round_number == 0 else selection.redraws):
            call = replace(decoding, temperature=temperature)
            drawn = _draw(engine, asked, call, derive(seed, "round", calls), count)
            calls += 1
            for search, drafts in zip(asked, drawn, strict=True):
                if round_number == 0:
                    search.first_draws += drafts
                for draft in drafts:
                    search.take(draft, selection)
    order = random.Random(derive(seed, "order"))
    return [search.result(selection, order) for search in searches]


def _calls(
    searches: Sequence[_Search], schedule: Sequence[float], redraws: int | None
) -> list[tuple[list[_Search], float, int]]:
    """Engine calls of a round, one for each temperature: who is written for, temperature, texts for each.

    At first (``redraws`` null) everybody gets the whole schedule; later who lacks candidates gets redraws at the first
    temperature that is missing.
    """
    if redraws is None:
        return [([*searches], temperature, count) for temperature, count in Counter(schedule).items() if searches]
    waiting: dict[float, list[_Search]] = {}
    for search in searches:
        if missing := search.missing(schedule):
            waiting.setdefault(missing[0], []).append(search)
    return [(asked, temperature, redraws) for temperature, asked in sorted(waiting.items())]


def _draw(engine: Engine, searches: list[_Search], decoding: Decoding, seed: int, count: int) -> list[list[Draft]]:
    began = time.perf_counter()
    rows = engine.generate([search.form.model_input for search in searches], count, decoding, seed)
    latency_ms = (time.perf_counter() - began) * 1000 / (len(searches) * count)
    return [
        [_draft(search, sample, decoding, seed, latency_ms) for sample in samples]
        for search, samples in zip(searches, rows, strict=True)
    ]


def _draft(search: _Search, sample: Sample, decoding: Decoding, seed: int, latency_ms: float) -> Draft:
    text, violations = search.judge(sample)
    return Draft(
        model_input=search.form.model_input,
        raw=sample.raw,
        text=text,
        violations=violations,
        token_count=sample.token_count,
        log_probability=sample.log_probability,
        seed=seed,
        latency_ms=latency_ms,
        temperature=decoding.temperature,
    )
