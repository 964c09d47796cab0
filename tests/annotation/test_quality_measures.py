"""Measures of the quality of annotators: by hand, against other libraries, and where they are undefined."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from annotation import quality_measures as measures
from annotation.estimates import mean_of, share_of
from annotation.kemeny import consensus
from annotation.position_bias import holm, position_bias
from annotation.proportions import wilson
from annotation.quality_queries import Submission
from annotation.rank_tables import mid_ranks

_numbers = itertools.count(1)


def said(
    who: str, order: str, *, task: int = 1, kind: str = "regular", original: int | None = None,
    known: str | None = None, flags: str = "", false: str = "", weight: float = 1.0, shown: str = "0123",
    seconds: float | None = 60.0,
) -> Submission:  # fmt: skip
    """A submission; items are digits, ``"0>12>3"`` is best first with 1 and 2 tied."""
    return Submission(
        next(_numbers), task, kind, original, who, weight, False, [int(item) for item in shown], _order(order),
        [int(item) for item in flags], _order(known) if known else None, [int(item) for item in false], seconds,
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 600,
    )  # fmt: skip


def _order(text: str) -> list[list[int]]:
    return [[int(item) for item in group] for group in text.split(">")]


# tau-b with the consensus of the others.


def test_consensus_leaves_the_own_ranking_out() -> None:
    found = measures.consensus_taus([said("a", "3>2>1>0"), said("b", "0>1>2>3"), said("c", "0>1>2>3")])
    assert {name: taus.tolist() for name, taus in found.items()} == {
        "a": [-1.0],  # against two who agree
        "b": [],  # the others cancel out: their consensus is a tie of all
        "c": [],
    }


def test_people_of_weight_0_are_measured_but_do_not_measure() -> None:
    found = measures.consensus_taus([said("a", "0>1>2>3"), said("b", "0>1>2>3"), said("c", "3>2>1>0", weight=0)])
    assert {name: taus.tolist() for name, taus in found.items()} == {"a": [1.0], "b": [1.0], "c": [-1.0]}
    alone = measures.consensus_taus([said("a", "0>1>2>3"), said("c", "3>2>1>0", weight=0)])
    assert {name: taus.tolist() for name, taus in alone.items()} == {"a": [], "c": [-1.0]}


@st.composite
def corpora(draw: st.DrawFn) -> list[Submission]:
    """Rankings with ties, weights and gaps by up to five people."""
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    weights = {name: float(rng.choice([0, 0.5, 1, 2])) for name in "abcde"}
    rows = []
    for task in range(draw(st.integers(1, 4))):
        for name in "abcde":
            if rng.random() < 0.7:
                places = rng.integers(0, 4, size=4)
                groups = [[str(item) for item in range(4) if places[item] == place] for place in sorted(set(places))]
                order = ">".join("".join(group) for group in groups)
                rows.append(said(name, order, task=task, weight=weights[name]))
    return rows


@settings(max_examples=40, deadline=None)
@given(corpora())
def test_consensus_taus_one_by_one(rows: list[Submission]) -> None:
    """The same by the exact consensus of one task at a time and scipy's tau-b."""
    expected: dict[str, list[float]] = {row.pseudonym: [] for row in rows}
    for row in rows:
        others = [one for one in rows if one.task_id == row.task_id and one is not row and one.weight > 0]
        if others:
            order = consensus([one.order for one in others], [one.weight for one in others]).order
            x, y = ([ranks[item] for item in range(4)] for ranks in (mid_ranks(row.order), mid_ranks(order)))
            tau = stats.kendalltau(x, y).statistic
            if not math.isnan(tau):
                expected[row.pseudonym].append(tau)
    found = measures.consensus_taus(rows)
    assert {name: sorted(taus) for name, taus in found.items()} == {
        name: pytest.approx(sorted(taus)) for name, taus in expected.items()
    }


# Repeated and gold tasks, flags, speed.


def test_consistency() -> None:
    rows = [
        said("a", "0>1>2>3", task=1),
        said("a", "0>1>3>2", task=2, kind="repeat", original=1),
        said("b", "0123", task=1),
        said("b", "0>1>2>3", task=2, kind="repeat", original=1),
        said("c", "0>1>2>3", task=2, kind="repeat", original=1),  # never ranked the first one
    ]
    found = measures.consistency(rows)
    assert [estimate.value for estimate in found["a"]] == pytest.approx([4 / 6, 5 / 6])
    assert found["a"][0].reason == "one case alone has no interval"
    assert (found["b"][0].value, found["b"][0].reason) == (None, measures.ONLY_TIES)
    assert found["b"][1].value == 0
    assert [estimate.reason for estimate in found["c"]] == [measures.NO_REPEATS] * 2


def test_gold_accuracy_counts_known_pairs() -> None:
    rows = [
        said("a", "0>1>2>3", kind="gold", known="01>23"),  # all four
        said("a", "0>2>1>3", kind="gold", known="01>23"),  # 1 > 2 is wrong
        said("a", "0>123", kind="gold", known="01>23"),  # 1 is tied with 2 and 3: not right
        said("a", "3>2>1>0"),  # no gold task
    ]
    found = measures.gold_accuracy(rows)
    assert (found.value, found.count) == (9 / 12, 12)
    assert found.interval == pytest.approx(wilson(9, 12))
    assert measures.gold_accuracy(rows[3:]).reason == measures.NO_GOLD


