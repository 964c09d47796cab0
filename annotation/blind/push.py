"""Tasks of a blind evaluation → Label Studio, each exactly once, however often this is interrupted.

Rows come first, a chunk of them is claimed, imported whole or not at all, then marked with the ids that came back.
After a kill the claimed rows are looked up by ``data.external_id``. An import that was still under way even then is
found by counting, and what it doubled is deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from annotation.blind import queries
from annotation.blind.page import ensure_project
from annotation.client import LabelStudioClient
from annotation.locks import exclusive
from annotation.project import get_project
from annotation.remote_tasks import all_tasks, arrived_tasks
from db.errors import ConflictError
from db.models import BlindEvaluation
from db.session import Database

CHUNK = 250

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BlindPush:
    """Tasks of the evaluation in Label Studio, and where people vote."""

    project_id: int
    project_url: str
    tasks: int
    pushed: int


def push(
    database: Database, client: LabelStudioClient, evaluation_id: int, progress: Progress | None = None
) -> BlindPush:
    """Sends the tasks that are not there yet; commits chunk by chunk; can be run again at any time.

    Raises:
        NotFoundError: there is no such evaluation.
        ConflictError: it is closed, or it has no tasks.
        BusyError: another process is pushing it.
        LabelStudioDownError, LabelStudioRefusedError, WrongKeyError: nothing is lost; run it again.
    """
    with exclusive(database, "blind push", evaluation_id, of="evaluation"):
        with database.session() as session:
            evaluation = queries.get(session, evaluation_id)
            total, _ = queries.task_counts(session, evaluation_id)
            _require_open(evaluation, total)
        project = ensure_project(client, evaluation.id, evaluation.overlap, _key(evaluation))
        with database.session() as session:
            stored = queries.get(session, evaluation_id)
            stored.project_id, stored.project_url = project.id, project.url
        _settle(database, client, project.id, evaluation_id)
        pushed = _send(database, client, project.id, evaluation_id, progress)
        _remove_doubled(database, client, project.id, evaluation_id)
    return BlindPush(project.id, project.url, total, pushed)


def _require_open(evaluation: BlindEvaluation, tasks: int) -> None:
    if evaluation.state != "open":
        raise ConflictError(f"Expected blind evaluation {evaluation.id} to be open, found it {evaluation.state}")
    if not tasks:
        raise ConflictError(f"Expected tasks in blind evaluation {evaluation.id}, found none")


def _key(evaluation: BlindEvaluation) -> str:
    """Names an evaluation beyond its database."""
    return hashlib.sha256(f"blind:{evaluation.id}:{evaluation.created_at.isoformat()}".encode()).hexdigest()[:12]


def _settle(database: Database, client: LabelStudioClient, project_id: int, evaluation_id: int) -> None:
    """Finds out what became of the chunk that an interrupted push was sending."""
    with database.session() as session:
        claimed = {task.external_id: task.id for task in queries.unpushed(session, evaluation_id, claimed=True)}
        newest = queries.largest_task_id(session, project_id)
    if not claimed:
        return
    arrived = arrived_tasks(client, project_id, newest, claimed)
    with database.session() as session:
        queries.store_task_ids(session, project_id, arrived)
        queries.claim(session, [row for row in claimed.values() if row not in arrived], None)


def _send(
    database: Database, client: LabelStudioClient, project_id: int, evaluation_id: int, progress: Progress | None
) -> int:
    with database.session() as session:
        total = len(queries.unpushed(session, evaluation_id, claimed=False))
    pushed = 0
    while pushed < total:
        with database.session() as session:
            chunk = queries.unpushed(session, evaluation_id, claimed=False, limit=CHUNK)
            queries.claim(session, [task.id for task in chunk], project_id)
        ids = client.import_tasks(project_id, [{"data": task.data} for task in chunk])
        with database.session() as session:
            queries.store_task_ids(session, project_id, dict(zip((task.id for task in chunk), ids, strict=True)))
        pushed += len(chunk)
        if progress is not None:
            progress(pushed, total)
    return pushed


def _remove_doubled(database: Database, client: LabelStudioClient, project_id: int, evaluation_id: int) -> None:
    """Deletes tasks of ours that got in twice; tasks of others, and doubles with a vote, are left alone."""
    with database.session() as session:
        tasks = queries.tasks_by_external_id(session, evaluation_id)
        ours = {external_id: task.task_id for external_id, task in tasks.items() if task.deleted_at is None}
    if get_project(client, project_id).task_count <= len(ours):
        return
    for task in all_tasks(client, project_id):
        external_id = str(task["data"].get("external_id"))
        doubled = external_id in ours and ours[external_id] != task["id"]
        if doubled and not client.get(f"api/tasks/{task['id']}/annotations/"):
            client.delete(f"api/tasks/{task['id']}/")
