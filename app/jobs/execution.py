"""One attempt at a job: claimed, worked on, and its outcome written, each in a transaction of its own."""

from __future__ import annotations

import datetime as dt
import json
import logging
import random
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

from annotation.errors import BusyError, LabelStudioRefusedError
from app.jobs import queries
from app.jobs.context import JobContext
from app.jobs.errors import StopWork
from app.jobs.registry import find_work
from app.jobs.service import end, requeue
from app.settings import Settings
from db.errors import RaisonTextError, UnavailableError
from db.models import Job
from db.session import Database

log = logging.getLogger(__name__)

MAX_BACK_OFF_SECONDS = 300.0
# How long an outcome waits for a database that is being restarted; later the job is rescued and done again.
OUTCOME_SECONDS = 60.0


def claim(database: Database, job_id: int, entry: int) -> bool:
    """Begins the attempt that ``entry`` stands for; false if it does not count any more."""
    with database.session() as session:
        job = queries.find(session, job_id)
        if job is None:
            return False
        work = find_work(job.name)
        return queries.claim(session, job_id, entry, free_key=work.repeats) is not None


def perform(database: Database, settings: Settings, job_id: int, entry: int) -> None:
    """Does the work of a claimed attempt and writes what came of it. Never raises for what the work did."""
    with database.session() as session:
        job = queries.locked_attempt(session, job_id, entry)
        if job is None:
            return
        name, arguments = job.name, dict(job.arguments)
    log.info("job %d: %s %s", job_id, name, arguments)
    try:
        result = find_work(name).function(JobContext(settings, database, job_id, entry), **arguments)
        plain = json.loads(json.dumps(result, allow_nan=False, default=_plain))
    except StopWork:
        settle(database, job_id, entry, stopped)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is the outcome
        why = describe(error)
        if passing(error):
            settle(database, job_id, entry, lambda job, session: try_again(job, session, settings, why))
        else:
            settle(database, job_id, entry, lambda job, _session: end(job, "failed", error=why))
    else:
        settle(database, job_id, entry, lambda job, _session: end(job, "succeeded", result=plain))


Outcome = Callable[[Job, Any], None]


def settle(database: Database, job_id: int, entry: int, outcome: Outcome) -> None:
    """Applies ``outcome`` to the job and its session, if the attempt still counts."""
    deadline = time.monotonic() + OUTCOME_SECONDS
    while True:
        try:
            with database.session() as session:
                job = queries.locked_attempt(session, job_id, entry)
                if job is not None:
                    outcome(job, session)
                    log.info("job %d: %s%s", job_id, job.state, f" ({job.error or job.message})" if job.error else "")
                return
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def stopped(job: Job, _session: object) -> None:
    """The work ended because somebody wanted it to."""
    end(job, "cancelled")


def try_again(job: Job, session: Any, settings: Settings, why: str) -> None:
    """Another attempt after a while, if any is left: exponential back-off with jitter."""
    if job.cancel_requested:
        end(job, "cancelled")
        return
    if job.attempts >= settings.job_attempts:
        end(job, "failed", error=f"{why} (attempt {job.attempts} of {settings.job_attempts}, the last)")
        return
    delay = back_off(job.attempts, settings.job_retry_seconds)
    text = f"attempt {job.attempts} of {settings.job_attempts} failed, the next one in {delay:.0f} s: {why}"
    requeue(session, job, dt.timedelta(seconds=delay), text)
    log.warning("job %d: %s", job.id, text)


def back_off(attempts: int, base_seconds: float) -> float:
    """Seconds after the ``attempts``-th failure: twice as long each time, at most five minutes, ±25 % at random."""
    return float(min(base_seconds * 2 ** (attempts - 1), MAX_BACK_OFF_SECONDS) * random.uniform(0.75, 1.25))


def passing(error: Exception) -> bool:
    """True for what may be over when it is tried again: a server that is down, work that another process is at."""
    if isinstance(error, LabelStudioRefusedError):
        return error.status >= 500
    if isinstance(error, DBAPIError):
        return isinstance(error, OperationalError) or error.connection_invalidated
    return isinstance(error, UnavailableError | BusyError)


def describe(error: Exception) -> str:
    """One line. Of a bug only kind and place: its message may quote a résumé."""
    if isinstance(error, RaisonTextError):
        return " ".join(str(error).split())
    if isinstance(error, OperationalError):
        return f"PostgreSQL: {str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else 'no answer'}"
    log.error("unexpected %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"unexpected {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}; see the worker's log"
    )


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
