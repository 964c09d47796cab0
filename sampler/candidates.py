"""Distinct, faithful candidates for résumés: draw, check, draw again, within a budget.

Evaluation, sampling runs and the API all come through here, so that they measure and serve the same thing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from resumes.faithfulness import check
from resumes.schema import Profile
from resumes.text_format import TextFormat, realise, render
from resumes.violations import Violation
from sampler.distinct import Distinctness
from sampler.engines.base import Decoding, Engine, Sample
from sampler.seeds import derive

Outcome = Literal["complete", "short", "failed"]


@dataclass(frozen=True)
class Selection:
    """What is kept of what is drawn.

    First ``n`` texts are drawn per résumé; while some are missing, up to ``redraw_rounds`` times ``redraws`` more.
    ``allow_violations`` is how many unfaithful texts may fill the gaps that then remain (never when serving).
    """

    n: int = 4
    redraw_rounds: int = 6
    redraws: int = 2
    allow_violations: int = 0
    distinctness: Distinctness = field(default_factory=Distinctness)

    def to_dict(self) -> dict[str, Any]:
        """As stored with a sampling run."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Selection:
        """The inverse of :meth:`to_dict`."""
        return cls(**{**stored, "distinctness": Distinctness(**stored["distinctness"])})


@dataclass(frozen=True)
class Draft:
    """A drawn text. ``seed`` is that of the engine call; ``latency_ms`` its time per text of the call."""

    model_input: str
    raw: str
    text: str
    violations: tuple[Violation, ...]
    token_count: int
    log_probability: float
    seed: int
    latency_ms: float

    @property
    def faithful(self) -> bool:
        """Nothing was found against it."""
        return not self.violations


@dataclass(frozen=True)
class CandidateSet:
    """Outcome for one résumé: ``complete`` (n candidates), ``short`` (fewer) or ``failed`` (none), then with a reason.

    ``first_draws`` are the first n texts as the model wrote them, good or bad: the raw error rate is theirs.
    """

    outcome: Outcome
    reason: str | None
    candidates: tuple[Draft, ...]
    first_draws: tuple[Draft, ...]
    draws: int
    unfaithful: int
    near_duplicates: int


@dataclass(frozen=True)
class Statistics:
    """Counts over résumés; raw and checked wrong-fact rates are computed from them, never stored apart."""

    resumes: int = 0
    complete: int = 0
    short: int = 0
    failed: int = 0
    draws: int = 0
    near_duplicates: int = 0
    first_draws: int = 0
    first_draws_wrong: int = 0
    candidates: int = 0
    candidates_wrong: int = 0

    @classmethod
    def of(cls, sets: Sequence[CandidateSet]) -> Statistics:
        """Counts of a batch."""
        outcomes = Counter(result.outcome for result in sets)
        return cls(
            resumes=len(sets),
            complete=outcomes["complete"],
            short=outcomes["short"],
            failed=outcomes["failed"],
            draws=sum(result.draws for result in sets),
            near_duplicates=sum(result.near_duplicates for result in sets),
            first_draws=sum(len(result.first_draws) for result in sets),
            first_draws_wrong=sum(not draft.faithful for result in sets for draft in result.first_draws),
            candidates=sum(len(result.candidates) for result in sets),
            candidates_wrong=sum(not draft.faithful for result in sets for draft in result.candidates),
        )

    def __add__(self, other: Statistics) -> Statistics:
        mine, theirs = asdict(self), asdict(other)
        return Statistics(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def raw_wrong_rate(self) -> float | None:
        """Share of first draws with any violation; null without draws."""
        return self.first_draws_wrong / self.first_draws if self.first_draws else None

    @property
    def checked_wrong_rate(self) -> float | None:
        """Share of kept candidates with any violation; null without candidates."""
        return self.candidates_wrong / self.candidates if self.candidates else None

    def to_dict(self) -> dict[str, Any]:
        """As stored in ``sampling_run.counts``."""
        return asdict(self)


@dataclass
class _Search:
    """The state of the search for one résumé's candidates."""

    profile: Profile
    model_input: str
    kept: list[Draft] = field(default_factory=list)
    spoiled: list[Draft] = field(default_factory=list)
    first_draws: tuple[Draft, ...] = ()
    draws: int = 0
    near_duplicates: int = 0
    _verdicts: dict[str, tuple[str, tuple[Violation, ...]]] = field(default_factory=dict)

    def judge(self, raw: str, finished: bool, text_format: TextFormat) -> tuple[str, tuple[Violation, ...]]:
        """The text of a raw output and all that is wrong with it; equal outputs are judged once."""
        if raw not in self._verdicts:
            self._verdicts[raw] = judge(raw, self.profile, text_format)
        text, violations = self._verdicts[raw]
        if not finished:
            violations = (*violations, Violation("unreadable", 0, len(text), text, "a finished text"))
        return text, violations

    def take(self, draft: Draft, selection: Selection) -> None:
        """Keeps a draft if it is faithful, new and wanted."""
        self.draws += 1
        if not draft.faithful:
            self.spoiled.append(draft)
        elif selection.distinctness.near_duplicate(draft.text, (kept.text for kept in self.kept)):
            self.near_duplicates += 1
        elif len(self.kept) < selection.n:
            self.kept.append(draft)

    def result(self, selection: Selection) -> CandidateSet:
        candidates = [*self.kept]
        for draft in self.spoiled:
            allowed = sum(not other.faithful for other in candidates) < selection.allow_violations
            if len(candidates) < selection.n and allowed and draft.text and not _repeats(draft, candidates, selection):
                candidates.append(draft)
        outcome: Outcome = "complete" if len(candidates) == selection.n else "short" if candidates else "failed"
        reason = None if outcome == "complete" else self._reason(len(candidates), selection.n)
        return CandidateSet(
            outcome,
            reason,
            tuple(candidates),
            self.first_draws,
            self.draws,
            unfaithful=len(self.spoiled),
            near_duplicates=self.near_duplicates,
        )

    def _reason(self, found: int, wanted: int) -> str:
        kinds = Counter(violation.kind for draft in self.spoiled for violation in draft.violations)
        named = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(3))
        unfaithful = f"{len(self.spoiled)} unfaithful" + (f" ({named})" if named else "")
        return f"{found} of {wanted} in {self.draws} draws: {unfaithful}, {self.near_duplicates} near-duplicates"


