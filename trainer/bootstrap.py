"""Percentile bootstrap over clusters (Efron & Tibshirani 1993, ch. 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 4000


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; ``clusters`` independent units are behind it."""

    estimate: float
    low: float
    high: float
    clusters: int


def clustered_mean(clusters: Sequence[Sequence[float]], *, seed: int, resamples: int = RESAMPLES) -> Interval | None:
    """Mean of all values with a 95 % percentile interval from resampling whole clusters; null without values.

    Samples of one résumé depend on each other, so résumés are drawn, not samples. Every value counts the same:
    a resample's mean is the sum over the drawn clusters by the number of values in them.
    """
    filled = [values for values in clusters if values]
    if not filled:
        return None
    sums = np.array([sum(values) for values in filled], dtype=float)
    counts = np.array([len(values) for values in filled], dtype=float)
    generator = np.random.default_rng(seed)
    drawn = generator.integers(len(filled), size=(resamples, len(filled)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(sums.sum() / counts.sum()), float(low), float(high), len(filled))
