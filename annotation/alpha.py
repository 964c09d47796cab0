"""Krippendorff's alpha: 1 - observed / expected disagreement, from the coincidences of values.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). A unit with m ratings adds, for every ordered pair
of its ratings (c, k), 1 / (m - 1) to cell (c, k) of the matrix of coincidences. Matrices of units add up.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from annotation.bootstrap import Floats
from db.errors import InvalidInputError

Level = Literal["nominal", "ordinal", "interval", "ratio"]
NO_OVERLAP = "no unit was rated by two annotators"
NO_VARIATION = "all ratings are equal: without variation there is no agreement beyond chance to measure"


class RatingsError(InvalidInputError):
    """Ratings do not have the shape, the values or the level that a statistic needs."""

    title = "Invalid ratings"


def krippendorff_alpha(data: npt.ArrayLike, level: Level) -> float | None:
    """Alpha of ``data`` (raters, units), NaN or None where missing, at a level of measurement.

    ``None`` where alpha is undefined; :func:`why_undefined` says why.

    Raises:
        RatingsError: ``data`` is not two-dimensional or not numeric, the level is unknown, or a rating is negative on
            a ratio scale.
    """
    if level not in get_args(Level):
        raise RatingsError(f"expected a level of {', '.join(get_args(Level))}, found {level!r}")
    ratings = as_ratings(data, dimensions=2)
    if level == "ratio" and (ratings < 0).any():
        raise RatingsError("expected ratings of 0 or more on a ratio scale, found a negative one")
    if why_undefined(ratings) is not None:
        return None
    values, matrix = coincidence_matrix(ratings)
    margins = matrix.sum(axis=1)
    total = margins.sum()
    observed = expected = 0.0
    for number, margin in enumerate(margins):
        distances = _distances(values, margins, number, level)
        observed += float(matrix[number] @ distances)
        expected += float(margin * (margins @ distances))
    return float(1 - (total - 1) * observed / expected)


def why_undefined(ratings: Floats) -> str | None:
    """Why ``ratings`` (raters, units) have no alpha; ``None`` where they have one."""
    pairable = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    values = np.unique(pairable[~np.isnan(pairable)])
    return NO_OVERLAP if values.size == 0 else NO_VARIATION if values.size == 1 else None


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


def coincidence_matrix(ratings: Floats) -> tuple[Floats, Floats]:
    """The values that occur in units with two or more ratings, ascending, and their coincidences (values, values)."""
    pairable = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    values = np.unique(pairable[~np.isnan(pairable)])
    counts = np.zeros((pairable.shape[1], len(values)))
    raters, units = np.nonzero(~np.isnan(pairable))
    np.add.at(counts, (units, np.searchsorted(values, pairable[raters, units])), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True) - 1, 1)
    return values, counts.T @ shares - np.diag(shares.sum(axis=0))


def ordinal_alphas(coincidences: Floats, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> Floats:
    """Ordinal alpha of each row of ``coincidences`` (corpora, cells); NaN where undefined.

    Cell j counts how often the values with the indices ``first[j]`` and ``second[j]`` came together in either order;
    indices ascend with the values. With midpoints of values on the cumulated axis, whose mean lies at half the total,
    the expected disagreement is a variance, so no matrix of all distances is needed.
    """
    middles, margins = _middles(coincidences, first, second)
    total = margins.sum(axis=1)
    observed = (coincidences * (middles[:, first] - middles[:, second]) ** 2).sum(axis=1)
    expected = 2 * total * (margins * (middles - total[:, None] / 2) ** 2).sum(axis=1)
    ratio = np.divide((total - 1) * observed, expected, out=np.full(total.shape, np.nan), where=expected > 0)
    return np.asarray(1 - ratio)


def _middles(coincidences: Floats, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Midpoint of each value on the axis of cumulated ratings, and its number of ratings; both (corpora, values)."""
    from scipy.sparse import coo_array

    values = int(max(first.max(initial=-1), second.max(initial=-1))) + 1
    cells = np.arange(len(first))
    halves = coo_array(
        (np.full(2 * len(cells), 0.5), (np.tile(cells, 2), np.concatenate([first, second]))),
        shape=(len(cells), values),
    )
    margins = np.asarray(coincidences @ halves.tocsr())
    return margins.cumsum(axis=1) - margins / 2, margins


def _distances(values: Floats, margins: Floats, number: int, level: Level) -> Floats:
    """Squared distance of value ``number`` to every value."""
    if level == "nominal":
        return np.asarray(np.arange(len(values)) != number, dtype=np.float64)
    if level == "ordinal":
        middles = margins.cumsum() - margins / 2
        return np.asarray((middles - middles[number]) ** 2)
    differences = values - values[number]
    if level == "interval":
        return np.asarray(differences**2)
    sums = values + values[number]
    return np.asarray(np.divide(differences, sums, out=np.zeros_like(sums), where=sums > 0) ** 2)
