"""Jobs from outside: defer, look, cancel, try again. Functions that take a session leave the commit to the caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.jobs import queries, queue
from app.jobs.errors import JobFinishedError, JobNotFinishedError, NoSuchJobError
from app.jobs.registry import find_work
from db.errors import ConflictError
from db.models import JOB_OPEN_STATES, Job
from db.session import Database


def defer(database: Database, name: str, arguments: Mapping[str, Any], key: str | None = None) -> int:
    """Puts a job into the queue; returns its id, or that of the one that does the same already.

    ``key`` (default: name and round): while a job of that key waits, no second one is made. While one *runs*, a job
    whose work repeats (``sync``) is made once more; for any other the running one is returned. ``round`` null or
    missing means the newest.

    Raises:
        InvalidInputError: there is no such work, or it takes other arguments.
        NotFoundError: there is no such round.
        ConflictError: an open job does the same with other arguments.
    """
    queue.ensure_schema(database)
    with database.session() as session:
        return enqueue(session, name, arguments, key)


def enqueue(session: Session, name: str, arguments: Mapping[str, Any], key: str | None = None) -> int:
    """:func:`defer` in the caller's transaction: the job exists if and only if that commits.

    ``queue.ensure_schema`` must have been called on the database.
    """
    work = find_work(name)
    full = _with_round(session, arguments)
    work.check(full)
    key = key or work.key(full)
    while (job_id := queries.insert_job(session, name, key, full)) is None:
        found = queries.open_job(session, key)
        if found is not None:  # else it has ended, or begun and given up its key, in this very moment
            return _same(found, full)
    _set_entry(session, job_id, queue.put(session, job_id, work.lock(full)))
    return job_id


def get(session: Session, job_id: int) -> Job:
    """The job. Raises :class:`NoSuchJobError`."""
    return _found(queries.find(session, job_id), job_id)


def listing(session: Session, states: Sequence[str] | None = None, limit: int = 50) -> Sequence[Job]:
    """Jobs in those states (null: any), newest first."""
    return queries.newest(session, states, limit)


def cancel(database: Database, job_id: int) -> Job:
    """Cancels a job that waits at once, and asks one that runs to stop, which takes seconds. Twice does no harm.

    Raises:
        NoSuchJobError: there is none of that number.
        JobFinishedError: it is over.
    """
    with database.session() as session:
        job = _found(queries.find(session, job_id, lock=True), job_id)
        if job.state == "queued":
            end(job, "cancelled")
            queue.take_out(session, _entry(job))
        elif job.state == "running":
            job.cancel_requested = True
            queue.ask_to_stop(session, _entry(job))
        elif job.state != "cancelled":
            raise JobFinishedError(f"Expected job {job_id} to wait or run, found it {job.state}")
        return job


def retry(database: Database, job_id: int) -> Job:
    """Puts a job that failed or was cancelled into the queue again, with all its attempts.

    Raises:
        NoSuchJobError: there is none of that number.
        JobNotFinishedError: it is open, or succeeded.
        ConflictError: another job does the same already.
    """
    queue.ensure_schema(database)
    with database.session() as session:
        job = _found(queries.find(session, job_id, lock=True), job_id)
        if job.state not in ("failed", "cancelled"):
            raise JobNotFinishedError(f"Expected job {job_id} to have failed or been cancelled, found it {job.state}")
        work = find_work(job.name)
        key = work.key(job.arguments)
        other = queries.open_job(session, key)
        if other is not None:
            raise ConflictError(f"Job {other.id} is at the same work as job {job_id}")
        job.key, job.attempts, job.started_at = key, 0, None
        requeue(session, job, dt.timedelta(0), None)
        return job


def requeue(session: Session, job: Job, delay: dt.timedelta, message: str | None) -> None:
    """Makes a locked job wait for another attempt, behind a new entry: the old one counts no more."""
    job.state, job.progress, job.message = "queued", 0.0, message
    job.cancel_requested, job.error, job.result, job.finished_at = False, None, None, None
    job.updated_at = dt.datetime.now(dt.UTC)
    job.queue_id = queue.put(session, job.id, find_work(job.name).lock(job.arguments), delay)


def end(job: Job, state: str, *, result: dict[str, Any] | None = None, error: str | None = None) -> None:
    """Gives a locked job its final state."""
    job.state, job.result, job.error = state, result, error
    job.finished_at = job.updated_at = dt.datetime.now(dt.UTC)
    if state == "succeeded":
        job.progress, job.message = 1.0, None


def is_open(job: Job) -> bool:
    """True while it waits or runs."""
    return job.state in JOB_OPEN_STATES


def _with_round(session: Session, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with the number of the newest round where ``round`` is null."""
    if arguments.get("round", 0) is None:
        from annotation.queries import round_by_number

        return {**arguments, "round": round_by_number(session, None).number}
    return dict(arguments)


def _same(job: Job, arguments: Mapping[str, Any]) -> int:
    if job.arguments != arguments:
        raise ConflictError(
            f"Expected no other {job.name} under way, found job {job.id} {job.state} with {job.arguments}; "
            f"wait for it, or `raisontext jobs cancel {job.id}`"
        )
    return job.id


def _set_entry(session: Session, job_id: int, entry: int) -> None:
    session.get_one(Job, job_id).queue_id = entry
    session.flush()


def _entry(job: Job) -> int:
    assert job.queue_id is not None  # written in the transaction that made the job
    return job.queue_id


def _found(job: Job | None, job_id: int) -> Job:
    if job is None:
        raise NoSuchJobError(f"There is no job {job_id}; `raisontext jobs list` shows all")
    return job
