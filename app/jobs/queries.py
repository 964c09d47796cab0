"""Every query on table ``job``. What an attempt may change is guarded by its ``queue_id``: see the package."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, column, delete, func, null, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.jobs.queue import LIVE_ENTRIES
from db.models import JOB_OPEN_STATES, Job

FINISHED_DAYS = 30
SYNC_DAYS = 1


def insert_job(session: Session, name: str, key: str | None, arguments: dict[str, Any]) -> int | None:
    """Id of the new row; None when an open job has ``key``. Waits for a transaction that is about to change that."""
    return session.scalar(
        insert(Job)
        .values(name=name, key=key, arguments=arguments)
        .on_conflict_do_nothing(index_elements=[Job.key], index_where=Job.state.in_(JOB_OPEN_STATES))
        .returning(Job.id)
    )


def open_job(session: Session, key: str) -> Job | None:
    """The open job of that key."""
    return session.scalar(select(Job).where(Job.key == key, Job.state.in_(JOB_OPEN_STATES)))


def open_of_kind(session: Session, name: str, arguments: dict[str, Any]) -> int | None:
    """An open job of that name and arguments, whatever its key."""
    wanted = (Job.name == name, Job.arguments == arguments, Job.state.in_(JOB_OPEN_STATES))
    return session.scalar(select(Job.id).where(*wanted).limit(1))


def find(session: Session, job_id: int, *, lock: bool = False) -> Job | None:
    """The job, fresh from the database; locked until the transaction ends if wanted."""
    query = select(Job).where(Job.id == job_id).execution_options(populate_existing=True)
    return session.scalar(query.with_for_update() if lock else query)


def newest(session: Session, states: Sequence[str] | None, limit: int) -> Sequence[Job]:
    """Jobs in those states (null: any), newest first."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    return session.scalars(query.where(Job.state.in_(states)) if states else query).all()


def claim(session: Session, job_id: int, entry: int, *, free_key: bool) -> Job | None:
    """Begins an attempt; None when the entry is not the one that counts or the job does not wait.

    ``free_key``: whatever is asked for from now on needs another run, so the key is given up.
    """
    return session.scalar(
        update(Job)
        .where(Job.id == job_id, Job.queue_id == entry, Job.state == "queued")
        .values(
            state="running",
            attempts=Job.attempts + 1,
            started_at=func.coalesce(Job.started_at, func.clock_timestamp()),
            updated_at=func.clock_timestamp(),
            progress=0,
            message=null(),
            key=null() if free_key else Job.key,
        )
        .returning(Job)
    )


def report(session: Session, job_id: int, entry: int, progress: float | None, message: str | None) -> bool:
    """Writes how far an attempt is (null: as far as before); true while it may go on."""
    values: dict[str, Any] = {"updated_at": func.clock_timestamp()}
    if progress is not None:
        values |= {"progress": progress, "message": message}
    return (
        session.scalar(
            update(Job).where(*_mine(job_id, entry)).values(**values).returning(Job.cancel_requested.is_not(true()))
        )
        or False
    )


def locked_attempt(session: Session, job_id: int, entry: int) -> Job | None:
    """The job, locked, while that attempt runs; None when it does not any more."""
    query = select(Job).where(*_mine(job_id, entry)).with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def abandoned(session: Session, stalled_seconds: float) -> Sequence[Job]:
    """Open jobs behind which no live entry stands, locked; those that another process rescues are left out."""
    live = LIVE_ENTRIES.bindparams(stalled=stalled_seconds).columns(column("id", BigInteger)).subquery()
    return session.scalars(
        select(Job)
        .where(Job.state.in_(JOB_OPEN_STATES), Job.queue_id.not_in(select(live.c.id)))
        .order_by(Job.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def prune(session: Session) -> None:
    """Forgets jobs that ended long ago; a sync that went well, which comes every minute, sooner."""
    old = Job.finished_at < func.now() - dt.timedelta(days=FINISHED_DAYS)
    routine = Job.name.in_(("sync", "blind-sync")) & (Job.state == "succeeded")
    session.execute(delete(Job).where(old | (routine & (Job.finished_at < func.now() - dt.timedelta(days=SYNC_DAYS)))))


def _mine(job_id: int, entry: int) -> tuple[ColumnElement[bool], ...]:
    return Job.id == job_id, Job.queue_id == entry, Job.state == "running"
