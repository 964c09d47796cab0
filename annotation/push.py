"""Tasks of a round → Label Studio, each exactly once, however often a push is interrupted.

A row of ``ranking_task`` is written before its task is sent, and marked with the project (*claimed*) just before its
chunk goes out. A chunk arrives whole or not at all. After a kill or a time-out the claimed rows are looked up in Label
Studio by ``data.external_id``; an import that was still under way at that moment is found at the end, by counting.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from annotation import queries
from annotation.assignments import WORK, Distributor
from annotation.client import LabelStudioClient
from annotation.locks import exclusive
from annotation.preparation import prepare, round_seed
from annotation.project import Project, ensure_project, get_project, require_project
from annotation.queue_order import queue_order
from annotation.remote_tasks import ahead, all_tasks, arrived_tasks
from db.annotation_models import TASK_KINDS
from db.models import Round
from db.session import Database

_log = logging.getLogger(__name__)

CHUNK = 1000  # about 6 MB; an import costs Label Studio as much as a hundred tasks before it has begun

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PushReport:
    """Tasks of the round in Label Studio: ``total``, of them ``pushed`` in this run and ``recovered`` from an earlier
    one that was interrupted. ``skipped``: résumés without four candidates. ``removed``: doubled tasks deleted.

    ``total`` includes ``gold`` tasks and ``repeats``. ``people`` have ``places`` in it between them (a task for two
    people is two places); both are 0 as long as there are no annotators, or without the fence in Label Studio.
    """

    round: int
    project_id: int
    project_url: str
    total: int
    pushed: int
    recovered: int
    skipped: int
    removed: int
    gold: int = 0
    repeats: int = 0
    people: int = 0
    places: int = 0


def push(database: Database, client: LabelStudioClient, round_id: int, progress: Progress | None = None) -> PushReport:
    """Pushes every résumé of the round that has four candidates; commits chunk by chunk; can be run again at any time.

    Raises:
        NotFoundError: there is no such round.
        ConflictError: the round is over, has no candidates yet, wants more people per task than there are, or its
            project was deleted in Label Studio.
        BusyError: another process is pushing this round.
        LabelStudioDownError, LabelStudioRefusedError, WrongKeyError: nothing is lost; run it again.
    """
    with exclusive(database, WORK, round_id):
        people = Distributor(database, client, round_id)
        people.require_people()
        prepare(database, round_id)
        project = _project(database, client, round_id)
        recovered = _settle(database, client, project.id, round_id)
        distribution = people.decide()
        pushed = _send(database, client, project.id, round_id, people, progress)
        removed = _remove_doubled(database, client, project.id, round_id)
        people.deliver()
        with database.session() as session:
            counts = {kind: queries.count_tasks(session, round_id, kind) for kind in TASK_KINDS}
            skipped = queries.count_not_rankable(session, round_id)
            number = queries.get_round(session, round_id).number
    return PushReport(
        round=number,
        project_id=project.id,
        project_url=project.url,
        total=sum(counts.values()),
        pushed=pushed,
        recovered=recovered,
        skipped=skipped,
        removed=removed,
        gold=counts["gold"],
        repeats=counts["repeat"],
        people=distribution.people,
        places=distribution.places,
    )


def round_key(round_: Round) -> str:
    """Names a round beyond its database: number and moment of creation, hashed."""
    return hashlib.sha256(f"{round_.number}:{round_.created_at.isoformat()}".encode()).hexdigest()[:12]


def _project(database: Database, client: LabelStudioClient, round_id: int) -> Project:
    with database.session() as session:
        round_ = queries.get_round(session, round_id)
    if round_.project_id is not None:
        require_project(client, round_.project_id, round_.number)
    project = ensure_project(client, round_.number, round_.overlap, round_key(round_))
    with database.session() as session:
        queries.store_project(session, round_id, project.id, project.url)
    return project


def _settle(database: Database, client: LabelStudioClient, project_id: int, round_id: int) -> int:
    """Finds out what became of the chunk that an interrupted push was sending; returns how many tasks arrived."""
    with database.session() as session:
        claimed = queries.unpushed_tasks(session, round_id, claimed=True)
        newest = queries.largest_task_id(session, project_id)
    if not claimed:
        return 0
    arrived = arrived_tasks(client, project_id, newest, claimed)
    with database.session() as session:
        queries.store_task_ids(session, project_id, arrived)
        queries.claim_tasks(session, [row for row in claimed.values() if row not in arrived], None)
    _log.info("An earlier push was interrupted: %d of %d tasks had arrived", len(arrived), len(claimed))
    return len(arrived)


def _send(
    database: Database,
    client: LabelStudioClient,
    project_id: int,
    round_id: int,
    people: Distributor,
    progress: Progress | None,
) -> int:
    """Sends what is not there yet, in the order of the queue; returns how many tasks that were."""
    with database.session() as session:
        seed = round_seed(queries.get_round(session, round_id))
        waiting = set(queries.unpushed_tasks(session, round_id, claimed=False).values())
        queue = [row for row in queue_order(queries.queued_tasks(session, round_id), seed) if row in waiting]
    users = people.users_of_tasks()
    sent = 0
    with closing(ahead(_chunks(database, queue))) as chunks:
        for chunk, documents in chunks:
            with database.session() as session:
                queries.claim_tasks(session, chunk, project_id)
            assigned = [users.get(row, []) for row in chunk] if users is not None else None
            ids = client.import_documents(project_id, documents, assigned)
            with database.session() as session:
                queries.store_task_ids(session, project_id, dict(zip(chunk, ids, strict=True)))
            if sent == 0 and not client.imports_at_once:
                # A project in which nothing is assigned is open to everybody; one in which something is, is not.
                people.deliver()
            sent += len(chunk)
            if progress is not None:
                progress(sent, len(queue))
    return sent


def _chunks(database: Database, queue: Sequence[int]) -> Iterator[tuple[Sequence[int], list[str]]]:
    """Rows and what Label Studio is to show of each."""
    for start in range(0, len(queue), CHUNK):
        chunk = queue[start : start + CHUNK]
        with database.session() as session:
            documents = queries.task_documents(session, chunk)
        yield chunk, documents


def _remove_doubled(database: Database, client: LabelStudioClient, project_id: int, round_id: int) -> int:
    """Deletes tasks of ours that got in twice; tasks that somebody else put into the project are left alone."""
    with database.session() as session:
        known = queries.pushed_task_ids(session, project_id)
        ours = queries.known_external_ids(session, round_id)
    if get_project(client, project_id).task_count <= len(known):
        return 0
    doubled = [
        task["id"]
        for task in all_tasks(client, project_id)
        if task["id"] not in known and task["data"].get("external_id") in ours
    ]
    # One that somebody has ranked already stays: sync knows it by its external_id.
    unused = [task_id for task_id in doubled if not client.get(f"api/tasks/{task_id}/annotations/")]
    for task_id in unused:
        client.delete(f"api/tasks/{task_id}/")
    return len(unused)
