"""Reads and writes of sync and of sending back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    cast,
    column,
    func,
    insert,
    or_,
    select,
    update,
    values,
)
from sqlalchemy.orm import Session

from db.models import Annotator, Ranking, RankingTask, Round

SKIPPED = "skipped"
DELETED = "deleted in Label Studio"
TASK_DELETED = "task deleted in Label Studio"
RETURNING = "returning: "  # to be deleted in Label Studio; what follows is why
RETURNED = "returned: "
_SWEPT_AT = "swept_at"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """What sync needs of a ranking task: not its résumé. ``items`` as in ``data.items``."""

    id: int
    external_id: str
    task_id: int | None
    shown_order: list[int]
    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission and where it stands. ``reason`` has a code before its colon; ``task_id`` is Label Studio's."""

    ranking_id: int
    annotation_id: int
    task_id: int | None
    annotator: str
    status: str
    reason: str
    lead_time: float | None
    submitted_at: dt.datetime
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is stored of a task in Label Studio: when it had changed when it was read, and its annotations."""

    updated_at: dt.datetime | None
    annotation_ids: frozenset[int]


def gone(ranking: Ranking) -> bool:
    """Whether the annotation was seen to be no longer in Label Studio."""
    reason = ranking.reason or ""
    return ranking.status == "withdrawn" and (reason in (DELETED, TASK_DELETED) or reason.startswith(RETURNED))


def _present() -> ColumnElement[bool]:
    absent = or_(Ranking.reason.in_((DELETED, TASK_DELETED)), Ranking.reason.startswith(RETURNED))
    return (Ranking.status != "withdrawn") | ~absent


def task_rows(session: Session, round_id: int, external_ids: Sequence[str]) -> dict[str, TaskRow]:
    """Tasks of a round by ``external_id``."""
    statement = select(
        RankingTask.id,
        RankingTask.external_id,
        RankingTask.task_id,
        RankingTask.shown_order,
        RankingTask.data["items"],
    ).where(RankingTask.round_id == round_id, RankingTask.external_id.in_(external_ids))
    return {row[1]: TaskRow(*row) for row in session.execute(statement)}


def store_stamps(session: Session, stamps: Mapping[int, dt.datetime]) -> None:
    """Notes when tasks (row ids) had changed when they were read. A task that was read is not deleted."""
    if not stamps:
        return
    read = values(column("id", BigInteger), column("at", DateTime(timezone=True)), name="read").data(
        list(stamps.items())
    )
    statement = update(RankingTask).where(RankingTask.id == read.c.id)
    session.execute(
        statement.values(task_updated_at=read.c.at, deleted_at=None), execution_options={"synchronize_session": False}
    )


def add_rankings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rankings, many in one statement."""
    if rows:
        session.execute(insert(Ranking), list(rows))


def mark_deleted(session: Session, row_ids: Collection[int]) -> None:
    """Notes that tasks (row ids) are no longer in Label Studio."""
    statement = update(RankingTask).where(RankingTask.id.in_(row_ids)).values(deleted_at=func.now())
    session.execute(statement, execution_options={"synchronize_session": False})


def stamps(session: Session, project_id: int, task_ids: Collection[int]) -> dict[int, Stamp]:
    """What is stored of tasks by their Label Studio ids; annotations also of tasks that got in twice."""
    times = select(RankingTask.task_id, RankingTask.task_updated_at).where(
        RankingTask.project_id == project_id, RankingTask.task_id.in_(task_ids)
    )
    task = cast(Ranking.raw["task"].as_string(), Integer)
    found = (
        select(task, func.array_agg(Ranking.annotation_id))
        .join(RankingTask, RankingTask.id == Ranking.ranking_task_id)
        .where(RankingTask.project_id == project_id, task.in_(task_ids), _present())
        .group_by(task)
    )
    annotations = {task_id: frozenset(ids) for task_id, ids in session.execute(found)}
    known = {task_id: updated_at for task_id, updated_at in session.execute(times)}  # noqa: C416 - rows are no tuples to mypy
    return {
        task_id: Stamp(known.get(task_id), annotations.get(task_id, frozenset()))
        for task_id in known.keys() | annotations.keys()
        if task_id is not None
    }


def count_annotations(session: Session, round_id: int) -> int:
    """Annotations of a round, skips among them, that Label Studio still had when it was last read."""
    statement = (
        select(func.count())
        .select_from(Ranking)
        .join(RankingTask, RankingTask.id == Ranking.ranking_task_id)
        .where(RankingTask.round_id == round_id, RankingTask.deleted_at.is_(None), _present())
    )
    return session.scalar(statement) or 0


def count_skips(session: Session, round_id: int) -> dict[str, int]:
    """Skips of a round that stand, by the reason that was chosen; "" where none was."""
    reason = func.btrim(func.substr(Ranking.reason, len(SKIPPED) + 2)).label("chosen")
    statement = (
        select(reason, func.count())
        .join(RankingTask, RankingTask.id == Ranking.ranking_task_id)
        .where(RankingTask.round_id == round_id, Ranking.status == "withdrawn", Ranking.reason.startswith(SKIPPED))
        .group_by(reason)
        .order_by(func.count().desc(), reason)
    )
    return {chosen: count for chosen, count in session.execute(statement)}  # noqa: C416


def note_sweep(session: Session, round_id: int) -> None:
    """Notes that all tasks were compared just now."""
    now = func.jsonb_build_object(_SWEPT_AT, func.extract("epoch", func.now()))
    statement = update(Round).where(Round.id == round_id).values(config=Round.config.op("||")(now))
    session.execute(statement, execution_options={"synchronize_session": False})


def seconds_since_sweep(session: Session, round_id: int) -> float | None:
    """Since :func:`note_sweep`, by the clock of the database; None without one."""
    swept_at = Round.config[_SWEPT_AT].as_float()
    found = session.scalar(select(func.extract("epoch", func.now()) - swept_at).where(Round.id == round_id))
    return None if found is None else float(found)


def now(session: Session) -> dt.datetime:
    """The time of this transaction by the database's clock: the one clock of all our processes."""
    return session.execute(select(func.now())).scalar_one()


def submissions(
    session: Session, round_id: int, annotation_ids: Iterable[int] | None = None, *, returning: bool = False
) -> list[Submission]:
    """Rejected submissions of a round; ``returning``: those on their way back instead; by ids: whatever became of
    them."""
    statement = (
        select(
            Ranking.id,
            Ranking.annotation_id,
            cast(Ranking.raw["task"].as_string(), Integer),
            Annotator.pseudonym,
            Ranking.status,
            func.coalesce(Ranking.reason, ""),
            Ranking.lead_time,
            Ranking.submitted_at,
            Ranking.raw,
        )
        .join(RankingTask, RankingTask.id == Ranking.ranking_task_id)
        .join(Annotator, Annotator.id == Ranking.annotator_id)
        .where(RankingTask.round_id == round_id)
        .order_by(Ranking.annotation_id)
    )
    if annotation_ids is not None:
        statement = statement.where(Ranking.annotation_id.in_(list(annotation_ids)))
    elif returning:
        statement = statement.where(Ranking.status == "withdrawn", Ranking.reason.startswith(RETURNING))
    else:
        statement = statement.where(Ranking.status == "rejected")
    return [Submission(*row) for row in session.execute(statement)]


def rankings_by_id(session: Session, ids: Sequence[int]) -> list[Ranking]:
    """Rankings by their row ids."""
    return list(session.scalars(select(Ranking).where(Ranking.id.in_(ids)).order_by(Ranking.id)))
