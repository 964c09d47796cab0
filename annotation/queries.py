"""All reads and writes of the annotation package."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Dialect,
    Text,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from annotation.queue_order import Queued
from db.errors import NotFoundError
from db.models import Annotator, Candidate, Ranking, RankingTask, Resume, Round, SamplingItem, SamplingRun

# Begins the pseudonym of somebody who ranked without having been added to the annotators.
UNREGISTERED = "unregistered-"
_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Rankable:
    """A résumé with four candidates that has no task yet."""

    resume_id: int
    profile: dict[str, Any]
    candidates: list[tuple[int, str]]


def get_round(session: Session, round_id: int) -> Round:
    """A round by its primary key.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Round, round_id)
    if found is None:
        raise NotFoundError(f"Expected a round with id {round_id}, found none")
    return found


def round_by_number(session: Session, number: int | None) -> Round:
    """A round by the number that people use; none: the newest.

    Raises:
        NotFoundError: there is none.
    """
    statement = select(Round).order_by(Round.number.desc()).limit(1)
    found = session.scalar(statement if number is None else statement.where(Round.number == number))
    if found is None:
        raise NotFoundError("There is no round yet" if number is None else f"There is no round {number}")
    return found


def store_project(session: Session, round_id: int, project_id: int, url: str) -> None:
    """Notes the Label Studio project of a round."""
    round_ = get_round(session, round_id)
    round_.project_id, round_.project_url = project_id, url


def rankable(
    session: Session, round_id: int, limit: int | None, *, after: int = 0, resume_ids: Collection[int] | None = None
) -> list[Rankable]:
    """Up to ``limit`` résumés of the round (of ``resume_ids``) with four candidates and no task, by résumé id, with ids
    greater than ``after``."""
    found_runs = (
        select(SamplingItem.resume_id, func.max(SamplingItem.run_id).label("run_id"))
        .join(SamplingRun, SamplingRun.id == SamplingItem.run_id)
        .where(SamplingRun.round_id == round_id, SamplingItem.outcome == "complete", SamplingItem.resume_id > after)
        .where(
            ~exists().where(
                RankingTask.round_id == round_id,
                RankingTask.resume_id == SamplingItem.resume_id,
                RankingTask.kind == "regular",
            )
        )
        .group_by(SamplingItem.resume_id)
        .order_by(SamplingItem.resume_id)
        .limit(limit)
    )
    if resume_ids is not None:
        found_runs = found_runs.where(SamplingItem.resume_id.in_(resume_ids))
    runs = found_runs.subquery()
    # One row per résumé: a profile that came with each of its candidates would be read four times.
    statement = (
        select(
            Resume.id,
            Resume.profile,
            func.array_agg(aggregate_order_by(Candidate.id, Candidate.ordinal)),
            func.array_agg(aggregate_order_by(Candidate.text, Candidate.ordinal)),
        )
        .join(runs, runs.c.resume_id == Resume.id)
        .join(Candidate, (Candidate.resume_id == Resume.id) & (Candidate.sampling_run_id == runs.c.run_id))
        .group_by(Resume.id)
        .order_by(Resume.id)
    )
    return [
        Rankable(resume_id, profile, list(zip(ids, texts, strict=True)))
        for resume_id, profile, ids, texts in session.execute(statement)
    ]


def count_not_rankable(session: Session, round_id: int) -> int:
    """Résumés of the round for which sampling ended without four candidates in any run."""
    complete = func.bool_or(SamplingItem.outcome == "complete")
    ended = func.bool_and(SamplingItem.outcome.is_not(None))
    resumes = (
        select(SamplingItem.resume_id)
        .join(SamplingRun, SamplingRun.id == SamplingItem.run_id)
        .where(SamplingRun.round_id == round_id)
        .group_by(SamplingItem.resume_id)
        .having(ended & ~complete)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(resumes)) or 0


