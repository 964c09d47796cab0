"""Sync: what Label Studio has, and nothing else, is what counts as a ranking."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from annotation.client import LabelStudioClient
from annotation.consensus import build_pairs
from annotation.errors import LabelStudioDownError, WrongKeyError
from annotation.people import Account, ensure_annotator
from annotation.push import push
from annotation.remote_tasks import changed_tasks
from annotation.sync import SyncReport, sync
from db.embedded import EmbeddedPostgres
from db.errors import ConflictError
from db.models import Annotator, PreferencePair, Ranking, RankingTask, Round
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


def choice(control: str, value: str) -> dict[str, Any]:
    return {"type": "choices", "from_name": control, "to_name": "resume", "value": {"choices": [value]}}


def comment(text: str) -> dict[str, Any]:
    return {"type": "textarea", "from_name": "comment", "to_name": "resume", "value": {"text": [text]}}


REAL_NOW = dt.datetime.now


def skew_clock(monkeypatch: pytest.MonkeyPatch, skew: dt.timedelta) -> None:
    """Moves the clock that our code reads; Label Studio and PostgreSQL keep theirs."""

    class Skewed(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Skewed:
            return cls.fromtimestamp((REAL_NOW(dt.UTC) + skew).timestamp(), tz)

    moved = time.time
    monkeypatch.setattr(dt, "datetime", Skewed)
    monkeypatch.setattr(time, "time", lambda: moved() + skew.total_seconds())


def age_last_sweep(database: Database, round_id: int) -> None:
    with database.session() as session:
        round_ = session.get_one(Round, round_id)
        round_.config = {**round_.config, "swept_at": round_.config["swept_at"] - 3600}


class MeddlingClient(LabelStudioClient):
    """The real client; each page of tasks that it fetched is old by the time it arrives."""

    def __init__(self, real: LabelStudioClient) -> None:
        super().__init__(real.url, real._api_key)
        self.after_page: list[Callable[[], None]] = []

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        answer = super().get(path, params)
        if path == "api/tasks/" and "annotations," in str((params or {}).get("include")) and self.after_page:
            self.after_page.pop(0)()
        return answer


class World:
    """A pushed round and what its annotators do by the API."""

    def __init__(self, database: Database, label_studio: LabelStudioUnderTest, tasks: int, overlap: int = 1) -> None:
        self.database = database
        self.client = label_studio.client
        self.round_id = make_round(database, tasks, overlap=overlap)
        push(database, self.client, self.round_id)
        with database.session() as session:
            self.tasks = list(session.scalars(select(RankingTask).order_by(RankingTask.id)))

    def submit(self, who: Account, task: int, result: list[dict[str, Any]], **more: Any) -> int:
        """As an administrator, who may do what the page and the fence forbid: submit anything in anybody's name."""
        body = {"result": result, "lead_time": 30.5, "completed_by": who.user_id, **more}
        annotation: int = self.client.post(f"api/tasks/{self.tasks[task].task_id}/annotations/", body)["id"]
        return annotation

    def change(self, annotation: int, **fields: Any) -> None:
        self.client.patch(f"api/annotations/{annotation}/", fields)

    def delete(self, annotation: int) -> None:
        self.client.delete(f"api/annotations/{annotation}/")

    def sync(self, **options: bool) -> SyncReport:
        return sync(self.database, self.client, self.round_id, **options)

    def rankings(self) -> list[Ranking]:
        with self.database.session() as session:
            return list(session.scalars(select(Ranking).order_by(Ranking.annotation_id)))


@pytest.fixture
def world(database: Database, label_studio: LabelStudioUnderTest) -> World:
    return World(database, label_studio, tasks=3, overlap=2)


