"""Push: every task exactly once in Label Studio, whatever happens on the way."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from annotation.errors import BusyError
from annotation.push import PushReport, push
from annotation.remote_tasks import all_tasks
from db.errors import ConflictError
from db.models import RankingTask, Round
from db.session import Database
from tests.annotation.factories import make_round
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e

SIGKILLED = -9


def test_tasks_show_what_is_stored_and_nothing_more(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 3, overlap=2)

    report = push(database, label_studio.client, round_id)

    assert (report.total, report.pushed) == (3, 3)
    assert label_studio.client.get(f"api/projects/{report.project_id}/")["maximum_annotations"] == 2
    remote = {task["id"]: task["data"] for task in all_tasks(label_studio.client, report.project_id)}
    with database.session() as session:
        rows = session.scalars(select(RankingTask)).all()
        assert {row.task_id: row.data for row in rows} == remote
        assert session.get_one(Round, round_id).project_url == report.project_url
    assert len({item["id"] for data in remote.values() for item in data["items"]}) == 12


def test_a_second_push_changes_nothing(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 2)
    first = push(database, label_studio.client, round_id)

    second = push(database, label_studio.client, round_id)

    assert (second.project_id, second.pushed, second.recovered, second.removed) == (first.project_id, 0, 0, 0)
    _assert_each_exactly_once(database, label_studio, second)


def test_a_round_without_candidates_is_refused(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 0)

    with pytest.raises(ConflictError, match="found no résumé with 4"):
        push(database, label_studio.client, round_id)


CHUNK = 250  # of the push that dies


@pytest.mark.parametrize(
    ("moment", "number"), [("before", 1), ("during", 1), ("after", 1), ("during", 2), ("after", 2), ("before", 3)]
)
def test_nothing_is_lost_or_doubled_by_kill_9(
    database: Database, label_studio: LabelStudioUnderTest, moment: str, number: int
) -> None:
    round_id = make_round(database, 2 * CHUNK + 20)
    command = [sys.executable, "-m", "tests.e2e.push_and_die", database.url, label_studio.url]
    command += [label_studio.server.credentials.token, str(round_id), moment, str(number), str(CHUNK)]
    assert subprocess.run(command, check=False).returncode == SIGKILLED
    with database.session() as session:
        stored = session.scalar(select(func.count(RankingTask.task_id)))
    assert stored == (number - 1) * CHUNK

    report = push(database, label_studio.client, round_id)

    assert report.total == 2 * CHUNK + 20
    if moment == "after":
        assert report.recovered == min(CHUNK, report.total - (number - 1) * CHUNK)
    assert report.pushed == report.total - stored - report.recovered
    _assert_each_exactly_once(database, label_studio, report)


def test_an_import_that_arrived_after_all_is_removed(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 3)
    report = push(database, label_studio.client, round_id)
    with database.session() as session:
        late = [{"data": data} for data in session.scalars(select(RankingTask.data))]
    label_studio.client.import_tasks(report.project_id, late[:2])
    label_studio.client.import_tasks(report.project_id, [{"data": {**late[0]["data"], "external_id": "not-ours"}}])

    again = push(database, label_studio.client, round_id)

    assert again.removed == 2
    remote = Counter(task["data"]["external_id"] for task in all_tasks(label_studio.client, report.project_id))
    assert remote.pop("not-ours") == 1
    assert set(remote.values()) == {1}


def test_two_pushes_at_once_do_not_meet(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 300)

    def attempt() -> PushReport | BusyError:
        try:
            return push(database, label_studio.client, round_id)
        except BusyError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        outcomes = [future.result() for future in [pool.submit(attempt), pool.submit(attempt)]]

    reports = [outcome for outcome in outcomes if isinstance(outcome, PushReport)]
    assert sum(report.pushed for report in reports) == 300
    _assert_each_exactly_once(database, label_studio, reports[0])


def _assert_each_exactly_once(database: Database, label_studio: LabelStudioUnderTest, report: PushReport) -> None:
    remote = {task["id"]: task["data"]["external_id"] for task in all_tasks(label_studio.client, report.project_id)}
    with database.session() as session:
        rows = session.scalars(select(RankingTask)).all()
    assert len(rows) == report.total
    assert {row.task_id: row.external_id for row in rows} == remote
