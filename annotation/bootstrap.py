"""Bootstrap over units by sufficient statistics: a resampled corpus is a weighted sum of what its units add.

B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993): percentile intervals, chapter 13.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Interval = tuple[float, float]
DRAWS = 1000
CONFIDENCE = 0.95
_BLOCK_CELLS = 4_000_000  # numbers held at once: memory stays flat however many units or draws there are


def draw_sums(statistics: Floats | csr_array, draws: int = DRAWS, seed: int = 0) -> Iterator[Floats]:
    """Sums of ``statistics`` (units, k) over units drawn with replacement, in blocks of (draws of the block, k)."""
    units, width = statistics.shape
    rng = np.random.default_rng(seed)
    block = max(1, _BLOCK_CELLS // max(units, width, 1))
    for start in range(0, draws, block):
        yield np.asarray(_weights(rng, min(block, draws - start), units) @ statistics)


def percentile_interval(estimates: Floats, confidence: float = CONFIDENCE) -> Interval | None:
    """Percentile interval of the draws that are defined (no NaN); ``None`` when none is."""
    defined = estimates[~np.isnan(estimates)]
    if defined.size == 0:
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def mean_interval(values: Floats, draws: int = DRAWS, seed: int = 0) -> Interval | None:
    """Interval of the mean of ``values``, one a unit; ``None`` for fewer than two values."""
    if len(values) < 2:
        return None
    sums = np.concatenate(list(draw_sums(values[:, None], draws, seed)))
    return percentile_interval(sums[:, 0] / len(values))


def ratios(sums: Floats) -> Floats:
    """First column over second, NaN where the second is 0."""
    parts, wholes = sums[:, 0], sums[:, 1]
    return np.asarray(np.divide(parts, wholes, out=np.full(parts.shape, np.nan), where=wholes > 0))


def _weights(rng: np.random.Generator, draws: int, units: int) -> Floats:
    """How often each unit is drawn, (draws, units)."""
    picked = rng.integers(0, units, size=(draws, units)) + np.arange(draws)[:, None] * units
    return np.bincount(picked.ravel(), minlength=draws * units).reshape(draws, units).astype(np.float64)
