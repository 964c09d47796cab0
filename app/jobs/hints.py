"""When to fetch from Label Studio: at every beat of the clock, and at once when it hints that something changed.

What is fetched is decided by asking Label Studio, so a hint that is lost costs a minute and no ranking.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.jobs import queries, queue
from app.jobs.service import enqueue
from db.session import Database


class Source(NamedTuple):
    """A project of Label Studio in which people work now, and the job that fetches from it."""

    project_id: int
    job: str
    arguments: dict[str, Any]


def hint(database: Database, project_id: int | None) -> list[int]:
    """Defers the job that fetches from that project (null: from every one); returns the jobs, none for a strange one.

    Any number of hints make one job that waits, and one more if it has begun meanwhile.
    """
    queue.ensure_schema(database)
    with database.session() as session:
        found = [source for source in _sources(session) if project_id in (None, source.project_id)]
        return [enqueue(session, source.job, source.arguments) for source in found]


def tick(database: Database) -> list[int]:
    """Called by a worker at every beat of SYNC_CRON; returns the jobs that fetch.

    One that runs, or waits for Label Studio to come back, will do: the clock comes again.
    """
    queue.ensure_schema(database)
    with database.session() as session:
        queries.prune(session)
        return [
            queries.open_of_kind(session, source.job, source.arguments)
            or enqueue(session, source.job, source.arguments)
            for source in _sources(session)
        ]


def _sources(session: Session) -> list[Source]:
    from annotation.blind.queries import open_evaluations
    from app.queries import open_round

    found = []
    round_ = open_round(session)
    if round_ is not None and round_.state == "annotating" and round_.project_id is not None:
        found.append(Source(round_.project_id, "sync", {"round": round_.number}))
    for evaluation in open_evaluations(session):
        if evaluation.project_id is not None:
            found.append(Source(evaluation.project_id, "blind-sync", {"evaluation": evaluation.id}))
    return found
