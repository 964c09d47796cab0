"""Order → pairs, by literal cases and by what must hold for any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.pairs import STRATEGIES, UnknownStrategyError, pairs_from_ranking
from annotation.ranking_errors import RepeatedItemError

A, B, C, D = "abcd"
CASES = [
    # order, strategy, pairs
    ([[A], [B], [C], [D]], "all", "ab ac ad bc bd cd"),
    ([[A], [B], [C], [D]], "adjacent", "ab bc cd"),
    ([[A], [B], [C], [D]], "best_worst", "ad"),
    ([[A], [B, C], [D]], "all", "ab ac ad bd cd"),
    ([[A], [B, C], [D]], "adjacent", "ab ac bd cd"),
    ([[A], [B, C], [D]], "best_worst", "ad"),
    ([[A, B], [C], [D]], "best_worst", "ad bd"),
    ([[A, B], [C, D]], "adjacent", "ac ad bc bd"),
    ([[A, B, C, D]], "all", ""),
    ([[A, B, C, D]], "adjacent", ""),
    ([[A, B, C, D]], "best_worst", ""),
    ([], "all", ""),
]


@pytest.mark.parametrize(("order", "strategy", "expected"), CASES)
def test_pairs(order: list[list[str]], strategy: str, expected: str) -> None:
    assert pairs_from_ranking(order, strategy) == [tuple(pair) for pair in expected.split()]


def test_bad_input() -> None:
    with pytest.raises(UnknownStrategyError, match="best_worst"):
        pairs_from_ranking([[A], [B]], "some")
    with pytest.raises(RepeatedItemError):
        pairs_from_ranking([[A], [B, A]], "all")


orders = st.lists(st.integers(0, 5), min_size=1, max_size=7).map(
    lambda places: [
        [str(item) for item, at in enumerate(places) if at == place] for place in range(6) if place in places
    ]
)


@given(orders)
def test_what_holds_for_any_order(order: list[list[str]]) -> None:
    place = {item: number for number, group in enumerate(order) for item in group}
    pairs = {strategy: pairs_from_ranking(order, strategy) for strategy in STRATEGIES}
    expected = {(a, b) for a in place for b in place if place[a] < place[b]}
    assert set(pairs["all"]) == expected
    assert {(a, b) for a, b in expected if place[b] - place[a] == 1} == set(pairs["adjacent"])
    assert {(a, b) for a, b in expected if place[b] - place[a] == len(order) - 1} == set(pairs["best_worst"])
    assert all(len(set(found)) == len(found) for found in pairs.values())
