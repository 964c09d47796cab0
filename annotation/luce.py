"""Bradley–Terry strengths from weighted comparisons, with choix: P(i above j) = 1 / (1 + exp(s_j - s_i)).

A ranking is taken as all its pairs; for rankings without ties that estimates the Plackett–Luce strengths of the items
consistently (full breaking, Azari Soufiani et al. 2013). A tie is half a win for either. The maximum-likelihood
estimate exists only if no group of items wins all its comparisons with the rest (Ford 1957); where one does, or the
items fall into parts that never met, every pair of items gets one tie more, which is the least that decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotation.kemeny import Floats

PRIOR = 0.5
"""Wins that every item gets over every other where the estimate would not exist: one tie per pair."""
MAX_ITERATIONS = 10_000
COIN = float(np.log(0.5))
"""Log-likelihood of a comparison under equal strengths."""


@dataclass(frozen=True, slots=True)
class Strengths:
    """``strength`` (m,): natural logarithms, mean 0; ``low``, ``high``: bootstrap interval over clusters, None for one
    cluster alone; ``regularised``: the data alone do not determine them."""

    strength: Floats
    low: Floats | None
    high: Floats | None
    regularised: bool


def bradley_terry(wins: Floats, start: Floats | None = None) -> Floats:
    """Log-strengths (mean 0) that make ``wins`` (m, m; [i, j]: weight of i over j) most likely.

    One tie is added to each pair of items where the maximum does not exist (see the module). ``start``: a guess, which
    saves time and does not change the answer.
    """
    import choix

    matrix = wins if determined(wins) else wins + PRIOR * (1 - np.eye(len(wins)))
    found: Floats = choix.ilsr_pairwise_dense(matrix, initial_params=start, max_iter=MAX_ITERATIONS)
    centred: Floats = found - found.mean()
    return centred


def determined(wins: Floats) -> bool:
    """Does a path of wins lead from every item to every other?"""
    from scipy.sparse.csgraph import connected_components

    parts, _ = connected_components(wins > 0, directed=True, connection="strong")
    return bool(parts == 1)


def strengths(wins: Floats, draws: int, seed: int) -> Strengths:
    """Strengths with a 95 % percentile interval, resampling clusters (résumés).

    ``wins`` (clusters, m, m): comparisons of each cluster.
    """
    clusters, m = wins.shape[:2]
    whole = wins.sum(axis=0)
    estimate = bradley_terry(whole)
    if clusters < 2:
        return Strengths(estimate, None, None, not determined(whole))
    rng = np.random.default_rng(seed)
    flat = wins.reshape(clusters, m * m)
    drawn = np.array([bradley_terry(_resampled(flat, rng).reshape(m, m), estimate) for _ in range(draws)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return Strengths(estimate, low, high, not determined(whole))


def log_likelihood(strength: Floats, wins: Floats) -> float:
    """Mean log-likelihood (nats) of a comparison of ``wins`` under ``strength``; :data:`COIN` for equal strengths."""
    ahead = strength[:, None] - strength[None, :]
    return float(-(wins * np.logaddexp(0, -ahead)).sum() / wins.sum())


def _resampled(flat: Floats, rng: np.random.Generator) -> Floats:
    times = np.bincount(rng.integers(len(flat), size=len(flat)), minlength=len(flat))
    sums: Floats = times @ flat
    return sums
