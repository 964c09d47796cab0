"""Routes of jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.api.access import role
from app.api.dependencies import DatabaseDependency
from app.api.job_schemas import JobList, JobOut, State
from app.api.problems import documented
from app.jobs import service
from db.session import Database

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[role("scientist")])

JobId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the job")]
_REFUSED = {"s401": "No key, or an unknown one", "s403": "The key may not do this", "s422": "A parameter is wrong"}
_FAILED = {"s500": "Unexpected failure", "s503": "The database does not answer"}


def accepted(response: Response, database: Database, job_id: int) -> JobOut:
    """The job for a 202 answer, with its address in ``Location``."""
    response.headers["Location"] = f"/v1/jobs/{job_id}"
    with database.session() as session:
        return JobOut.of(service.get(session, job_id))


@router.get("", summary="Jobs, newest first", responses=documented(**_REFUSED, **_FAILED))
def list_jobs(
    database: DatabaseDependency,
    state: Annotated[list[State] | None, Query(description="Only these; may be repeated")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> JobList:
    """All kinds of work: what waits, what runs, and what came of the rest."""
    with database.session() as session:
        return JobList(jobs=[JobOut.of(job) for job in service.listing(session, state, limit)])


@router.get(
    "/{job_id}",
    summary="One job: state, progress, result",
    responses=documented(s404="There is no such job", **_REFUSED, **_FAILED),
)
def get_job(job_id: JobId, database: DatabaseDependency) -> JobOut:
    """Ask again while `state` is queued or running."""
    with database.session() as session:
        return JobOut.of(service.get(session, job_id))


@router.delete(
    "/{job_id}",
    summary="Cancel a job",
    responses=documented(s404="There is no such job", s409="The job is over", **_REFUSED, **_FAILED),
)
def cancel_job(job_id: JobId, database: DatabaseDependency) -> JobOut:
    """At once if it waits; if it runs, `cancel_requested` is true and it ends within seconds. What it did stays."""
    return JobOut.of(service.cancel(database, job_id))
