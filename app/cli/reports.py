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


def quality_table(data: dict[str, Any]) -> RenderableType:
    """Quality of annotators and what it suggests. ``data``: see ``annotation.quality.TeamQuality.to_dict``."""
    from rich.console import Group

    columns = (
        "annotator", "weight", "done", "tau-b, others", "tau-b, repeats", "gold pairs", "s/100 chars", "too fast",
        "place bias p", "flags shared", "a day", "skips", "rejected",
    )  # fmt: skip
    title = "Rounds " + ", ".join(map(str, data["rounds"])) + (" (simulated)" if data["simulated"] else "")
    hints = [
        line
        for one in data["annotators"]
        for hint in one["hints"]
        for line in (f"{one['pseudonym']}: {hint['text']}", *([f"    {hint['command']}"] if hint["command"] else []))
    ]
    shown = table(columns, [_quality_row(one) for one in data["annotators"]], title=title)
    return Group(shown, *(["Suggestions (a person decides):", *hints] if hints else ["No suggestions."]))


def _quality_row(one: dict[str, Any]) -> tuple[Any, ...]:
    done = sum(one["rankings"].values())
    return (
        one["pseudonym"],
        f"{one['weight']:g}",
        done if one["assigned"] is None else f"{done}/{one['assigned']}",
        _estimate(one["consensus_tau"]),
        _estimate(one["consistency_tau"]),
        _estimate(one["gold_accuracy"]),
        _number(one["seconds_per_100"], 1),
        _number(one["speeders"]["value"]),
        _p(one["position"]["p_holm"]),
        _number(one["confirmed_flags"]["value"]),
        f"{done / len(one['days']):.1f}" if one["days"] else None,
        sum(one["skips"].values()),
        sum(one["rejected"].values()),
    )


def _estimate(found: dict[str, Any]) -> str | None:
    if found["value"] is None:
        return None
    low, high = found["interval"] or (None, None)
    return f"{found['value']:.2f}" + (f" [{low:.2f}, {high:.2f}]" if low is not None else "")


def _p(value: float | None) -> str | None:
    return None if value is None else "<0.001" if value < 0.001 else f"{value:.3f}"


def _number(value: float | None, digits: int = 2) -> str | None:
    return None if value is None else f"{value:.{digits}f}"
