"""Annotators in the database: names, weights of votes, who does how much."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from annotation import queries
from annotation.credentials import ensure_password
from annotation.people import check_pseudonym, set_weight
from annotation.team import roster
from db.errors import InvalidInputError, NotFoundError
from db.models import AnnotatorDecision, Assignment, RankingTask
from db.session import Database
from tests.annotation.round_world import NOW, RoundWorld


@pytest.mark.parametrize("name", ["a", "Анна", "anna@x", "-anna", "a" * 31, "Anna", "unregistered-7"])
def test_a_pseudonym_can_be_a_login_and_is_no_name_of_ours(name: str) -> None:
    with pytest.raises(InvalidInputError, match="Expected a pseudonym"):
        check_pseudonym(name)


def test_passwords_made_at_once_are_all_kept(tmp_path: Path) -> None:
    logins = [f"{number}@x" for number in range(12)]
    with ProcessPoolExecutor(4) as pool:
        made = list(pool.map(ensure_password, [tmp_path] * len(logins), logins))
    assert [ensure_password(tmp_path, login) for login in logins] == made


def test_somebody_who_ranked_before_being_added_gets_the_name_then(database: Database) -> None:
    with database.session() as session:
        assert queries.upsert_annotator(session, "ls", 7).pseudonym == "unregistered-7"
        assert queries.upsert_annotator(session, "ls", 7, "anna").pseudonym == "anna"
        assert queries.upsert_annotator(session, "ls", 7).pseudonym == "anna"
        assert queries.upsert_annotator(session, "ls", 7, "boris").pseudonym == "anna", "a name once given stays"
        assert queries.upsert_annotator(session, "other", 7, "anna").pseudonym == "anna-2"


def test_a_change_of_weight_is_kept_with_its_reason(database: Database) -> None:
    with database.session() as session:
        RoundWorld(session).annotator("anna")
        first = set_weight(session, "anna", 0.5, " новичок ")
        assert (first.former_weight, first.weight, first.reason, first.changed) == (1.0, 0.5, "новичок", True)
        assert not set_weight(session, "anna", 0.5, "ещё раз").changed
        set_weight(session, "anna", 0.0, "ранжирует не читая")
        rows = session.scalars(select(AnnotatorDecision).order_by(AnnotatorDecision.id)).all()
        assert [(row.former_weight, row.weight, row.reason) for row in rows] == [
            (1.0, 0.5, "новичок"),
            (0.5, 0.0, "ранжирует не читая"),
        ]


@pytest.mark.parametrize(
    ("weight", "reason", "message"),
    [
        (-1.0, "x", "0 or more, found -1"),
        (float("nan"), "x", "found nan"),
        (float("inf"), "x", "inf"),
        (1.0, " ", "none"),
    ],
)
def test_weights_that_make_no_sense(database: Database, weight: float, reason: str, message: str) -> None:
    with database.session() as session:
        RoundWorld(session).annotator("anna")
        with pytest.raises(InvalidInputError, match=message):
            set_weight(session, "anna", weight, reason)
        with pytest.raises(NotFoundError, match="There is no annotator 'nobody'"):
            set_weight(session, "nobody", 1.0, "x")


def test_the_roster(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        tasks = [world.tasks[world.task()] for _ in range(4)]
        anna, boris = world.annotator("anna"), world.annotator("boris", simulated=True)
        queries.upsert_annotator(session, "ls", 7)
        for task, person in ((0, anna), (1, anna), (2, anna), (3, anna), (3, boris)):
            session.add(Assignment(ranking_task_id=tasks[task].id, annotator_id=person.id))
        tasks[2].deleted_at = NOW
        world.ranking(0, anna, "0>1>2>3")
        skip = world.ranking(1, anna, "0>1>2>3")
        skip.status, skip.reason = "withdrawn", "skipped: тексты одинаковы"
        skip.submitted_at = NOW + dt.timedelta(days=1)
        sent_back = world.ranking(3, anna, "0>1>2>3")
        sent_back.status, sent_back.reason = "withdrawn", "returned: too_fast: 2 s"
        boris.disabled_at = NOW
        session.flush()

        found = roster(session, NOW + dt.timedelta(days=2))
        later = roster(session, NOW + dt.timedelta(days=30))

    people = {row["pseudonym"]: row for row in found["annotators"]}
    assert found["round"] == 1
    assert [people["anna"][name] for name in ("assigned", "done", "open", "state")] == [3, 2, 1, "active"]
    assert people["anna"]["per_day"] == {"2026-01-05": 2, "2026-01-06": 1}
    assert people["anna"]["daily"] == 1.5
    assert people["anna"]["last_submission"] == NOW + dt.timedelta(days=1)
    assert [people["boris"][name] for name in ("assigned", "done", "open", "state")] == [1, 0, 1, "disabled"]
    assert people["boris"]["daily"] is None
    assert people["unregistered-7"]["state"] == "unregistered"
    assert later["annotators"][0]["per_day"] == {}
    assert later["annotators"][0]["last_submission"] is not None


def test_the_roster_without_a_round(database: Database) -> None:
    with database.session() as session:
        assert roster(session, NOW) == {"round": None, "annotators": []}
        assert session.scalars(select(RankingTask)).all() == []
