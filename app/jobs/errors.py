"""What can go wrong with a job, and the signal that ends its work."""

from __future__ import annotations

from db.errors import ConflictError, NotFoundError, RaisonTextError, UnavailableError


class NoSuchJobError(NotFoundError):
    """There is no job of that number."""

    title = "No such job"


class JobFinishedError(ConflictError):
    """The job is over: it cannot be cancelled."""

    title = "Job is over"


class JobNotFinishedError(ConflictError):
    """The job has not failed and was not cancelled: there is nothing to try again."""

    title = "Job has not failed"


class JobFailedError(RaisonTextError):
    """The work ended with an error; the message is that of the work."""

    http_status = 502
    title = "Job failed"


class JobCancelledError(ConflictError):
    """Somebody cancelled the job that was waited for."""

    title = "Job was cancelled"


class NoWorkerError(UnavailableError):
    """Nobody takes jobs."""

    title = "No worker runs"


class StopWork(BaseException):
    """Ends the work of a job at its next progress point: it was cancelled, or another worker has it.

    Not an ``Exception``: neither a library's catch-all nor our own handling of expected failures may take it for a
    failure of the work.
    """
