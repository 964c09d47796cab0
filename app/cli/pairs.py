"""``raisontext pairs`` and ``raisontext agreement``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

_ROUND = click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: newest).")


@click.command()
@_ROUND
@click.option(
    "--strategy",
    type=click.Choice(["all", "adjacent", "best_worst"]),
    default="all",
    show_default=True,
    help="Which pairs a ranking gives.",
)
@click.option(
    "--export", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write them: F.parquet or F.jsonl."
)
def pairs(number: int | None, strategy: Any, target: Path | None) -> None:
    """Turn the rankings of a round into preference pairs; show how many, or export them."""
    from annotation.consensus import build_pairs
    from annotation.pair_export import check_format, export_rows, write_rows
    from annotation.queries import round_by_number

    if target is not None:
        check_format(target)
    with runtime.database() as database, database.session() as session:
        round_ = round_by_number(session, number)
        report = build_pairs(session, round_.id, strategy)
        rows = export_rows(session, round_) if target is not None else []
    if target is not None:
        write_rows(rows, target)
    output.emit({**report.to_dict(), "export": target}, output.fields)


@click.command()
@_ROUND
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page as well.")
def agreement(number: int | None, page: Path | None) -> None:
    """Show how far the annotators of a round agree."""
    from annotation.agreement_page import render_page
    from annotation.pair_export import write_text
    from annotation.queries import round_by_number
    from annotation.round_agreement import round_agreement

    with runtime.database() as database, database.session() as session:
        found = round_agreement(session, round_by_number(session, number))
    if page is not None:
        write_text(render_page(found), page)
    output.emit(found.to_dict(), _render)


def _render(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    reasons: dict[str, str] = data["reasons"]
    interval = data["alpha_interval"]
    names = ("alpha", "kendall_w", "tau_b", "pairwise_agreement")
    rows = [(name, _number(data[name]), reasons.get(name, "")) for name in names]
    rows.insert(1, ("alpha, 95 %", " … ".join(map(_number, interval)) if interval else "-",
                    reasons.get("alpha_interval", "")))  # fmt: skip
    counts = {name: data[name] for name in ("round", "annotator_count", "units", "overlapping_units", "rankings")}
    if data["simulated"]:
        counts["simulated"] = "yes: scripted annotators"
    rejected = output.table(("rejected because", "submissions"), data["rejected"].items())
    return Group(output.fields(counts), output.table(("statistic", "value", "undefined because"), rows), rejected)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
