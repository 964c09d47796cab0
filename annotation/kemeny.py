"""Exact Kemeny consensus of rankings with ties and weights, for many tasks in one matrix product.

The consensus is the strict order whose weighted Kendall distance to the rankings is least (Kemeny 1959, Young and
Levenglick 1978). A pair of items that a ranking turns round costs that ranking's weight, a pair that it ties costs
half of it (K with penalty 1/2, Fagin et al. 2006): ½ is the same for every strict order, so ties never decide.

Items are few (four candidates), so every strict order is tried: the cost of an order is the sum over its pairs
``i before j`` of the weight that prefers j, which is a product of the tasks' preference matrices with one fixed 0/1
matrix. That is exact for up to ``MAX_ITEMS`` items.

Often several orders are optimal. The consensus *weak* order sorts the items by their mean position over all of them;
equal means are a tie. It never contradicts what all optimal orders agree on, and two items that the optimal orders put
either way round equally often are tied.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from annotation.ranking_errors import ForeignItemError, RepeatedItemError
from db.errors import InvalidInputError

Id = TypeVar("Id", bound=Hashable)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MAX_ITEMS = 6
TOLERANCE = 1e-9
"""Costs and votes that differ by less than this share of a task's total weight are equal: weights are floats."""


@dataclass(frozen=True, slots=True)
class Orders:
    """All strict orders of n items; ``position[o, i]``: place of item i in order o, from 0.

    ``before[o, i, j]``: does order o put i before j? Both as float64, ready for matrix products.
    """

    sequence: Ints
    position: Floats
    before: Floats


@dataclass(frozen=True, slots=True)
class Consensuses:
    """Consensus of T tasks with n items each.

    ``cost`` (T,): distance of the optimal orders; ``optimal`` (T, n!): which orders of :func:`orders` they are;
    ``agreed`` (T, n, n): all of them put i before j; ``places`` (T, n): group of each item in the weak order, 0 best.
    """

    cost: Floats
    optimal: Bools
    agreed: Bools
    places: Ints


@dataclass(frozen=True, slots=True)
class Consensus(Generic[Id]):
    """Consensus of one task: the weak ``order``, best group first, all ``optimal`` strict orders, their ``cost``."""

    order: list[list[Id]]
    optimal: list[list[Id]]
    cost: float


@lru_cache(maxsize=MAX_ITEMS + 1)
def orders(items: int) -> Orders:
    """All strict orders of ``items`` items, lexicographically.

    Raises:
        InvalidInputError: more than ``MAX_ITEMS``, which would be more than 720 orders.
    """
    if items > MAX_ITEMS:
        raise InvalidInputError(f"expected at most {MAX_ITEMS} items for an exact consensus, found {items}")
    sequence = np.array(list(permutations(range(items))), dtype=np.int64)
    position = np.argsort(sequence, axis=1)
    before = position[:, :, None] < position[:, None, :]
    return Orders(sequence, position.astype(float), before.astype(float))


def above(places: Ints) -> Bools:
    """``places`` (rankings, n), smaller is better → (rankings, n, n): is item i ranked above item j?"""
    return places[:, :, None] < places[:, None, :]


def consensuses(votes: Floats, total: Floats) -> Consensuses:
    """Consensus of each task.

    ``votes`` (T, n, n): weight of the rankings that put i above j; ``total`` (T,): weight of all rankings of the task.
    What is missing from ``total`` in ``votes[i, j] + votes[j, i]`` tied the two.
    """
    tasks, n = votes.shape[:2]
    known = orders(n)
    tied = total[:, None, None] - votes - votes.transpose(0, 2, 1)
    against = (votes + tied / 2).transpose(0, 2, 1).reshape(tasks, n * n)
    costs = against @ known.before.reshape(-1, n * n).T
    cost = costs.min(axis=1)
    optimal = costs <= (cost + TOLERANCE * total)[:, None]
    many = optimal.astype(float)
    count = many.sum(axis=1)
    agreed = (many @ known.before.reshape(-1, n * n)).reshape(tasks, n, n) == count[:, None, None]
    # Sums of positions are whole numbers, so equal means are found exactly.
    return Consensuses(cost, optimal, agreed, _dense_ranks(many @ known.position))


def consensus(rankings: Sequence[Sequence[Sequence[Id]]], weights: Sequence[float] | None = None) -> Consensus[Id]:
    """Consensus of the rankings of one task; each is best first, a tie is several ids in one group.

    ``weights``: of the rankings, at least 0 (default: 1 each). Optimal orders follow the first ranking's order of ids.

    Raises:
        InvalidInputError: no rankings, a negative weight, weights of another number, or too many items.
        RepeatedItemError, ForeignItemError: a ranking is no order of the items of the first one.
    """
    weighted = np.array([1.0] * len(rankings) if weights is None else weights, dtype=float)
    if not rankings or len(weighted) != len(rankings) or (weighted < 0).any():
        raise InvalidInputError(
            f"expected rankings with one weight of at least 0 each, found {len(rankings)} rankings, weights {weights}"
        )
    items = [item for group in rankings[0] for item in group]
    places = np.array([places_of(order, items) for order in rankings], dtype=np.int64)
    votes = np.einsum("r,rij->ij", weighted, above(places))
    found = consensuses(votes[None], weighted.sum(keepdims=True))
    sequences = orders(len(items)).sequence[found.optimal[0]]
    return Consensus(
        order=grouped(items, found.places[0].tolist()),
        optimal=[[items[at] for at in sequence] for sequence in sequences],
        cost=float(found.cost[0]),
    )


def places_of(order: Sequence[Sequence[Id]], items: Sequence[Id]) -> list[int]:
    """Number of the group of each of ``items`` in ``order``, 0 is best.

    Raises:
        RepeatedItemError, ForeignItemError: ``order`` is not an order of exactly these items.
    """
    place = {item: number for number, group in enumerate(order) for item in group}
    if len(place) != sum(map(len, order)):
        raise RepeatedItemError(f"expected each item once in an order, found {list(order)}")
    if len(place) != len(items) or any(item not in place for item in items):
        raise ForeignItemError(f"expected an order of the items {list(items)}, found {list(order)}")
    return [place[item] for item in items]


def grouped(items: Sequence[Id], places: Sequence[int]) -> list[list[Id]]:
    """The inverse of :func:`places_of`: groups of items, best first, for places 0, 1, … without gaps."""
    groups: list[list[Id]] = [[] for _ in range(max(places, default=-1) + 1)]
    for item, place in zip(items, places, strict=True):
        groups[place].append(item)
    return groups


def _dense_ranks(values: Floats) -> Ints:
    """Per row: how many *different* values of the row are smaller; equal values share a rank, ranks have no gaps."""
    ascending = np.sort(values, axis=1)
    first = np.ones_like(ascending, dtype=bool)
    first[:, 1:] = ascending[:, 1:] > ascending[:, :-1]
    smaller = ascending[:, None, :] < values[:, :, None]
    ranks: Ints = (smaller & first[:, None, :]).sum(axis=2)
    return ranks
