"""How the simulation of ``bench.active`` counts savings."""

from __future__ import annotations

import numpy as np
import pytest

from bench.active import RANKINGS, report, savings

STEPS = len(RANKINGS)  # 25, 50, 100, 150, 200, 300, 400
RANDOM = np.array([0.50, 0.55, 0.60, 0.62, 0.64, 0.66, 0.68])


@pytest.mark.parametrize(
    ("other", "target", "saved"),
    [
        (RANDOM, 200, 0.0),  # the same curve saves nothing
        (RANDOM + 0.02, 200, 0.25),  # there with 150 already
        ([0.50, 0.55, 0.62, 0.66, 0.67, 0.68, 0.69], 200, 0.375),  # 0.64 halfway between 100 and 150
        (RANDOM - 0.02, 200, -0.5),  # needs 300
        (RANDOM - 0.10, 200, -1.0),  # never in 400: at best twice as many
        (np.full(STEPS, 0.9), 100, 0.75),  # there at the first measurement
        ([0.5, 0.66, 0.60, 0.6, 0.6, 0.6, 0.6], 300, 1 - 50 / 300),  # what was reached counts, luck afterwards does not
    ],
)
def test_savings(other: list[float], target: int, saved: float) -> None:
    assert savings(RANDOM, np.array(other), target) == pytest.approx(saved)


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.active.DRAWS", 20)


def test_the_report_of_equal_curves_shows_no_savings() -> None:
    curves = np.broadcast_to(RANDOM, (4, 4, 3, STEPS))
    figures = report([curves])
    assert figures["savings_of_reward_head"] == 0.0
    assert not figures["goal_reached"]
    assert not figures["interval_above_0"]
    assert {row["mean"] for row in figures["savings"]} == {0.0}


def test_the_report_of_a_better_choice_reaches_the_goal() -> None:
    curves = np.broadcast_to(RANDOM, (4, 4, 3, STEPS)).copy()
    curves[:, 1:] += 0.03
    figures = report([curves])
    assert figures["goal_reached"]
    assert figures["interval_above_0"]
