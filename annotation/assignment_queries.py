"""Reads and writes of who is to rank what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import BigInteger, Select, TableValuedAlias, bindparam, column, delete, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from annotation.queries import UNREGISTERED
from annotation.sync_queries import RETURNED, RETURNING, SKIPPED
from db.models import Annotator, Assignment, Ranking, RankingTask, Round


class Assignable(NamedTuple):
    """A row of ``ranking_task``; ``task_id`` is Label Studio's, null until pushed."""

    id: int
    kind: str
    original_id: int | None
    resume_id: int
    task_id: int | None
    deleted: bool


def team(session: Session, instance: str, *, simulated: bool) -> dict[int, int]:
    """Annotators who can get tasks: Label Studio user id by row id. Registered, not disabled, of one nature."""
    statement = select(Annotator.id, Annotator.label_studio_user_id).where(
        Annotator.label_studio_url == instance,
        Annotator.disabled_at.is_(None),
        Annotator.simulated == simulated,
        ~Annotator.pseudonym.startswith(UNREGISTERED),
    )
    return {row.id: row.label_studio_user_id for row in session.execute(statement)}


def users(session: Session, instance: str) -> dict[int, int]:
    """Label Studio user id of every annotator of an installation by row id."""
    statement = select(Annotator.id, Annotator.label_studio_user_id).where(Annotator.label_studio_url == instance)
    return {row.id: row.label_studio_user_id for row in session.execute(statement)}


def assignable_tasks(session: Session, round_id: int) -> list[Assignable]:
    """Every task of a round, deleted ones too, by row id."""
    columns = (
        RankingTask.id,
        RankingTask.kind,
        RankingTask.original_id,
        RankingTask.resume_id,
        RankingTask.task_id,
        RankingTask.deleted_at.is_not(None),
    )
    statement = select(*columns).where(RankingTask.round_id == round_id).order_by(RankingTask.id)
    return [Assignable(*row) for row in session.execute(statement)]


def assigned(session: Session, round_id: int) -> dict[int, set[int]]:
    """Annotators by task, row ids both; tasks of nobody are left out."""
    statement = (
        select(Assignment.ranking_task_id, Assignment.annotator_id)
        .join(RankingTask, RankingTask.id == Assignment.ranking_task_id)
        .where(RankingTask.round_id == round_id)
    )
    return _grouped(session, statement)


def begun(session: Session, round_id: int, *, returned: bool = True) -> dict[int, set[int]]:
    """Who has ranked or skipped which task as far as rankings are synced; a submission that was rejected counts.

    What scripted annotators did in a real round does not. ``returned``: a submission that was sent back counts too; it
    is to be done again, but by nobody else.
    """
    codes = (SKIPPED, RETURNING, RETURNED) if returned else (SKIPPED,)
    statement = (
        select(Ranking.ranking_task_id, Ranking.annotator_id)
        .join(RankingTask, RankingTask.id == Ranking.ranking_task_id)
        .join(Round, Round.id == RankingTask.round_id)
        .join(Annotator, Annotator.id == Ranking.annotator_id)
        .where(Round.id == round_id, Round.simulated | ~Annotator.simulated)
        .where((Ranking.status != "withdrawn") | or_(*(Ranking.reason.startswith(code) for code in codes)))
    )
    return _grouped(session, statement)


def replace(session: Session, added: Collection[tuple[int, int]], removed: Collection[tuple[int, int]]) -> None:
    """Adds and removes assignments: pairs of task and annotator."""
    if removed:
        gone = _pairs(removed)
        session.execute(
            delete(Assignment)
            .where(Assignment.ranking_task_id == gone.c.task, Assignment.annotator_id == gone.c.annotator)
            .execution_options(synchronize_session=False)
        )
    if added:
        columns = ["ranking_task_id", "annotator_id"]
        new = _pairs(added)
        session.execute(
            insert(Assignment).from_select(columns, select(new.c.task, new.c.annotator)).on_conflict_do_nothing()
        )


def _pairs(pairs: Collection[tuple[int, int]]) -> TableValuedAlias:
    """A table of ``task`` and ``annotator``: two parameters, however many pairs."""
    arrays = [
        bindparam(None, list(ids), type_=ARRAY(BigInteger), unique=True) for ids in zip(*sorted(pairs), strict=True)
    ]
    columns = (column("task", BigInteger), column("annotator", BigInteger))
    return func.unnest(*arrays).table_valued(*columns, name="pairs").render_derived()


def _grouped(session: Session, statement: Select[int, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for task, annotator in session.execute(statement):
        found[task].add(annotator)
    return dict(found)
