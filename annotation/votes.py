"""Votes of many tasks at once: rankings as arrays, what their consensus is, and which pairs it carries.

Per task, with the rankings of everybody whose weight is above 0:

* the Kemeny consensus (:mod:`annotation.kemeny`) is the order of the task;
* the strategy names pairs on that order, as :func:`annotation.pairs.pairs_from_ranking` does;
* a pair stands if all optimal orders agree on its direction and more weight is for it than against;
* its better candidate must not be false by majority (more than half of the weight flags it);
* of the weight that took a side at least ``minimum_agreement`` must be for it.

Who ties two candidates has no say in their direction, but counts in the total: a pair's weight is
(weight for - weight against) / weight of all rankings of its task, in (0, 1], and 1 only where all agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from annotation.kemeny import TOLERANCE, Bools, Consensuses, Floats, Ints, above, consensuses, grouped, places_of
from annotation.pairs import Strategy


class Ballot(NamedTuple):
    """An active ranking with its say: ``order`` of candidate ids best first, ``flags`` ids called false."""

    resume_id: int
    task_id: int
    ranking_id: int
    annotator_id: int
    weight: float
    order: list[list[int]]
    flags: list[int]
    simulated: bool


class ConsensusPair(NamedTuple):
    """A pair with its evidence; ``ranking_ids`` are all rankings that took a side, either side."""

    resume_id: int
    chosen: int
    rejected: int
    agreeing: int
    disagreeing: int
    weight: float
    ranking_ids: list[int]


class ConsensusRow(NamedTuple):
    """The consensus of a task as it is stored."""

    task_id: int
    order: list[list[int]]
    cost: float
    optimal: int
    rankings: int


@dataclass(slots=True)
class Dropped:
    """Pairs that were not made, each counted once under the first reason that applies.

    ``tied``: the consensus ties the two; ``undecided``: its optimal orders differ, or the votes for and against are
    equal (or even outvote it, as in a cycle); ``flagged``: the better one is false by majority; ``below_agreement``:
    too few of those who took a side are for it; ``chosen_unfaithful``: the check found a violation in the better one;
    ``near_identical``: the texts hardly differ.
    """

    tied: int = 0
    undecided: int = 0
    flagged: int = 0
    below_agreement: int = 0
    chosen_unfaithful: int = 0
    near_identical: int = 0

    def add(self, other: Dropped) -> None:
        """Counts what ``other`` counted as well."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Ballots:
    """Rankings of T tasks with n candidates each, R in all, those of a task adjacent.

    ``items`` (T, n): candidate ids, ascending; ``first`` (T,): row of the task's first ranking; by row: ``places``
    (R, n) of the items, ``flags`` (R, n), ``weights`` (R,), all above 0.
    """

    resume_ids: list[int]
    task_ids: list[int]
    items: Ints
    first: Ints
    ranking_ids: list[int]
    places: Ints
    flags: Bools
    weights: Floats

    @classmethod
    def of(cls, rows: Sequence[Ballot]) -> Ballots:
        """``rows``: those of a task adjacent, weights above 0, all tasks with as many candidates.

        Raises:
            RepeatedItemError, ForeignItemError: the rankings of a task do not order the same candidates.
        """
        resumes: list[int] = []
        tasks: list[int] = []
        items: list[list[int]] = []
        first, places, flags = [], [], []
        for number, row in enumerate(rows):
            if not tasks or row.task_id != tasks[-1]:
                resumes.append(row.resume_id)
                tasks.append(row.task_id)
                items.append(sorted(item for group in row.order for item in group))
                first.append(number)
            places.append(places_of(row.order, items[-1]))
            flags.append([item in row.flags for item in items[-1]])
        n = len(items[0]) if items else 0
        return cls(
            resumes,
            tasks,
            np.array(items, dtype=np.int64).reshape(-1, n),
            np.array(first, dtype=np.int64),
            [row.ranking_id for row in rows],
            np.array(places, dtype=np.int64).reshape(-1, n),
            np.array(flags, dtype=bool).reshape(-1, n),
            np.array([row.weight for row in rows], dtype=float),
        )

    def per_task(self, values: Floats | Ints) -> Floats:
        """Sums of ``values`` (R, …) over the rankings of each task."""
        sums: Floats = np.add.reduceat(values, self.first, axis=0)
        return sums


