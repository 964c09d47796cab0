"""Stored orders as arrays of ranks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from annotation.bootstrap import Floats


class RankedTask(Protocol):
    """A row with a ranking: who ordered which candidates of which task."""

    @property
    def task_id(self) -> int: ...
    @property
    def pseudonym(self) -> str: ...
    @property
    def shown_order(self) -> list[int]: ...
    @property
    def order(self) -> list[list[int]]: ...


@dataclass(frozen=True, slots=True)
class RankTable:
    """``ranks`` (annotators as in ``names``, tasks as in ``tasks``, candidates by id): mid-ranks, NaN where missing."""

    names: list[str]
    tasks: list[int]
    ranks: Floats


def rank_table(rows: Sequence[RankedTask]) -> RankTable:
    """The table of ``rows``, annotators by name and tasks by id."""
    names, tasks = sorted({row.pseudonym for row in rows}), sorted({row.task_id for row in rows})
    who, where = ({key: number for number, key in enumerate(keys)} for keys in (names, tasks))
    ranks = np.full((len(names), len(tasks), max((len(row.shown_order) for row in rows), default=0)), np.nan)
    for row in rows:
        candidates = sorted(row.shown_order)
        ranks[who[row.pseudonym], where[row.task_id], : len(candidates)] = ranks_of(row.order, candidates)
    return RankTable(names, tasks, ranks)


def ranks_of(order: Sequence[Sequence[int]], candidates: Iterable[int]) -> list[float]:
    """Mid-rank of each of ``candidates`` in ``order``."""
    place = mid_ranks(order)
    return [place[candidate] for candidate in candidates]


def mid_ranks(order: Sequence[Sequence[int]]) -> dict[int, float]:
    """Rank of each item, 1 is best; tied items share the mean of the ranks that they take up."""
    ranks: dict[int, float] = {}
    for group in order:
        ranks |= dict.fromkeys(group, len(ranks) + (len(group) + 1) / 2)
    return ranks


def relations(ranks: Floats) -> Floats:
    """Relation of each pair of items of ``ranks`` (…, items): 1 where the first stands above, -1 below, 0 tied."""
    left, right = np.triu_indices(ranks.shape[-1], k=1)
    return np.sign(ranks[..., right] - ranks[..., left])
