"""What the work of a job sees of it: a place to report progress, which is also where it ends when it is cancelled."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

from app.jobs import queries
from app.jobs.errors import StopWork
from app.settings import Settings
from db.session import Database

log = logging.getLogger(__name__)

REPORT_SECONDS = 0.5

Progress = Callable[[int, int], None]


class JobContext:
    """One attempt at a job, with settings and an open database for its work.

    Reports go to the database at once, whatever transaction the work itself is in.
    """

    def __init__(self, settings: Settings, database: Database, job_id: int, entry: int) -> None:
        self.settings = settings
        self.database = database
        self.job_id = job_id
        self._entry = entry
        self._reported = float("-inf")

    def progress(self, done: int, total: int, message: str | None = None) -> None:
        """Tells how far the work is; cheap, so call it often.

        Raises:
            StopWork: the job was cancelled, or is no longer this process's.
        """
        self._report(min(done / total, 1.0) if total > 0 else 0.0, message)

    def raise_if_cancelled(self) -> None:
        """Raises as :meth:`progress` does; for work that cannot say how far it is."""
        self._report(None, None)

    def phase(self, name: str, start: float = 0.0, end: float = 1.0) -> Progress:
        """A progress callback for a part of the work that is the share ``start`` to ``end`` of the whole."""

        def report(done: int, total: int) -> None:
            share = min(done / total, 1.0) if total > 0 else 0.0
            self._report(start + (end - start) * share, f"{name}: {done} of {total}")

        return report

    def _report(self, share: float | None, message: str | None) -> None:
        now = time.monotonic()
        if now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        try:
            with self.database.session() as session:
                goes_on = queries.report(session, self.job_id, self._entry, share, message)
        except OperationalError:
            # Work that needs no database does not end because it cannot say how far it is.
            log.warning("job %d: the database does not answer, progress is not written", self.job_id)
            return
        if not goes_on:
            raise StopWork
