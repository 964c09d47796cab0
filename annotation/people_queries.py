"""Reads about annotators."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from annotation import assignment_queries
from db.models import ROUND_OPEN_STATES, Annotator, Ranking, Round

Begun = dict[int, set[int]]


class Activity(NamedTuple):
    """``per_day``: submissions (skips too) of the last days by day, UTC."""

    last: dt.datetime | None
    per_day: dict[dt.date, int]


def by_pseudonym(session: Session, pseudonym: str) -> Annotator | None:
    """An annotator by pseudonym."""
    return session.scalar(select(Annotator).where(Annotator.pseudonym == pseudonym))


def everybody(session: Session) -> list[Annotator]:
    """All annotators by pseudonym."""
    return list(session.scalars(select(Annotator).order_by(Annotator.pseudonym)))


def open_round(session: Session) -> Round | None:
    """The round that is under way; the database allows one."""
    return session.scalar(select(Round).where(Round.state.in_(ROUND_OPEN_STATES)))


def tasks_by_person(session: Session, round_id: int) -> tuple[Begun, Begun]:
    """Row ids of tasks in a round by annotator: those assigned, and those ranked or skipped. Deleted ones count not."""
    deleted = {task.id for task in assignment_queries.assignable_tasks(session, round_id) if task.deleted}
    found: list[Begun] = []
    done = assignment_queries.begun(session, round_id, returned=False)
    for people in (assignment_queries.assigned(session, round_id), done):
        tasks: Begun = defaultdict(set)
        for task, persons in people.items():
            for person in persons if task not in deleted else ():
                tasks[person].add(task)
        found.append(tasks)
    return found[0], found[1]


def activity(session: Session, since: dt.datetime) -> dict[int, Activity]:
    """Work of each annotator in all rounds: the last submission ever, and submissions per day from ``since`` on."""
    last = select(Ranking.annotator_id, func.max(Ranking.submitted_at)).group_by(Ranking.annotator_id)
    day = cast(func.timezone("UTC", Ranking.submitted_at), Date)
    days = (
        select(Ranking.annotator_id, day, func.count())
        .where(Ranking.submitted_at >= since)
        .group_by(Ranking.annotator_id, day)
        .order_by(day)
    )
    per_day: dict[int, dict[dt.date, int]] = defaultdict(dict)
    for annotator, date, count in session.execute(days):
        per_day[annotator][date] = count
    return {annotator: Activity(moment, per_day[annotator]) for annotator, moment in session.execute(last)}
