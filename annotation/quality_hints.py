"""What the figures of an annotator suggest. Hints are for people: nothing is ever excluded by itself.

A hint needs evidence, not a bad average: it is given where the whole 95 % interval lies on the wrong side.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotation.quality import AnnotatorQuality

CHANCE_TAU = 0.0
CHANCE_PAIR = 0.5
LEAST_CASES = 10  # tasks or pairs before «no better than chance» can be said of somebody
SPEEDER_LIMIT = 0.2
SIGNIFICANT = 0.05
CONFIRMED_LIMIT = 0.5
REJECTED_LIMIT = 0.2


@dataclass(frozen=True, slots=True)
class Hint:
    """``code`` names the rule, ``text`` says what was found, ``command`` is what a lead may want to run then."""

    code: str
    text: str
    command: str | None = None


def hints_for(found: AnnotatorQuality) -> list[Hint]:
    """Hints for one annotator, the gravest first."""
    return [*_accuracy(found), *_care(found)]


def _accuracy(found: AnnotatorQuality) -> Iterator[Hint]:
    gold, again = found.gold_accuracy, found.consistency_tau
    yield from _company(found)
    if gold.low is not None and gold.low <= CHANCE_PAIR and gold.count >= LEAST_CASES:
        text = f"gold pairs right: {_percent(gold.value)}, not above chance"
        yield Hint("gold_by_chance", text, _weight(found.pseudonym, 0, "gold tasks not above chance"))
    if again.low is not None and again.low <= CHANCE_TAU and again.count >= LEAST_CASES:
        text = f"repeated tasks are ranked anew each time (tau-b {_shown(again.value)})"
        yield Hint("inconsistent", text, _weight(found.pseudonym, 0.5, "not consistent on repeated tasks"))


def _company(found: AnnotatorQuality) -> Iterator[Hint]:
    """Agreement with the others. Who disagrees with them but is right on gold tasks may just be in bad company."""
    tau, gold = found.consensus_tau, found.gold_accuracy
    if tau.low is None or tau.high is None or tau.low > CHANCE_TAU or tau.count < LEAST_CASES:
        return
    against = tau.high < CHANCE_TAU
    what = "ranks against the others" if against else "agrees with the others by chance only"
    if gold.low is not None and gold.low > CHANCE_PAIR:
        right = f"yet {_percent(gold.value)} of gold pairs are right: look at the others"
        yield Hint("lone_voice", f"{what} (tau-b {_shown(tau.value)}), {right}")
        return
    text = f"{'below chance: ' if against else ''}{what} (tau-b {_shown(tau.value)})"
    yield Hint("below_chance" if against else "chance_agreement", text, _weight(found.pseudonym, 0, what))


def _care(found: AnnotatorQuality) -> Iterator[Hint]:
    bias, fast = found.position, found.speeders
    if bias.p_holm is not None and bias.p_holm < SIGNIFICANT:
        means = ", ".join(f"{mean:.2f}" for mean in bias.mean_ranks)
        text = f"position bias: mean ranks by shown place {means} (p {bias.p_holm:.2g})"
        yield Hint("position_bias", text, _weight(found.pseudonym, 0.5, "ranks follow the shown places"))
    if fast.low is not None and fast.low > SPEEDER_LIMIT:
        text = f"speeder: {_percent(fast.value)} of rankings in less than a third of the team's time"
        yield Hint("speeder", text, _weight(found.pseudonym, 0.5, "too fast to have read"))
    flags = found.confirmed_flags
    if flags.high is not None and flags.high < CONFIRMED_LIMIT:
        text = f"false flags: the others confirm {_percent(flags.value)} of {flags.count}"
        yield Hint("false_flags", text)
    refused = found.rejected_share
    if refused.low is not None and refused.low > REJECTED_LIMIT:
        text = f"{_percent(refused.value)} of submissions are no rankings"
        yield Hint("many_rejected", text)


def _weight(pseudonym: str, weight: float, reason: str) -> str:
    what = ["weight", pseudonym, f"{weight:g}"] if weight else ["exclude", pseudonym]
    return shlex.join(["raisontext", "annotators", *what, "--reason", reason])


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.0f} %"
