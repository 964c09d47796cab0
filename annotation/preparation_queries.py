"""Reads for the preparation of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db.models import Candidate, RankingTask, Resume, SamplingItem, SamplingRun


def count_unsampled(session: Session, round_id: int) -> int:
    """Résumés in the queue of the round's sampling that nobody has worked on yet."""
    statement = (
        select(func.count())
        .select_from(SamplingItem)
        .join(SamplingRun, SamplingRun.id == SamplingItem.run_id)
        .where(SamplingRun.round_id == round_id, SamplingRun.status != "cancelled", SamplingItem.outcome.is_(None))
    )
    return session.scalar(statement) or 0


def regular_tasks(session: Session, round_id: int) -> list[int]:
    """Row ids of the regular tasks of a round that are not deleted, in the order in which they were made."""
    statement = (
        select(RankingTask.id)
        .where(RankingTask.round_id == round_id, RankingTask.kind == "regular", RankingTask.deleted_at.is_(None))
        .order_by(RankingTask.id)
    )
    return list(session.scalars(statement))


def repeated_tasks(session: Session, round_id: int) -> set[int]:
    """Row ids of tasks of a round that have a repetition, deleted or not."""
    statement = select(RankingTask.original_id).where(RankingTask.round_id == round_id, RankingTask.kind == "repeat")
    return {task_id for task_id in session.scalars(statement) if task_id is not None}


def resumes_without_gold(session: Session, round_id: int) -> dict[int, dict[str, Any]]:
    """Profiles by id of the résumés that have a regular task in the round, but no gold one."""
    gold = aliased(RankingTask)
    statement = (
        select(Resume.id, Resume.profile)
        .join(RankingTask, RankingTask.resume_id == Resume.id)
        .outerjoin(gold, (gold.round_id == round_id) & (gold.resume_id == Resume.id) & (gold.kind == "gold"))
        .where(RankingTask.round_id == round_id, RankingTask.kind == "regular", RankingTask.deleted_at.is_(None))
        .where(gold.id.is_(None))
    )
    return {row.id: row.profile for row in session.execute(statement)}


def clean_candidates(session: Session, round_id: int) -> list[tuple[int, int, str]]:
    """(id, résumé id, text) of each candidate of the round in which the sampler's check found nothing wrong."""
    statement = (
        select(Candidate.id, Candidate.resume_id, Candidate.text)
        .join(SamplingRun, SamplingRun.id == Candidate.sampling_run_id)
        .where(SamplingRun.round_id == round_id, SamplingRun.status != "cancelled")
        .where(func.jsonb_array_length(Candidate.violations) == 0)
        .order_by(Candidate.id)
    )
    return [(row.id, row.resume_id, row.text) for row in session.execute(statement)]


def tasks_with_profiles(session: Session, ids: Sequence[int]) -> list[tuple[RankingTask, dict[str, Any]]]:
    """Tasks by row id, each with the profile of its résumé, in the order of ``ids``."""
    statement = (
        select(RankingTask, Resume.profile)
        .join(Resume, Resume.id == RankingTask.resume_id)
        .where(RankingTask.id.in_(ids))
    )
    found = {task.id: (task, profile) for task, profile in session.execute(statement)}
    return [found[id_] for id_ in ids if id_ in found]
