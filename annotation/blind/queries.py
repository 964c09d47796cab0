"""All reads and writes of the blind evaluation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.errors import NotFoundError
from db.models import Annotator, BlindEvaluation, BlindTask, BlindVote


def get(session: Session, evaluation_id: int | None) -> BlindEvaluation:
    """An evaluation by its id; none: the newest.

    Raises:
        NotFoundError: there is none.
    """
    newest = select(BlindEvaluation).order_by(BlindEvaluation.id.desc()).limit(1)
    found = session.scalar(newest if evaluation_id is None else newest.where(BlindEvaluation.id == evaluation_id))
    if found is None:
        which = "yet" if evaluation_id is None else f"{evaluation_id}"
        raise NotFoundError(f"There is no blind evaluation {which}")
    return found


def open_evaluations(session: Session) -> list[BlindEvaluation]:
    """Evaluations in which votes are still given."""
    return list(session.scalars(select(BlindEvaluation).where(BlindEvaluation.state == "open")))


def open_for(session: Session, model_id: int) -> BlindEvaluation | None:
    """The open evaluation of a model; the database allows one."""
    return session.scalar(
        select(BlindEvaluation).where(BlindEvaluation.model_id == model_id, BlindEvaluation.state == "open")
    )


def of_models(session: Session, model_id: int, opponent_id: int, *, simulated: bool) -> list[BlindEvaluation]:
    """Every evaluation of these two, oldest first."""
    return list(
        session.scalars(
            select(BlindEvaluation)
            .where(
                BlindEvaluation.model_id == model_id,
                BlindEvaluation.opponent_id == opponent_id,
                BlindEvaluation.simulated == simulated,
            )
            .order_by(BlindEvaluation.id)
        )
    )


def add_tasks(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts tasks; one that the evaluation already has for its résumé stays as it is."""
    if rows:
        statement = insert(BlindTask).on_conflict_do_nothing(index_elements=["evaluation_id", "resume_id"])
        session.execute(statement, list(rows))


def resumes_with_task(session: Session, evaluation_id: int) -> set[int]:
    """Ids of résumés that have a task."""
    return set(session.scalars(select(BlindTask.resume_id).where(BlindTask.evaluation_id == evaluation_id)))


def unpushed(session: Session, evaluation_id: int, *, claimed: bool, limit: int | None = None) -> list[BlindTask]:
    """Tasks without a Label Studio id; ``claimed``: a push has begun with them, what became of them is unknown."""
    statement = (
        select(BlindTask)
        .where(BlindTask.evaluation_id == evaluation_id, BlindTask.task_id.is_(None), BlindTask.deleted_at.is_(None))
        .where(BlindTask.project_id.is_not(None) if claimed else BlindTask.project_id.is_(None))
        .order_by(BlindTask.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def claim(session: Session, ids: Sequence[int], project_id: int | None) -> None:
    """Notes that a push into ``project_id`` begins with these rows, or (none) that it did not get them there."""
    session.execute(update(BlindTask).where(BlindTask.id.in_(ids)).values(project_id=project_id))


def store_task_ids(session: Session, project_id: int, task_ids: Mapping[int, int]) -> None:
    """Notes where tasks are: row id → Label Studio id."""
    rows = [{"id": row, "project_id": project_id, "task_id": task_id} for row, task_id in task_ids.items()]
    if rows:
        session.execute(update(BlindTask), rows)


def largest_task_id(session: Session, project_id: int) -> int:
    """Largest Label Studio id of a task in a project, 0 without any."""
    return session.scalar(select(func.max(BlindTask.task_id)).where(BlindTask.project_id == project_id)) or 0


def tasks_by_external_id(
    session: Session, evaluation_id: int, ids: Collection[str] | None = None
) -> dict[str, BlindTask]:
    """Tasks of an evaluation by ``external_id``, all or those named."""
    statement = select(BlindTask).where(BlindTask.evaluation_id == evaluation_id)
    if ids is not None:
        statement = statement.where(BlindTask.external_id.in_(ids))
    return {task.external_id: task for task in session.scalars(statement)}


def votes_of_tasks(session: Session, task_ids: Sequence[int]) -> dict[int, list[BlindVote]]:
    """Every vote, whatever its status, by the row id of its task."""
    found: dict[int, list[BlindVote]] = {task_id: [] for task_id in task_ids}
    for vote in session.scalars(select(BlindVote).where(BlindVote.blind_task_id.in_(task_ids)).order_by(BlindVote.id)):
        found[vote.blind_task_id].append(vote)
    return found


def votes(
    session: Session, evaluation_ids: Collection[int], status: str
) -> list[tuple[BlindVote, BlindTask, Annotator]]:
    """Votes of a status with their tasks and annotators, in order of submission."""
    statement = (
        select(BlindVote, BlindTask, Annotator)
        .join(BlindTask, BlindTask.id == BlindVote.blind_task_id)
        .join(Annotator, Annotator.id == BlindVote.annotator_id)
        .where(BlindTask.evaluation_id.in_(evaluation_ids), BlindVote.status == status)
        .order_by(BlindVote.submitted_at, BlindVote.id)
    )
    return [(vote, task, annotator) for vote, task, annotator in session.execute(statement)]


def counting_votes(session: Session, evaluation_ids: Collection[int]) -> list[tuple[BlindVote, BlindTask, Annotator]]:
    """Active votes that count: none of an excluded annotator, none of a script where people are asked."""
    evaluations = {id_: get(session, id_).simulated for id_ in evaluation_ids}
    return [
        (vote, task, annotator)
        for vote, task, annotator in votes(session, evaluation_ids, "active")
        if annotator.weight > 0 and (evaluations[task.evaluation_id] or not annotator.simulated)
    ]


def task_counts(session: Session, evaluation_id: int) -> tuple[int, int]:
    """Tasks of an evaluation that are not deleted, and how many of them are in Label Studio."""
    statement = select(func.count(), func.count(BlindTask.task_id)).where(
        BlindTask.evaluation_id == evaluation_id, BlindTask.deleted_at.is_(None)
    )
    total, pushed = session.execute(statement).one()
    return total, pushed
