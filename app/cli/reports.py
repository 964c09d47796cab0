"""Figures of a round as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.output import table

if TYPE_CHECKING:
    from rich.console import RenderableType


def evaluation_table(report: dict[str, Any]) -> RenderableType:
    """Before (the parent) and after (the new model), and what the gate says. ``report``: see ``training.evaluate``."""
    from rich.console import Group

    before, after = report["parent"], report["new"]
    rows = [
        ("wrong-fact rate, raw", _percent(before["raw_wrong_rate"]), _percent(after["raw_wrong_rate"])),
        ("wrong-fact rate, checked", _percent(before["checked_wrong_rate"]), _percent(after["checked_wrong_rate"])),
        ("rubric score, mean", f"{before['mean_score']:.3f}", f"{after['mean_score']:.3f}"),
        ("rubric win rate [95 % interval]", None, _interval(report["win_rate"])),
        ("held-out pair accuracy", None, _interval(report["pair_accuracy"])),
        ("length, characters", f"{before['mean_characters']:.0f}", f"{after['mean_characters']:.0f}"),
        ("distinct texts per résumé", _percent(before["distinctness"]), _percent(after["distinctness"])),
        ("diversity of words", f"{before['diversity']:.3f}", f"{after['diversity']:.3f}"),
    ]
    title = f"{report['resumes']} held-out résumés, {report['samples_per_resume']} texts each"
    gate = report["gate"]
    verdict = "Gate: passed." if gate["passed"] else "Gate: failed. " + "; ".join(gate["reasons"])
    return Group(table(("", "before", "after"), rows, title=title), verdict)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _interval(found: dict[str, float] | None) -> str | None:
    if found is None:
        return None
    return f"{100 * found['estimate']:.1f} % [{100 * found['low']:.1f}, {100 * found['high']:.1f}]"
