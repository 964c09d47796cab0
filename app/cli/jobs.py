"""``raisontext jobs``, and what other commands need to leave their work to the worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from db.models import Job
    from db.session import Database

_ID = click.argument("job_id", metavar="ID", type=click.IntRange(min=1))
_STATES = ["queued", "running", "succeeded", "failed", "cancelled"]

BACKGROUND = click.option("--background", is_flag=True, help="Leave it to the worker; see `raisontext jobs`.")
"""Option of a command whose work is also a job; goes with :func:`run_or_defer`."""


def run_or_defer(name: str, arguments: dict[str, Any], background: bool, here: Callable[[], None]) -> None:
    """Runs ``here()``, or, in the background, defers the job ``name`` and shows it.

    @click.command()
    @BACKGROUND
    def push(number: int | None, background: bool) -> None:
        run_or_defer("push", {"round": number}, background, lambda: _push(number))
    """
    if not background:
        here()
        return
    from app.jobs import service

    with runtime.database() as database:
        job_id = service.defer(database, name, arguments)
        _show(database, job_id)
    output.note(f"Follow it with `raisontext jobs wait {job_id}`.")


@click.group()
def jobs() -> None:
    """List, show, cancel, wait for or retry background jobs."""


@jobs.command("list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="Only these (may be repeated).")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
def list_jobs(states: Sequence[str], limit: int) -> None:
    """Show jobs, newest first."""
    from app.jobs import service

    with runtime.database() as database, database.session() as session:
        found = service.listing(session, states or None, limit)
    output.emit({"jobs": [describe(job) for job in found]}, lambda _data: _table(found))


@jobs.command()
@_ID
def show(job_id: int) -> None:
    """Show one job with its result or error."""
    with runtime.database() as database:
        _show(database, job_id)


@jobs.command()
@_ID
def cancel(job_id: int) -> None:
    """Cancel a job: at once if it waits, within seconds if it runs. What it has done stays and can be resumed."""
    from app.jobs import service

    with runtime.database() as database:
        job = service.cancel(database, job_id)
    text = "is cancelled" if job.state == "cancelled" else "was asked to stop"
    output.emit(describe(job), lambda _data: f"Job {job_id} {text}.")


@jobs.command()
@_ID
def retry(job_id: int) -> None:
    """Put a job that failed or was cancelled into the queue again."""
    from app.jobs import service

    with runtime.database() as database:
        job = service.retry(database, job_id)
    output.emit(describe(job), lambda _data: f"Job {job_id} waits for a worker.")


@jobs.command()
@_ID
def wait(job_id: int) -> None:
    """Wait for a job and show its result; exit code 1 if it fails or is cancelled. Ctrl-C leaves the job alone."""
    from app.jobs import client

    with runtime.database() as database, output.percentages() as bar:
        row = bar.add_task(f"job {job_id}", total=1.0)
        result = client.wait(
            database,
            job_id,
            progress=lambda share, message: bar.update(row, completed=share, description=message or f"job {job_id}"),
        )
    output.emit({"id": job_id, "state": "succeeded", "result": result}, lambda _data: output.fields(result))


def describe(job: Job) -> dict[str, Any]:
    """All that people may know of a job."""
    return {
        "id": job.id,
        "name": job.name,
        "arguments": job.arguments,
        "state": job.state,
        "progress": job.progress,
        "message": job.message,
        "cancel_requested": job.cancel_requested,
        "attempts": job.attempts,
        "result": job.result,
        "error": job.error,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "updated_at": job.updated_at,
        "finished_at": job.finished_at,
    }


def _show(database: Database, job_id: int) -> None:
    from app.jobs import service

    with database.session() as session:
        data = describe(service.get(session, job_id))
    output.emit(data, output.fields)


def _table(found: Sequence[Job]) -> RenderableType:
    if not found:
        return "No jobs."
    rows = (
        (job.id, job.name, job.arguments.get("round"), _state(job), f"{job.progress:.0%}", _took(job), _words(job))
        for job in found
    )
    return output.table(("job", "work", "round", "state", "done", "took", ""), rows)


def _state(job: Job) -> str:
    if job.cancel_requested and job.state == "running":
        return "stopping"
    return job.state


def _took(job: Job) -> str | None:
    if job.started_at is None:
        return None
    until = job.finished_at or job.updated_at or job.started_at
    return f"{(until - job.started_at).total_seconds():.0f} s"


def _words(job: Job) -> str | None:
    return job.error or job.message
