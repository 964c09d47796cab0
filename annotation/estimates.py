"""An estimated figure with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotation.bootstrap import Floats, Interval, mean_interval
from annotation.proportions import wilson

ONE_CASE = "one case alone has no interval"


@dataclass(frozen=True, slots=True)
class Estimate:
    """``value`` with its 95 % ``interval`` from ``count`` cases; ``reason`` says why either is null."""

    value: float | None
    interval: Interval | None
    count: int
    reason: str | None = None

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return None if self.interval is None else self.interval[0]

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return None if self.interval is None else self.interval[1]


def mean_of(values: Sequence[float] | Floats, undefined: str, seed: int = 0) -> Estimate:
    """Mean of independent cases with its bootstrap interval; ``undefined`` is the reason when there are none."""
    if not len(values):
        return Estimate(None, None, 0, undefined)
    cases = np.asarray(values, dtype=np.float64)
    interval = mean_interval(cases, seed=seed)
    return Estimate(float(cases.mean()), interval, len(cases), None if interval else ONE_CASE)


def share_of(successes: int, trials: int, undefined: str) -> Estimate:
    """A share with its Wilson interval; ``undefined`` is the reason when there are no trials."""
    if not trials:
        return Estimate(None, None, 0, undefined)
    return Estimate(successes / trials, wilson(successes, trials), trials)
