"""Rankings of a round: Label Studio → database.

Truth is what Label Studio has: each task that changed is read whole and compared with what is stored. Which tasks
changed is asked by ``task.updated_at``, on Label Studio's own clock, from a little before the newest time read so far:
a change that was stamped early but became visible late lies in that window. Reading twice does no harm.

Some changes bear no stamp: deleted tasks say nothing, and a Label Studio that dies between writing an annotation and
stamping its task says nothing either. So the numbers of tasks and annotations are compared at every sync, and when
they differ, or a task that is not ours turned up, or a while has passed, a *sweep* goes through the ids, times and
annotation ids of all tasks and reads again whatever differs.

No clock of this machine is used: times of changes are Label Studio's, all others are the database's.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from annotation import queries, sync_queries
from annotation.client import LabelStudioClient
from annotation.locks import Hold, exclusive
from annotation.project import Project, require_project
from annotation.rankings import SECONDS_PER_CHARACTER
from annotation.reconcile import Changes, PageReconciler, Rules
from annotation.remote_tasks import RemoteStamp, ahead, changed_tasks, count_drafts, task_stamps, tasks_by_id
from annotation.sync_queries import TASK_DELETED
from db.errors import ConflictError
from db.models import Round
from db.session import Database

_log = logging.getLogger(__name__)

OVERLAP = dt.timedelta(minutes=2)
SWEEP_SECONDS = 15 * 60.0
ROWS_PER_TRANSACTION = 500


@dataclass(frozen=True, slots=True)
class Rejection:
    """A submission that is no ranking, and why."""

    annotation_id: int
    annotator: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """``tasks_read`` to ``swept`` tell what this run saw and did; the rest is how the round stands after it.

    ``foreign_tasks``: tasks in the project that are not ours. ``drafts``: tasks on which work is begun and not
    submitted. ``skipped``: skips that stand, by the reason chosen on the page ("" for none). ``rejected``: every
    submission of the round that stands rejected.
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
    swept: bool
    drafts: int
    tasks: int
    active: int
    skipped: dict[str, int]
    rejected: list[Rejection]
    synced_until: dt.datetime | None


def sync(database: Database, client: LabelStudioClient, round_id: int, *, sweep: bool = False) -> SyncReport:
    """Fetches what changed since the last sync; commits page by page; two at once take turns.

    Args:
        sweep: compare all tasks, whether that is due or not.

    Raises:
        NotFoundError: there is no such round.
        ConflictError: the round was not pushed, or its project was deleted in Label Studio.
        LabelStudioDownError, LabelStudioRefusedError, WrongKeyError: what was read before stays; run it again.
    """
    with exclusive(database, "sync", round_id, wait=True) as hold:
        return _Sync(database, client, round_id, hold).run(sweep)