@dataclass(frozen=True, slots=True)
class Decision:
    """Consensus and pairs of some ballots; ``pairs`` (P, 3): task, chosen and rejected item by index."""

    ballots: Ballots
    consensus: Consensuses
    pairs: Ints
    agreeing: Ints
    weight: Floats
    dropped: Dropped

    def pair_ids(self) -> Ints:
        """(P, 2): ids of the chosen and the rejected candidate."""
        return np.column_stack([self.ballots.items[self.pairs[:, 0], self.pairs[:, side]] for side in (1, 2)])

    def without(self, reason: Literal["chosen_unfaithful", "near_identical"], marked: Bools) -> Decision:
        """The decision without the pairs that ``marked`` (P,) marks, counted under ``reason``."""
        dropped = replace(self.dropped)
        setattr(dropped, reason, getattr(dropped, reason) + int(marked.sum()))
        return replace(
            self,
            pairs=self.pairs[~marked],
            agreeing=self.agreeing[~marked],
            weight=self.weight[~marked],
            dropped=dropped,
        )

    def consensus_rows(self) -> Iterator[ConsensusRow]:
        """The consensus of each task."""
        found, ballots = self.consensus, self.ballots
        rankings = np.diff(ballots.first, append=len(ballots.ranking_ids)).tolist()
        optimal = found.optimal.sum(axis=1).tolist()
        columns = (ballots.task_ids, ballots.items.tolist(), found.places.tolist(), found.cost.tolist())
        for task, items, places, cost, orders, count in zip(*columns, optimal, rankings, strict=True):
            yield ConsensusRow(task, grouped(items, places), cost, orders, count)

    def pair_rows(self) -> Iterator[ConsensusPair]:
        """The pairs, task by task, in each the best chosen candidate first."""
        ballots = self.ballots
        ends = [*ballots.first.tolist()[1:], len(ballots.ranking_ids)]
        starts, items, places = ballots.first.tolist(), ballots.items.tolist(), ballots.places.tolist()
        for (task, i, j), agreeing, weight in zip(
            self.pairs.tolist(), self.agreeing.tolist(), self.weight.tolist(), strict=True
        ):
            took_side = [
                ballots.ranking_ids[row] for row in range(starts[task], ends[task]) if places[row][i] != places[row][j]
            ]
            yield ConsensusPair(
                ballots.resume_ids[task],
                items[task][i],
                items[task][j],
                agreeing,
                len(took_side) - agreeing,
                weight,
                took_side,
            )


def decide(ballots: Ballots, strategy: Strategy, minimum_agreement: float = 0.0) -> Decision:
    """What the rankings together prefer, by the rules of this module; texts are not looked at."""
    prefers = above(ballots.places)
    votes = ballots.per_task(prefers * ballots.weights[:, None, None])
    total = ballots.per_task(ballots.weights)
    found = consensuses(votes, total)
    against = votes.transpose(0, 2, 1)
    least = TOLERANCE * total[:, None, None]
    false = 2 * ballots.per_task(ballots.flags * ballots.weights[:, None]) > total[:, None]

    left = named_pairs(found.places, strategy)
    dropped = Dropped(tied=_ties(found.places))
    rules = {
        "undecided": found.agreed & (votes > against + least),
        "flagged": ~false[:, :, None],
        "below_agreement": votes >= minimum_agreement * (votes + against) - least,
    }
    for reason, holds in rules.items():
        setattr(dropped, reason, int((left & ~holds).sum()))
        left &= holds
    pairs = _best_first(np.argwhere(left), found.places)
    at = tuple(pairs.T)
    return Decision(
        ballots,
        found,
        pairs,
        agreeing=ballots.per_task(prefers.astype(np.int64))[at].astype(np.int64),
        weight=np.minimum(1.0, (votes - against)[at] / total[pairs[:, 0]]),
        dropped=dropped,
    )


def named_pairs(places: Ints, strategy: Strategy) -> Bools:
    """(T, n, n): does ``strategy`` pair i (chosen) with j, for groups ``places`` (T, n) without gaps?

    The same pairs as :func:`annotation.pairs.pairs_from_ranking`, for many orders at once.
    """
    ahead = places[:, None, :] - places[:, :, None]
    named: Bools = ahead > 0
    if strategy == "adjacent":
        named = ahead == 1
    elif strategy == "best_worst":
        span = places.max(axis=1, initial=0)[:, None, None]
        named = (ahead == span) & (span > 0)
    return named


def _ties(places: Ints) -> int:
    same = places[:, :, None] == places[:, None, :]
    return int((same.sum() - places.size) // 2)


def _best_first(pairs: Ints, places: Ints) -> Ints:
    """Sorted by task, place of the chosen and place of the rejected item."""
    task, chosen, rejected = pairs.T
    ascending = np.lexsort((rejected, chosen, places[task, rejected], places[task, chosen], task))
    best: Ints = pairs[ascending]
    return best