def add_tasks(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts ranking tasks, all of the same columns; one that the round already has stays as it is.

    As one JSON document that PostgreSQL takes apart: a parameter for each value costs four times as much.
    """
    if not rows:
        return
    columns = [RankingTask.__table__.c[name] for name in rows[0]]
    document = json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))
    types = ", ".join(f"{column.name} {column.type.compile(_POSTGRESQL)}" for column in columns)
    added = text(f"SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS added({types})").columns(*columns)
    names = [column.name for column in columns]
    statement = insert(RankingTask).from_select(names, added.bindparams(rows=document)).on_conflict_do_nothing()
    session.execute(statement)


def unpushed_tasks(session: Session, round_id: int, *, claimed: bool) -> dict[str, int]:
    """Row ids by ``external_id`` of tasks without a Label Studio id.

    ``claimed``: a push has begun with them, what became of them is unknown.
    """
    statement = (
        select(RankingTask.external_id, RankingTask.id)
        .where(RankingTask.round_id == round_id, RankingTask.task_id.is_(None), RankingTask.deleted_at.is_(None))
        .where(RankingTask.project_id.is_not(None) if claimed else RankingTask.project_id.is_(None))
    )
    return {row.external_id: row.id for row in session.execute(statement)}


def queued_tasks(session: Session, round_id: int) -> list[Queued]:
    """Every task of a round that is not deleted, as its place in the queue wants it, by row id."""
    statement = (
        select(RankingTask.id, RankingTask.kind, RankingTask.original_id)
        .where(RankingTask.round_id == round_id, RankingTask.deleted_at.is_(None))
        .order_by(RankingTask.id)
    )
    return [Queued(*row) for row in session.execute(statement)]


def task_documents(session: Session, ids: Sequence[int]) -> list[str]:
    """What Label Studio is to show of each of these rows, in this order, as JSON: nobody has to read it on the way."""
    statement = select(RankingTask.id, cast(RankingTask.data, Text)).where(RankingTask.id == any_(_numbers(ids)))
    found = dict(session.execute(statement).tuples().all())
    return [found[id_] for id_ in ids]


def pushed_task_ids(session: Session, project_id: int) -> set[int]:
    """Label Studio ids of the tasks that are in a project."""
    statement = select(RankingTask.task_id).where(
        RankingTask.project_id == project_id, RankingTask.task_id.is_not(None), RankingTask.deleted_at.is_(None)
    )
    return {task_id for task_id in session.scalars(statement) if task_id is not None}


def largest_task_id(session: Session, project_id: int) -> int:
    """Largest Label Studio id of a task in a project, 0 without any."""
    statement = select(func.max(RankingTask.task_id)).where(RankingTask.project_id == project_id)
    return session.scalar(statement) or 0


def count_tasks(session: Session, round_id: int, kind: str | None = None) -> int:
    """Tasks of a round (of a kind), pushed or not, but not deleted."""
    statement = select(func.count()).where(RankingTask.round_id == round_id, RankingTask.deleted_at.is_(None))
    if kind is not None:
        statement = statement.where(RankingTask.kind == kind)
    return session.scalar(statement) or 0


def claim_tasks(session: Session, ids: Sequence[int], project_id: int | None) -> None:
    """Notes that a push into ``project_id`` begins with these rows, or (none) that it did not get them there."""
    statement = update(RankingTask).where(RankingTask.id == any_(_numbers(ids))).values(project_id=project_id)
    session.execute(statement, execution_options={"synchronize_session": False})


def store_task_ids(session: Session, project_id: int, task_ids: Mapping[int, int]) -> None:
    """Notes where tasks are: row id → Label Studio id."""
    if not task_ids:
        return
    pairs = func.unnest(_numbers(task_ids.keys()), _numbers(task_ids.values()))
    sent = pairs.table_valued(column("id", BigInteger), column("task_id", BigInteger), name="sent").render_derived()
    statement = update(RankingTask).where(RankingTask.id == sent.c.id)
    session.execute(
        statement.values(project_id=project_id, task_id=sent.c.task_id),
        execution_options={"synchronize_session": False},
    )


def known_external_ids(session: Session, round_id: int) -> set[str]:
    """``external_id`` of every task of a round."""
    return set(session.scalars(select(RankingTask.external_id).where(RankingTask.round_id == round_id)))


def tasks_by_external_id(session: Session, round_id: int, ids: Sequence[str]) -> dict[str, RankingTask]:
    """Tasks of a round by ``external_id``."""
    statement = select(RankingTask).where(RankingTask.round_id == round_id, RankingTask.external_id.in_(ids))
    return {task.external_id: task for task in session.scalars(statement)}


def tasks_by_task_id(session: Session, project_id: int, ids: Collection[int]) -> list[RankingTask]:
    """Tasks by their Label Studio ids."""
    statement = select(RankingTask).where(RankingTask.project_id == project_id, RankingTask.task_id.in_(ids))
    return list(session.scalars(statement))


def rankings_of_tasks(session: Session, task_ids: Sequence[int]) -> dict[int, list[Ranking]]:
    """Every ranking, whatever its status, by the row id of its task."""
    found: dict[int, list[Ranking]] = {task_id: [] for task_id in task_ids}
    for ranking in session.scalars(select(Ranking).where(Ranking.ranking_task_id.in_(task_ids)).order_by(Ranking.id)):
        found[ranking.ranking_task_id].append(ranking)
    return found


def upsert_annotator(
    session: Session, instance: str, user_id: int, pseudonym: str | None = None, *, simulated: bool = False
) -> Annotator:
    """The row of a Label Studio user. One who was never registered under a pseudonym is ``unregistered-N``.

    Once simulated, always simulated: otherwise rankings of a script could pass for those of a person.
    """
    statement = select(Annotator).where(
        Annotator.label_studio_url == instance, Annotator.label_studio_user_id == user_id
    )
    values = {"label_studio_url": instance, "label_studio_user_id": user_id, "simulated": simulated}
    if session.scalar(statement) is None:
        name = _free_pseudonym(session, pseudonym or f"{UNREGISTERED}{user_id}")
        session.execute(insert(Annotator).values(**values, pseudonym=name).on_conflict_do_nothing())
    annotator = session.scalars(statement).one()
    if pseudonym is not None and annotator.pseudonym.startswith(UNREGISTERED):
        annotator.pseudonym = _free_pseudonym(session, pseudonym)
    if simulated and not annotator.simulated:
        annotator.simulated = True
    return annotator


def annotators_by_user(session: Session, instance: str) -> dict[int, Annotator]:
    """All annotators of a Label Studio by user id."""
    rows = session.scalars(select(Annotator).where(Annotator.label_studio_url == instance))
    return {row.label_studio_user_id: row for row in rows}


def ranking_counts(session: Session, round_id: int) -> dict[str, int]:
    """Number of rankings of a round by status."""
    statement = (
        select(Ranking.status, func.count())
        .join(RankingTask, RankingTask.id == Ranking.ranking_task_id)
        .where(RankingTask.round_id == round_id)
        .group_by(Ranking.status)
    )
    return {status: count for status, count in session.execute(statement)}  # noqa: C416 - rows are no plain tuples to mypy


def task_profiles(session: Session, round_id: int) -> dict[str, dict[str, Any]]:
    """Profile of each task of a round by its ``data.external_id``."""
    statement = (
        select(RankingTask.external_id, Resume.profile)
        .join(Resume, Resume.id == RankingTask.resume_id)
        .where(RankingTask.round_id == round_id)
    )
    return {row.external_id: row.profile for row in session.execute(statement)}


def rejected_rankings(session: Session, round_id: int) -> list[tuple[int, str, str]]:
    """Rejected submissions of a round: annotation id, pseudonym, reason."""
    statement = (
        select(Ranking.annotation_id, Annotator.pseudonym, Ranking.reason)
        .join(RankingTask, RankingTask.id == Ranking.ranking_task_id)
        .join(Annotator, Annotator.id == Ranking.annotator_id)
        .where(RankingTask.round_id == round_id, Ranking.status == "rejected")
        .order_by(Ranking.annotation_id)
    )
    return [(annotation, pseudonym, reason or "") for annotation, pseudonym, reason in session.execute(statement)]


def _numbers(ids: Iterable[int]) -> BindParameter[Sequence[int]]:
    """One parameter, however many there are."""
    numbers: Sequence[int] = list(ids)
    return bindparam(None, numbers, type_=postgresql.ARRAY(BigInteger), unique=True)


def _free_pseudonym(session: Session, wanted: str) -> str:
    taken = set(session.scalars(select(Annotator.pseudonym).where(Annotator.pseudonym.startswith(wanted))))
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}-{number}") not in taken)
