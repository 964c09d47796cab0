"""Jobs whose worker died are put back into the queue. Any number of workers may look after that at once."""

from __future__ import annotations

import datetime as dt
import logging

from app.jobs import queries, queue
from app.jobs.service import end, requeue
from app.settings import Settings
from db.session import Database

log = logging.getLogger(__name__)

# Heartbeats that a worker may miss before it counts as dead.
MISSED_HEARTBEATS = 3


def stalled_seconds(settings: Settings) -> float:
    """Without a sign of life for that long a worker counts as dead."""
    return MISSED_HEARTBEATS * settings.heartbeat_seconds


def rescue(database: Database, settings: Settings) -> int:
    """Gives every abandoned job a new attempt, or ends it when it has had them all; returns how many there were.

    One that was merely waiting loses no attempt.
    """
    stalled = stalled_seconds(settings)
    with database.session() as session:
        jobs = queries.abandoned(session, stalled)
        for job in jobs:
            if job.cancel_requested:
                end(job, "cancelled")
            elif job.state == "running" and job.attempts >= settings.job_attempts:
                end(
                    job,
                    "failed",
                    error=f"the worker died at attempt {job.attempts} of {settings.job_attempts}, the last",
                )
            else:
                requeue(session, job, dt.timedelta(0), "rescued from a worker that died")
            log.warning("job %d (%s): its worker died; it is %s", job.id, job.name, job.state)
        session.flush()
        queue.drop_dead(session, stalled)
        return len(jobs)
