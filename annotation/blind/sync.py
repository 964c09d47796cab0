"""Votes of a blind evaluation: Label Studio → database, by the same rules as rankings (:mod:`annotation.sync`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from annotation import queries as people
from annotation.blind import queries
from annotation.blind.votes import VoteChanges, VoteReconciler
from annotation.client import LabelStudioClient
from annotation.locks import exclusive
from annotation.project import get_project
from annotation.remote_tasks import all_tasks, changed_tasks, count_drafts
from db.errors import ConflictError
from db.models import BlindEvaluation
from db.session import Database

# A change that was stamped early but became visible late lies in this window; reading twice does no harm.
OVERLAP = dt.timedelta(minutes=2)
TASK_DELETED = "task deleted in Label Studio"


@dataclass(frozen=True, slots=True)
class BlindSync:
    """``added`` to ``deleted_tasks``: what this run did; the rest is how the evaluation stands.

    ``drafts``: tasks on which a verdict is begun and not submitted. ``rejected``: annotation id, pseudonym and reason
    of every submission that stands rejected.
    """

    evaluation: int
    added: int
    changed: int
    withdrawn: int
    unchanged: int
    skips: int
    deleted_tasks: int
    drafts: int
    tasks: int
    votes: int
    rejected: list[dict[str, Any]]


def sync(database: Database, client: LabelStudioClient, evaluation_id: int) -> BlindSync:
    """Fetches what changed since the last time; commits page by page; two at once take turns.

    Raises:
        NotFoundError: there is no such evaluation.
        ConflictError: it was not pushed, or it is closed.
        LabelStudioDownError, LabelStudioRefusedError, WrongKeyError: what was read before stays; run it again.
    """
    with exclusive(database, "blind sync", evaluation_id, wait=True):
        with database.session() as session:
            evaluation = queries.get(session, evaluation_id)
            project_id = _project_of(evaluation)
            since = evaluation.synced_until - OVERLAP if evaluation.synced_until else None
        changes = VoteChanges()
        for page in changed_tasks(client, project_id, since):
            with database.session() as session:
                _take(session, client.instance, evaluation_id, page, changes)
        deleted = _sweep(database, client, project_id, evaluation_id, changes)
        drafts = count_drafts(client, project_id)
        with database.session() as session:
            return _report(session, evaluation_id, changes, deleted, drafts)


def _project_of(evaluation: BlindEvaluation) -> int:
    if evaluation.state != "open":
        raise ConflictError(f"Expected blind evaluation {evaluation.id} to be open, found it {evaluation.state}")
    if evaluation.project_id is None:
        raise ConflictError(
            f"Expected blind evaluation {evaluation.id} in Label Studio, found it not pushed; "
            "run `raisontext blind start`"
        )
    return evaluation.project_id


def _take(
    session: Session, instance: str, evaluation_id: int, page: list[dict[str, Any]], changes: VoteChanges
) -> None:
    evaluation = queries.get(session, evaluation_id)
    ids = [str(task["data"].get("external_id")) for task in page]
    rows = queries.tasks_by_external_id(session, evaluation_id, ids)
    stored = queries.votes_of_tasks(session, [row.id for row in rows.values()])
    annotators = people.annotators_by_user(session, instance)
    reconciler = VoteReconciler(session, instance, evaluation.simulated, annotators, changes)
    for task, external_id in zip(page, ids, strict=True):
        if external_id in rows:  # else somebody else's
            row = rows[external_id]
            reconciler.apply(row, task, stored[row.id])
    newest = dt.datetime.fromisoformat(page[-1]["updated_at"])
    evaluation.synced_until = max(newest, evaluation.synced_until or newest)


def _sweep(
    database: Database, client: LabelStudioClient, project_id: int, evaluation_id: int, changes: VoteChanges
) -> int:
    """Label Studio says nothing of deleted tasks: whoever is missing from its list is gone."""
    with database.session() as session:
        _, pushed = queries.task_counts(session, evaluation_id)
    if get_project(client, project_id).task_count == pushed:
        return 0
    there = {task["id"] for task in all_tasks(client, project_id)}
    with database.session() as session:
        evaluation = queries.get(session, evaluation_id)
        tasks = queries.tasks_by_external_id(session, evaluation_id).values()
        gone = [task for task in tasks if task.task_id and task.task_id not in there and task.deleted_at is None]
        stored = queries.votes_of_tasks(session, [task.id for task in gone])
        reconciler = VoteReconciler(session, client.instance, evaluation.simulated, {}, changes)
        for task in gone:
            task.deleted_at = dt.datetime.now(dt.UTC)
            for vote in stored[task.id]:
                reconciler.withdraw(vote, TASK_DELETED)
    return len(gone)


def _report(session: Session, evaluation_id: int, changes: VoteChanges, deleted: int, drafts: int) -> BlindSync:
    rejected = queries.votes(session, [evaluation_id], "rejected")
    return BlindSync(
        evaluation=evaluation_id,
        **asdict(changes),
        deleted_tasks=deleted,
        drafts=drafts,
        tasks=queries.task_counts(session, evaluation_id)[0],
        votes=len(queries.votes(session, [evaluation_id], "active")),
        rejected=[
            {"annotation_id": vote.annotation_id, "annotator": annotator.pseudonym, "reason": vote.reason}
            for vote, _, annotator in rejected
        ],
    )
