"""Kemeny consensus: cases that can be worked out by hand, and against brute force on random rankings."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.kemeny import MAX_ITEMS, above, consensus, consensuses, grouped, orders, places_of
from annotation.ranking_errors import ForeignItemError, RepeatedItemError
from db.errors import InvalidInputError


def order(text: str) -> list[list[str]]:
    return [list(group) for group in text.split(">")]


def text(groups: list[list[str]]) -> str:
    return ">".join("".join(sorted(group)) for group in groups)


WORKED = [
    # rankings, weights, consensus, cost, optimal orders
    (["a>b>c>d"], None, "a>b>c>d", 0, 1),
    (["a>b>c>d"] * 3, None, "a>b>c>d", 0, 1),
    # Two opposites: each of 24 orders turns 6 pairs round.
    (["a>b>c>d", "d>c>b>a"], None, "abcd", 6, 24),
    # One swap: both orders of a, b are optimal, each turns one pair round.
    (["a>b>c>d", "b>a>c>d"], None, "ab>c>d", 1, 2),
    # Condorcet cycle of three: each rotation agrees with 2 of 3 majorities (2:1), so 1+1+2 of 9 votes are against.
    (["a>b>c", "b>c>a", "c>a>b"], None, "abc", 4, 3),
    # The cycle with one doubled ranking: it wins alone. a>b 3:1, b>c 3:1, a>c 2:2.
    (["a>b>c", "a>b>c", "b>c>a", "c>a>b"], None, "a>b>c", 4, 1),
    # The same by weight.
    (["a>b>c", "b>c>a", "c>a>b"], [2, 1, 1], "a>b>c", 4, 1),
    # A tie costs half whatever the order: a>b>c costs nothing with the first, 1/2 with the second.
    (["a>b>c", "ab>c"], None, "a>b>c", 0.5, 1),
    (["abc"], None, "abc", 1.5, 6),
    # b is tied with both by votes, a beats c 2:0: bac, abc and acb are optimal. Mean positions 4/3, 2, 8/3.
    (["b>a>c", "a>c>b"], None, "a>b>c", 2, 3),
    # Borda would put b first (12 points, a has 9); three of five prefer a to each other item.
    (["a>b>c>d", "a>b>c>d", "a>b>c>d", "b>c>d>a", "b>c>d>a"], None, "a>b>c>d", 6, 1),
    # Weight 0 has no say.
    (["a>b", "b>a"], [1, 0], "a>b", 0, 1),
    # 0.1 + 0.2 against 0.3: equal but for rounding.
    (["a>b", "a>b", "b>a"], [0.1, 0.2, 0.3], "ab", 0.3, 2),
]  # fmt: skip


@pytest.mark.parametrize(("rankings", "weights", "expected", "cost", "optimal"), WORKED)
def test_worked_by_hand(
    rankings: list[str], weights: list[float] | None, expected: str, cost: float, optimal: int
) -> None:
    found = consensus([order(ranking) for ranking in rankings], weights)
    assert text(found.order) == expected
    assert found.cost == pytest.approx(cost)
    assert len(found.optimal) == optimal


def test_condorcets_cycle_is_broken_at_its_weakest_majority() -> None:
    """Condorcet's own example (60 voters): b>c 42:18 and c>a 35:25 stand, a>b 33:27 falls; 42 + 35 + 27 of 180."""
    counts = {"a>b>c": 23, "b>c>a": 17, "b>a>c": 2, "c>a>b": 10, "c>b>a": 8}
    found = consensus([order(ranking) for ranking in counts], [float(count) for count in counts.values()])
    assert text(found.order) == "b>c>a"
    assert found.cost == 180 - 104


