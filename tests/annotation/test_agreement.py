"""Statistics of agreement against published examples, independent implementations and known limits."""

from __future__ import annotations

import math
import time
from itertools import combinations, permutations
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from annotation.agreement import STATISTICS, RatingsError, agreement, kendalls_w, krippendorff_alpha
from annotation.alpha import ordinal_alphas
from annotation.bootstrap import draw_sums, mean_interval
from annotation.unit_statistics import measure

N = math.nan

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), reliability data C; rows are coders.
KRIPPENDORFF_C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
# `anxiety` of the R package irr (20 subjects, 3 judges); W as printed in the reference of DescTools' KendallW.
ANXIETY = [
    [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
    [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
    [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
]
# A taught example of 10 items and 4 judges whose sum of squared deviations is printed as 1048, without tie correction.
TEN_ITEMS = [
    [1, 3, 4, 5, 2, 8, 6, 7, 10, 9],
    [2, 1, 4, 5, 6, 3, 8, 7, 10, 9],
    [3, 2, 1, 5, 7, 4, 6, 8, 9, 10],
    [4, 2, 3, 1, 6, 7, 5, 9, 8, 10],
]
# allenai/mslr-annotated-dataset (Apache-2.0): (first label, second label): doubly labelled summaries, 39 in all.
MSLR_FLUENCY = {(1, 0): 1, (1, 1): 3, (1, 2): 3, (2, 1): 1, (2, 2): 31}
MSLR_INTERVENTION = {(0, 0): 5, (0, 1): 1, (1, 0): 3, (1, 1): 18, (1, 2): 1, (2, 1): 4, (2, 2): 7}


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_own_example(level: Any, published: float) -> None:
    assert round(krippendorff_alpha(KRIPPENDORFF_C, level) or N, 3) == published


@pytest.mark.parametrize(("table", "published"), [(MSLR_FLUENCY, 0.520548), (MSLR_INTERVENTION, 0.604226)])
def test_alpha_of_published_annotations(table: dict[tuple[int, int], int], published: float) -> None:
    ratings = [pair for pair, count in table.items() for _ in range(count)]
    assert round(krippendorff_alpha(np.transpose(ratings), "nominal") or N, 6) == published


def test_w_of_published_examples() -> None:
    assert round(kendalls_w(ANXIETY) or N, 7) == 0.5396569
    assert kendalls_w(TEN_ITEMS, tie_correction=False) == pytest.approx(12 * 1048 / (16 * 10 * 99))
    assert agreement(np.array(ANXIETY, dtype=float)[:, None, :]).kendall_w == pytest.approx(0.5396569, abs=5e-8)


def test_missing_ratings_may_be_none() -> None:
    rows = [[None if math.isnan(value) else value for value in row] for row in KRIPPENDORFF_C]
    assert krippendorff_alpha(rows, "ordinal") == krippendorff_alpha(KRIPPENDORFF_C, "ordinal")


# Independent implementations.

tensors = st.tuples(st.integers(2, 4), st.integers(1, 5), st.integers(2, 5), st.integers(0, 2**31)).map(
    lambda shape: _random_ranks(*shape)
)


def _random_ranks(annotators: int, units: int, items: int, seed: int) -> np.ndarray:
    """Mid-ranks with ties; some rankings are missing as wholes, some items alone."""
    rng = np.random.default_rng(seed)
    ranks = stats.rankdata(rng.integers(0, items, (annotators, units, items)), axis=2).astype(float)
    ranks[rng.random((annotators, units)) < 0.25] = N
    ranks[rng.random(ranks.shape) < rng.choice([0, 0.15])] = N
    return ranks


@settings(max_examples=60, deadline=None)
@given(tensors)
def test_tau_b_is_scipys(ranks: np.ndarray) -> None:
    taus = [
        stats.kendalltau(ranks[a, u], ranks[b, u], variant="b", nan_policy="omit").statistic
        for a, b in combinations(range(ranks.shape[0]), 2)
        for u in range(ranks.shape[1])
        if (~np.isnan(ranks[[a, b], u]).any(axis=0)).sum() >= 2
    ]
    defined = [tau for tau in taus if not math.isnan(tau)]
    found = agreement(ranks).tau_b
    assert found == (pytest.approx(np.mean(defined)) if defined else None)


@settings(max_examples=60, deadline=None)
@given(tensors)
def test_pairwise_agreement_by_counting(ranks: np.ndarray) -> None:
    same = [
        np.sign(ranks[a, u, i] - ranks[a, u, j]) == np.sign(ranks[b, u, i] - ranks[b, u, j])
        for a, b in combinations(range(ranks.shape[0]), 2)
        for u in range(ranks.shape[1])
        for i, j in combinations(range(ranks.shape[2]), 2)
        if not np.isnan(ranks[[a, b], u][:, [i, j]]).any()
    ]
    assert agreement(ranks).pairwise_agreement == (pytest.approx(np.mean(same)) if same else None)


@settings(max_examples=60, deadline=None)
@given(tensors)
def test_decided_agreement_by_counting(ranks: np.ndarray) -> None:
    same = [
        (ranks[a, u, i] < ranks[a, u, j]) == (ranks[b, u, i] < ranks[b, u, j])
        for a, b in combinations(range(ranks.shape[0]), 2)
        for u in range(ranks.shape[1])
        for i, j in combinations(range(ranks.shape[2]), 2)
        if abs(ranks[a, u, i] - ranks[a, u, j]) > 0 and abs(ranks[b, u, i] - ranks[b, u, j]) > 0
    ]
    assert agreement(ranks).decided_agreement == (pytest.approx(np.mean(same)) if same else None)


@settings(max_examples=60, deadline=None)
@given(tensors)
def test_w_follows_from_friedmans_statistic(ranks: np.ndarray) -> None:
    block = ranks[:, 0][~np.isnan(ranks[:, 0]).any(axis=1)]
    assume(block.shape[0] >= 2 and block.shape[1] >= 3)
    found = kendalls_w(block)
    assume(found is not None)
    statistic = stats.friedmanchisquare(*block.T).statistic
    assert found == pytest.approx(statistic / (block.shape[0] * (block.shape[1] - 1)))


@settings(max_examples=80, deadline=None)
@given(tensors)
def test_w_by_the_textbook(ranks: np.ndarray) -> None:
    """Every unit on paper: rank sums, their squared deviations, groups of ties."""
    found = [w for unit in range(ranks.shape[1]) if (w := _paper_w(ranks[:, unit].tolist())) is not None]
    assert agreement(ranks).kendall_w == (pytest.approx(sum(found) / len(found)) if found else None)


def _paper_w(rows: list[list[float]]) -> float | None:
    items = [item for item in range(len(rows[0])) if any(not math.isnan(row[item]) for row in rows)]
    complete = [[row[item] for item in items] for row in rows]
    complete = [row for row in complete if row and not any(map(math.isnan, row))]
    m, n = len(complete), len(items)
    if m < 2 or n < 2:
        return None
    ranked = [[sum(x < y for x in row) + (row.count(y) + 1) / 2 for y in row] for row in complete]
    sums = [sum(column) for column in zip(*ranked, strict=True)]
    mean = sum(sums) / n
    ties = sum(row.count(value) ** 3 - row.count(value) for row in ranked for value in set(row))
    possible = m * m * (n**3 - n) - m * ties
    return 12 * sum((total - mean) ** 2 for total in sums) / possible if possible else None


@settings(max_examples=80, deadline=None)
@given(tensors, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_alpha_is_that_of_the_krippendorff_package(ranks: np.ndarray, level: Any) -> None:
    ratings = ranks.reshape(ranks.shape[0], -1)
    found = krippendorff_alpha(ratings, level)
    if found is None:
        pairable = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
        assert len(np.unique(pairable[~np.isnan(pairable)])) < 2
    else:
        assert found == pytest.approx(krippendorff.alpha(ratings, level_of_measurement=level))
    if level == "ordinal":
        assert agreement(ranks, draws=1).alpha == (None if found is None else pytest.approx(found))


@settings(max_examples=40, deadline=None)
@given(tensors, st.integers(0, 2**31))
def test_a_resampled_corpus_has_the_packages_alpha(ranks: np.ndarray, seed: int) -> None:
    drawn = np.random.default_rng(seed).integers(0, ranks.shape[1], size=ranks.shape[1])
    weights = np.bincount(drawn, minlength=ranks.shape[1]).astype(float)
    units = measure(ranks)
    found = ordinal_alphas((weights @ units.coincidences)[None, :], units.first, units.second)[0]
    published = krippendorff_alpha(ranks[:, drawn].reshape(ranks.shape[0], -1), "ordinal")
    assert np.isnan(found) if published is None else found == pytest.approx(published)


def test_draws_are_of_whole_units_and_of_the_same_number() -> None:
    marks = np.eye(5)
    sums = np.concatenate(list(draw_sums(marks, draws=4000, seed=1)))
    assert set(sums.sum(axis=1)) == {5.0}
    assert sums.mean(axis=0) == pytest.approx(np.ones(5), abs=0.06)
    assert sums.var(axis=0) == pytest.approx(np.full(5, 0.8), abs=0.08)  # multinomial: n p (1 - p)


def test_the_interval_is_that_of_scipys_bootstrap() -> None:
    values = np.random.default_rng(5).normal(0.3, 1, 80)
    expected = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=4000, rng=6).confidence_interval
    assert mean_interval(values, draws=4000) == pytest.approx(tuple(expected), abs=0.02)
    assert mean_interval(values[:1]) is None


def test_interval_covers_its_alpha_and_narrows_with_more_units() -> None:
    base = np.argsort(np.random.default_rng(3).random((1, 400, 4)), axis=2)
    noisy = base + np.random.default_rng(4).normal(0, 1.2, (3, 400, 4))
    ranks = stats.rankdata(noisy, axis=2)
    few, many = agreement(ranks[:, :40]), agreement(ranks)
    assert few.alpha_interval is not None
    assert many.alpha_interval is not None
    assert few.alpha_interval[0] < (few.alpha or N) < few.alpha_interval[1]
    assert many.alpha_interval[0] < (many.alpha or N) < many.alpha_interval[1]
    widths = [high - low for low, high in (few.alpha_interval, many.alpha_interval)]
    assert widths[1] == pytest.approx(widths[0] / math.sqrt(10), rel=0.35)
    assert agreement(ranks[:, :40]).alpha_interval == few.alpha_interval
    assert agreement(ranks[:, :40], seed=9).alpha_interval != few.alpha_interval


def test_every_statistic_has_its_interval_around_it() -> None:
    base = np.argsort(np.random.default_rng(3).random((1, 60, 4)), axis=2)
    found = agreement(stats.rankdata(base + np.random.default_rng(4).normal(0, 1.2, (3, 60, 4)), axis=2))
    for name in STATISTICS:
        low, high = getattr(found, f"{name}_interval")
        assert low < getattr(found, name) < high
        assert found.to_dict()[f"{name}_interval"] == [low, high]


def test_twelve_thousand_units_take_seconds() -> None:
    base = np.argsort(np.random.default_rng(3).random((1, 12_000, 4)), axis=2)
    ranks = stats.rankdata(base + np.random.default_rng(4).normal(0, 1.2, (5, 12_000, 4)), axis=2)
    began = time.process_time()
    assert agreement(ranks).alpha_interval is not None
    assert time.process_time() - began < 20, "CPU seconds, as the goal of the bench"


# Limits.


def test_complete_agreement_and_opposition() -> None:
    order = np.array([1.0, 2.0, 3.0, 4.0])
    units = np.array([order, order[::-1], order[[1, 3, 0, 2]]])
    same = agreement(np.stack([units, units]))
    assert (same.alpha, same.kendall_w, same.tau_b, same.pairwise_agreement) == (1.0, 1.0, 1.0, 1.0)
    assert (same.annotators, same.units, same.overlapping_units, same.rankings) == (2, 3, 3, 6)
    assert same.reasons == {}
    opposed = agreement(np.stack([units, 5 - units]))
    assert (opposed.kendall_w, opposed.tau_b, opposed.pairwise_agreement) == (0.0, -1.0, 0.0)
    assert (opposed.alpha or N) < -0.5


def test_all_orders_alike_means_no_agreement_beyond_chance() -> None:
    orders = np.array(list(permutations([1.0, 2.0, 3.0, 4.0])))
    first = np.repeat(orders, 24, axis=0)
    second = np.tile(orders, (24, 1))
    found = agreement(np.stack([first, second]))
    assert found.tau_b == pytest.approx(0)
    assert found.pairwise_agreement == pytest.approx(0.5)
    assert found.kendall_w == pytest.approx(0.5)  # 1 / m for two judges
    assert found.alpha == pytest.approx(0, abs=0.001)


NOBODY = np.full((2, 3, 4), N)
ONE_EACH = NOBODY.copy()
ONE_EACH[0, 0] = ONE_EACH[1, 1] = [1, 2, 3, 4]
ALL_TIED = np.full((2, 3, 4), 2.5)
FIELDS = (*STATISTICS, *(f"{name}_interval" for name in STATISTICS))


@pytest.mark.parametrize("ranks", [NOBODY, ONE_EACH, ONE_EACH[:1], np.empty((0, 0, 4)), np.empty((3, 0, 4))])
def test_without_overlap_everything_is_null_with_a_reason(ranks: np.ndarray) -> None:
    found = agreement(ranks)
    assert [getattr(found, name) for name in FIELDS] == [None] * len(FIELDS)
    assert set(found.reasons) == set(FIELDS)
    assert found.reasons["tau_b"] == "no unit was ranked by two annotators"


def test_all_tied_has_no_alpha_but_agrees() -> None:
    found = agreement(ALL_TIED)
    assert (found.alpha, found.alpha_interval, found.kendall_w, found.tau_b) == (None, None, None, None)
    assert (found.pairwise_agreement, found.pairwise_agreement_interval) == (1.0, (1.0, 1.0))
    assert found.decided_agreement is None
    assert "in an order" in found.reasons["decided_agreement"]
    assert "all ratings are equal" in found.reasons["alpha"]
    assert "tied" in found.reasons["tau_b"]


def test_one_unit_has_an_alpha_without_interval() -> None:
    found = agreement([[[1, 2, 3, 4]], [[1, 2, 4, 3]]])
    assert found.alpha is not None
    assert found.alpha_interval is None
    assert found.reasons == {f"{name}_interval": "one unit alone cannot be resampled" for name in STATISTICS}


def test_a_unanimous_corpus_has_no_alpha() -> None:
    assert krippendorff_alpha([[1, 1, 1], [1, 1, N]], "nominal") is None
    assert krippendorff_alpha([[1, N], [N, 2]], "nominal") is None


@pytest.mark.parametrize("ranks", [[[1, 2]], [[["a"]]], [[[1, 2], [1]]], [[[math.inf, 1]]]])
def test_bad_ranks(ranks: Any) -> None:
    with pytest.raises(RatingsError, match="expected"):
        agreement(ranks)


def test_two_who_ranked_different_items_of_a_unit() -> None:
    found = agreement([[[1, 2, N, N]], [[N, N, 1, 2]]])
    assert found.overlapping_units == 1
    assert {found.reasons[name] for name in ("alpha", "tau_b", "pairwise_agreement")} == {
        "no two annotators ranked the same two items of a unit"
    }
    assert "in full" in found.reasons["kendall_w"]


def test_bad_level_and_missing_scores() -> None:
    with pytest.raises(RatingsError, match="ordinal"):
        krippendorff_alpha([[1, 2], [1, 2]], "median")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="missing"):
        kendalls_w([[1, N], [1, 2]])
    with pytest.raises(RatingsError, match="0 or more"):
        krippendorff_alpha([[1, -1], [1, 2]], "ratio")
