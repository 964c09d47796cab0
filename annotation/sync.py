"""Rankings of a round: Label Studio → database.

Truth is what Label Studio has: each task that changed is read whole and compared with what is stored. Which tasks
changed is asked by ``task.updated_at``, on Label Studio's own clock, from a little before the newest time read so far:
a change that was stamped early but became visible late lies in that window. Reading twice does no harm.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from annotation import queries
from annotation.client import LabelStudioClient
from annotation.locks import exclusive
from annotation.project import require_project
from annotation.reconcile import Changes, TaskReconciler
from annotation.remote_tasks import changed_tasks, count_drafts, task_ids
from db.errors import ConflictError
from db.models import Round
from db.session import Database

_log = logging.getLogger(__name__)

OVERLAP = dt.timedelta(minutes=2)
TASK_DELETED = "task deleted in Label Studio"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A submission that is no ranking, and why."""

    annotation_id: int
    annotator: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """``tasks_read`` to ``deleted_tasks`` count what this run saw and did; the rest is how the round stands after it.

    ``foreign_tasks``: tasks in the project that are not ours. ``drafts``: tasks on which work is begun and not
    submitted. ``rejected``: every submission of the round that stands rejected.
    """

    round: int
    tasks_read: int
    foreign_tasks: int
    added: int
    changed: int
    withdrawn: int
    unchanged: int
    skips: int
    deleted_tasks: int
    drafts: int
    tasks: int
    active: int
    rejected: list[Rejection]
    synced_until: dt.datetime | None


def sync(database: Database, client: LabelStudioClient, round_id: int) -> SyncReport:
    """Fetches what changed since the last sync; commits page by page; two at once take turns.

    Raises:
        NotFoundError: there is no such round.
        ConflictError: the round was not pushed, or its project was deleted in Label Studio.
        LabelStudioDownError, LabelStudioRefusedError, WrongKeyError: what was read before stays; run it again.
    """
    with exclusive(database, "sync", round_id, wait=True):
        return _Sync(database, client, round_id).run()


class _Sync:
    def __init__(self, database: Database, client: LabelStudioClient, round_id: int) -> None:
        self.database = database
        self.client = client
        self.round_id = round_id
        self.changes = Changes()
        self.read = self.foreign = self.deleted = 0

    def run(self) -> SyncReport:
        with self.database.session() as session:
            round_ = queries.get_round(session, self.round_id)
            if round_.project_id is None:
                raise ConflictError(
                    f"Expected round {round_.number} in Label Studio, found it not pushed; "
                    f"run `raisontext push --round {round_.number}` first"
                )
        project = require_project(self.client, round_.project_id, round_.number)
        for page in changed_tasks(self.client, round_.project_id, _since(round_.synced_until)):
            with self.database.session() as session:
                self._take(session, page)
        with self.database.session() as session:
            pushed = queries.pushed_task_ids(session, round_.project_id)
        if project.task_count != len(pushed):
            self._sweep(round_.project_id, pushed)
        drafts = count_drafts(self.client, round_.project_id)
        with self.database.session() as session:
            return self._report(session, drafts)

    def _take(self, session: Session, page: list[dict[str, Any]]) -> None:
        round_ = queries.get_round(session, self.round_id)
        ids = [str(task["data"].get("external_id")) for task in page]
        rows = queries.tasks_by_external_id(session, self.round_id, ids)
        stored = queries.rankings_of_tasks(session, [row.id for row in rows.values()])
        annotators = queries.annotators_by_user(session, self.client.instance)
        reconciler = TaskReconciler(session, self.client.instance, round_.simulated, annotators, self.changes)
        for task, external_id in zip(page, ids, strict=True):
            row = rows.get(external_id)
            if row is None:
                self.foreign += 1
                continue
            self.read += 1
            reconciler.apply(row, task, stored[row.id])
        newest = dt.datetime.fromisoformat(page[-1]["updated_at"])
        round_.synced_until = max(newest, round_.synced_until or newest)

    def _sweep(self, project_id: int, pushed: set[int]) -> None:
        """Label Studio says nothing of deleted tasks: whoever is missing from its list is gone."""
        gone = pushed - task_ids(self.client, project_id)
        if not gone:
            return
        with self.database.session() as session:
            rows = queries.tasks_by_task_id(session, project_id, gone)
            stored = queries.rankings_of_tasks(session, [row.id for row in rows])
            round_ = queries.get_round(session, self.round_id)
            reconciler = TaskReconciler(session, self.client.instance, round_.simulated, changes=self.changes)
            for row in rows:
                row.deleted_at = dt.datetime.now(dt.UTC)
                for ranking in stored[row.id]:
                    reconciler.withdraw(ranking, TASK_DELETED)
        self.deleted = len(rows)
        _log.warning("%d tasks of the round were deleted in Label Studio; their rankings are withdrawn", self.deleted)

    def _report(self, session: Session, drafts: int) -> SyncReport:
        round_: Round = queries.get_round(session, self.round_id)
        rejected = [Rejection(*row) for row in queries.rejected_rankings(session, self.round_id)]
        return SyncReport(
            round=round_.number,
            tasks_read=self.read,
            foreign_tasks=self.foreign,
            **asdict(self.changes),
            deleted_tasks=self.deleted,
            drafts=drafts,
            tasks=queries.count_tasks(session, self.round_id),
            active=queries.ranking_counts(session, self.round_id).get("active", 0),
            rejected=rejected,
            synced_until=round_.synced_until,
        )


def _since(synced_until: dt.datetime | None) -> str | None:
    if synced_until is None:
        return None
    return (synced_until.astimezone(dt.UTC) - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
