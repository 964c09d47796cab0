"""Reads for the choice of résumés: candidate sets of a round, and what has been ranked so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, any_, func, or_, select
from sqlalchemy.orm import Session

from annotation.selection_features import CandidateText
from db.models import Annotator, Candidate, Ranking, RankingTask, Resume, Round, SamplingItem, SamplingRun

BATCH = 400  # rows held at once; texts do not stay in memory
_TEXT = (
    Candidate.id,
    Candidate.text,
    Candidate.token_count,
    Candidate.log_probability,
    func.jsonb_array_length(Candidate.violations),
)


class CandidateSet(NamedTuple):
    """The candidates of a résumé. ``key``: id of the résumé, or of the task where tasks were asked for."""

    key: int
    profile: dict[str, Any]
    candidate_ids: list[int]
    candidates: list[CandidateText]


class Vote(NamedTuple):
    """An active ranking of a task, with the weight of its annotator, above 0."""

    task_id: int
    order: list[list[int]]
    weight: float


def complete_sets(session: Session, round_id: int) -> Iterator[CandidateSet]:
    """The newest complete candidate set of each résumé of the round, by résumé id, read as a stream."""
    runs = (
        select(SamplingItem.resume_id, func.max(SamplingItem.run_id).label("run_id"))
        .join(SamplingRun, SamplingRun.id == SamplingItem.run_id)
        .where(SamplingRun.round_id == round_id, SamplingItem.outcome == "complete")
        .group_by(SamplingItem.resume_id)
        .subquery()
    )
    statement = (
        select(Resume.id, Resume.profile, *_TEXT)
        .join(runs, runs.c.resume_id == Resume.id)
        .join(Candidate, (Candidate.resume_id == Resume.id) & (Candidate.sampling_run_id == runs.c.run_id))
        .order_by(Resume.id, Candidate.ordinal)
    )
    return _sets(session, statement)


def ranked_sets(session: Session, task_ids: Iterable[int]) -> Iterator[CandidateSet]:
    """The candidate sets of tasks, by task id, read as a stream."""
    statement = (
        select(RankingTask.id, Resume.profile, *_TEXT)
        .join(Resume, Resume.id == RankingTask.resume_id)
        .join(Candidate, Candidate.id == any_(RankingTask.shown_order))
        .where(RankingTask.id.in_(list(task_ids)))
        .order_by(RankingTask.id, Candidate.ordinal)
    )
    return _sets(session, statement)


def votes_before(session: Session, round_: Round, limit: int) -> list[Vote]:
    """Rankings of the newest ``limit`` ranked tasks of earlier rounds: people's for a real round, scripts' for another.

    By task and ranking id. What is ranked in the round itself does not count, so that a choice can be made again.
    """
    found = _votes().where(
        Round.number < round_.number, or_(Ranking.simulated, Annotator.simulated).is_(round_.simulated)
    )
    tasks = found.with_only_columns(RankingTask.id).distinct().order_by(RankingTask.id.desc()).limit(limit).subquery()
    statement = found.where(RankingTask.id.in_(select(tasks.c.id))).order_by(RankingTask.id, Ranking.id)
    return [Vote(*row) for row in session.execute(statement)]


def votes_of(session: Session, round_id: int) -> list[Vote]:
    """Rankings of the regular tasks of a round, by task and ranking id."""
    statement = _votes().where(RankingTask.round_id == round_id).order_by(RankingTask.id, Ranking.id)
    return [Vote(*row) for row in session.execute(statement)]


def arms(session: Session, round_id: int) -> dict[int, str]:
    """How each regular task of the round that is not deleted was chosen: task id → random, active or control."""
    statement = (
        select(RankingTask.id, RankingTask.selection)
        .where(RankingTask.round_id == round_id, RankingTask.kind == "regular", RankingTask.deleted_at.is_(None))
        .order_by(RankingTask.id)
    )
    return {row.id: row.selection for row in session.execute(statement)}


def _votes() -> Select[int, Any, float]:
    return (
        select(RankingTask.id, Ranking.order, Annotator.weight)
        .join(Ranking, Ranking.ranking_task_id == RankingTask.id)
        .join(Annotator, Annotator.id == Ranking.annotator_id)
        .join(Round, Round.id == RankingTask.round_id)
        .where(RankingTask.kind == "regular", Ranking.status == "active", Annotator.weight > 0)
    )


def _sets(session: Session, statement: Select[Any]) -> Iterator[CandidateSet]:
    with session.execute(statement.execution_options(yield_per=BATCH)) as rows:
        for key, group in groupby(rows, key=_key):
            parts = list(group)
            candidates = [CandidateText(*row[3:]) for row in parts]
            yield CandidateSet(key, parts[0][1], [row[2] for row in parts], candidates)


def _key(row: Row[Any]) -> int:
    return int(row[0])
