"""The light preference model: what it learns, and that it knows where it has not looked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from annotation.preference_model import PAIR_WEIGHT, PAIRS, Floats, PreferenceModel, wins_of
from annotation.selection_features import (
    NAMES,
    WIDTH,
    CandidateText,
    Scale,
    describe,
    text_difference,
)


def _sets(n: int, width: int, seed: int = 0) -> Floats:
    features = np.random.default_rng(seed).normal(size=(n, 4, width))
    return np.asarray(features - features.mean(axis=1, keepdims=True))


def _wins(utilities: Floats) -> Floats:
    return (utilities[:, :, None] > utilities[:, None, :]).astype(float)


def test_wins_of_a_ranking_with_a_tie() -> None:
    # best first: 30, then 10 and 40 alike, then 20
    wins = wins_of([[30], [10, 40], [20]], [10, 20, 30, 40], weight=0.5)
    assert wins.tolist() == [
        [0.0, 0.5, 0.0, 0.0],  # 10 above 20
        [0.0, 0.0, 0.0, 0.0],
        [0.5, 0.5, 0.0, 0.5],  # 30 above all
        [0.0, 0.5, 0.0, 0.0],  # 40 above 20
    ]


def test_the_mode_is_that_of_a_general_optimiser() -> None:
    features, direction = _sets(30, 3), np.array([1.0, -0.5, 0.0])
    wins = _wins(features @ direction + np.random.default_rng(1).normal(size=(30, 4)))
    model = PreferenceModel.learnt(features, wins)
    first, second = PAIRS.T

    def loss(theta: Floats) -> float:
        utilities = features @ theta
        margins = utilities[:, first] - utilities[:, second]
        missed = wins[:, first, second] * np.logaddexp(0, -margins) + wins[:, second, first] * np.logaddexp(0, margins)
        return float(PAIR_WEIGHT * missed.sum() + model.precision * theta @ theta / 2)

    assert model.mean == pytest.approx(minimize(loss, np.zeros(3), tol=1e-10).x, abs=1e-4)


def test_it_learns_a_preference_from_noisy_rankings() -> None:
    direction = np.array([2.0, -1.0, 0.0, 0.5])
    train, test = _sets(200, 4), _sets(200, 4, seed=1)
    noise = np.random.default_rng(2).normal(size=(200, 4))
    model = PreferenceModel.learnt(train, _wins(train @ direction + noise))
    assert np.nanmean(model.hits(test, _wins(test @ direction))) > 0.95


def test_opposite_votes_cancel_and_leave_the_doubt() -> None:
    features, direction = _sets(50, 2), np.array([1.0, 0.0])
    agreed = _wins(features @ direction)
    contradicted = agreed + _wins(-features @ direction)
    unanimous, split = PreferenceModel.learnt(features, agreed), PreferenceModel.learnt(features, contradicted)
    assert np.abs(split.mean).max() < 1e-6 < np.abs(unanimous.mean).max()


def test_doubt_grows_with_the_distance_from_what_was_ranked() -> None:
    """All rankings tell of feature 0: the less a set differs in it and the more in feature 1, the more doubt."""
    ranked = _sets(80, 2) * np.array([1.0, 0.0])
    model = PreferenceModel.learnt(ranked, _wins(ranked[..., 0]))
    pattern = np.array([-1.5, -0.5, 0.5, 1.5])
    angles = np.linspace(0, np.pi / 2, 6)
    turned = np.stack([np.outer(pattern, [np.cos(angle), np.sin(angle)]) for angle in angles])
    doubt = model.doubt(turned)
    assert (np.diff(doubt) > 0).all()
    assert doubt[-1] > 2 * doubt[0]


def test_doubt_shrinks_with_every_ranking() -> None:
    features, probe = _sets(64, 3), _sets(1, 3, seed=5)
    wins = _wins(features @ np.array([1.0, 0.5, -1.0]) + np.random.default_rng(3).normal(size=(64, 4)))
    doubts = []
    for n in (0, 4, 16, 64):
        fixed = [PreferenceModel.learnt(features[:n], wins[:n]) if n else PreferenceModel.untaught(3)]
        doubts.append(float(fixed[0].doubt(probe)[0] * fixed[0].precision))  # in units of the prior's
    assert doubts == sorted(doubts, reverse=True)
    assert len(set(doubts)) == 4


def test_without_rankings_the_expected_spread_is_the_difference_of_the_features() -> None:
    features = _sets(20, 3)
    model = PreferenceModel.untaught(3)
    assert model.expected_spread(features) == pytest.approx((features**2).sum(axis=2).mean(axis=1) / model.precision)
    nothing = PreferenceModel.learnt(features, np.zeros((20, 4, 4)))
    assert (nothing.mean == 0).all()


def test_features_of_a_candidate() -> None:
    profile = {"title": "Повар", "city": "Омск", "skills": ["супы", "соусы"], "experience": [{"position": "Повар"}]}
    texts = ("Повар из города Омск. Супы, соусы.", "Ищу работу!")
    rows = describe(profile, [CandidateText(text, 10, -5.0, 1) for text in texts])
    found = dict(zip(NAMES, rows.T, strict=True))
    assert rows.shape == (2, WIDTH)
    assert found["share of title taken up"].tolist() == [1.0, 0.0]
    assert found["share of city taken up"].tolist() == [1.0, 0.0]
    assert found["share of skills taken up"][0] == 1.0
    assert found["share of languages taken up"].tolist() == [0.0, 0.0]  # the résumé has none
    assert found["log-probability per token"].tolist() == [-0.5, -0.5]
    assert found["log violations"].tolist() == pytest.approx([np.log(2)] * 2)
    assert found["words per sentence"].tolist() == [3.0, 2.0]


def test_an_empty_text_and_résumé_have_features() -> None:
    rows = describe({}, [CandidateText("", 0, 0.0, 0)] * 4)
    assert np.isfinite(rows).all()
    assert np.isfinite(Scale.of(rows[None]).apply(rows[None])).all()


def test_scaled_features_are_differences_inside_a_set() -> None:
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(50, 4, WIDTH)) * rng.uniform(0.1, 100, WIDTH)
    scaled = Scale.of(raw).apply(raw)
    assert scaled.mean(axis=1) == pytest.approx(np.zeros((50, WIDTH)), abs=1e-9)
    assert (scaled**2).mean(axis=(0, 1)) == pytest.approx(np.ones(WIDTH))


def test_text_difference() -> None:
    assert text_difference(["Один текст.", "один  текст"]) == 0.0  # case, points and spaces are no difference
    assert text_difference(["абвгд", "жзикл"]) == 1.0
    near, far = ["Работаю поваром.", "Работал поваром."], ["Работаю поваром.", "Ищу место повара."]
    assert 0 < text_difference(near) < text_difference(far) < 1
