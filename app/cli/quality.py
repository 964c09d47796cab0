"""``raisontext quality``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command()
@click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: newest).")
@click.option(
    "--all", "everything", is_flag=True, help="All rounds together (simulated ones only if there are no others)."
)
def quality(number: int | None, everything: bool) -> None:
    """Show how well each annotator works, and what that suggests; nobody is ever excluded by itself.

    tau-b of somebody's rankings with the Kemeny consensus of the others, and with his or her own on repeated tasks;
    pairs of gold tasks that are right; seconds per 100 characters, and the share of rankings in under a third of the
    team's time; whether ranks follow the shown places (p, Holm); how many flags «false information» others confirm.
    """
    from annotation.agreement_report import comparable_rounds
    from annotation.quality import team_quality
    from annotation.queries import round_by_number

    if everything and number is not None:
        raise click.UsageError("expected --round or --all, found both")
    with runtime.database() as database, database.session() as session:
        rounds = comparable_rounds(session) if everything else [round_by_number(session, number)]
        found = team_quality(session, rounds)
    output.emit(found.to_dict(), _render)


def _render(data: dict[str, Any]) -> RenderableType:
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
    shown = output.table(columns, [_row(one) for one in data["annotators"]], title=title)
    return Group(shown, *(["Suggestions (a person decides):", *hints] if hints else ["No suggestions."]))


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
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
