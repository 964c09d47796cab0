"""Do the ranks that a person gives follow the places at which the texts were shown?

Shown order is drawn at random for every task, so for somebody who reads the texts every arrangement of his or her ranks
over the places is equally likely. The statistic is Friedman's with ties (W. J. Conover, "Practical Nonparametric
Statistics", 3rd ed. 1999, section 5.8); rankings are blocks, places are treatments. It grows with any pattern (first
is best, last is best, middle is best), so the test is two-sided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from annotation.bootstrap import Floats, Interval, draw_sums, percentile_interval

PERMUTATIONS = 9_999
EXACT_UP_TO = 100  # rankings; with more, the chi-squared limit is as good
_BLOCK = 1_000
NO_RANKINGS = "no rankings"
ALL_TIED = "every ranking ties all its texts"


@dataclass(frozen=True, slots=True)
class PositionBias:
    """``mean_ranks``: of the texts shown first, second, … (1 is best) with 95 % bootstrap ``intervals``.

    ``p``: of the test; ``p_holm``: corrected for as many tests as there are annotators. Undefined: null, and
    ``reason`` says why.
    """

    rankings: int
    mean_ranks: list[float]
    intervals: list[Interval | None]
    statistic: float | None
    p: float | None
    p_holm: float | None = None
    reason: str | None = None


def position_bias(ranks: Floats, seed: int = 0) -> PositionBias:
    """Test on ``ranks`` (rankings, places): the mid-rank of the text shown at each place."""
    if len(ranks) == 0:
        return PositionBias(0, [], [], None, None, reason=NO_RANKINGS)
    means = [float(mean) for mean in ranks.mean(axis=0)]
    intervals = _intervals(ranks, seed)
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    if not centred.any():
        return PositionBias(len(ranks), means, intervals, None, None, reason=ALL_TIED)
    statistic = friedman(centred.sum(axis=0), centred)
    p = _permutation_p(centred, seed) if len(ranks) <= EXACT_UP_TO else _limit_p(statistic, ranks.shape[1])
    return PositionBias(len(ranks), means, intervals, statistic, p)


def _intervals(ranks: Floats, seed: int) -> list[Interval | None]:
    """Of the mean of each column; ``None`` for a single ranking."""
    if len(ranks) < 2:
        return [None] * ranks.shape[1]
    means = np.concatenate(list(draw_sums(ranks, seed=seed))) / len(ranks)
    return [percentile_interval(column) for column in means.T]


def friedman(sums: Floats, centred: Floats) -> float:
    """Friedman's statistic of ``sums`` (places,) of ``centred`` ranks (rankings, places), corrected for ties."""
    places = centred.shape[1]
    return float((places - 1) * (sums**2).sum() / (centred**2).sum())


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """p values corrected for their number, undefined ones left out (S. Holm, Scand. J. Statistics 6, 1979)."""
    known = sorted((p, at) for at, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for smaller, (p, at) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - smaller)))
        corrected[at] = highest
    return corrected


def _permutation_p(centred: Floats, seed: int) -> float:
    """Share of random arrangements of every ranking that are as far from even, the observed one among them."""
    rng = np.random.default_rng(seed)
    arrangements = np.array(list(permutations(range(centred.shape[1]))))
    arranged = centred[:, arrangements]  # (rankings, arrangements, places)
    observed = (centred.sum(axis=0) ** 2).sum()
    as_far = 0
    for start in range(0, PERMUTATIONS, _BLOCK):
        draws = min(_BLOCK, PERMUTATIONS - start)
        chosen = rng.integers(0, len(arrangements), size=(draws, len(centred)))
        sums = arranged[np.arange(len(centred)), chosen].sum(axis=1)
        as_far += int(((sums**2).sum(axis=1) >= observed - 1e-9).sum())
    return (1 + as_far) / (1 + PERMUTATIONS)


def _limit_p(statistic: float, places: int) -> float:
    from scipy.stats import chi2

    return float(chi2.sf(statistic, places - 1))
