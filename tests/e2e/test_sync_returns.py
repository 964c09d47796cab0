"""Rejected submissions: shown with their reasons, sent back to their annotators, whoever is killed meanwhile."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from annotation.people import Account, ensure_annotator
from annotation.returns import rejected, send_back
from annotation.simulated import AnnotatorSession
from db.errors import ConflictError, NotFoundError
from db.session import Database
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.test_annotation_cli import raisontext
from tests.e2e.test_sync import World, places

pytestmark = pytest.mark.e2e

INCOMPLETE = places(1, 2, 3, None)


@pytest.fixture(scope="module")
def anna(label_studio: LabelStudioUnderTest) -> Account:
    return label_studio.account("returned-anna")


@pytest.fixture
def world(database: Database, label_studio: LabelStudioUnderTest, anna: Account) -> World:
    """Its tasks are assigned, so that the queue is the fence's."""
    with database.session() as session:
        for account in (anna, label_studio.account("returned-boris")):
            ensure_annotator(session, label_studio.client, account, simulated=False)
    return World(database, label_studio, tasks=2, overlap=2)


def queue(world: World, who: Account) -> int | None:
    """The task that the page would show now."""
    project = world.tasks[0].project_id
    assert project is not None
    with AnnotatorSession(world.client.url, project) as session:
        assert session.login(who.login, who.password)
        task = session.next_task()
    return task["id"] if task else None


def test_a_submission_sent_back_is_in_its_annotators_queue_again(world: World, anna: Account) -> None:
    first = world.submit(anna, 0, INCOMPLETE)
    world.submit(anna, 1, places(1, 2, 3, 4))
    world.sync()
    assert queue(world, anna) is None

    report = send_back(world.database, world.client, world.round_id)
    again = send_back(world.database, world.client, world.round_id)

    assert [(one.annotation_id, one.annotator) for one in report.returned] == [(first, "returned-anna")]
    assert (again.returned, again.changed, again.kept) == ([], [], [])
    assert queue(world, anna) == world.tasks[0].task_id
    synced = world.sync()
    assert (synced.withdrawn, synced.changed, synced.active, synced.swept) == (0, 0, 1, False)
    returned = world.rankings()[0]
    assert returned.status == "withdrawn"
    assert (returned.reason or "").startswith("returned: incomplete: expected a place for each")
    assert [former["status"] for former in returned.history] == ["rejected"]
    assert returned.history[0]["reason"].startswith("incomplete")

    world.submit(anna, 0, places(4, 3, 2, 1))
    assert (world.sync().active, rejected(world.database, world.round_id)) == (2, [])


def test_what_ranking_again_would_not_help_stays(world: World, anna: Account) -> None:
    world.submit(anna, 0, places(1, 2, 3, 4))
    second = world.submit(anna, 0, places(4, 3, 2, 1))
    sound = world.submit(anna, 1, places(4, 3, 2, 1))
    world.sync()

    report = send_back(world.database, world.client, world.round_id)

    assert ([one.annotation_id for one in report.kept], report.returned) == ([second], [])
    with pytest.raises(ConflictError, match=f"would not help submission {second}, which was rejected as duplicate"):
        send_back(world.database, world.client, world.round_id, [second])
    with pytest.raises(ConflictError, match=f"found others: {sound}"):
        send_back(world.database, world.client, world.round_id, [sound])
    with pytest.raises(NotFoundError, match="annotation id 987654321"):
        send_back(world.database, world.client, world.round_id, [987654321])
    assert [item.status for item in world.rankings()] == ["active", "rejected", "active"]


def test_a_submission_put_right_meanwhile_is_left_alone(world: World, anna: Account) -> None:
    annotation = world.submit(anna, 0, INCOMPLETE)
    world.sync()
    world.change(annotation, result=places(1, 2, 3, 4))

    report = send_back(world.database, world.client, world.round_id)

    assert ([one.annotation_id for one in report.changed], report.returned) == ([annotation], [])
    assert world.sync().active == 1
    assert (world.rankings()[0].status, len(world.rankings()[0].history)) == ("active", 2)


@pytest.mark.parametrize(
    ("moment", "request_number", "deleted"), [("after", 1, False), ("before", 2, False), ("after", 2, True)]
)
@pytest.mark.parametrize("next_step", ["sync", "send back"])
def test_killed_anywhere_it_says_at_last_why_the_submission_was_returned(
    world: World,
    anna: Account,
    label_studio: LabelStudioUnderTest,
    moment: str,
    request_number: int,
    deleted: bool,
    next_step: str,
) -> None:
    annotation = world.submit(anna, 0, INCOMPLETE)
    world.sync()
    key = label_studio.server.credentials.token
    arguments = [world.database.url, world.client.url, key, world.round_id, "send_back", moment, request_number]
    driver = [sys.executable, "-m", "tests.e2e.sync_and_die", *map(str, arguments)]

    assert subprocess.run(driver, check=False).returncode == -signal.SIGKILL
    assert [one.annotation_id for one in rejected(world.database, world.round_id)] == [annotation]

    if next_step == "sync":
        world.sync()
    if not deleted or next_step == "send back":
        assert len(send_back(world.database, world.client, world.round_id).returned) == 1
    world.sync()
    [ranking] = world.rankings()
    assert ranking.status == "withdrawn"
    assert (ranking.reason or "").startswith("returned: incomplete")
    assert [former["status"] for former in ranking.history] == ["rejected"]
    assert queue(world, anna) == world.tasks[0].task_id


def test_the_command_shows_and_sends_back(
    world: World, anna: Account, label_studio: LabelStudioUnderTest, tmp_path: Path
) -> None:
    annotation = world.submit(anna, 0, INCOMPLETE)
    world.sync()
    known = {"LABEL_STUDIO_URL": label_studio.url, "LABEL_STUDIO_API_KEY": label_studio.server.credentials.token}

    shown = raisontext("rejected", "--json", database=world.database, data_dir=tmp_path)
    usage = raisontext("rejected", "--send-back", database=world.database, data_dir=tmp_path)
    sent = raisontext("rejected", "--send-back", str(annotation), database=world.database, data_dir=tmp_path, **known)

    [row] = json.loads(shown.stdout)["rejected"]
    assert (row["annotation_id"], row["code"], row["annotator"]) == (annotation, "incomplete", "returned-anna")
    assert (usage.returncode, sent.returncode, sent.stderr) == (2, 0, "")
    assert sent.stdout.splitlines() == ["Sent back: 1", f"  {annotation} to returned-anna"]
    assert rejected(world.database, world.round_id) == []
