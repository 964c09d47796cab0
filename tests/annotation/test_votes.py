"""Which pairs the rankings of a task carry: cases by hand, and what holds for any rankings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.kemeny import consensus, grouped
from annotation.pairs import STRATEGIES, Strategy, pairs_from_ranking
from annotation.ranking_errors import ForeignItemError
from annotation.similarity import near_identical, sorted_words
from annotation.votes import Ballot, Ballots, Decision, decide, named_pairs


def ballots(*orders: str, weights: list[float] | None = None, flags: dict[int, str] | None = None) -> list[Ballot]:
    """``ballots("0>1>2>3")`` of one task; ``flags``: number of the ranking → flagged items."""
    return [
        Ballot(1, 1, number, number, (weights or [1.0] * len(orders))[number],
               [[int(item) for item in group] for group in order.split(">")],
               [int(item) for item in (flags or {}).get(number, "")], simulated=False)
        for number, order in enumerate(orders)
    ]  # fmt: skip


def decided(rows: list[Ballot], strategy: Strategy = "all", minimum_agreement: float = 0.0) -> Decision:
    return decide(Ballots.of(rows), strategy, minimum_agreement)


def named(found: Decision) -> dict[str, tuple[int, int, float]]:
    return {
        f"{pair.chosen}{pair.rejected}": (pair.agreeing, pair.disagreeing, round(pair.weight, 3))
        for pair in found.pair_rows()
    }


def test_one_ranking_gives_its_pairs() -> None:
    found = named(decided(ballots("3>1>2>0")))
    assert list(found) == ["31", "32", "30", "12", "10", "20"]
    assert set(found.values()) == {(1, 0, 1.0)}


def test_majority_decides_and_disagreement_lowers_the_weight() -> None:
    found = named(decided(ballots("0>1>2>3", "0>1>2>3", "1>0>2>3")))
    assert found["01"] == (2, 1, 0.333)
    assert found["02"] == (3, 0, 1.0)
    assert "10" not in found


def test_equal_votes_give_no_pair() -> None:
    found = decided(ballots("0>1>2>3", "1>0>2>3"))
    assert set(named(found)) == {"02", "03", "12", "13", "23"}
    assert (found.dropped.tied, found.dropped.undecided) == (1, 0)


def test_cycle_gives_no_pair_though_each_has_a_majority() -> None:
    found = decided(ballots("0>1>2>3", "1>2>0>3", "2>0>1>3"))
    assert set(named(found)) == {"03", "13", "23"}
    assert [row.order for row in found.consensus_rows()] == [[[0, 1, 2], [3]]]
    assert found.dropped.tied == 3


def test_what_all_optimal_orders_agree_on_stands_though_a_third_is_undecided() -> None:
    """1 is tied with 0 and 2 by votes; 0 beats 2 by both. 1>0>2, 0>1>2 and 0>2>1 are optimal."""
    found = decided(ballots("1>0>2>3", "0>2>1>3"))
    assert [row.order for row in found.consensus_rows()] == [[[0], [1], [2], [3]]]
    assert set(named(found)) == {"02", "03", "13", "23"}
    assert found.dropped.undecided == 2
    assert set(named(decided(ballots("1>0>2>3", "0>2>1>3"), "adjacent"))) == {"23"}


def test_consensus_against_a_majority_gives_no_pair() -> None:
    """0>1 3:2, 1>2 4:1, but 2>0 3:2: the cycle breaks at a weakest link, and what it outvotes is no pair."""
    found = decided(ballots("0>1>2>3", "0>1>2>3", "1>2>0>3", "1>2>0>3", "2>0>1>3"))
    pairs = set(named(found))
    assert "12" in pairs
    assert not pairs & {"01", "10", "02", "20"}
    assert found.dropped.tied + found.dropped.undecided == 2


def test_who_ties_two_has_no_say_in_the_direction_but_in_the_weight() -> None:
    assert named(decided(ballots("0>1>2>3", "01>2>3")))["01"] == (1, 0, 0.5)
    assert named(decided(ballots("0123"))) == {}
    rows = {(pair.chosen, pair.rejected): pair for pair in decided(ballots("0>1>2>3", "01>2>3")).pair_rows()}
    assert rows[0, 1].ranking_ids == [0]
    assert rows[0, 2].ranking_ids == [0, 1]


def test_strategy_names_pairs_on_the_consensus() -> None:
    orders = ("0>1>2>3", "0>2>1>3", "0>2>1>3")
    assert named(decided(ballots(*orders), "adjacent")) == {"02": (3, 0, 1.0), "21": (2, 1, 0.333), "13": (3, 0, 1.0)}
    assert list(named(decided(ballots(*orders), "best_worst"))) == ["03"]


def test_weights_multiply_votes() -> None:
    rows = ballots("0>1>2>3", "1>0>2>3", "1>0>2>3", weights=[3.0, 1.0, 1.0])
    found = named(decided(rows))
    assert found["01"] == (1, 2, 0.2), "people are counted, weights decide"
    assert found["23"] == (3, 0, 1.0)
    rounded = decided(ballots("0>1>2>3", "0>1>2>3", "1>0>2>3", weights=[0.1, 0.2, 0.3]))
    assert "01" not in named(rounded), "0.1 + 0.2 is no majority over 0.3"


def test_minimum_agreement_counts_those_who_took_a_side() -> None:
    rows = ballots("0>1>2>3", "0>1>2>3", "1>0>2>3", "01>2>3")
    assert "01" in named(decided(rows, minimum_agreement=2 / 3))
    found = decided(rows, minimum_agreement=0.67)
    assert "01" not in named(found)
    assert found.dropped.below_agreement == 1
    assert "01" not in named(decided(ballots("0>1>2>3", "1>0>2>3", weights=[3, 2]), minimum_agreement=0.7))
    assert "01" in named(decided(ballots("0>1>2>3", "1>0>2>3", weights=[7, 3]), minimum_agreement=0.7))


def test_false_by_majority_is_never_chosen_but_may_be_rejected() -> None:
    orders = ("0>1>2>3", "0>1>2>3", "0>1>3>2")
    assert "01" in named(decided(ballots(*orders, flags={0: "0"})))
    found = decided(ballots(*orders, flags={0: "0", 1: "0"}))
    assert not any(pair.startswith("0") for pair in named(found))
    assert found.dropped.flagged == 3
    assert "12" in named(found)
    assert "23" in named(decided(ballots(*orders, flags={0: "3", 1: "3", 2: "3"})))
    assert "01" in named(decided(ballots("0>1>2>3", "0>1>2>3", flags={0: "0"}))), "half is no majority"
    heavy = ballots(*orders, weights=[3, 1, 1], flags={0: "0"})
    assert "01" not in named(decided(heavy)), "the majority is one of weight"


def test_rankings_of_other_candidates_are_refused() -> None:
    with pytest.raises(ForeignItemError):
        decided(ballots("0>1>2>3", "0>1>2>4"))


PLACES = st.lists(st.integers(0, 3), min_size=4, max_size=4)


def dense(places: list[int]) -> list[int]:
    return [sorted(set(places)).index(place) for place in places]


@given(st.lists(PLACES, min_size=1, max_size=5), st.sampled_from(STRATEGIES))
def test_pairs_are_named_as_on_one_order(many: list[list[int]], strategy: Strategy) -> None:
    places = np.array([dense(one) for one in many])
    masks = named_pairs(places, strategy)
    for one, mask in zip(places.tolist(), masks, strict=True):
        assert set(map(tuple, np.argwhere(mask).tolist())) == set(pairs_from_ranking(grouped(range(4), one), strategy))


@st.composite
def rounds(draw: st.DrawFn) -> list[Ballot]:
    """Several tasks of several rankings each; weights are quarters, so sums are exact."""
    rows: list[Ballot] = []
    for task in range(draw(st.integers(1, 3))):
        items = [10 * task + n for n in range(4)]
        for _ in range(draw(st.integers(1, 4))):
            order = grouped(items, dense(draw(PLACES)))
            flags = draw(st.lists(st.sampled_from(items), unique=True, max_size=2))
            weight = draw(st.integers(1, 8)) / 4
            rows.append(Ballot(task, task, len(rows), len(rows), weight, order, flags, simulated=False))
    return rows


@settings(max_examples=150, deadline=None)
@given(rounds(), st.sampled_from(STRATEGIES), st.sampled_from([0.0, 0.5, 0.75, 1.0]))
def test_equals_the_rules_applied_one_by_one(rows: list[Ballot], strategy: Strategy, minimum: float) -> None:
    found = decided(rows, strategy, minimum)
    expected = {}
    named_or_tied = 0
    for task in {row.task_id for row in rows}:
        mine = [row for row in rows if row.task_id == task]
        total = sum(row.weight for row in mine)
        order = consensus([row.order for row in mine], [row.weight for row in mine])
        named_or_tied += len(pairs_from_ranking(order.order, strategy))
        named_or_tied += sum(len(list(combinations(group, 2))) for group in order.order)
        for chosen, rejected in pairs_from_ranking(order.order, strategy):
            place = [{item: n for n, group in enumerate(row.order) for item in group} for row in mine]
            sides = [(at[chosen] < at[rejected]) - (at[chosen] > at[rejected]) for at in place]
            above, below = (
                sum(row.weight for row, side in zip(mine, sides, strict=True) if side == sign) for sign in (1, -1)
            )
            if not all(one.index(chosen) < one.index(rejected) for one in order.optimal) or above <= below:
                continue
            if 2 * sum(row.weight for row in mine if chosen in row.flags) > total or above < minimum * (above + below):
                continue
            expected[chosen, rejected] = (
                task,
                sides.count(1),
                sides.count(-1),
                (above - below) / total,
                [row.ranking_id for row, side in zip(mine, sides, strict=True) if side],
            )
    pairs = {(pair.chosen, pair.rejected): pair for pair in found.pair_rows()}
    assert {
        key: (pair.resume_id, pair.agreeing, pair.disagreeing, pytest.approx(pair.weight), pair.ranking_ids)
        for key, pair in pairs.items()
    } == expected
    assert all(0 < pair.weight <= 1 for pair in pairs.values())
    dropped = found.dropped
    lost = dropped.tied + dropped.undecided + dropped.flagged + dropped.below_agreement
    assert len(pairs) + lost == named_or_tied


LONG = "Внимательный продавец с опытом в рознице. Спокойно решаю споры, веду учёт товара. Уверенно работаю с 1С."
ALIKE = [
    (LONG, LONG, True),
    (LONG, LONG.upper().replace("учёт", "учет").replace(".", "!"), True),
    (LONG, LONG.replace("споры", "спор"), True),
    (LONG, "Уверенно работаю с 1С. Спокойно решаю споры, веду учёт товара. Внимательный продавец с опытом в рознице.",
     True),
    (LONG, "Пунктуальный водитель, знаю город, вожу бережно. Не опаздываю и помогаю с разгрузкой товара.", False),
    (LONG, LONG + " Пунктуальный, знаю город, вожу бережно. Не опаздываю.", False),
    ("", "", True),
    ("да", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "expected"), ALIKE)
def test_near_identical(one: str, other: str, expected: bool) -> None:
    assert near_identical(sorted_words(one), sorted_words(other)) is expected
    assert near_identical(sorted_words(other), sorted_words(one)) is expected
