"""Rejected submissions back to whoever made them: deleted in Label Studio, so that the task is in the queue again.

The intention is written first (``withdrawn``, ``returning: <why>``), then the annotation is deleted, then the outcome
is written (``returned: <why>``). Whoever is killed in between leaves an intention: the next sync completes it when the
annotation is gone, the next :func:`send_back` when it is not. Sync is kept out meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy.orm import Session

from annotation import queries, sync_queries
from annotation.client import LabelStudioClient
from annotation.errors import LabelStudioRefusedError
from annotation.locks import exclusive
from annotation.reconcile import keep_history
from annotation.sync_queries import RETURNED, RETURNING, Submission
from db.errors import ConflictError, NotFoundError
from db.session import Database

# Ranking once more would not help: there is a valid ranking already, no person is behind it, or the task is to blame.
_FINAL = frozenset({"duplicate", "simulated", "task_changed", "malformed_task"})


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """``returned`` now; ``changed`` by their authors since the last sync, so left alone (sync first); ``kept``: with
    these reasons sending back would not help."""

    round: int
    returned: list[Submission]
    changed: list[Submission]
    kept: list[Submission]


def rejected(database: Database, round_id: int) -> list[Submission]:
    """Every submission of a round that stands rejected, or is on its way back.

    Raises:
        NotFoundError: there is no such round.
    """
    with database.session() as session:
        queries.get_round(session, round_id)
        found = sync_queries.submissions(session, round_id)
        found += sync_queries.submissions(session, round_id, returning=True)
    return sorted(found, key=lambda submission: submission.annotation_id)


def can_be_returned(submission: Submission) -> bool:
    """Whether ranking the task once more could help."""
    return code(submission) not in _FINAL


def code(submission: Submission) -> str:
    """The code of its reason, whether on its way back or not."""
    return submission.reason.removeprefix(RETURNING).removeprefix(RETURNED).partition(":")[0]


def send_back(
    database: Database, client: LabelStudioClient, round_id: int, annotation_ids: Iterable[int] | None = None
) -> ReturnReport:
    """Sends rejected submissions back, all of the round or those named; again, it does what is left to do.

    Raises:
        NotFoundError: no such round, or no such submission in it.
        ConflictError: a submission named is not rejected, or sending it back would not help.
        LabelStudioDownError, LabelStudioRefusedError, WrongKeyError: nothing is lost; run it again.
    """
    with exclusive(database, "sync", round_id, wait=True):
        wanted = None if annotation_ids is None else sorted(set(annotation_ids))
        with database.session() as session:
            number = queries.get_round(session, round_id).number
            pending, kept = _intend(session, round_id, wanted)
        returned: list[Submission] = []
        changed: list[Submission] = []
        for submission in pending:
            found = _fetch(client, submission.annotation_id)
            if found is not None and found["updated_at"] != submission.raw.get("updated_at"):
                changed.append(submission)
                continue
            if found is not None:
                client.delete(f"api/annotations/{submission.annotation_id}/")
            with database.session() as session:
                for ranking in sync_queries.rankings_by_id(session, [submission.ranking_id]):
                    ranking.reason = RETURNED + (ranking.reason or "").removeprefix(RETURNING)
            returned.append(submission)
    return ReturnReport(number, returned, changed, kept)


def _intend(session: Session, round_id: int, ids: list[int] | None) -> tuple[list[Submission], list[Submission]]:
    """Marks what is to go back; returns that, with what an earlier run left, and what will stay."""
    if ids is None:
        rejected = sync_queries.submissions(session, round_id)
        pending = sync_queries.submissions(session, round_id, returning=True)
    else:
        found = _named(session, round_id, ids)
        rejected = [submission for submission in found if submission.status == "rejected"]
        pending = [submission for submission in found if submission.reason.startswith(RETURNING)]
    chosen = [submission for submission in rejected if can_be_returned(submission)]
    now = sync_queries.now(session)
    for ranking in sync_queries.rankings_by_id(session, [submission.ranking_id for submission in chosen]):
        keep_history(ranking, now)
        ranking.status, ranking.reason = "withdrawn", RETURNING + (ranking.reason or "")
    return pending + chosen, [submission for submission in rejected if not can_be_returned(submission)]


def _named(session: Session, round_id: int, ids: list[int]) -> list[Submission]:
    found = sync_queries.submissions(session, round_id, ids)
    unknown = sorted(set(ids) - {submission.annotation_id for submission in found})
    if unknown:
        raise NotFoundError(f"Expected submissions of the round, found none with annotation id {_listed(unknown)}")
    sound = [one.annotation_id for one in found if one.status != "rejected" and not _sent(one)]
    if sound:
        raise ConflictError(f"Expected rejected submissions, found others: {_listed(sound)}")
    final = [one for one in found if one.status == "rejected" and not can_be_returned(one)]
    if final:
        raise ConflictError(
            f"Sending back would not help submission {final[0].annotation_id}, which was rejected as {code(final[0])}"
        )
    return found


def _sent(submission: Submission) -> bool:
    return submission.status == "withdrawn" and submission.reason.startswith((RETURNING, RETURNED))


def _fetch(client: LabelStudioClient, annotation_id: int) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client.get(f"api/annotations/{annotation_id}/")
    except LabelStudioRefusedError as error:
        if error.status == httpx.codes.NOT_FOUND:
            return None
        raise
    return found


def _listed(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
