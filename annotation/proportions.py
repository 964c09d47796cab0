"""Shares with their intervals."""

from __future__ import annotations

from math import sqrt

from annotation.bootstrap import Interval

_Z = 1.959963984540054  # quantile of the normal distribution for 95 % in the middle


def wilson(successes: float, trials: float) -> Interval | None:
    """95 % score interval of a share; ``None`` without trials.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if trials <= 0:
        return None
    share, shrink = successes / trials, 1 + _Z**2 / trials
    middle = (share + _Z**2 / (2 * trials)) / shrink
    reach = _Z * sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2)) / shrink
    return max(0.0, middle - reach), min(1.0, middle + reach)
