"""Rankings of a round → preference pairs: what annotators together prefer.

Per task and pair of candidates:

* the strategy names the pairs: those that it takes from any of the active rankings of the task;
* every active ranking votes by its whole order; who tied the two has no say in the direction;
* the majority decides the direction, an exact tie gives no pair;
* a candidate that more than half of the rankings flag as false is never chosen;
* weight = (agreeing - disagreeing) / rankings of the task, in (0, 1]: 1 only where all agree.

Real and simulated opinions never mix: a round that is not simulated refuses simulated rankings.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from annotation import pair_queries as queries
from annotation.pairs import Strategy, pairs_from_ranking
from db.errors import ConflictError
from db.models import PreferencePair, Round

logger = logging.getLogger(__name__)


class SimulatedRankingError(ConflictError):
    """A real round holds rankings of scripted annotators."""

    title = "Simulated ranking in a real round"


@dataclass(frozen=True, slots=True)
class Vote:
    """One active ranking: ``order`` of candidate ids, best first, and the candidates flagged as false."""

    ranking_id: int
    order: Sequence[Sequence[int]]
    flags: frozenset[int] = frozenset()
    simulated: bool = False

    def prefers(self, first: int, second: int) -> int:
        """1 where ``first`` is ranked above ``second``, -1 below, 0 where they are tied."""
        place = {item: number for number, group in enumerate(self.order) for item in group}
        return (place[first] < place[second]) - (place[first] > place[second])


@dataclass(frozen=True, slots=True)
class ConsensusPair:
    """A pair with its evidence; ``ranking_ids`` are all rankings that took a side, either side."""

    chosen: int
    rejected: int
    agreeing: int
    disagreeing: int
    weight: float
    ranking_ids: tuple[int, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class PairReport:
    """What :func:`build_pairs` found.

    ``removed``: pairs that lost their support; ``undecided``: pairs whose votes tie; ``flagged``: pairs whose better
    candidate is false by majority; ``frozen``: the round was trained on its pairs, which therefore stay as they are.
    """

    round: int
    strategy: str
    tasks: int
    rankings: int
    pairs: int
    removed: int = 0
    undecided: int = 0
    flagged: int = 0
    simulated: bool = False
    frozen: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


def build_pairs(session: Session, round_id: int, strategy: Strategy = "all") -> PairReport:
    """Makes the pairs of the round those that its active rankings support: upserts them and removes all others.

    May run any number of times, also twice at once (the second waits). Once the round has a frozen snapshot nothing
    is changed, for its training must stay repeatable.

    Raises:
        db.errors.NotFoundError: no such round.
        annotation.pairs.UnknownStrategyError: no such strategy.
        SimulatedRankingError: simulated rankings in a real round.
    """
    pairs_from_ranking([], strategy)  # an unknown strategy fails before anything is read
    round_ = queries.lock_round(session, round_id)
    rows = queries.active_rankings(session, round_id)
    if round_.snapshot_hash is not None:
        return _frozen_report(session, round_, rows)
    _refuse_mixture(round_, rows)
    found: list[dict[str, Any]] = []
    undecided = flagged = 0
    for resume_id, task_rows in groupby(rows, key=lambda row: row.resume_id):
        task = consensus([_vote(row) for row in task_rows], strategy)
        undecided, flagged = undecided + task.undecided, flagged + task.flagged
        found += [_values(round_, resume_id, pair, strategy) for pair in task.pairs]
    queries.upsert_pairs(session, found)
    removed = queries.delete_other_pairs(session, round_id, [(row["chosen_id"], row["rejected_id"]) for row in found])
    report = PairReport(
        round=round_.number,
        strategy=strategy,
        tasks=len({row.resume_id for row in rows}),
        rankings=len(rows),
        pairs=len(found),
        removed=removed,
        undecided=undecided,
        flagged=flagged,
        simulated=any(row["simulated"] for row in found),
    )
    logger.info("pairs of round %d: %s", round_.number, report)
    return report


@dataclass(frozen=True, slots=True)
class TaskConsensus:
    """Pairs of one task, and how many were dropped why."""

    pairs: list[ConsensusPair]
    undecided: int
    flagged: int


def consensus(votes: Sequence[Vote], strategy: Strategy) -> TaskConsensus:
    """What the rankings of one task together prefer, by the rules of this module."""
    pairs: list[ConsensusPair] = []
    undecided = flagged = 0
    for first, second in _named_pairs(votes, strategy):
        sides = {vote.ranking_id: vote.prefers(first, second) for vote in votes}
        above, below = (sum(side == sign for side in sides.values()) for sign in (1, -1))
        if above == below:
            undecided += 1
            continue
        chosen, rejected = (first, second) if above > below else (second, first)
        if false_by_majority(chosen, votes):
            flagged += 1
            continue
        took_side = [vote for vote in votes if sides[vote.ranking_id]]
        pairs.append(
            ConsensusPair(
                chosen,
                rejected,
                agreeing=max(above, below),
                disagreeing=min(above, below),
                weight=abs(above - below) / len(votes),
                ranking_ids=tuple(sorted(vote.ranking_id for vote in took_side)),
                simulated=any(vote.simulated for vote in took_side),
            )
        )
    return TaskConsensus(pairs, undecided, flagged)


def false_by_majority(candidate: int, votes: Sequence[Vote]) -> bool:
    """More than half of the rankings flag ``candidate``."""
    return 2 * sum(candidate in vote.flags for vote in votes) > len(votes)


def _named_pairs(votes: Iterable[Vote], strategy: Strategy) -> list[tuple[int, int]]:
    """Each unordered pair that the strategy takes from any ranking, once, lower id first."""
    return sorted({(min(pair), max(pair)) for vote in votes for pair in pairs_from_ranking(vote.order, strategy)})


def _vote(row: queries.ActiveRanking) -> Vote:
    return Vote(row.ranking_id, row.order, frozenset(row.flags), row.simulated)


def _refuse_mixture(round_: Round, rows: Sequence[queries.ActiveRanking]) -> None:
    simulated = [row.ranking_id for row in rows if row.simulated]
    if simulated and not round_.simulated:
        raise SimulatedRankingError(
            f"expected only people's rankings in round {round_.number}, "
            f"found {len(simulated)} of scripted annotators (ranking {simulated[0]} first)"
        )


def _values(round_: Round, resume_id: int, pair: ConsensusPair, strategy: str) -> dict[str, Any]:
    return {
        "round_id": round_.id,
        "resume_id": resume_id,
        "chosen_id": pair.chosen,
        "rejected_id": pair.rejected,
        "ranking_ids": list(pair.ranking_ids),
        "strategy": strategy,
        "agreeing": pair.agreeing,
        "disagreeing": pair.disagreeing,
        "weight": pair.weight,
        "simulated": pair.simulated or round_.simulated,
    }


def _frozen_report(session: Session, round_: Round, rows: Sequence[queries.ActiveRanking]) -> PairReport:
    logger.warning("round %d was trained on its pairs: they are left as they are", round_.number)
    kept: Sequence[PreferencePair] = queries.pairs(session, round_.id)
    return PairReport(
        round=round_.number,
        strategy=kept[0].strategy if kept else "",
        tasks=len({row.resume_id for row in rows}),
        rankings=len(rows),
        pairs=len(kept),
        simulated=any(pair.simulated for pair in kept),
        frozen=True,
    )