class _Sync:
    def __init__(self, database: Database, client: LabelStudioClient, round_id: int, hold: Hold) -> None:
        self.database = database
        self.client = client
        self.round_id = round_id
        self.hold = hold
        self.changes = Changes()
        self.read = self.foreign = self.deleted = 0

    def run(self, sweep: bool) -> SyncReport:
        with self.database.session() as session:
            round_ = queries.get_round(session, self.round_id)
            if round_.project_id is None:
                raise ConflictError(
                    f"Expected round {round_.number} in Label Studio, found it not pushed; "
                    f"run `raisontext push --round {round_.number}` first"
                )
        project = require_project(self.client, round_.project_id, round_.number)
        _ = self.client.instance  # asked once, and not inside a transaction
        self._poll(project.id, round_.synced_until)
        swept = sweep or self._sweep_is_due(project, first=round_.synced_until is None)
        if swept:
            self._sweep(project.id)
        drafts = count_drafts(self.client, project.id)
        with self.database.session() as session:
            return self._report(session, drafts, swept)

    def _poll(self, project_id: int, synced_until: dt.datetime | None) -> None:
        since = synced_until - OVERLAP if synced_until else None
        with closing(ahead(changed_tasks(self.client, project_id, since))) as pages:
            for page in pages:
                newest = dt.datetime.fromisoformat(page[-1]["updated_at"])
                with self.database.session() as session:
                    self._take(session, page)
                    round_ = queries.get_round(session, self.round_id)
                    round_.synced_until = max(newest, round_.synced_until or newest)

    def _take(self, session: Session, page: Sequence[dict[str, Any]]) -> None:
        ids = [str(task["data"].get("external_id")) for task in page]
        rows = sync_queries.task_rows(session, self.round_id, ids)
        stored = queries.rankings_of_tasks(session, [row.id for row in rows.values()])
        reconciler = self._reconciler(session)
        for task, external_id in zip(page, ids, strict=True):
            row = rows.get(external_id)
            if row is None:
                self.foreign += 1
                continue
            self.read += 1
            reconciler.apply(row, task, stored[row.id])
        reconciler.flush()
        self.hold.require()  # or another sync may have stored something newer meanwhile

    def _reconciler(self, session: Session) -> PageReconciler:
        round_ = queries.get_round(session, self.round_id)
        per_character = round_.config.get("minimum_seconds_per_character", SECONDS_PER_CHARACTER)
        return PageReconciler(
            session,
            self.client.instance,
            Rules(round_.simulated, float(per_character)),
            sync_queries.now(session),
            queries.annotators_by_user(session, self.client.instance),
            self.changes,
        )

    def _sweep_is_due(self, project: Project, *, first: bool) -> bool:
        """The numbers are older than what was read since: work that came in between costs a sweep, and no more."""
        with self.database.session() as session:
            if first:
                sync_queries.note_sweep(session, self.round_id)  # all was just read
            tasks = len(queries.pushed_task_ids(session, project.id))
            annotations = sync_queries.count_annotations(session, self.round_id)
            since = sync_queries.seconds_since_sweep(session, self.round_id)
        return (
            self.foreign > 0
            or (project.task_count, project.annotation_count) != (tasks, annotations)
            or since is None
            or not 0 <= since < SWEEP_SECONDS
        )

    def _sweep(self, project_id: int) -> None:
        with self.database.session() as session:
            missing = queries.pushed_task_ids(session, project_id)  # before the list: a push may be under way
        with closing(ahead(task_stamps(self.client, project_id))) as pages:
            for page in pages:
                missing -= {stamp.task_id for stamp in page}
                with self.database.session() as session:
                    stale = _stale(session, project_id, page)
                for tasks in tasks_by_id(self.client, project_id, stale):
                    with self.database.session() as session:
                        self._take(session, tasks)
        for start in range(0, len(missing), ROWS_PER_TRANSACTION):
            with self.database.session() as session:
                self._drop(session, project_id, sorted(missing)[start : start + ROWS_PER_TRANSACTION])
        if missing:
            self.deleted = len(missing)
            _log.warning("%d tasks were deleted in Label Studio; their rankings are withdrawn", self.deleted)
        with self.database.session() as session:
            sync_queries.note_sweep(session, self.round_id)

    def _drop(self, session: Session, project_id: int, task_ids: Sequence[int]) -> None:
        """A task that got in twice may still be there once: only what belongs to the deleted one is withdrawn."""
        rows = {row.id: row.task_id for row in queries.tasks_by_task_id(session, project_id, task_ids)}
        reconciler = self._reconciler(session)
        for row_id, rankings in queries.rankings_of_tasks(session, list(rows)).items():
            for ranking in rankings:
                if ranking.raw.get("task") == rows[row_id]:
                    reconciler.withdraw(ranking, TASK_DELETED)
        reconciler.flush()
        sync_queries.mark_deleted(session, list(rows))

    def _report(self, session: Session, drafts: int, swept: bool) -> SyncReport:
        round_: Round = queries.get_round(session, self.round_id)
        rejected = [Rejection(*row) for row in queries.rejected_rankings(session, self.round_id)]
        return SyncReport(
            round=round_.number,
            tasks_read=self.read,
            foreign_tasks=self.foreign,
            **asdict(self.changes),
            deleted_tasks=self.deleted,
            swept=swept,
            drafts=drafts,
            tasks=queries.count_tasks(session, self.round_id),
            active=queries.ranking_counts(session, self.round_id).get("active", 0),
            skipped=sync_queries.count_skips(session, self.round_id),
            rejected=rejected,
            synced_until=round_.synced_until,
        )


def _stale(session: Session, project_id: int, page: Sequence[RemoteStamp]) -> list[int]:
    """Tasks that are not as they were read. Foreign ones always look so when they have annotations: few, and cheap."""
    stored = sync_queries.stamps(session, project_id, [stamp.task_id for stamp in page])
    nothing = sync_queries.Stamp(None, frozenset())
    return [
        stamp.task_id
        for stamp in page
        if (known := stored.get(stamp.task_id, nothing)).annotation_ids != stamp.annotation_ids
        or (known.updated_at not in (None, stamp.updated_at))
    ]
