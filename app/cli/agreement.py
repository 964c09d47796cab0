"""``raisontext agreement``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

_NAMES = {
    "alpha": "Krippendorff's alpha, ordinal",
    "kendall_w": "Kendall's W",
    "tau_b": "Kendall's tau-b",
    "pairwise_agreement": "pairs alike, ties count",
    "decided_agreement": "pairs alike, without ties",
}


@click.command()
@click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: newest).")
@click.option(
    "--all", "everything", is_flag=True, help="All rounds together (simulated ones only if there are no others)."
)
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with plots as well."
)
def agreement(number: int | None, everything: bool, page: Path | None) -> None:
    """Show how far annotators agree: in all, by annotator, kind of résumé and round, beside published figures."""
    from annotation.agreement_report import agreement_report, comparable_rounds
    from annotation.queries import round_by_number

    if everything and number is not None:
        raise click.UsageError("expected --round or --all, found both")
    with runtime.database() as database, database.session() as session:
        rounds = comparable_rounds(session) if everything else [round_by_number(session, number)]
        found = agreement_report(session, rounds)
    if page is not None:
        from annotation.pair_export import write_text
        from annotation.report.page import render_page

        write_text(render_page(found), page)
    output.emit({**found.to_dict(), "html": page}, _render)


def _render(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    counts = {
        "rounds": ", ".join(map(str, data["rounds"])),
        **{name: data[name] for name in ("annotator_count", "units", "overlapping_units", "rankings")},
    }
    if data["simulated"]:
        counts["simulated"] = "yes: scripted annotators"
    if data["excluded"]:
        counts["excluded"] = ", ".join(data["excluded"])
    return Group(
        output.fields(counts),
        output.table(("statistic", "value", "95 %", "undefined because"), _statistics(data)),
        output.table(("published", "who", "pairs alike", "source"), _published(data), title="Beside published figures"),
        output.table(("round", "tasks", "alpha", "95 %", "pairs alike, without ties"), _trend(data), title="By round"),
        output.table(("kind", "value", "tasks", "alpha", "95 %", "tau-b"), _segments(data), title="By kind of résumé"),
        output.table(("annotator", "rankings", "tau-b", "pairs alike", "alpha without"), _people(data)),
        output.table(("rejected because", "submissions"), data["rejected"].items()),
    )


def _statistics(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    reasons = data["reasons"]
    return [
        (f"{name}: {title}", _number(data[name]), _interval(data[f"{name}_interval"]),
         reasons.get(name) or reasons.get(f"{name}_interval", ""))
        for name, title in _NAMES.items()
    ]  # fmt: skip


def _published(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["name"], one["who"], f"{one['rate']:.3g}{_margin(one['margin'])}", one["link"])
        for one in data["published"]
    ]


def _margin(value: float | None) -> str:
    return "" if value is None else f" ± {value:.3g}"


def _trend(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (f"{one['round']}{' (simulated)' if one['simulated'] else ''}", one["overlapping_units"], _number(one["alpha"]),
         _interval(one["alpha_interval"]), _number(one["decided_agreement"]))
        for one in data["trend"]
    ]  # fmt: skip


def _segments(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["kind"], one["value"], one["overlapping_units"], _number(one["alpha"]),
         _interval(one["alpha_interval"]), _number(one["tau_b"]))
        for one in data["segments"]
    ]  # fmt: skip


def _people(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["pseudonym"], one["rankings"], *(_number(one[name]) for name in
                                              ("tau_b", "pairwise_agreement", "alpha_without")))
        for one in data["annotators"]
    ]  # fmt: skip


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _interval(found: list[float] | None) -> str | None:
    return None if found is None else f"{found[0]:.3f} … {found[1]:.3f}"