@pytest.fixture
def label_studio_sql(label_studio: LabelStudioUnderTest, pg_server: EmbeddedPostgres) -> Iterator[Connection]:
    """Label Studio's own database."""
    database = Database(pg_server.url("labelstudio"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    database.close()


@pytest.fixture(scope="module")
def anna(label_studio: LabelStudioUnderTest) -> Account:
    return label_studio.account("expert-anna")


@pytest.fixture(scope="module")
def boris(label_studio: LabelStudioUnderTest) -> Account:
    return label_studio.account("expert-boris")


def test_rankings_arrive_once_and_again_changes_nothing(world: World, anna: Account, boris: Account) -> None:
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


def test_no_names_or_addresses_are_stored(world: World, anna: Account) -> None:
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
    world: World, anna: Account, result: list[dict[str, Any]], reason: str
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


def test_a_changed_annotation_replaces_the_ranking_and_keeps_its_history(world: World, anna: Account) -> None:
    annotation = world.submit(anna, 0, places(1, 2, 3, 4))
    world.sync()
    world.change(annotation, result=places(4, 3, 2, 1))

    report = world.sync()

    assert (report.changed, report.active) == (1, 1)
    [ranking] = world.rankings()
    shown = world.tasks[0].shown_order
    assert ranking.order == [[candidate] for candidate in reversed(shown)]
    [former] = ranking.history
    assert (former["status"], former["order"]) == ("active", [[candidate] for candidate in shown])
    assert former["raw"]["result"] == places(1, 2, 3, 4)


def test_a_rejected_submission_that_is_put_right_counts(world: World, anna: Account) -> None:
    annotation = world.submit(anna, 0, places(1, 2, 3, None))
    assert world.sync().active == 0
    world.change(annotation, result=places(1, 2, 3, 4))

    report = world.sync()

    assert (report.active, report.rejected) == (1, [])


def test_a_deleted_annotation_withdraws_its_ranking(world: World, anna: Account) -> None:
    annotation = world.submit(anna, 0, places(1, 2, 3, 4))
    world.sync()
    world.delete(annotation)

    first, second = world.sync(), world.sync()

    assert (first.withdrawn, first.active) == (1, 0)
    assert second.withdrawn == 0
    [ranking] = world.rankings()
    assert (ranking.status, ranking.reason) == ("withdrawn", "deleted in Label Studio")
    assert ranking.history[0]["status"] == "active"


def test_skips_and_drafts_are_counted_and_not_ranked(world: World, anna: Account, boris: Account) -> None:
    world.submit(anna, 0, [], was_cancelled=True)
    why = [choice("skip_reason", "Не хватает сведений"), comment("Резюме пустое")]
    skip = world.submit(boris, 0, why, was_cancelled=True)
    world.client.post(f"api/tasks/{world.tasks[0].task_id}/drafts", {"result": places(1, 2, 3, 4), "lead_time": 1})

    report = world.sync()

    assert (report.skips, report.drafts, report.active, report.rejected) == (2, 1, 0, [])
    assert report.skipped == {"": 1, "Не хватает сведений": 1}
    silent, explained = world.rankings()
    assert (silent.status, silent.reason, silent.comment) == ("withdrawn", "skipped", None)
    assert (explained.reason, explained.comment) == ("skipped: Не хватает сведений", "Резюме пустое")

    world.delete(skip)
    assert world.sync().skipped == {"": 1}
    assert world.rankings()[1].reason == "deleted in Label Studio"
    assert not world.sync().swept  # what is gone is not missed for ever


def test_the_second_vote_of_one_person_is_rejected_until_the_first_is_gone(world: World, anna: Account) -> None:
    first = world.submit(anna, 0, places(1, 2, 3, 4))
    second = world.submit(anna, 0, places(4, 3, 2, 1))

    report = world.sync()

    assert [(item.annotation_id, item.reason.split(":")[0]) for item in report.rejected] == [(second, "duplicate")]
    world.delete(first)
    assert (world.sync().active, [item.status for item in world.rankings()]) == (1, ["withdrawn", "active"])


def test_a_task_edited_in_label_studio_gives_no_ranking(world: World, anna: Account) -> None:
    task = world.tasks[0]
    items = [{**item, "body": "Другой текст"} for item in task.data["items"]]
    world.client.patch(f"api/tasks/{task.task_id}/", {"data": {**task.data, "items": items}})
    world.submit(anna, 0, places(1, 2, 3, 4))

    report = world.sync()

    assert report.active == 0
    assert report.rejected[0].reason.startswith("task_changed")


def test_a_deleted_task_withdraws_its_rankings(world: World, anna: Account) -> None:
    world.submit(anna, 0, places(1, 2, 3, 4))
    world.submit(anna, 1, places(1, 2, 3, 4))
    assert world.sync().active == 2
    world.client.delete(f"api/tasks/{world.tasks[0].task_id}/")

    report = world.sync()

    assert (report.deleted_tasks, report.tasks, report.active) == (1, 2, 1)


def test_scripts_do_not_get_into_a_real_round(world: World, label_studio: LabelStudioUnderTest) -> None:
    script = label_studio.account("script-one")
    with world.database.session() as session:
        ensure_annotator(session, label_studio.client, script, simulated=True)
    world.submit(script, 0, places(1, 2, 3, 4))

    report = world.sync()

    assert report.active == 0
    assert report.rejected[0].annotator == "script-one"
    assert report.rejected[0].reason.startswith("simulated")


def test_two_syncs_at_once_count_everything_once(world: World, anna: Account, boris: Account) -> None:
    for task in range(3):
        world.submit(anna, task, places(1, 2, 3, 4))
        world.submit(boris, task, places(4, 3, 2, 1))

    with ThreadPoolExecutor(2) as pool:
        reports = [future.result() for future in [pool.submit(world.sync), pool.submit(world.sync)]]

    assert sum(report.added for report in reports) == 6
    assert [report.active for report in reports] == [6, 6] or sorted(report.added for report in reports) == [0, 6]
    assert len(world.rankings()) == 6


def test_small_pages_miss_nothing(world: World, anna: Account) -> None:
    for task in range(3):
        world.submit(anna, task, places(1, 2, 3, 4))

    project_id = world.tasks[0].project_id
    assert project_id is not None
    pages = list(changed_tasks(world.client, project_id, None, page_size=2))

    assert {task["id"] for page in pages for task in page} == {task.task_id for task in world.tasks}


@pytest.mark.parametrize(
    ("seconds", "config", "rejected"),
    [(2.9, {}, 1), (10.0, {}, 1), (30.0, {}, 0), (None, {}, 0), (0.1, {"minimum_seconds_per_character": 0}, 0)],
)
def test_a_submission_sooner_than_it_can_be_read_is_rejected(
    world: World, anna: Account, seconds: float | None, config: dict[str, float], rejected: int
) -> None:
    with world.database.session() as session:
        session.get_one(Round, world.round_id).config = config
    world.submit(anna, 0, places(1, 2, 3, 4), lead_time=seconds)

    report = world.sync()

    assert [item.reason.split(":")[0] for item in report.rejected] == ["too_fast"] * rejected
    assert report.active == 1 - rejected


@pytest.mark.parametrize("skew", [dt.timedelta(days=-400), dt.timedelta(days=400)])
def test_our_own_clock_does_not_matter(
    world: World, anna: Account, monkeypatch: pytest.MonkeyPatch, skew: dt.timedelta
) -> None:
    first = world.submit(anna, 0, places(1, 2, 3, 4))
    assert world.sync().active == 1
    skew_clock(monkeypatch, skew)
    assert dt.datetime.now(dt.UTC) - REAL_NOW(dt.UTC) != dt.timedelta(0)

    world.submit(anna, 1, places(1, 2, 3, 4))
    assert world.sync().active == 2
    world.delete(first)
    world.client.delete(f"api/tasks/{world.tasks[1].task_id}/")
    report = world.sync()

    assert (report.active, report.deleted_tasks) == (0, 1)
    assert (world.sync().added, world.sync().swept) == (0, False)
    [former] = world.rankings()[0].history
    assert abs(dt.datetime.fromisoformat(former["until"]) - REAL_NOW(dt.UTC)) < dt.timedelta(hours=1)


def test_a_task_that_changes_while_it_is_read_is_read_again(world: World, anna: Account) -> None:
    annotation = world.submit(anna, 0, places(1, 2, 3, 4))
    client = MeddlingClient(world.client)
    client.after_page = [
        lambda: world.change(annotation, result=places(4, 3, 2, 1)),
        lambda: world.delete(annotation),
    ]

    sync(world.database, client, world.round_id)
    shown = world.tasks[0].shown_order
    assert [item.order for item in world.rankings()] == [[[candidate] for candidate in shown]]
    sync(world.database, client, world.round_id)
    assert [item.order for item in world.rankings()] == [[[candidate] for candidate in reversed(shown)]]
    world.sync()

    [ranking] = world.rankings()
    assert (ranking.status, len(ranking.history)) == ("withdrawn", 2)


def test_a_deleted_task_behind_a_foreign_one_is_missed(world: World, anna: Account) -> None:
    world.submit(anna, 0, places(1, 2, 3, 4))
    assert world.sync().active == 1
    project = world.tasks[0].project_id
    assert project is not None
    world.client.delete(f"api/tasks/{world.tasks[0].task_id}/")
    world.client.import_tasks(project, [{"data": {**world.tasks[0].data, "external_id": "somebody's"}}])

    report = world.sync()

    assert (report.foreign_tasks, report.deleted_tasks, report.active) == (1, 1, 0)


def test_changes_that_label_studio_did_not_stamp_are_found(
    world: World, anna: Account, boris: Account, label_studio_sql: Connection
) -> None:
    """As a Label Studio leaves them that dies between writing an annotation and stamping its task."""
    lost, kept = world.submit(anna, 0, places(1, 2, 3, 4)), world.submit(boris, 1, places(1, 2, 3, 4))
    assert world.sync().active == 2
    long_ago = {"project": world.tasks[0].project_id}
    label_studio_sql.execute(
        text("UPDATE task SET updated_at = updated_at - interval '1 hour' WHERE project_id = :project"), long_ago
    )
    assert world.sync(sweep=True).active == 2  # the times as stored; then nothing is due
    with world.database.session() as session:
        session.get_one(Round, world.round_id).synced_until = dt.datetime.now(dt.UTC)
    assert not world.sync().swept

    label_studio_sql.execute(text("DELETE FROM task_completion WHERE id = :id"), {"id": lost})
    report = world.sync()
    assert (report.swept, report.withdrawn, report.active) == (True, 1, 1)

    # One gone and one come: the numbers are the same, only the sweep of every quarter of an hour can tell.
    label_studio_sql.execute(text("UPDATE task_completion SET id = id + 1000000 WHERE id = :id"), {"id": kept})
    assert not world.sync().swept
    age_last_sweep(world.database, world.round_id)
    report = world.sync()
    assert (report.swept, report.added, report.active) == (True, 1, 1)
    assert [item.annotation_id for item in world.rankings() if item.status == "active"] == [kept + 1_000_000]


def test_a_round_that_was_not_pushed_says_so(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 1)

    with pytest.raises(ConflictError, match="not pushed; run `raisontext push --round 1` first"):
        sync(database, label_studio.client, round_id)


def test_a_wrong_key_and_a_server_that_is_down_change_nothing(world: World, anna: Account) -> None:
    world.submit(anna, 0, places(1, 2, 3, 4))

    with pytest.raises(WrongKeyError, match="does not accept the API key"):
        sync(world.database, LabelStudioClient(world.client.url, "0" * 40), world.round_id)
    with pytest.raises(LabelStudioDownError, match=r"does not answer at http://127\.0\.0\.1:9:"):
        sync(world.database, LabelStudioClient("http://127.0.0.1:9", "0" * 40), world.round_id)

    assert world.rankings() == []
    assert world.sync().active == 1
