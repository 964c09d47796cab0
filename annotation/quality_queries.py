"""SQL for the quality of annotators: every submission of every kind of task, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import any_, func, or_, select
from sqlalchemy.orm import Session

from db.models import Annotator, Assignment, Candidate, Ranking, RankingTask, Round

SKIPPED = "skipped"


class Submission(NamedTuple):
    """An active ranking of a task of any kind. ``characters``: length of the candidates' texts together."""

    ranking_id: int
    task_id: int
    kind: str
    original_id: int | None
    pseudonym: str
    weight: float
    simulated: bool
    shown_order: list[int]
    order: list[list[int]]
    flags: list[int]
    known_order: list[list[int]] | None
    known_flags: list[int]
    lead_time: float | None
    submitted_at: dt.datetime
    characters: int


class Refusal(NamedTuple):
    """How many submissions of an annotator have one status and reason."""

    pseudonym: str
    code: str
    reason: str
    submissions: int


class Person(NamedTuple):
    """An annotator. ``weight`` 0: excluded."""

    pseudonym: str
    weight: float
    simulated: bool


def people(session: Session, pseudonyms: Collection[str]) -> list[Person]:
    """Those of the pseudonyms, by name."""
    query = select(Annotator.pseudonym, Annotator.weight, Annotator.simulated)
    found = session.execute(query.where(Annotator.pseudonym.in_(pseudonyms)).order_by(Annotator.pseudonym))
    return [Person(*row) for row in found]


def ranked_rounds(session: Session) -> list[Round]:
    """Rounds with any active ranking, oldest first."""
    has_rankings = (
        select(RankingTask.id)
        .join(Ranking, Ranking.ranking_task_id == RankingTask.id)
        .where(RankingTask.round_id == Round.id, Ranking.status == "active")
        .exists()
    )
    return list(session.scalars(select(Round).where(has_rankings).order_by(Round.number)))


def submissions(session: Session, round_ids: Sequence[int]) -> list[Submission]:
    """Active rankings of all tasks of the rounds, oldest first."""
    lengths = (
        select(RankingTask.id, func.sum(func.length(Candidate.text)).label("characters"))
        .join(Candidate, Candidate.id == any_(RankingTask.shown_order))
        .where(RankingTask.round_id.in_(round_ids))
        .group_by(RankingTask.id)
        .subquery()
    )
    query = (
        select(
            Ranking.id,
            RankingTask.id,
            RankingTask.kind,
            RankingTask.original_id,
            Annotator.pseudonym,
            Annotator.weight,
            or_(Ranking.simulated, Annotator.simulated),
            RankingTask.shown_order,
            Ranking.order,
            Ranking.flags,
            RankingTask.known_order,
            RankingTask.known_flags,
            Ranking.lead_time,
            Ranking.submitted_at,
            lengths.c.characters,
        )
        .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
        .join(Annotator, Ranking.annotator_id == Annotator.id)
        .join(lengths, lengths.c.id == RankingTask.id)
        .where(Ranking.status == "active")
        .order_by(Ranking.submitted_at, Ranking.id)
    )
    return [Submission(*row) for row in session.execute(query)]


def refusals(session: Session, round_ids: Sequence[int]) -> list[Refusal]:
    """Skips and rejected submissions by annotator and reason; the code is what stands before its colon."""
    code = func.split_part(Ranking.reason, ":", 1)
    query = (
        select(Annotator.pseudonym, code, Ranking.reason, func.count())
        .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
        .join(Annotator, Ranking.annotator_id == Annotator.id)
        .where(
            RankingTask.round_id.in_(round_ids),
            or_(Ranking.status == "rejected", (Ranking.status == "withdrawn") & (code == SKIPPED)),
        )
        .group_by(Annotator.pseudonym, code, Ranking.reason)
        .order_by(Annotator.pseudonym, func.count().desc(), Ranking.reason)
    )
    return [Refusal(*row) for row in session.execute(query)]


def assigned(session: Session, round_ids: Sequence[int]) -> dict[str, int]:
    """How many tasks of the rounds each annotator was to rank."""
    query = (
        select(Annotator.pseudonym, func.count())
        .join(Assignment, Assignment.annotator_id == Annotator.id)
        .join(RankingTask, Assignment.ranking_task_id == RankingTask.id)
        .where(RankingTask.round_id.in_(round_ids))
        .group_by(Annotator.pseudonym)
    )
    return {pseudonym: int(tasks) for pseudonym, tasks in session.execute(query)}
