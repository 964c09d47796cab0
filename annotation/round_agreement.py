"""Agreement over rounds: of all, of each annotator, of each two of them, and of each kind of résumé."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from annotation import agreement_queries, pair_queries
from annotation.agreement import Agreement, alpha_of, summarise
from annotation.bootstrap import Floats
from annotation.pair_queries import ActiveRanking
from annotation.rank_tables import RankTable, rank_table
from annotation.segments import KINDS, ORDER, segments_of
from annotation.unit_statistics import compact, measure, slot_pairs
from db.models import Round

_SEGMENT_DRAWS = 500


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
    """Who (by pseudonym) ranked how much, how fast (median seconds), how often called a text false, and how far he or
    she agrees with each of the others; ``alpha_without``: of the others alone."""

    pseudonym: str
    rankings: int
    median_seconds: float | None
    flags: int
    tau_b: float | None = None
    pairwise_agreement: float | None = None
    alpha_without: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Agreement on the résumés of one ``value`` of a ``kind`` of :mod:`annotation.segments`."""

    kind: str
    value: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class RoundAgreement:
    """Agreement over a round (or several: ``round`` is null then), and what it rests on.

    ``rejected``: submissions that are no rankings, by reason. ``excluded``: annotators of weight 0, who do not count.
    """

    round: int | None
    simulated: bool
    overall: Agreement
    annotators: list[AnnotatorWork]
    pairs: list[AnnotatorPair]
    rejected: dict[str, int]
    segments: list[Segment] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON form: the statistics at the top level, annotators, pairs of them and segments in detail."""
        overall = self.overall.to_dict()
        overall["annotator_count"] = overall.pop("annotators")
        return {
            "round": self.round,
            "simulated": self.simulated,
            **overall,
            "annotators": [asdict(one) for one in self.annotators],
            "annotator_pairs": [
                {"annotators": [one.first, one.second], "tasks": one.tasks, "tau_b": one.tau_b,
                 "pairwise_agreement": one.pairwise_agreement}
                for one in self.pairs
            ],
            "segments": [{"kind": one.kind, "value": one.value, **one.agreement.to_dict()} for one in self.segments],
            "rejected": self.rejected,
            "excluded": self.excluded,
        }  # fmt: skip


def round_agreement(session: Session, round_: Round) -> RoundAgreement:
    """Agreement of the active rankings of the regular tasks of ``round_``."""
    return rounds_agreement(session, [round_])


def rounds_agreement(session: Session, rounds: Sequence[Round]) -> RoundAgreement:
    """Agreement over all rankings of ``rounds`` together; a task belongs to one of them."""
    ids = [round_.id for round_ in rounds]
    everybody = [row for round_id in ids for row in pair_queries.active_rankings(session, round_id)]
    rows = [row for row in everybody if row.weight > 0]
    table = rank_table(rows)
    traits = agreement_queries.task_traits(session, ids)
    return RoundAgreement(
        round=rounds[0].number if len(rounds) == 1 else None,
        simulated=any(round_.simulated for round_ in rounds) or any(row.simulated for row in rows),
        overall=summarise(measure(table.ranks)),
        **_by_annotator(rows, table),
        rejected=agreement_queries.rejected(session, ids),
        segments=_segments(table, traits),
        excluded=sorted({row.pseudonym for row in everybody} - set(table.names)),
    )


def _by_annotator(rows: Sequence[ActiveRanking], table: RankTable) -> dict[str, Any]:
    """``annotators`` and ``pairs`` of :class:`RoundAgreement`."""
    numbers = _pair_numbers(table)
    rows_of: dict[str, list[ActiveRanking]] = defaultdict(list)
    for row in rows:
        rows_of[row.pseudonym].append(row)
    return {
        "annotators": [
            _work(name, rows_of[name], numbers[at].sum(axis=0), _alpha_without(table, at))
            for at, name in enumerate(table.names)
        ],
        "pairs": [
            AnnotatorPair(first, second, int(numbers[one, other, 0]), *_rates(numbers[one, other]))
            for (one, first), (other, second) in combinations(enumerate(table.names), 2)
        ],
    }  # fmt: skip


def _pair_numbers(table: RankTable) -> Floats:
    """(annotators, annotators, 5): common tasks; sum and number of tau-b; equal and all relations of pairs of items."""
    people = len(table.names)
    numbers = np.zeros((people, people, 5))
    ranks, who = compact(table.ranks)
    for pair in slot_pairs(ranks, who):
        both = (pair.first >= 0) & (pair.second >= 0)
        defined = ~np.isnan(pair.tau)
        found = np.column_stack([both, np.where(defined, pair.tau, 0.0), defined, pair.relations[:, :2]])[both]
        np.add.at(numbers, (pair.first[both], pair.second[both]), found)
        np.add.at(numbers, (pair.second[both], pair.first[both]), found)
    return numbers


def _rates(numbers: Floats) -> tuple[float | None, float | None]:
    """Mean tau-b and rate of equal relations of a row of :func:`_pair_numbers`."""
    _, taus, defined, equal, compared = map(float, numbers)
    return taus / defined if defined else None, equal / compared if compared else None


def _alpha_without(table: RankTable, annotator: int) -> float | None:
    return alpha_of(measure(np.delete(table.ranks, annotator, axis=0)))


def _work(name: str, rows: Sequence[ActiveRanking], numbers: Floats, alpha_without: float | None) -> AnnotatorWork:
    seconds = [row.lead_time for row in rows if row.lead_time is not None]
    median = float(np.median(seconds)) if seconds else None
    flags = sum(len(row.flags) for row in rows)
    return AnnotatorWork(name, len(rows), median, flags, *_rates(numbers), alpha_without)


def _segments(table: RankTable, traits: dict[int, agreement_queries.TaskTraits]) -> list[Segment]:
    """Agreement on every kind of résumé that occurs; of each unit the statistics are computed once."""
    units = measure(table.ranks)
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, task in enumerate(table.tasks):
        for kind, value in segments_of(traits[task].profile, traits[task].selection).items():
            members[kind, value].append(number)
    return [
        Segment(kind, value, summarise(units.select(np.array(members[kind, value])), draws=_SEGMENT_DRAWS))
        for kind, value in sorted(members, key=lambda key: (*_order(*key), -len(members[key]), key[1]))
    ]


def _order(kind: str, value: str) -> tuple[int, int]:
    """Kinds and values in their own order; values without one go by how many units they have."""
    return KINDS.index(kind), ORDER.index(value) if value in ORDER else -1
