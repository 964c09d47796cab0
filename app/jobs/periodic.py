"""What the clock of the workers starts: the sync of the round that is being annotated, and a little tidying."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.jobs import queries
from app.jobs.service import enqueue
from db.session import Database


def tick(database: Database) -> int | None:
    """Called by a worker at every beat of SYNC_CRON; returns the job of the sync, None when none is due."""
    with database.session() as session:
        queries.prune(session)
        return _sync(session)


def _sync(session: Session) -> int | None:
    from app.queries import open_round

    found = open_round(session)
    if found is None or found.state != "annotating" or found.project_id is None:
        return None
    arguments = {"round": found.number}
    # One that runs, or waits for Label Studio to come back, will do: the clock comes again.
    return queries.open_of_kind(session, "sync", arguments) or enqueue(session, "sync", arguments)
