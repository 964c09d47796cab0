"""``raisontext pairs`` and ``raisontext strengths``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

_ROUND = click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: newest).")
_DROPPED = {
    "tied": "the consensus ties the two",
    "undecided": "best orders differ, or as many votes against as for it",
    "flagged": "the better text is called false by a majority",
    "below_agreement": "fewer votes for it than the minimum agreement",
    "chosen_unfaithful": "the check found the better one unfaithful",
    "near_identical": "the texts hardly differ",
}


@click.command()
@_ROUND
@click.option(
    "--strategy",
    type=click.Choice(["all", "adjacent", "best_worst"]),
    help="Which pairs of the consensus order to take  [default: the round's own, at first all]",
)
@click.option(
    "--minimum-agreement",
    type=click.FloatRange(0, 1),
    help="Least share of the votes for a pair among those for or against  [default: the round's own, at first 0]",
)
@click.option(
    "--export", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write them: F.parquet or F.jsonl."
)
def pairs(number: int | None, strategy: Any, minimum_agreement: float | None, target: Path | None) -> None:
    """Turn the rankings of a round into preference pairs; show how many and what was dropped, or export them.

    The pairs are those of the Kemeny consensus of each task. What is chosen here becomes the round's own: it is
    trained on these pairs.
    """
    from annotation.consensus import build_pairs
    from annotation.pair_export import check_format, export_rows, write_rows
    from annotation.queries import round_by_number

    if target is not None:
        check_format(target)
    with runtime.database() as database:
        with database.session() as session:
            round_ = round_by_number(session, number)
            report = build_pairs(session, round_.id, strategy, minimum_agreement)
        if target is not None:
            with database.session() as session:
                write_rows(export_rows(session, round_), target)
    output.emit({**report.to_dict(), "export": target}, _pairs)


def _pairs(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    shown = {name: value for name, value in data.items() if name not in (*_DROPPED, "weights")}
    dropped = ((name, data[name], why) for name, why in _DROPPED.items())
    return Group(
        output.fields(shown),
        output.table(("dropped", "pairs", "because"), dropped),
        output.table(("annotator", "weight"), data["weights"].items()),
    )


@click.command()
@click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: all together).")
def strengths(number: int | None) -> None:
    """Compare models, or the slots of candidates, and annotators by what was preferred across résumés."""
    from annotation.queries import round_by_number
    from annotation.strengths import compare

    with runtime.database() as database, database.session() as session:
        found = compare(session, round_by_number(session, number) if number is not None else None)
    output.emit(found.to_dict(), _strengths)


def _strengths(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    counts = {name: data[name] for name in ("rounds", "resumes", "regularised", "simulated")}
    items = [
        (row["name"], _number(row["strength"]), _interval(row), row["comparisons"], _number(row["win_rate"]))
        for row in data["items"]
    ]
    people = [
        (row["pseudonym"], row["weight"], row["rankings"], _number(row["probability"]),
         _number(row["log_likelihood"]), _interval(row))
        for row in data["annotators"]
    ]  # fmt: skip
    predicted = ("annotator", "weight", "rankings", "probability", "log-likelihood", "95 %")
    return Group(
        output.fields(counts),
        output.table((data["kind"], "strength", "95 %", "votes", "win rate"), items),
        output.table(predicted, people, title="Predicted by the others' rankings, per pair (0.5 is a coin)"),
        *data["reasons"].values(),
    )


def _interval(row: dict[str, Any]) -> str | None:
    return None if row["low"] is None else f"{row['low']:.3f} … {row['high']:.3f}"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
