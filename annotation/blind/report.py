"""What the votes of a blind evaluation say: who wins, how surely, and whether the voting was sound.

Win rate: a win counts 1, a tie ½, a loss 0. Its interval comes from a bootstrap over résumés, since votes on one résumé
depend on each other. The p value is that of the exact two-sided sign test on résumés: each has one say, the sign of its
wins minus losses, and those that come out even have none (W. J. Dixon and A. M. Mood, "The statistical sign test", JASA
41, 1946). Sides are shuffled, so a preference for the left text is a fault of the voting: the share of left among
decided votes, with the exact binomial test of one half.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from annotation.blind import queries
from annotation.bootstrap import draw_sums, percentile_interval, ratios

DRAWS = 4000
NO_VOTES = "no votes yet"
NONE_DECIDED = "no decided votes"
ONE_RESUME = "votes on one résumé only"
_POINTS = {"model": 1.0, "tie": 0.5, "opponent": 0.0}


@dataclass(frozen=True, slots=True)
class Vote:
    """One active vote. ``winner``: model, opponent or tie. ``lead_time``: seconds."""

    resume: int
    annotator: str
    winner: str
    model_is_left: bool
    lead_time: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or why there is none."""

    value: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes from the model's point of view. ``left_share``: of decided votes, those for the left text."""

    votes: int
    resumes: int
    wins: int
    losses: int
    ties: int
    win_rate: Figure
    left_share: Figure
    left_p: Figure
    median_seconds: Figure


@dataclass(frozen=True, slots=True)
class BlindReport:
    """``interval``: of the win rate, 95 %. ``resumes_won``, ``resumes_lost``: what the sign test counts."""

    overall: Tally
    interval: tuple[float, float] | None
    interval_reason: str | None
    resumes_won: int
    resumes_lost: int
    sign_p: Figure
    annotators: dict[str, Tally]

    @property
    def decided(self) -> int:
        """Votes that are no ties."""
        return self.overall.wins + self.overall.losses

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def report(session: Session, evaluation_ids: Collection[int], seed: int = 0) -> BlindReport:
    """The report on the votes of these evaluations, which must be of the same two models.

    Votes of annotators with weight 0 are left out, as their rankings are.
    """
    return count(
        [
            Vote(task.resume_id, annotator.pseudonym, str(vote.verdict), task.model_is_left, vote.lead_time)
            for vote, task, annotator in queries.counting_votes(session, evaluation_ids)
        ],
        seed,
    )


def count(votes: Sequence[Vote], seed: int = 0) -> BlindReport:
    """The report on ``votes``; the seed decides the bootstrap."""
    by_person: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        by_person[vote.annotator].append(vote)
    won, lost = _resumes(votes)
    interval = _interval(votes, seed)
    return BlindReport(
        overall=_tally(votes),
        interval=interval,
        interval_reason=None if interval else (ONE_RESUME if votes else NO_VOTES),
        resumes_won=won,
        resumes_lost=lost,
        sign_p=_binomial(won, won + lost),
        annotators={name: _tally(by_person[name]) for name in sorted(by_person)},
    )


def _tally(votes: Sequence[Vote]) -> Tally:
    counts = Counter(vote.winner for vote in votes)
    left = sum((vote.winner == "model") == vote.model_is_left for vote in votes if vote.winner != "tie")
    decided = counts["model"] + counts["opponent"]
    seconds = [vote.lead_time for vote in votes if vote.lead_time is not None]
    return Tally(
        votes=len(votes),
        resumes=len({vote.resume for vote in votes}),
        wins=counts["model"],
        losses=counts["opponent"],
        ties=counts["tie"],
        win_rate=Figure((counts["model"] + counts["tie"] / 2) / len(votes)) if votes else Figure(None, NO_VOTES),
        left_share=Figure(left / decided) if decided else Figure(None, NONE_DECIDED),
        left_p=_binomial(left, decided),
        median_seconds=Figure(median(seconds)) if seconds else Figure(None, "no times known"),
    )


def _resumes(votes: Iterable[Vote]) -> tuple[int, int]:
    """Résumés on which the model has more wins than losses, and the other way round."""
    balance: Counter[int] = Counter()
    for vote in votes:
        balance[vote.resume] += {"model": 1, "opponent": -1, "tie": 0}[vote.winner]
    return sum(value > 0 for value in balance.values()), sum(value < 0 for value in balance.values())


def _interval(votes: Sequence[Vote], seed: int) -> tuple[float, float] | None:
    points: dict[int, list[float]] = defaultdict(list)
    for vote in votes:
        points[vote.resume].append(_POINTS[vote.winner])
    if len(points) < 2:
        return None
    statistics = np.array([[sum(found), len(found)] for found in points.values()], dtype=float)
    return percentile_interval(np.concatenate([ratios(sums) for sums in draw_sums(statistics, DRAWS, seed)]))


def _binomial(successes: int, trials: int) -> Figure:
    """Exact two-sided p value of ``successes`` out of ``trials`` under one half."""
    if not trials:
        return Figure(None, NONE_DECIDED)
    from scipy.stats import binomtest

    return Figure(float(binomtest(successes, trials, 0.5).pvalue))