def test_gold_flags() -> None:
    rows = [
        said("a", "0>1>2>3", kind="gold", known="01>23", false="23", flags="3"),
        said("a", "0>1>2>3", kind="gold", known="01>23", false="23", flags="023"),
        said("a", "0>1>2>3", flags="0"),
    ]
    recall, precision = measures.gold_flags(rows)
    assert (recall.value, recall.count, precision.value, precision.count) == (3 / 4, 4, 3 / 4, 4)
    assert [one.reason for one in measures.gold_flags(rows[2:])] == [measures.NO_GOLD] * 2
    silent = measures.gold_flags([said("a", "0>1>2>3", kind="gold", known="01>23", false="23")])
    assert (silent[0].value, silent[1].reason) == (0.0, measures.NO_GOLD_FLAGS)


def test_flags_that_others_share() -> None:
    rows = [
        said("a", "0>1>2>3", flags="12"),
        said("b", "0>1>2>3", flags="1"),
        said("c", "0>1>2>3"),
        said("d", "0>1>2>3", flags="2", weight=0),  # does not count for others
        said("a", "0>1>2>3", task=2, flags="0"),  # nobody else ranked it
    ]
    found = measures.confirmed_flags(rows)
    assert (found["a"].value, found["a"].count) == (0.5, 2)  # 1 is shared by b, one of two; 2 by nobody who counts
    assert (found["b"].value, found["b"].count) == (0.5 * 2, 1)
    assert found["c"].reason == measures.NO_SHARED_FLAGS


def test_seconds_per_100_characters() -> None:
    assert measures.seconds_per_100([said("a", "0123"), said("a", "0123", seconds=None)]).tolist() == [10.0]


# Position bias.


def _ranks(rows: Sequence[str], shown: Sequence[str]) -> np.ndarray:
    return measures.shown_ranks([said("a", order, shown=places) for order, places in zip(rows, shown, strict=True)])


def test_ranks_by_shown_place() -> None:
    assert _ranks(["0>1>2>3", "01>23"], ["3210", "0213"]).tolist() == [[4, 3, 2, 1], [1.5, 3.5, 1.5, 3.5]]


def test_statistic_is_friedmans_with_ties() -> None:
    rng = np.random.default_rng(1)
    ranks = stats.rankdata(rng.integers(0, 4, (150, 4)), axis=1)
    expected = stats.friedmanchisquare(*ranks.T)
    found = position_bias(ranks)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)


def test_permutation_p_against_all_arrangements() -> None:
    ranks = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.5, 2.5, 4.0], [2.0, 1.0, 3.0, 4.0]])
    rows = [sorted(set(itertools.permutations(row))) for row in (ranks - 2.5).tolist()]
    sums = np.array([np.sum(arranged, axis=0) for arranged in product(*rows)])
    spread = (sums**2).sum(axis=1)
    exact = (spread >= (((ranks - 2.5).sum(axis=0)) ** 2).sum() - 1e-9).mean()
    assert position_bias(ranks).p == pytest.approx(exact, abs=3 * math.sqrt(exact * (1 - exact) / 9_999))


def test_p_is_even_without_bias_and_small_with_it() -> None:
    rng = np.random.default_rng(2)
    p = [position_bias(np.argsort(rng.random((25, 4)), axis=1) + 1.0).p or 0.0 for _ in range(80)]
    assert stats.kstest(p, "uniform").pvalue > 0.01
    pulled = np.argsort(np.argsort(rng.normal(size=(60, 4)) + 0.7 * np.arange(4), axis=1), axis=1) + 1.0
    found = position_bias(pulled)
    assert found.p is not None
    assert found.p < 0.001
    assert found.mean_ranks == sorted(found.mean_ranks)
    assert all(reach and reach[0] <= mean <= reach[1]
               for mean, reach in zip(found.mean_ranks, found.intervals, strict=True))  # fmt: skip
    middle = position_bias(np.tile([3.5, 1.5, 1.5, 3.5], (30, 1)))  # neither first nor last, yet a pattern
    assert middle.p == pytest.approx(1 / 10_000)


def test_bias_is_undefined_without_order() -> None:
    assert position_bias(np.empty((0, 4))).reason == "no rankings"
    tied = position_bias(np.full((3, 4), 2.5))
    assert (tied.p, tied.statistic, tied.reason) == (None, None, "every ranking ties all its texts")


def test_holm_by_hand() -> None:
    assert holm([0.01, None, 0.04, 0.03, 0.005]) == [pytest.approx(0.03), None, *map(pytest.approx, (0.06, 0.06, 0.02))]
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


# Intervals.


@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (3, 10), (99, 100), (7, 7)])
def test_wilson_is_scipys(successes: int, trials: int) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials) == pytest.approx(tuple(expected))


def test_undefined_estimates_say_why() -> None:
    assert (mean_of([], "none").value, mean_of([], "none").reason) == (None, "none")
    assert (share_of(0, 0, "none").interval, share_of(0, 0, "none").reason) == (None, "none")
    assert wilson(0, 0) is None
    assert mean_of([1.0, 2.0], "none").interval == (1.0, 2.0)
