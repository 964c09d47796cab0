"""Scripted annotators rank through a real Label Studio, each with a login of their own."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from sqlalchemy import select

from annotation.consensus import build_pairs
from annotation.errors import LabelStudioDownError, WrongKeyError
from annotation.people import Account, ensure_annotator
from annotation.push import PushReport, push
from annotation.round_agreement import round_agreement
from annotation.simulated import rank_all, round_profiles
from annotation.sync import sync
from db.errors import NotFoundError
from db.models import Annotator, PreferencePair, Ranking, Round
from db.session import Database
from resumes.schema import Profile
from tests.annotation.factories import make_round
from tests.annotation.test_simulated import TEXTS
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e

NAMES = ("robot-a", "robot-b", "robot-c")
TASKS = 4


class Interrupted(Exception):  # noqa: N818 - not an error of the program
    """Stands for whatever ends the work in the middle."""


@pytest.fixture
def accounts(database: Database, label_studio: LabelStudioUnderTest) -> list[Account]:
    found = [label_studio.account(name) for name in NAMES]
    with database.session() as session:
        for account in found:
            ensure_annotator(session, label_studio.client, account, simulated=True)
    return found


@pytest.fixture
def pushed(database: Database, label_studio: LabelStudioUnderTest) -> tuple[PushReport, int, dict[str, Profile]]:
    round_id = make_round(database, TASKS, overlap=len(NAMES), simulated=True, texts=TEXTS)
    report = push(database, label_studio.client, round_id)
    with database.session() as session:
        return report, round_id, round_profiles(session, round_id)


def test_three_annotators_rank_everything_once_although_interrupted(
    database: Database,
    label_studio: LabelStudioUnderTest,
    accounts: list[Account],
    pushed: tuple[PushReport, int, dict[str, Profile]],
) -> None:
    report, round_id, profiles = pushed
    seen: list[tuple[int, int]] = []

    def interrupt(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 4:
            raise Interrupted

    with pytest.raises(Interrupted):
        rank_all(label_studio.url, accounts, report.project_id, profiles, seed=1, progress=interrupt)
    before = len(seen)
    assert 4 <= before < TASKS * 3
    done = rank_all(
        label_studio.url, accounts, report.project_id, profiles, seed=1, progress=lambda *state: seen.append(state)
    )
    assert before + done == TASKS * 3
    assert seen == [(number, TASKS * 3) for number in range(1, TASKS * 3 + 1)]
    assert rank_all(label_studio.url, accounts, report.project_id, profiles, seed=1) == 0

    synced = sync(database, label_studio.client, round_id)
    assert (synced.active, synced.rejected) == (TASKS * 3, [])
    with database.session() as session:
        build_pairs(session, round_id)
        rankings = session.scalars(select(Ranking)).all()
        names = {row.id: row.pseudonym for row in session.scalars(select(Annotator))}
        assert Counter(names[ranking.annotator_id] for ranking in rankings) == dict.fromkeys(NAMES, TASKS)
        assert all(ranking.simulated for ranking in rankings)
        assert all(ranking.lead_time is not None and ranking.lead_time > 0 for ranking in rankings)
        pairs = session.scalars(select(PreferencePair)).all()
        assert pairs
        assert all(pair.simulated for pair in pairs)
        found = round_agreement(session, session.get_one(Round, round_id))
    assert found.simulated
    assert found.overall.alpha is not None
    assert found.overall.alpha > 0.4, "they share a rubric"


def test_failures_are_typed(
    label_studio: LabelStudioUnderTest,
    accounts: list[Account],
    pushed: tuple[PushReport, int, dict[str, Profile]],
) -> None:
    report, _, profiles = pushed
    stranger = dataclasses.replace(accounts[0], password="wrong")
    with pytest.raises(WrongKeyError, match="does not accept the login"):
        rank_all(label_studio.url, [stranger], report.project_id, profiles)
    with pytest.raises(NotFoundError, match="Expected the résumé of task"):
        rank_all(label_studio.url, accounts, report.project_id, {})
    with pytest.raises(LabelStudioDownError, match="does not answer"):
        rank_all("http://127.0.0.1:9", accounts, report.project_id, profiles)
