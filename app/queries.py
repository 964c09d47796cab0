"""Queries on rounds, the one thing that belongs to no single room."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import (
    ROUND_OPEN_STATES,
    Candidate,
    PreferencePair,
    Ranking,
    RankingTask,
    Round,
    SamplingItem,
    SamplingRun,
)


def all_rounds(session: Session) -> Sequence[Round]:
    """Every round, oldest first."""
    return session.scalars(select(Round).order_by(Round.number)).all()


def open_round(session: Session) -> Round | None:
    """The round that is under way; the database allows one."""
    return session.scalar(select(Round).where(Round.state.in_(ROUND_OPEN_STATES)))


def next_number(session: Session) -> int:
    """Number of the next round, from 1."""
    return (session.scalar(select(func.max(Round.number))) or 0) + 1


def cancel_runs(session: Session, round_id: int) -> None:
    """Nobody samples for this round any more."""
    session.execute(
        update(SamplingRun)
        .where(SamplingRun.round_id == round_id, SamplingRun.status == "running")
        .values(status="cancelled")
    )


def round_counts(session: Session, round_id: int) -> dict[str, int]:
    """How many of each thing a round has: résumés, candidates, tasks in Label Studio, rankings by status, pairs."""
    tasks = select(RankingTask.id).where(RankingTask.round_id == round_id)
    runs = select(SamplingRun.id).where(SamplingRun.round_id == round_id, SamplingRun.status != "cancelled")
    counts = {
        "resumes": select(func.count()).where(SamplingItem.run_id.in_(runs)),
        "candidates": select(func.count()).where(Candidate.sampling_run_id.in_(runs)),
        "tasks": select(func.count()).select_from(tasks.where(RankingTask.task_id.is_not(None)).subquery()),
        "pairs": select(func.count()).where(PreferencePair.round_id == round_id),
    }
    result = {name: session.scalar(query) or 0 for name, query in counts.items()}
    by_status = select(Ranking.status, func.count()).where(Ranking.ranking_task_id.in_(tasks)).group_by(Ranking.status)
    found = dict(session.execute(by_status).all())
    return result | {
        "rankings": found.get("active", 0),
        "rejected_rankings": found.get("rejected", 0),
        "withdrawn_rankings": found.get("withdrawn", 0),
    }
