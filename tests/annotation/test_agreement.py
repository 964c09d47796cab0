"""Statistics of agreement against published examples, independent implementations and known limits."""

from __future__ import annotations

import math
from itertools import combinations, permutations
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from annotation.agreement import RatingsError, agreement, kendalls_w, krippendorff_alpha
from annotation.alpha import alpha_interval, coincidences, ordinal_alphas

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
    """Mid-ranks with ties, and some rankings missing as wholes."""
    rng = np.random.default_rng(seed)
    ranks = stats.rankdata(rng.integers(0, items, (annotators, units, items)), axis=2).astype(float)
    ranks[rng.random((annotators, units)) < 0.25] = N
    return ranks


@settings(max_examples=60, deadline=None)
@given(tensors)
def test_tau_b_is_scipys(ranks: np.ndarray) -> None:
    taus = [
        stats.kendalltau(ranks[a, u], ranks[b, u], variant="b").statistic
        for a, b in combinations(range(ranks.shape[0]), 2)
        for u in range(ranks.shape[1])
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
        if not np.isnan(ranks[[a, b], u]).any()
    ]
    assert agreement(ranks).pairwise_agreement == (pytest.approx(np.mean(same)) if same else None)


@settings(max_examples=60, deadline=None)
@given(tensors)
def test_w_follows_from_friedmans_statistic(ranks: np.ndarray) -> None:
    block = ranks[:, 0][~np.isnan(ranks[:, 0]).any(axis=1)]
    assume(block.shape[0] >= 2 and block.shape[1] >= 3)
    found = kendalls_w(block)
    assume(found is not None)
    statistic = stats.friedmanchisquare(*block.T).statistic
    assert found == pytest.approx(statistic / (block.shape[0] * (block.shape[1] - 1)))


@settings(max_examples=60, deadline=None)
@given(tensors)
def test_the_bootstraps_alpha_is_the_librarys(ranks: np.ndarray) -> None:
    found = ordinal_alphas(coincidences(ranks).sum(axis=0))
    published = krippendorff_alpha(ranks.reshape(ranks.shape[0], -1), "ordinal")
    assert published is None if np.isnan(found) else found == pytest.approx(published)


def test_the_bootstrap_resamples_units_as_wholes() -> None:
    ranks = _random_ranks(3, 8, 4, seed=1)
    rng = np.random.default_rng(2)
    drawn = rng.integers(0, 8, size=8)
    resampled = krippendorff.alpha(ranks[:, drawn].reshape(3, -1), level_of_measurement="ordinal")
    weights = np.bincount(drawn, minlength=8).astype(float)
    assert ordinal_alphas(np.einsum("u,uck->ck", weights, coincidences(ranks))) == pytest.approx(resampled)


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
    assert alpha_interval(ranks[:, :40], seed=9) != few.alpha_interval


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
FIELDS = ("alpha", "alpha_interval", "kendall_w", "tau_b", "pairwise_agreement")


@pytest.mark.parametrize("ranks", [NOBODY, ONE_EACH, ONE_EACH[:1], np.empty((0, 0, 4)), np.empty((3, 0, 4))])
def test_without_overlap_everything_is_null_with_a_reason(ranks: np.ndarray) -> None:
    found = agreement(ranks)
    assert [getattr(found, name) for name in FIELDS] == [None] * 5
    assert set(found.reasons) == set(FIELDS)
    assert found.reasons["tau_b"] == "no unit was ranked by two annotators"


def test_all_tied_has_no_alpha_but_agrees() -> None:
    found = agreement(ALL_TIED)
    assert (found.alpha, found.alpha_interval, found.kendall_w, found.tau_b) == (None, None, None, None)
    assert found.pairwise_agreement == 1.0
    assert "all ratings are equal" in found.reasons["alpha"]
    assert "tied" in found.reasons["tau_b"]


def test_one_unit_has_an_alpha_without_interval() -> None:
    found = agreement([[[1, 2, 3, 4]], [[1, 2, 4, 3]]])
    assert found.alpha is not None
    assert found.alpha_interval is None
    assert found.reasons == {"alpha_interval": "one unit alone cannot be resampled"}


def test_a_unanimous_corpus_has_no_alpha() -> None:
    assert krippendorff_alpha([[1, 1, 1], [1, 1, N]], "nominal") is None
    assert krippendorff_alpha([[1, N], [N, 2]], "nominal") is None


@pytest.mark.parametrize("ranks", [[[1, 2]], [[["a"]]], [[[1, 2], [1]]], [[[math.inf, 1]]]])
def test_bad_ranks(ranks: Any) -> None:
    with pytest.raises(RatingsError, match="expected"):
        agreement(ranks)


def test_bad_level_and_missing_scores() -> None:
    with pytest.raises(RatingsError, match="ordinal"):
        krippendorff_alpha([[1, 2], [1, 2]], "median")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="missing"):
        kendalls_w([[1, N], [1, 2]])
