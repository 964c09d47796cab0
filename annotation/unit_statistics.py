"""What each unit adds to the statistics of agreement, computed once: every corpus, segment and bootstrap draw of the
same units is then a (weighted) sum.

A tensor of ranks is (annotators, units, items), NaN where missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from annotation.bootstrap import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UnitStatistics:
    """Sufficient statistics by unit.

    ``ranked`` (annotators, units): who ranked anything of it. ``coincidences`` (units, cells): of the values with the
    indices ``first[cell]``, ``second[cell]``, in either order. ``w``: Kendall's W, NaN where undefined. ``taus``:
    sum and number of tau-b over pairs of annotators, (units, 2). ``relations``: equal and all relations of pairs of
    items over pairs of annotators, (units, 2).
    """

    ranked: Bools
    coincidences: csr_array
    first: Indices
    second: Indices
    w: Floats
    taus: Floats
    relations: Floats

    def select(self, units: npt.NDArray[Any]) -> UnitStatistics:
        """The statistics of ``units`` (indices or a mask) alone."""
        return UnitStatistics(
            self.ranked[:, units],
            self.coincidences[units],
            self.first,
            self.second,
            self.w[units],
            self.taus[units],
            self.relations[units],
        )


@dataclass(frozen=True, slots=True)
class SlotPair:
    """Two annotators of each unit, by index, -1 where there are not as many; tau-b (NaN where undefined) and the
    numbers of equal and of all relations of pairs of items; all (units,)."""

    first: Indices
    second: Indices
    tau: Floats
    equal: Floats
    compared: Floats


def measure(tensor: Floats) -> UnitStatistics:
    """Statistics of every unit of ``tensor``."""
    ranks, who = compact(tensor)
    units = tensor.shape[1]
    taus, relations = np.zeros((units, 2)), np.zeros((units, 2))
    for pair in slot_pairs(ranks, who):
        defined = ~np.isnan(pair.tau)
        taus[defined, 0] += pair.tau[defined]
        taus[:, 1] += defined
        relations += np.stack([pair.equal, pair.compared], axis=1)
    coincidences, first, second = _coincidences(ranks)
    ranked = ~np.isnan(tensor).all(axis=2)
    return UnitStatistics(ranked, coincidences, first, second, unit_ws(ranks), taus, relations)


def compact(tensor: Floats) -> tuple[Floats, Indices]:
    """``tensor`` without those who did not rank a unit: ranks (most annotators of a unit, units, items), and who they
    are (slots, units), -1 where nobody."""
    ranked = ~np.isnan(tensor).all(axis=2)
    slots = int(ranked.sum(axis=0).max(initial=0))
    order = np.argsort(~ranked, axis=0, kind="stable")[:slots]
    ranks = np.take_along_axis(tensor, order[:, :, None], axis=0)
    return ranks, np.where(np.take_along_axis(ranked, order, axis=0), order, -1)


def slot_pairs(ranks: Floats, who: Indices) -> Iterator[SlotPair]:
    """For each pair of slots of :func:`compact` the two annotators of every unit.

    tau-b = Σ xy / √(Σ x² Σ y²) with x and y the relations (-1, 0, 1) of the pairs of items that both ranked.
    """
    left, right = np.triu_indices(ranks.shape[2], k=1)
    relations = np.sign(ranks[:, :, right] - ranks[:, :, left])
    for one, other in combinations(range(len(ranks)), 2):
        x, y = relations[one], relations[other]
        both = ~(np.isnan(x) | np.isnan(y))
        x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
        yield SlotPair(who[one], who[other], _taus(x, y), ((x == y) & both).sum(axis=1) * 1.0, both.sum(axis=1) * 1.0)


def unit_ws(ranks: Floats, *, tie_correction: bool = True) -> Floats:
    """Kendall's W of each unit on its items over those who ranked all of them; NaN where undefined.

    See :func:`annotation.agreement.kendalls_w` for the formula.
    """
    given = ~np.isnan(ranks)
    present = given.any(axis=0)
    complete = (given | ~present).all(axis=2) & present.any(axis=1)
    judges, items = complete.sum(axis=0), present.sum(axis=1)
    sums, ties = np.zeros(present.shape), np.zeros(len(present))
    for ranking, counts in zip(ranks, complete, strict=True):
        mid, tied = mid_ranks(ranking)
        sums += np.where(counts[:, None] & present, mid, 0.0)
        ties += np.where(counts, np.where(present, tied**2 - 1, 0.0).sum(axis=1), 0.0)
    means = np.divide(sums.sum(axis=1), items, out=np.zeros(len(sums)), where=items > 0)
    spread = np.where(present, (sums - means[:, None]) ** 2, 0.0).sum(axis=1)
    possible = judges**2 * (items**3 - items) - judges * (ties if tie_correction else 0)
    defined = (judges >= 2) & (items >= 2) & (possible > 0)
    return np.divide(12 * spread, possible, out=np.full(len(sums), np.nan), where=defined)


def mid_ranks(scores: Floats) -> tuple[Floats, Floats]:
    """Mid-ranks of ``scores`` (units, items) within each unit, and how many items share each; NaN counts for none."""
    less = (scores[:, :, None] > scores[:, None, :]).sum(axis=2)
    tied = (scores[:, :, None] == scores[:, None, :]).sum(axis=2)
    return less + (tied + 1) / 2, tied.astype(np.float64)


def _taus(x: Floats, y: Floats) -> Floats:
    scale = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.divide((x * y).sum(axis=1), scale, out=np.full(len(x), np.nan), where=scale > 0)


def _coincidences(ranks: Floats) -> tuple[csr_array, Indices, Indices]:
    """Coincidences (units, cells) and the indices of the values of each cell.

    For alpha every item of every unit is rated on its own: a pair of its m ratings adds 2 / (m - 1), once for either
    order.
    """
    from scipy.sparse import coo_array

    slots, units, _ = ranks.shape
    given = ~np.isnan(ranks)
    values = np.unique(ranks[given])
    codes = np.searchsorted(values, ranks)
    share = 2 / np.maximum(given.sum(axis=0) - 1, 1)
    keys, rows, amounts = [np.empty(0, np.intp)], [np.empty(0, np.intp)], [np.empty(0)]
    for one, other in combinations(range(slots), 2):
        unit, item = np.nonzero(given[one] & given[other])
        pair = np.sort([codes[one, unit, item], codes[other, unit, item]], axis=0)
        keys.append(pair[0] * len(values) + pair[1])
        rows.append(unit)
        amounts.append(share[unit, item])
    cells, columns = np.unique(np.concatenate(keys), return_inverse=True)
    matrix = coo_array((np.concatenate(amounts), (np.concatenate(rows), columns)), shape=(units, len(cells)))
    return matrix.tocsr(), cells // max(len(values), 1), cells % max(len(values), 1)
