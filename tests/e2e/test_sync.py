"""Sync: what Label Studio has, and nothing else, is what counts as a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from annotation.client import LabelStudioClient
from annotation.consensus import build_pairs
from annotation.errors import LabelStudioDownError, WrongKeyError
from annotation.people import ensure_annotator
from annotation.push import push
from annotation.sync import sync
from db.errors import ConflictError
from db.models import Annotator, PreferencePair, Ranking, RankingTask
from db.session import Database
from tests.annotation.factories import make_round
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e


def places(*of_cards: int | None, false: Sequence[int] = ()) -> list[dict[str, Any]]:
    """The results that the page submits; None: no place for that card."""
    chosen = [(f"place_{card}", card, str(place)) for card, place in enumerate(of_cards) if place is not None]
    chosen += [(f"false_{card}", card, "ложные сведения") for card in false]
    return [
        {"type": "choices", "from_name": name, "to_name": f"text_{card}", "value": {"choices": [value]}}
        for name, card, value in chosen
    ]


class World:
    """A pushed round and what its annotators do by the API."""

    def __init__(self, database: Database, label_studio: LabelStudioUnderTest, tasks: int, overlap: int = 1) -> None:
        self.database = database
        self.client = label_studio.client
        self.round_id = make_round(database, tasks, overlap=overlap)
        push(database, self.client, self.round_id)
        with database.session() as session:
            self.tasks = list(session.scalars(select(RankingTask).order_by(RankingTask.id)))

    def submit(self, who: LabelStudioClient, task: int, result: list[dict[str, Any]], **more: Any) -> int:
        body = {"result": result, "lead_time": 30.5, **more}
        annotation: int = who.post(f"api/tasks/{self.tasks[task].task_id}/annotations/", body)["id"]
        return annotation

    def sync(self) -> Any:
        return sync(self.database, self.client, self.round_id)

    def rankings(self) -> list[Ranking]:
        with self.database.session() as session:
            return list(session.scalars(select(Ranking).order_by(Ranking.annotation_id)))


@pytest.fixture
def world(database: Database, label_studio: LabelStudioUnderTest) -> World:
    return World(database, label_studio, tasks=3, overlap=2)


@pytest.fixture(scope="module")
def anna(label_studio: LabelStudioUnderTest) -> LabelStudioClient:
    return label_studio.client_of("expert-anna")


@pytest.fixture(scope="module")
def boris(label_studio: LabelStudioUnderTest) -> LabelStudioClient:
    return label_studio.client_of("expert-boris")


def test_rankings_arrive_once_and_again_changes_nothing(
    world: World, anna: LabelStudioClient, boris: LabelStudioClient
) -> None:
    world.submit(anna, 0, places(2, 1, 4, 3))
    world.submit(boris, 0, places(1, 1, 2, 3, false=[3]))

    first, second = world.sync(), world.sync()

    assert (first.added, first.active, first.tasks_read) == (2, 2, 3)
    assert (second.added, second.changed, second.withdrawn, second.active) == (0, 0, 0, 2)
    shown = world.tasks[0].shown_order
    by_anna, by_boris = world.rankings()
    assert by_anna.order == [[shown[1]], [shown[0]], [shown[3]], [shown[2]]]
    assert [sorted(group) for group in by_boris.order or []] == [sorted(shown[:2]), [shown[2]], [shown[3]]]
    assert by_boris.flags == [shown[3]]
    assert by_anna.lead_time == 30.5
    assert by_anna.history == []


def test_no_names_or_addresses_are_stored(world: World, anna: LabelStudioClient) -> None:
    world.submit(anna, 0, places(2, 1, 4, 3))
    world.sync()

    assert "@" not in str(world.rankings()[0].raw)
    with world.database.session() as session:
        assert "@" not in str(session.scalars(select(Annotator.pseudonym)).all())


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ([], "untouched"),
        (places(None, None, None, None, false=[0]), "untouched"),
        (places(1, 2, None, 4), "incomplete"),
        (places(1, 2, 3, 7), "place"),
        ([{"type": "ranker", "from_name": "r", "value": {"ranker": {"r": ["w", "x", "y", "z"]}}}], "foreign"),
    ],
)
def test_a_submission_that_is_no_ranking_is_rejected_with_its_reason(
    world: World, anna: LabelStudioClient, result: list[dict[str, Any]], reason: str
) -> None:
    annotation = world.submit(anna, 1, result)

    report = world.sync()

    assert report.active == 0
    [rejection] = report.rejected
    assert rejection.annotation_id == annotation
    assert reason in rejection.reason
    [stored] = world.rankings()
    assert (stored.status, stored.order, stored.raw["result"]) == ("rejected", None, result)
    with world.database.session() as session:
        build_pairs(session, world.round_id, "all")
        assert session.scalars(select(PreferencePair)).all() == []


def test_a_changed_annotation_replaces_the_ranking_and_keeps_its_history(world: World, anna: LabelStudioClient) -> None:
    annotation = world.submit(anna, 0, places(1, 2, 3, 4))
    world.sync()
    anna.patch(f"api/annotations/{annotation}/", {"result": places(4, 3, 2, 1)})

    report = world.sync()

    assert (report.changed, report.active) == (1, 1)
    [ranking] = world.rankings()
    shown = world.tasks[0].shown_order
    assert ranking.order == [[candidate] for candidate in reversed(shown)]
    [former] = ranking.history
    assert (former["status"], former["order"]) == ("active", [[candidate] for candidate in shown])
    assert former["raw"]["result"] == places(1, 2, 3, 4)


def test_a_rejected_submission_that_is_put_right_counts(world: World, anna: LabelStudioClient) -> None:
    annotation = world.submit(anna, 0, places(1, 2, 3, None))
    assert world.sync().active == 0
    anna.patch(f"api/annotations/{annotation}/", {"result": places(1, 2, 3, 4)})

    report = world.sync()

    assert (report.active, report.rejected) == (1, [])


def test_a_deleted_annotation_withdraws_its_ranking(world: World, anna: LabelStudioClient) -> None:
    annotation = world.submit(anna, 0, places(1, 2, 3, 4))
    world.sync()
    anna.delete(f"api/annotations/{annotation}/")

    first, second = world.sync(), world.sync()

    assert (first.withdrawn, first.active) == (1, 0)
    assert second.withdrawn == 0
    [ranking] = world.rankings()
    assert (ranking.status, ranking.reason) == ("withdrawn", "deleted in Label Studio")
    assert ranking.history[0]["status"] == "active"


def test_skips_and_drafts_are_counted_and_not_ranked(
    world: World, anna: LabelStudioClient, boris: LabelStudioClient
) -> None:
    world.submit(anna, 0, [], was_cancelled=True)
    boris.post(f"api/tasks/{world.tasks[0].task_id}/drafts", {"result": places(1, 2, 3, 4), "lead_time": 1})

    report = world.sync()

    assert (report.skips, report.drafts, report.active, report.rejected) == (1, 1, 0, [])


def test_the_second_vote_of_one_person_is_rejected_until_the_first_is_gone(
    world: World, anna: LabelStudioClient
) -> None:
    first = world.submit(anna, 0, places(1, 2, 3, 4))
    second = world.submit(anna, 0, places(4, 3, 2, 1))

    report = world.sync()

    assert [(item.annotation_id, item.reason.split(":")[0]) for item in report.rejected] == [(second, "duplicate")]
    anna.delete(f"api/annotations/{first}/")
    assert (world.sync().active, [item.status for item in world.rankings()]) == (1, ["withdrawn", "active"])


def test_a_task_edited_in_label_studio_gives_no_ranking(world: World, anna: LabelStudioClient) -> None:
    task = world.tasks[0]
    items = [{**item, "body": "Другой текст"} for item in task.data["items"]]
    world.client.patch(f"api/tasks/{task.task_id}/", {"data": {**task.data, "items": items}})
    world.submit(anna, 0, places(1, 2, 3, 4))

    report = world.sync()

    assert report.active == 0
    assert report.rejected[0].reason.startswith("task_changed")


def test_a_deleted_task_withdraws_its_rankings(world: World, anna: LabelStudioClient) -> None:
    world.submit(anna, 0, places(1, 2, 3, 4))
    world.submit(anna, 1, places(1, 2, 3, 4))
    assert world.sync().active == 2
    world.client.delete(f"api/tasks/{world.tasks[0].task_id}/")

    report = world.sync()

    assert (report.deleted_tasks, report.tasks, report.active) == (1, 2, 1)


def test_scripts_do_not_get_into_a_real_round(world: World, label_studio: LabelStudioUnderTest) -> None:
    script = label_studio.client_of("script-one")
    with world.database.session() as session:
        ensure_annotator(session, label_studio.client, label_studio.account("script-one"), simulated=True)
    world.submit(script, 0, places(1, 2, 3, 4))

    report = world.sync()

    assert report.active == 0
    assert report.rejected[0].annotator == "script-one"
    assert report.rejected[0].reason.startswith("simulated")


def test_two_syncs_at_once_count_everything_once(
    world: World, anna: LabelStudioClient, boris: LabelStudioClient
) -> None:
    for task in range(3):
        world.submit(anna, task, places(1, 2, 3, 4))
        world.submit(boris, task, places(4, 3, 2, 1))

    with ThreadPoolExecutor(2) as pool:
        reports = [future.result() for future in [pool.submit(world.sync), pool.submit(world.sync)]]

    assert sum(report.added for report in reports) == 6
    assert [report.active for report in reports] == [6, 6] or sorted(report.added for report in reports) == [0, 6]
    assert len(world.rankings()) == 6


def test_small_pages_miss_nothing(world: World, anna: LabelStudioClient) -> None:
    from annotation.remote_tasks import changed_tasks

    for task in range(3):
        world.submit(anna, task, places(1, 2, 3, 4))

    project_id = world.tasks[0].project_id
    assert project_id is not None
    pages = list(changed_tasks(world.client, project_id, None, page_size=2))

    assert {task["id"] for page in pages for task in page} == {task.task_id for task in world.tasks}


def test_a_round_that_was_not_pushed_says_so(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 1)

    with pytest.raises(ConflictError, match="not pushed; run `raisontext push --round 1` first"):
        sync(database, label_studio.client, round_id)


def test_a_wrong_key_and_a_server_that_is_down_change_nothing(world: World, anna: LabelStudioClient) -> None:
    world.submit(anna, 0, places(1, 2, 3, 4))

    with pytest.raises(WrongKeyError, match="does not accept the API key"):
        sync(world.database, LabelStudioClient(world.client.url, "0" * 40), world.round_id)
    with pytest.raises(LabelStudioDownError, match=r"does not answer at http://127\.0\.0\.1:9:"):
        sync(world.database, LabelStudioClient("http://127.0.0.1:9", "0" * 40), world.round_id)

    assert world.rankings() == []
    assert world.sync().active == 1