def test_bad_input() -> None:
    with pytest.raises(InvalidInputError, match="0 rankings"):
        consensus([])
    with pytest.raises(InvalidInputError, match="weights"):
        consensus([order("a>b")], [-1.0])
    with pytest.raises(ForeignItemError):
        consensus([order("a>b"), order("a>c")])
    with pytest.raises(ForeignItemError):
        consensus([order("a>b"), order("a")])
    with pytest.raises(RepeatedItemError):
        consensus([order("a>b"), order("a>b>a")])
    with pytest.raises(InvalidInputError, match="at most 6 items for an exact consensus, found 7"):
        orders(MAX_ITEMS + 1)


def brute_force(rankings: list[list[int]], weights: list[float]) -> tuple[float, set[tuple[int, ...]]]:
    """Least cost and all orders that have it, pair by pair, in whole numbers of half weights."""
    n = len(rankings[0])
    costs: dict[tuple[int, ...], float] = {}
    for sequence in permutations(range(n)):
        costs[sequence] = sum(
            weight * (1 if places[i] > places[j] else 0.5 if places[i] == places[j] else 0)
            for places, weight in zip(rankings, weights, strict=True)
            for i, j in combinations(sequence, 2)
        )
    least = min(costs.values())
    return least, {sequence for sequence, cost in costs.items() if cost == least}


@st.composite
def tasks(draw: st.DrawFn) -> tuple[list[list[int]], list[float]]:
    """Places of n items in several rankings, ties and all; weights are quarters, exact in binary."""
    n = draw(st.integers(1, 5))
    ranking = st.lists(st.integers(0, n - 1), min_size=n, max_size=n)
    rankings = draw(st.lists(ranking, min_size=1, max_size=6))
    weights = draw(st.lists(st.integers(0, 12).map(lambda x: x / 4), min_size=len(rankings), max_size=len(rankings)))
    return rankings, weights


def groups_of(places: list[int]) -> list[list[int]]:
    dense = [sorted(set(places)).index(place) for place in places]
    return grouped(range(len(places)), dense)


@settings(max_examples=150, deadline=None)
@given(tasks())
def test_equals_brute_force(task: tuple[list[list[int]], list[float]]) -> None:
    rankings, weights = task
    items = list(range(len(rankings[0])))
    found = consensus([groups_of(places) for places in rankings], weights)
    least, best = brute_force(rankings, weights)
    first = [item for group in groups_of(rankings[0]) for item in group]
    assert sorted(first) == items
    assert found.cost == least
    assert {tuple(sequence) for sequence in found.optimal} == best
    # The weak order: mean positions over the optimal orders, and never against all of them.
    mean = {item: sum(sequence.index(item) for sequence in best) for item in items}
    place = {item: number for number, group in enumerate(found.order) for item in group}
    for i, j in combinations(items, 2):
        assert (place[i] < place[j], place[i] == place[j]) == (mean[i] < mean[j], mean[i] == mean[j])
        if all(sequence.index(i) < sequence.index(j) for sequence in best):
            assert place[i] < place[j]


@settings(max_examples=30, deadline=None)
@given(st.lists(tasks().filter(lambda task: len(task[0][0]) == 4), min_size=1, max_size=4))
def test_many_at_once_equal_one_by_one(found: list[tuple[list[list[int]], list[float]]]) -> None:
    places = [np.array(rankings) for rankings, _ in found]
    weights = [np.array(weight) for _, weight in found]
    votes = np.array([np.einsum("r,rij->ij", w, above(p)) for p, w in zip(places, weights, strict=True)])
    batch = consensuses(votes, np.array([weight.sum() for weight in weights]))
    for number, (rankings, weight) in enumerate(found):
        alone = consensus([groups_of(one) for one in rankings], weight)
        assert batch.cost[number] == alone.cost
        assert batch.optimal[number].sum() == len(alone.optimal)
        assert grouped(range(4), batch.places[number].tolist()) == [sorted(group) for group in alone.order]


def test_places_and_groups_are_inverse() -> None:
    assert places_of([[7], [3, 9], [5]], [3, 5, 7, 9]) == [1, 2, 0, 1]
    assert grouped([3, 5, 7, 9], [1, 2, 0, 1]) == [[7], [3, 9], [5]]
