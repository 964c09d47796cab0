"""Agreement on 12,000 units × 5 annotators with 1,000 bootstrap draws, against the krippendorff package per draw.

Ours is the whole of ``agreement``: alpha, W, tau-b and pairwise agreement, each with its interval. The baseline
computes alpha alone, anew for every draw with the package, as one would without sufficient statistics; it is timed on
a few draws and multiplied up to as many as ours makes.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

ANNOTATORS, UNITS, ITEMS = 5, 12_000, 4
DRAWS = 1000
BASELINE_DRAWS = 5
GOAL_SECONDS = 20.0


def run() -> dict[str, Any]:
    """Seconds of either side, their ratio, and how far the two alphas are apart."""
    import krippendorff
    import numpy as np

    from annotation.agreement import agreement

    ranks = _ranks()
    agreement(ranks[:, :100], draws=10)  # imports are no part of the measurement
    began, cpu_began = time.perf_counter(), time.process_time()
    found = agreement(ranks, draws=DRAWS)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    rng = np.random.default_rng(1)
    per_draw = []
    for _ in range(BASELINE_DRAWS):
        drawn = rng.integers(0, UNITS, UNITS)
        draw_began = time.perf_counter()
        krippendorff.alpha(ranks[:, drawn].reshape(ANNOTATORS, -1), level_of_measurement="ordinal")
        per_draw.append(time.perf_counter() - draw_began)
    published = krippendorff.alpha(ranks.reshape(ANNOTATORS, -1), level_of_measurement="ordinal")
    baseline = statistics.median(per_draw) * DRAWS
    return {
        "units": UNITS,
        "annotators": ANNOTATORS,
        "draws": DRAWS,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "goal_seconds": GOAL_SECONDS,
        "goal_met": seconds <= GOAL_SECONDS,
        f"baseline_seconds_from_{BASELINE_DRAWS}_draws": round(baseline, 1),
        "ratio": round(baseline / seconds, 1),
        "alpha": found.alpha,
        "difference_to_the_package": abs((found.alpha or 0.0) - published),
    }


def _ranks() -> Any:
    """Mid-ranks (annotators, units, items) of noisy, rounded scores: with ties, and one ranking of ten missing."""
    import numpy as np
    from scipy.stats import rankdata

    rng = np.random.default_rng(0)
    scores = rng.random((1, UNITS, ITEMS)) + rng.normal(0, 0.4, (ANNOTATORS, UNITS, ITEMS))
    ranks = rankdata(np.round(4 * scores), axis=2)
    ranks[rng.random((ANNOTATORS, UNITS)) < 0.1] = np.nan
    return ranks
