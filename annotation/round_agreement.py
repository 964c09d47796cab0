"""Agreement over a round: its active rankings as a tensor, statistics of all and of each pair of annotators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from annotation import pair_queries as queries
from annotation.agreement import Agreement, agreement
from annotation.alpha import Floats
from db.models import Round


@dataclass(frozen=True, slots=True)
class AnnotatorPair:
    """Two annotators, the tasks that both ranked, and their agreement there."""

    first: str
    second: str
    tasks: int
    tau_b: float | None
    pairwise_agreement: float | None


@dataclass(frozen=True, slots=True)
class AnnotatorWork:
    """Who (by pseudonym) ranked how much, how fast (median seconds), and how often called a text false."""

    pseudonym: str
    rankings: int
    median_seconds: float | None
    flags: int


@dataclass(frozen=True, slots=True)
class RoundAgreement:
    """Agreement over a round, and what it rests on. ``rejected``: submissions that are no rankings, by reason."""

    round: int
    simulated: bool
    overall: Agreement
    annotators: list[AnnotatorWork]
    pairs: list[AnnotatorPair]
    rejected: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """JSON form: the statistics at the top level, ``annotators`` and ``annotator_pairs`` in detail."""
        overall = self.overall.to_dict()
        overall["annotator_count"] = overall.pop("annotators")
        return {
            "round": self.round,
            "simulated": self.simulated,
            **overall,
            "annotators": [
                {"pseudonym": one.pseudonym, "rankings": one.rankings, "median_seconds": one.median_seconds,
                 "flags": one.flags}
                for one in self.annotators
            ],
            "annotator_pairs": [
                {"annotators": [one.first, one.second], "tasks": one.tasks, "tau_b": one.tau_b,
                 "pairwise_agreement": one.pairwise_agreement}
                for one in self.pairs
            ],
            "rejected": self.rejected,
        }  # fmt: skip


def round_agreement(session: Session, round_: Round) -> RoundAgreement:
    """Agreement of the active rankings of ``round_``."""
    rows = queries.active_rankings(session, round_.id)
    names = sorted({row.pseudonym for row in rows})
    ranks = ranks_tensor(rows, names)
    return RoundAgreement(
        round=round_.number,
        simulated=round_.simulated or any(row.simulated for row in rows),
        overall=agreement(ranks),
        annotators=[_work(name, [row for row in rows if row.pseudonym == name]) for name in names],
        pairs=[_pair(names, ranks, first, second) for first, second in combinations(range(len(names)), 2)],
        rejected=queries.rejection_reasons(session, round_.id),
    )


def ranks_tensor(rows: Sequence[queries.ActiveRanking], names: Sequence[str]) -> Floats:
    """Mid-ranks (annotators in the order of ``names``, tasks, candidates by id), NaN where nobody ranked."""
    tasks = {task: number for number, task in enumerate(sorted({row.task_id for row in rows}))}
    who = {name: number for number, name in enumerate(names)}
    items = max((len(row.shown_order) for row in rows), default=0)
    ranks = np.full((len(names), len(tasks), items), np.nan)
    for row in rows:
        place = mid_ranks(row.order)
        candidates = sorted(row.shown_order)
        ranks[who[row.pseudonym], tasks[row.task_id], : len(candidates)] = [place[item] for item in candidates]
    return ranks


def mid_ranks(order: Sequence[Sequence[int]]) -> dict[int, float]:
    """Rank of each item, 1 is best; tied items share the mean of the ranks that they take up."""
    ranks: dict[int, float] = {}
    for group in order:
        ranks |= dict.fromkeys(group, len(ranks) + (len(group) + 1) / 2)
    return ranks


def _work(name: str, rows: Sequence[queries.ActiveRanking]) -> AnnotatorWork:
    seconds = [row.lead_time for row in rows if row.lead_time is not None]
    median = float(np.median(seconds)) if seconds else None
    return AnnotatorWork(name, len(rows), median, sum(len(row.flags) for row in rows))


def _pair(names: Sequence[str], ranks: Floats, first: int, second: int) -> AnnotatorPair:
    found = agreement(ranks[[first, second]])
    return AnnotatorPair(names[first], names[second], found.overlapping_units, found.tau_b, found.pairwise_agreement)