def judge(raw: str, profile: Profile, text_format: TextFormat) -> tuple[str, tuple[Violation, ...]]:
    """The text that people would see for a raw output, and all that is wrong with it."""
    realised = realise(raw, profile, text_format)
    if not realised.text.strip():
        return "", (*realised.violations, Violation("unreadable", 0, 0, "", "a text"))
    return realised.text, (*realised.violations, *check(profile, realised.text))


def sample_candidates(
    engine: Engine,
    profiles: Sequence[Profile],
    text_format: TextFormat,
    decoding: Decoding,
    seed: int,
    selection: Selection | None = None,
) -> list[CandidateSet]:
    """Candidates for each profile, in the order of the profiles. Batches are built across profiles.

    Deterministic for the same engine, profiles, parameters and seed (see :mod:`sampler.engines.base`).
    """
    selection = selection or Selection()
    searches = [_Search(profile, render(profile, text_format)) for profile in profiles]
    for round_number in range(selection.redraw_rounds + 1):
        open_searches = [search for search in searches if len(search.kept) < selection.n]
        if not open_searches:
            break
        count = selection.redraws if round_number else selection.n
        drawn = _draw(engine, open_searches, text_format, decoding, derive(seed, "round", round_number), count)
        for search, drafts in zip(open_searches, drawn, strict=True):
            if round_number == 0:
                search.first_draws = tuple(drafts)
            for draft in drafts:
                search.take(draft, selection)
    return [search.result(selection) for search in searches]


def _draw(
    engine: Engine, searches: list[_Search], text_format: TextFormat, decoding: Decoding, seed: int, count: int
) -> list[list[Draft]]:
    began = time.perf_counter()
    rows = engine.generate([search.model_input for search in searches], count, decoding, seed)
    latency_ms = (time.perf_counter() - began) * 1000 / (len(searches) * count)
    return [
        [_draft(search, sample, text_format, seed, latency_ms) for sample in samples]
        for search, samples in zip(searches, rows, strict=True)
    ]


def _draft(search: _Search, sample: Sample, text_format: TextFormat, seed: int, latency_ms: float) -> Draft:
    text, violations = search.judge(sample.raw, sample.finished, text_format)
    return Draft(
        model_input=search.model_input,
        raw=sample.raw,
        text=text,
        violations=violations,
        token_count=sample.token_count,
        log_probability=sample.log_probability,
        seed=seed,
        latency_ms=latency_ms,
    )


def _repeats(draft: Draft, others: list[Draft], selection: Selection) -> bool:
    return selection.distinctness.near_duplicate(draft.text, (other.text for other in others))
