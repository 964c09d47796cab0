"""Waiting for jobs that a worker does: the same figures and errors as doing the work here.

    from app.jobs import client

    report = client.run(database, "train", {"round": 3}, progress=lambda share, message: bar(share, message or ""))

``run`` returns the result of the work as JSON (the report that the use case returns, as a dict) and raises
:class:`JobFailedError` with the very message that the work failed with, after its retries. ``progress`` gets the share
that is done, 0 to 1, and what the work says of it (``"DPO steps: 40 of 300"``); it is called in this thread, once at
the start and then whenever either changes. Whoever interrupts the waiting does not interrupt the job: call ``run``
again and it waits for the same one.

The worker is any process that runs ``raisontext worker`` on this database; ``raisontext up`` and ``Stack.start()``
have one (service ``worker``). Without one, ``run`` raises :class:`NoWorkerError` after ``patience`` seconds.

Known jobs and their arguments are in :mod:`app.jobs.work`; ``{"round": None}`` means the newest round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from app.jobs import queue, service
from app.jobs.errors import JobCancelledError, JobFailedError, NoWorkerError
from db.models import Job
from db.session import Database

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
# A worker that gave no sign of life for so long is not there; the longest interval that the settings allow, and more.
NO_SIGN_SECONDS = 60.0

Watcher = Callable[[float, str | None], None]


def run(
    database: Database,
    name: str,
    arguments: Mapping[str, Any],
    *,
    progress: Watcher | None = None,
    patience: float = PATIENCE_SECONDS,
) -> dict[str, Any]:
    """Defers a job, waits until a worker has done it, and returns its result; see the module.

    Raises:
        JobFailedError, JobCancelledError, NoWorkerError: as the module says.
        InvalidInputError, NotFoundError: as :func:`app.jobs.service.defer`.
    """
    return wait(database, service.defer(database, name, arguments), progress=progress, patience=patience)


def wait(
    database: Database, job_id: int, *, progress: Watcher | None = None, patience: float = PATIENCE_SECONDS
) -> dict[str, Any]:
    """The result of a job, when it is there.

    Raises:
        NoSuchJobError: there is none of that number.
        JobFailedError, JobCancelledError, NoWorkerError: as the module says.
    """
    shown: tuple[float, str | None] | None = None
    alone_since: float | None = None
    while True:
        with database.session() as session:
            job = service.get(session, job_id)
            alone = job.state == "queued" and not queue.live_workers(session, NO_SIGN_SECONDS)
        if progress is not None and shown != (job.progress, job.message):
            shown = (job.progress, job.message)
            progress(*shown)
        if not service.is_open(job):
            return outcome(job)
        alone_since = (alone_since or time.monotonic()) if alone else None
        if alone_since is not None and time.monotonic() - alone_since > patience:
            raise NoWorkerError(
                f"Expected a worker to take job {job_id}, found none running; start `raisontext up` or "
                "`raisontext worker`, the job waits"
            )
        time.sleep(POLL_SECONDS)


def outcome(job: Job) -> dict[str, Any]:
    """What a finished job returned. Raises :class:`JobFailedError` or :class:`JobCancelledError`."""
    if job.state == "failed":
        raise JobFailedError(f"{job.error} (job {job.id}, {job.name})")
    if job.state == "cancelled":
        raise JobCancelledError(f"Job {job.id} ({job.name}) was cancelled")
    return job.result or {}
