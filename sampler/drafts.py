"""What sampling gives: drafts, the candidates kept of them, and counts over many résumés."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from resumes.violations import Violation

Outcome = Literal["complete", "short", "failed"]


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
    temperature: float

    @property
    def faithful(self) -> bool:
        """Nothing was found against it."""
        return not self.violations


@dataclass(frozen=True)
class CandidateSet:
    """Outcome for one résumé: ``complete`` (n candidates), ``short`` (fewer) or ``failed`` (none), then with a reason.

    The order of ``candidates`` is drawn: it tells neither temperature nor quality nor when a text was drawn.
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
