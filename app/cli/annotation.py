"""``raisontext push``, ``sync`` and ``rejected``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli import output, runtime
from app.cli.jobs import BACKGROUND, run_or_defer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from annotation.push import PushReport
    from annotation.returns import ReturnReport
    from annotation.sync import SyncReport
    from annotation.sync_queries import Submission

_ROUND = click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: newest).")


@click.command()
@_ROUND
@BACKGROUND
def push(number: int | None, background: bool) -> None:
    """Put a round's tasks into Label Studio; what is there already stays as it is."""
    run_or_defer("push", {"round": number}, background, lambda: _push(number))


def _push(number: int | None) -> None:
    from app.label_studio import connect_from_settings
    from app.rounds import push as push_round
    from app.webhooks import connect_webhook

    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database, output.progress("tasks") as bar:
        row = bar.add_task("tasks", total=None)
        report = push_round(database, client, number, lambda done, total: bar.update(row, completed=done, total=total))
        connect_webhook(settings, client, report.project_id)
    output.emit(asdict(report), lambda _: _pushed(report))


@click.command()
@_ROUND
@click.option("--sweep", is_flag=True, help="Compare all tasks now, as is done from time to time by itself.")
@BACKGROUND
def sync(number: int | None, sweep: bool, background: bool) -> None:
    """Fetch the rankings that are new or changed in Label Studio."""
    run_or_defer("sync", {"round": number}, background, lambda: _sync(number, sweep))


def _sync(number: int | None, sweep: bool) -> None:
    from annotation.queries import round_by_number
    from annotation.sync import sync as sync_round
    from app.label_studio import connect_from_settings

    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database:
        with database.session() as session:
            round_id = round_by_number(session, number).id
        report = sync_round(database, client, round_id, sweep=sweep)
    output.emit(asdict(report), lambda _: _synced(report))


@click.command()
@click.argument("annotations", metavar="[ID]...", nargs=-1, type=click.IntRange(min=1))
@_ROUND
@click.option("--send-back", is_flag=True, help="Delete them in Label Studio: the tasks are in their queues again.")
@click.option("--all", "everything", is_flag=True, help="With --send-back: all where ranking once more could help.")
def rejected(annotations: tuple[int, ...], number: int | None, send_back: bool, everything: bool) -> None:
    """Show submissions that are no rankings, and why; send them back to their annotators.

    ID is the annotation's, as the list shows it.
    """
    from annotation import returns
    from annotation.queries import round_by_number
    from app.label_studio import connect_from_settings

    if send_back and bool(annotations) == everything:
        raise click.UsageError("--send-back needs the ids of submissions, or --all.")
    if everything and not send_back:
        raise click.UsageError("--all goes with --send-back.")
    settings = runtime.settings()
    with runtime.database(settings) as database:
        with database.session() as session:
            round_id = round_by_number(session, number).id
        if send_back:
            client = connect_from_settings(settings)
            report = returns.send_back(database, client, round_id, None if everything else annotations)
            output.emit(_returned(report), lambda _: _returned_text(report))
            return
        found = [
            one for one in returns.rejected(database, round_id) if not annotations or one.annotation_id in annotations
        ]
    output.emit({"rejected": [_submission(one) for one in found]}, lambda _: _rejected_table(found))


def _submission(submission: Submission) -> dict[str, object]:
    from annotation.returns import can_be_returned, code

    return {
        "annotation_id": submission.annotation_id,
        "task_id": submission.task_id,
        "annotator": submission.annotator,
        "code": code(submission),
        "reason": submission.reason,
        "lead_time": submission.lead_time,
        "submitted_at": submission.submitted_at,
        "can_be_returned": can_be_returned(submission),
    }


def _rejected_table(found: Sequence[Submission]) -> RenderableType:
    if not found:
        return "No submission is rejected."
    rows = [(one.annotation_id, one.task_id, one.annotator, one.reason) for one in found]
    return output.table(("annotation", "task", "annotator", "reason"), rows, title="Rejected")


def _returned(report: ReturnReport) -> dict[str, object]:
    return {
        "round": report.round,
        "returned": [_submission(one) for one in report.returned],
        "changed": [_submission(one) for one in report.changed],
        "kept": [_submission(one) for one in report.kept],
    }


def _returned_text(report: ReturnReport) -> str:
    lines = [f"Sent back: {len(report.returned)}"]
    lines += [f"  {one.annotation_id} to {one.annotator}" for one in report.returned]
    if report.changed:
        lines.append(f"Left alone, changed by their authors meanwhile (run `raisontext sync`): {_ids(report.changed)}")
    if report.kept:
        lines.append(f"Kept, since ranking once more would not help: {_ids(report.kept)}")
    return "\n".join(lines)


def _ids(submissions: Sequence[Submission]) -> str:
    return ", ".join(str(one.annotation_id) for one in submissions)


def _pushed(report: PushReport) -> str:
    return "\n".join(
        (
            f"Round {report.round}: {report.total} tasks in Label Studio, {report.pushed} of them new"
            + (f", {report.recovered} found from an interrupted push" if report.recovered else ""),
            *(
                [f"Among them {report.gold} gold and {report.repeats} repeated tasks"]
                if report.gold + report.repeats
                else []
            ),
            *([f"{report.people} annotators have {report.places} places in them"] if report.people else []),
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
        "skipped": _skipped(report),
        "begun, not submitted": report.drafts,
    }
    rejected = [(item.annotation_id, item.annotator, item.reason) for item in report.rejected]
    tables = [output.fields(summary)]
    if rejected:
        tables.append(output.table(("annotation", "annotator", "reason"), rejected, title="Rejected"))
    return Group(*tables)


def _skipped(report: SyncReport) -> str:
    reasons = ", ".join(f"{reason or 'no reason'}: {count}" for reason, count in report.skipped.items())
    return f"{sum(report.skipped.values())}" + (f" ({reasons})" if reasons else "")
