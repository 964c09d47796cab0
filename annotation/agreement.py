"""How far annotators agree on what they ranked."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from annotation.alpha import (
    NO_VARIATION,
    Level,
    RatingsError,
    as_ratings,
    krippendorff_alpha,
    ordinal_alphas,
)
from annotation.bootstrap import DRAWS, Floats, Interval, draw_sums, percentile_interval, ratios
from annotation.unit_statistics import UnitStatistics, measure, unit_ws

__all__ = [
    "Agreement",
    "Level",
    "RatingsError",
    "agreement",
    "alpha_of",
    "kendalls_w",
    "krippendorff_alpha",
    "summarise",
]

STATISTICS = ("alpha", "kendall_w", "tau_b", "pairwise_agreement", "decided_agreement")
NO_OVERLAP = "no unit was ranked by two annotators"
ALL_TIED = "wherever two annotators ranked a unit, one of them at least tied all its items"
NO_FULL_RANKINGS = "no unit was ranked in full by two annotators of whom one at least did not tie all its items"
NO_COMMON_ITEMS = "no two annotators ranked the same two items of a unit"
NO_DECISION = "there are no two items that two annotators both put in an order"
ONE_UNIT = "one unit alone cannot be resampled"
UNDEFINED = "the statistic itself is undefined"
_DENSE_CELLS = 128  # a product with few columns is faster on a full matrix


@dataclass(frozen=True, slots=True)
class Agreement:
    """Statistics of agreement; each is null where undefined, and ``reasons`` says why under its name.

    ``alpha``: Krippendorff's alpha of the ranks, ordinal. ``kendall_w``: mean of Kendall's W (tie-corrected) over
    units. ``tau_b``: mean of Kendall's tau-b over all pairs of annotators and units. ``pairwise_agreement``: share of
    pairs of items that two annotators put in the same relation (above, below, tied), over all pairs of annotators and
    units. ``decided_agreement``: the same over those pairs of items that neither tied, as published rates are.
    ``…_interval``: 95 % bootstrap interval over the units that two annotators ranked.
    """

    annotators: int
    units: int
    overlapping_units: int
    rankings: int
    alpha: float | None
    alpha_interval: Interval | None
    kendall_w: float | None
    tau_b: float | None
    pairwise_agreement: float | None
    kendall_w_interval: Interval | None = None
    tau_b_interval: Interval | None = None
    pairwise_agreement_interval: Interval | None = None
    decided_agreement: float | None = None
    decided_agreement_interval: Interval | None = None
    reasons: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form; intervals become lists."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def agreement(ranks: npt.ArrayLike, seed: int = 0, draws: int = DRAWS) -> Agreement:
    """Agreement on ``ranks`` (annotators, units, items): 1 is best, ties share a rank, NaN where missing.

    ``seed`` and ``draws`` are those of the bootstrap.

    Raises:
        RatingsError: ``ranks`` is not three-dimensional or not numeric.
    """
    return summarise(measure(as_ratings(ranks, dimensions=3)), seed, draws)


def summarise(units: UnitStatistics, seed: int = 0, draws: int = DRAWS) -> Agreement:
    """Agreement over ``units``."""
    raters = units.ranked.sum(axis=0)
    shared = units.select(np.flatnonzero(raters >= 2))
    values = _values(shared)
    intervals = _intervals(shared, values, seed, draws)
    return Agreement(
        annotators=int(units.ranked.any(axis=1).sum()),
        units=int((raters > 0).sum()),
        overlapping_units=len(shared.w),
        rankings=int(raters.sum()),
        alpha=values["alpha"],
        kendall_w=values["kendall_w"],
        tau_b=values["tau_b"],
        pairwise_agreement=values["pairwise_agreement"],
        alpha_interval=intervals["alpha"],
        kendall_w_interval=intervals["kendall_w"],
        tau_b_interval=intervals["tau_b"],
        pairwise_agreement_interval=intervals["pairwise_agreement"],
        decided_agreement=values["decided_agreement"],
        decided_agreement_interval=intervals["decided_agreement"],
        reasons=_reasons(shared, values, intervals),
    )


def alpha_of(units: UnitStatistics) -> float | None:
    """Ordinal alpha over ``units``, ``None`` where undefined."""
    return _values(units)["alpha"]


def kendalls_w(scores: npt.ArrayLike, *, tie_correction: bool = True) -> float | None:
    """Kendall's W of ``scores`` (judges, items) without missing values; scores are turned into mid-ranks per judge.

    W = 12 S / (m² (n³ - n) - m T), S the squared deviations of the rank sums of m judges over n items, T the sum of
    t³ - t over all groups of t ties (M. G. Kendall, "Rank Correlation Methods", 1948). ``None`` for fewer than two
    judges or items, or where every judge ties all items.

    Raises:
        RatingsError: ``scores`` is not two-dimensional or has missing values.
    """
    table = as_ratings(scores, dimensions=2)
    if np.isnan(table).any():
        raise RatingsError("expected a score of every judge for every item, found some missing")
    w = float(unit_ws(table[:, None, :], tie_correction=tie_correction)[0])
    return None if np.isnan(w) else w


def _columns(units: UnitStatistics) -> Floats:
    """Sum and number of W, of tau-b, of equal relations and of equal orders: (units, 8)."""
    defined = ~np.isnan(units.w)
    return np.column_stack([np.where(defined, units.w, 0.0), defined, units.taus, units.relations])


def _values(units: UnitStatistics) -> dict[str, float | None]:
    coincidences = np.asarray(units.coincidences.sum(axis=0), dtype=np.float64)[None, :]
    sums = _columns(units).sum(axis=0, keepdims=True)
    return {name: _or_none(found[0]) for name, found in _estimates(units, coincidences, sums).items()}


def _estimates(units: UnitStatistics, coincidences: Floats, sums: Floats) -> dict[str, Floats]:
    """Every statistic of each row: a corpus by its coincidences (corpora, cells) and its sums (corpora, 8)."""
    return {
        "alpha": ordinal_alphas(coincidences, units.first, units.second),
        "kendall_w": ratios(sums[:, 0:2]),
        "tau_b": ratios(sums[:, 2:4]),
        "pairwise_agreement": ratios(sums[:, 4:6]),
        "decided_agreement": ratios(sums[:, 6:8]),
    }


def _intervals(
    units: UnitStatistics, values: dict[str, float | None], seed: int, draws: int
) -> dict[str, Interval | None]:
    if len(units.w) < 2:
        return dict.fromkeys(values)
    cells = units.coincidences
    few = cells.shape[1] <= _DENSE_CELLS
    coincidences = draw_sums(cells.toarray() if few else cells, draws, seed)
    alphas = np.concatenate([ordinal_alphas(block, units.first, units.second) for block in coincidences])
    sums = np.concatenate(list(draw_sums(_columns(units), draws, seed)))
    estimates = _estimates(units, np.empty((0, cells.shape[1])), sums) | {"alpha": alphas}
    return {name: None if values[name] is None else percentile_interval(found) for name, found in estimates.items()}


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _reasons(
    units: UnitStatistics, values: dict[str, float | None], intervals: dict[str, Interval | None]
) -> dict[str, str]:
    why = {
        "alpha": NO_VARIATION if units.coincidences.nnz else NO_COMMON_ITEMS,
        "kendall_w": NO_FULL_RANKINGS,
        "tau_b": ALL_TIED if units.relations[:, 1].any() else NO_COMMON_ITEMS,
        "pairwise_agreement": NO_COMMON_ITEMS,
        "decided_agreement": NO_DECISION,
    }
    if len(units.w) == 0:
        why = dict.fromkeys(why, NO_OVERLAP)
    reasons = {name: why[name] for name, value in values.items() if value is None}
    for name, interval in intervals.items():
        if interval is None:
            reasons[f"{name}_interval"] = UNDEFINED if values[name] is None else ONE_UNIT
    return reasons
