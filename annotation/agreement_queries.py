"""SQL for agreement: what the tasks of rounds are about, and submissions that are no rankings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Ranking, RankingTask, Resume


class TaskTraits(NamedTuple):
    """The résumé of a task and how it came into the round."""

    profile: dict[str, Any]
    selection: str


def task_traits(session: Session, round_ids: Sequence[int]) -> dict[int, TaskTraits]:
    """By task, of all regular tasks of the rounds."""
    query = (
        select(RankingTask.id, Resume.profile, RankingTask.selection)
        .join(Resume, RankingTask.resume_id == Resume.id)
        .where(RankingTask.round_id.in_(round_ids), RankingTask.kind == "regular")
    )
    return {task: TaskTraits(profile, selection) for task, profile, selection in session.execute(query)}


def rejected(session: Session, round_ids: Sequence[int]) -> dict[str, int]:
    """How many submissions of the rounds were rejected, by code of the reason (what stands before its colon)."""
    code = func.split_part(Ranking.reason, ":", 1).label("code")
    query = (
        select(code, func.count())
        .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
        .where(RankingTask.round_id.in_(round_ids), Ranking.status == "rejected")
        .group_by(code)
        .order_by(func.count().desc(), code)
    )
    return {code: int(count) for code, count in session.execute(query)}
