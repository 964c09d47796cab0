"""How far annotators agree on what they ranked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from annotation.alpha import (
    Floats,
    Level,
    RatingsError,
    alpha_interval,
    as_ratings,
    krippendorff_alpha,
    why_undefined,
)

__all__ = ["Agreement", "Level", "RatingsError", "agreement", "kendalls_w", "krippendorff_alpha"]

_NO_OVERLAP = "no unit was ranked by two annotators"
_ALL_TIED = "wherever two annotators ranked a unit, one of them at least tied all its items"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Statistics of agreement; each is null where undefined, and ``reasons`` says why under its name.

    ``alpha``: Krippendorff's alpha of the ranks, ordinal; ``alpha_interval``: its 95 % bootstrap interval over units.
    ``kendall_w``: mean of Kendall's W (tie-corrected) over units. ``tau_b``: mean of Kendall's tau-b over all pairs of
    annotators and units. ``pairwise_agreement``: share of pairs of items that two annotators put in the same relation
    (above, below, tied), over all pairs of annotators and units.
    """

    annotators: int
    units: int
    overlapping_units: int
    rankings: int
    alpha: float | None
    alpha_interval: tuple[float, float] | None
    kendall_w: float | None
    tau_b: float | None
    pairwise_agreement: float | None
    reasons: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form; the interval becomes a list."""
        values = asdict(self)
        values["alpha_interval"] = None if self.alpha_interval is None else list(self.alpha_interval)
        return values


def agreement(ranks: npt.ArrayLike, seed: int = 0) -> Agreement:
    """Agreement on ``ranks`` (annotators, units, items): 1 is best, ties share a rank, NaN where missing.

    ``seed`` is that of the bootstrap.

    Raises:
        RatingsError: ``ranks`` is not three-dimensional or not numeric.
    """
    tensor = as_ratings(ranks, dimensions=3)
    ranked = ~np.isnan(tensor).all(axis=2)
    values: dict[str, float | None] = {
        "alpha": krippendorff_alpha(_flat(tensor), "ordinal"),
        "kendall_w": _mean(_unit_ws(tensor)),
        **_pairwise(tensor),
    }
    interval = None if values["alpha"] is None else alpha_interval(tensor, seed)
    overlapping = int((ranked.sum(axis=0) >= 2).sum())
    return Agreement(
        annotators=int(np.any(ranked, axis=1).sum()),
        units=int(np.any(ranked, axis=0).sum()),
        overlapping_units=overlapping,
        rankings=int(ranked.sum()),
        alpha_interval=interval,
        reasons=_reasons(tensor, values, interval, overlapping),
        alpha=values["alpha"],
        kendall_w=values["kendall_w"],
        tau_b=values["tau_b"],
        pairwise_agreement=values["pairwise_agreement"],
    )


def kendalls_w(scores: npt.ArrayLike, *, tie_correction: bool = True) -> float | None:
    """Kendall's W of ``scores`` (judges, items) without missing values; scores are turned into mid-ranks per judge.

    W = 12 S / (m² (n³ - n) - m T), S the squared deviations of the rank sums of m judges over n items, T the sum of
    t³ - t over all groups of t ties (M. G. Kendall, "Rank Correlation Methods", 1948). ``None`` for fewer than two
    judges or items, or where every judge ties all items.

    Raises:
        RatingsError: ``scores`` is not two-dimensional or has missing values.
    """
    from scipy.stats import rankdata

    table = as_ratings(scores, dimensions=2)
    if np.isnan(table).any():
        raise RatingsError("expected a score of every judge for every item, found some missing")
    judges, items = table.shape
    if judges < 2 or items < 2:
        return None
    ranks = rankdata(table, axis=1)
    sums = ranks.sum(axis=0)
    spread = ((sums - sums.mean()) ** 2).sum()
    ties = sum(_tie_term(row) for row in ranks) if tie_correction else 0.0
    possible = judges**2 * (items**3 - items) - judges * ties
    return float(12 * spread / possible) if possible > 0 else None


def _flat(tensor: Floats) -> Floats:
    """(annotators, units * items): for alpha, every item of every unit is a unit of its own."""
    annotators, units, items = tensor.shape
    return tensor.reshape(annotators, units * items)


def _tie_term(ranks: Floats) -> float:
    _, counts = np.unique(ranks, return_counts=True)
    return float((counts.astype(np.float64) ** 3 - counts).sum())


def _unit_ws(tensor: Floats) -> list[float]:
    """W of each unit on its items, over the annotators who ranked all of them."""
    found = []
    for unit in range(tensor.shape[1]):
        block = tensor[:, unit, :]
        block = block[:, ~np.isnan(block).all(axis=0)]
        complete = block[~np.isnan(block).any(axis=1)]
        w = kendalls_w(complete) if complete.size else None
        if w is not None:
            found.append(w)
    return found


def _pairwise(tensor: Floats) -> dict[str, float | None]:
    """Mean tau-b and rate of equal relations over all pairs of annotators and units.

    tau-b = Σ xy / √(Σ x² Σ y²) with x and y the relations (-1, 0, 1) of the pairs of items that both ranked.
    """
    taus: list[Floats] = []
    equal, compared = 0, 0
    for x, y in _relations(tensor):
        both = ~(np.isnan(x) | np.isnan(y))
        equal += int((x == y).sum())
        compared += int(both.sum())
        left, right = np.where(both, x, 0.0), np.where(both, y, 0.0)
        scale = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
        taus.append((left * right).sum(axis=1)[scale > 0] / scale[scale > 0])
    return {
        "tau_b": _mean(np.concatenate(taus).tolist() if taus else []),
        "pairwise_agreement": equal / compared if compared else None,
    }


def _relations(tensor: Floats) -> Iterator[tuple[Floats, Floats]]:
    """For each pair of annotators their relations (units, pairs of items)."""
    left, right = np.triu_indices(tensor.shape[2], k=1)
    relations = np.sign(tensor[:, :, right] - tensor[:, :, left])
    for first, second in combinations(range(tensor.shape[0]), 2):
        yield relations[first], relations[second]


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _reasons(
    tensor: Floats, values: dict[str, float | None], interval: tuple[float, float] | None, overlapping: int
) -> dict[str, str]:
    reasons = {name: _NO_OVERLAP if overlapping == 0 else _ALL_TIED for name, value in values.items() if value is None}
    if "alpha" in reasons and overlapping:
        reasons["alpha"] = why_undefined(_flat(tensor)) or _NO_OVERLAP
    if "pairwise_agreement" in reasons and overlapping:
        reasons["pairwise_agreement"] = "no two annotators ranked the same two items of a unit"
    if interval is None:
        reasons["alpha_interval"] = (
            "alpha itself is undefined" if values["alpha"] is None else "one unit alone cannot be resampled"
        )
    return reasons
