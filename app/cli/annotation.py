"""``raisontext push`` and ``raisontext sync``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from annotation.push import PushReport
    from annotation.sync import SyncReport

_ROUND = click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: newest).")


@click.command()
@_ROUND
def push(number: int | None) -> None:
    """Put a round's tasks into Label Studio; what is there already stays as it is."""
    from app.label_studio import connect_from_settings
    from app.rounds import push as push_round

    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database, output.progress("tasks") as bar:
        row = bar.add_task("tasks", total=None)
        report = push_round(database, client, number, lambda done, total: bar.update(row, completed=done, total=total))
    output.emit(asdict(report), lambda _: _pushed(report))


@click.command()
@_ROUND
def sync(number: int | None) -> None:
    """Fetch the rankings that are new or changed in Label Studio."""
    from annotation.queries import round_by_number
    from annotation.sync import sync as sync_round
    from app.label_studio import connect_from_settings

    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database:
        with database.session() as session:
            round_id = round_by_number(session, number).id
        report = sync_round(database, client, round_id)
    output.emit(asdict(report), lambda _: _synced(report))


def _pushed(report: PushReport) -> str:
    return "\n".join(
        (
            f"Round {report.round}: {report.total} tasks in Label Studio, {report.pushed} of them new"
            + (f", {report.recovered} found from an interrupted push" if report.recovered else ""),
            *([f"{report.skipped} résumés have no four candidates"] if report.skipped else []),
            *([f"{report.removed} doubled tasks removed"] if report.removed else []),
            f"Rank at {report.project_url}",
        )
    )


def _synced(report: SyncReport) -> RenderableType:
    from rich.console import Group

    summary = {
        "round": report.round,
        "tasks": report.tasks,
        "rankings in use": report.active,
        "rejected": len(report.rejected),
        "new, changed, withdrawn now": f"{report.added}, {report.changed}, {report.withdrawn}",
        "skips seen now": report.skips,
        "begun, not submitted": report.drafts,
    }
    rejected = [(item.annotation_id, item.annotator, item.reason) for item in report.rejected]
    tables = [output.fields(summary)]
    if rejected:
        tables.append(output.table(("annotation", "annotator", "reason"), rejected, title="Rejected"))
    return Group(*tables)
