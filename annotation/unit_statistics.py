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
from annotation.rank_tables import relations

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UnitStatistics:
    """Sufficient statistics by unit.

    ``ranked`` (annotators, units): who ranked anything of it. ``coincidences`` (units, cells): of the values with the
    indices ``first[cell]``, ``second[cell]``, in either order. ``w``: Kendall's W, NaN where undefined. Over pairs of
    annotators: ``taus``, sum and number of tau-b, (units, 2); ``relations``, the numbers of :class:`SlotPair`,
    (units, 4).
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
    """Two annotators of each unit, by index, -1 where there are not as many; all (units,) but ``relations``.

    ``tau``: tau-b, NaN where undefined. ``relations`` (units, 4): numbers of pairs of items that both put in the same
    relation (above, below, tied), that both ranked, that both put in the same order, that neither tied.
    """

    first: Indices
    second: Indices
    tau: Floats
    relations: Floats


def measure(tensor: Floats) -> UnitStatistics:
    """Statistics of every unit of ``tensor``."""
    ranks, who = compact(tensor)
    units = tensor.shape[1]
    taus, numbers = np.zeros((units, 2)), np.zeros((units, 4))
    for pair in slot_pairs(ranks, who):
        defined = ~np.isnan(pair.tau)
        taus[defined, 0] += pair.tau[defined]
        taus[:, 1] += defined
        numbers += pair.relations
    coincidences, first, second = _coincidences(ranks)
    return UnitStatistics(ranked_by(tensor), coincidences, first, second, unit_ws(ranks), taus, numbers)


def ranked_by(tensor: Floats) -> Bools:
    """Who ranked anything of which unit, (annotators, units)."""
    return np.asarray((~np.isnan(tensor)).any(axis=2))


def compact(tensor: Floats) -> tuple[Floats, Indices]:
    """``tensor`` without those who did not rank a unit: ranks (most annotators of a unit, units, items), and who they
    are (slots, units), -1 where nobody."""
    ranked = ranked_by(tensor)
    slots = int(ranked.sum(axis=0).max(initial=0))
    order = np.argsort(~ranked, axis=0, kind="stable")[:slots]
    ranks = np.take_along_axis(tensor, order[:, :, None], axis=0)
    return ranks, np.where(np.take_along_axis(ranked, order, axis=0), order, -1)


def slot_pairs(ranks: Floats, who: Indices) -> Iterator[SlotPair]:
    """For each pair of slots of :func:`compact` the two annotators of every unit.

    tau-b = Σ xy / √(Σ x² Σ y²) with x and y the relations (-1, 0, 1) of the pairs of items that both ranked.
    """
    related = relations(ranks)
    for one, other in combinations(range(len(ranks)), 2):
        x, y = related[one], related[other]
        both = ~(np.isnan(x) | np.isnan(y))
        x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
        same, decided = (x == y) & both, (x != 0) & (y != 0)
        numbers = [each.sum(axis=1) for each in (same, both, same & decided, decided)]
        yield SlotPair(who[one], who[other], taus_b(x, y), np.stack(numbers, axis=1).astype(np.float64))


def unit_ws(ranks: Floats, *, tie_correction: bool = True) -> Floats:
    """Kendall's W of each unit on its items over those who ranked all of them; NaN where undefined.

    See :func:`annotation.agreement.kendalls_w` for the formula.
    """
    given = np.asarray(~np.isnan(ranks))
    present = np.asarray(given.any(axis=0))
    complete = np.asarray((given | ~present).all(axis=2) & present.any(axis=1))
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
    return np.asarray(np.divide(12 * spread, possible, out=np.full(len(sums), np.nan), where=defined))


def mid_ranks(scores: Floats) -> tuple[Floats, Floats]:
    """Mid-ranks of ``scores`` (units, items) within each unit, and how many items share each; NaN counts for none."""
    less = (scores[:, :, None] > scores[:, None, :]).sum(axis=2)
    tied = (scores[:, :, None] == scores[:, None, :]).sum(axis=2)
    return less + (tied + 1) / 2, tied.astype(np.float64)


def taus_b(x: Floats, y: Floats) -> Floats:
    """tau-b of each row of relations ``x`` and ``y`` (rows, pairs of items); NaN where either ties everything."""
    scale = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.asarray(np.divide((x * y).sum(axis=1), scale, out=np.full(len(x), np.nan), where=scale > 0))


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
    keys: list[Indices] = [np.empty(0, np.intp)]
    rows: list[Indices] = [np.empty(0, np.intp)]
    amounts = [np.empty(0)]
    for one, other in combinations(range(slots), 2):
        unit, item = np.nonzero(given[one] & given[other])
        pair = np.sort([codes[one, unit, item], codes[other, unit, item]], axis=0)
        keys.append(pair[0] * len(values) + pair[1])
        rows.append(unit)
        amounts.append(share[unit, item])
    cells, columns = np.unique(np.concatenate(keys), return_inverse=True)
    matrix = coo_array((np.concatenate(amounts), (np.concatenate(rows), columns)), shape=(units, len(cells)))
    return matrix.tocsr(), cells // max(len(values), 1), cells % max(len(values), 1)
