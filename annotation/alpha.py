"""Krippendorff's alpha, and its bootstrap interval over units.

alpha = 1 - observed / expected disagreement, from the coincidence matrix of values (K. Krippendorff, "Computing
Krippendorff's Alpha-Reliability", 2011). Coincidence matrices of units add up, so a resampled corpus is a weighted sum
of matrices: the whole bootstrap is one matrix product.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from db.errors import InvalidInputError

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = npt.NDArray[np.float64]
RESAMPLES = 2000
CONFIDENCE = 0.95


class RatingsError(InvalidInputError):
    """Ratings do not have the shape, the values or the level that a statistic needs."""

    title = "Invalid ratings"


def krippendorff_alpha(data: npt.ArrayLike, level: Level) -> float | None:
    """Alpha of ``data`` (raters, units), NaN or None where missing, at a level of measurement.

    ``None`` where alpha is undefined; :func:`why_undefined` says why.

    Raises:
        RatingsError: ``data`` is not two-dimensional or not numeric, or the level is unknown.
    """
    import krippendorff

    if level not in get_args(Level):
        raise RatingsError(f"expected a level of {', '.join(get_args(Level))}, found {level!r}")
    ratings = as_ratings(data, dimensions=2)
    if why_undefined(ratings) is not None:
        return None
    return float(krippendorff.alpha(reliability_data=ratings, level_of_measurement=level))


def why_undefined(ratings: Floats) -> str | None:
    """Why ``ratings`` (raters, units) have no alpha; ``None`` where they have one."""
    pairable = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    values = np.unique(pairable[~np.isnan(pairable)])
    if values.size == 0:
        return "no unit was rated by two annotators"
    if values.size == 1:
        return "all ratings are equal: without variation there is no agreement beyond chance to measure"
    return None


def as_ratings(data: npt.ArrayLike, dimensions: int) -> Floats:
    """``data`` as floats, checked for its number of dimensions and for infinite values."""
    try:
        ratings = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise RatingsError("expected numeric ratings in rows of equal length, NaN where missing") from error
    if ratings.ndim != dimensions:
        raise RatingsError(f"expected ratings in {dimensions} dimensions, found {ratings.ndim}")
    if np.isinf(ratings).any():
        raise RatingsError("expected finite ratings, NaN where missing, found infinity")
    return ratings


def alpha_interval(
    ranks: Floats, seed: int = 0, resamples: int = RESAMPLES, confidence: float = CONFIDENCE
) -> tuple[float, float] | None:
    """Percentile bootstrap interval of ordinal alpha for ``ranks`` (annotators, units, items).

    Units are resampled as wholes, for the ranks within one ranking depend on each other. ``None`` with fewer than two
    units that two annotators ranked.
    """
    matrices = coincidences(ranks)
    matrices = matrices[matrices.any(axis=(1, 2))]
    units = len(matrices)
    if units < 2:
        return None
    drawn = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=resamples)
    flat = drawn.astype(np.float64) @ matrices.reshape(units, -1)
    alphas = ordinal_alphas(flat.reshape(resamples, *matrices.shape[1:]))
    alphas = alphas[~np.isnan(alphas)]
    if alphas.size == 0:
        return None
    low, high = np.quantile(alphas, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def coincidences(ranks: Floats) -> Floats:
    """Coincidence matrix of each unit, (units, values, values), from ``ranks`` (annotators, units, items).

    An item with m ratings adds (number of ordered pairs of ratings c, k) / (m - 1) to cell (c, k).
    """
    values = np.unique(ranks[~np.isnan(ranks)])
    counts = (
        np.stack([(ranks == value).sum(axis=0) for value in values], axis=-1, dtype=np.float64)
        if len(values)
        else np.zeros((*ranks.shape[1:], 0))
    )
    ratings = counts.sum(axis=-1)
    share = np.where(ratings >= 2, 1 / np.maximum(ratings - 1, 1), 0)
    products = np.einsum("uic,uik,ui->uck", counts, counts, share)
    diagonal = np.einsum("uic,ui->uc", counts, share)
    return np.asarray(products - diagonal[:, :, None] * np.eye(len(values)))


def ordinal_alphas(matrices: Floats) -> Floats:
    """Ordinal alpha of each coincidence matrix of ``matrices`` (…, values, values); NaN where undefined.

    The ordinal distance of two values is the number of ratings between them, half of their own included, which is the
    distance of the midpoints of the values on a cumulated axis.
    """
    margins = matrices.sum(axis=-1)
    total = margins.sum(axis=-1)
    middles = margins.cumsum(axis=-1) - margins / 2
    distances = (middles[..., :, None] - middles[..., None, :]) ** 2
    observed = (matrices * distances).sum(axis=(-2, -1))
    expected = (margins[..., :, None] * margins[..., None, :] * distances).sum(axis=(-2, -1))
    ratio = np.divide((total - 1) * observed, expected, out=np.full(expected.shape, np.nan), where=expected > 0)
    return np.asarray(1 - ratio)
