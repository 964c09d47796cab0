"""Hints that something changed in Label Studio. Losing one costs a minute at most: the clock syncs as well."""

from __future__ import annotations

from app.jobs import queue
from app.jobs.service import enqueue
from db.session import Database


def hint(database: Database, project_id: int | None) -> int | None:
    """Defers the sync of the round that lives in ``project_id`` (null: the open one); None when it concerns no round.

    Any number of hints make one sync that waits, and one more if it has begun meanwhile.
    """
    from app.queries import open_round

    queue.ensure_schema(database)
    with database.session() as session:
        found = open_round(session)
        if found is None or found.state != "annotating" or project_id not in (None, found.project_id):
            return None
        return enqueue(session, "sync", {"round": found.number})
