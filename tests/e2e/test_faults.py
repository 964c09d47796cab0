"""Nothing lost, doubled or stale: processes die at random points while people work, then one sync tells the truth.

Every run has a seed, which decides what people do and who dies where. Afterwards the database must say what Label
Studio's own export says, which sync does not use.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest
from sqlalchemy import text

from annotation.errors import LabelStudioDownError, LabelStudioRefusedError
from annotation.people import Account
from annotation.sync_queries import gone
from db.models import Ranking
from db.session import Database
from tests.e2e import mortal_sync
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.test_sync import World, choice, places

pytestmark = pytest.mark.e2e

TASKS = 4
ROUNDS = 2
ACTIONS = 4  # of the people, while a sync runs
SYNC_STEPS = 60  # about as many as a sync has here
SEEDS_OF_SYNC = range(1, 13)
SEEDS_OF_TWO = range(13, 18)
SEEDS_OF_POSTGRES = range(18, 22)
SEEDS_OF_LABEL_STUDIO = range(22, 25)


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    return mortal_sync.context()


@pytest.fixture(scope="module")
def people(label_studio: LabelStudioUnderTest) -> list[Account]:
    return [label_studio.account(f"faulty-{name}") for name in ("anna", "boris", "vera")]


@pytest.fixture
def world(database: Database, label_studio: LabelStudioUnderTest) -> World:
    return World(database, label_studio, tasks=TASKS, overlap=3)


class Crew:
    """People who create, change, delete and skip, by the seed; a refused or lost request is no reason to stop."""

    def __init__(self, world: World, people: list[Account], seed: int) -> None:
        self.world, self.people = world, people
        self.rng = random.Random(seed)
        self.annotations: list[int] = []

    def work(self, actions: int = ACTIONS) -> None:
        for _ in range(actions):
            action = self.rng.choices(
                [self.create, self.change, self.delete, self.skip, self.delete_task], [8, 4, 3, 2, 0.5]
            )[0]
            try:
                action()
            except (LabelStudioDownError, LabelStudioRefusedError):
                time.sleep(0.05)  # the task or the annotation is gone, or Label Studio is

    def create(self) -> None:
        order = self.rng.choices([1, 2, 3, 4, None], [5, 5, 5, 5, 1], k=4)
        self._submit(places(*order))

    def skip(self) -> None:
        self._submit([choice("skip_reason", "Не знаю профессии")], was_cancelled=True)

    def change(self) -> None:
        if self.annotations:
            order = self.rng.choices([1, 2, 3, 4], k=4)
            self.world.change(self.rng.choice(self.annotations), result=places(*order), was_cancelled=False)

    def delete(self) -> None:
        if self.annotations:
            self.world.delete(self.annotations.pop(self.rng.randrange(len(self.annotations))))

    def delete_task(self) -> None:
        self.world.client.delete(f"api/tasks/{self.rng.choice(self.world.tasks).task_id}/")

    def _submit(self, result: list[dict[str, Any]], **fields: Any) -> None:
        who, task = self.rng.choice(self.people), self.rng.randrange(TASKS)
        self.annotations.append(self.world.submit(who, task, result, lead_time=60.0, **fields))


class Meanwhile:
    """Runs ``work`` in a thread while the block runs; an error of it is raised at the end."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - raised in the test's own thread
            self._error = error


@pytest.mark.parametrize("seed", SEEDS_OF_SYNC)
def test_sync_killed(world: World, people: list[Account], forks: ForkServerContext, seed: int) -> None:
    crew = Crew(world, people, seed)
    crew.work()
    for work in ("sync", "send_back", "sync"):
        process = mortal_sync.start(
            forks, world.database, world.client, world.round_id, work, crew.rng.randint(1, SYNC_STEPS)
        )
        with Meanwhile(crew.work):
            process.join()
        assert process.exitcode in (0, -signal.SIGKILL)

    world.sync()
    assert_equal(world)


@pytest.mark.parametrize("seed", SEEDS_OF_TWO)
def test_two_syncs_at_once_one_of_them_killed(
    world: World, people: list[Account], forks: ForkServerContext, seed: int
) -> None:
    crew = Crew(world, people, seed)
    crew.work()
    for _ in range(ROUNDS):
        steps = [crew.rng.randint(1, SYNC_STEPS), None]
        crew.rng.shuffle(steps)
        both = [
            mortal_sync.start(
                forks, world.database, world.client, world.round_id, crew.rng.choice(["sync", "sweep"]), step
            )
            for step in steps
        ]
        with Meanwhile(crew.work):
            for process in both:
                process.join()
        assert {process.exitcode for process in both} <= {0, -signal.SIGKILL}

    world.sync()
    assert_equal(world)


@pytest.mark.parametrize("seed", SEEDS_OF_POSTGRES)
def test_connections_of_postgresql_cut(
    world: World, people: list[Account], forks: ForkServerContext, seed: int
) -> None:
    crew = Crew(world, people, seed)
    crew.work()
    for _ in range(ROUNDS):
        process = mortal_sync.start(forks, world.database, world.client, world.round_id, "sync", None)
        with Meanwhile(crew.work):
            while process.exitcode is None:
                process.join(crew.rng.uniform(0, 0.15))
                cut_connections(world.database, crew.rng)
        assert process.exitcode == 0

    world.sync()
    assert_equal(world)


@pytest.mark.parametrize("seed", SEEDS_OF_LABEL_STUDIO)
def test_label_studio_killed_and_started_again(
    world: World, people: list[Account], label_studio: LabelStudioUnderTest, forks: ForkServerContext, seed: int
) -> None:
    crew = Crew(world, people, seed)
    crew.work()
    process = mortal_sync.start(forks, world.database, world.client, world.round_id, "sync", None)
    with Meanwhile(lambda: crew.work(3 * ACTIONS)):
        time.sleep(crew.rng.uniform(0, 0.8))
        kill_label_studio(label_studio)
        process.join()
    label_studio.server.stop()  # there is nothing left but to bury it
    label_studio.server.start()
    assert process.exitcode == 0
    crew.work()

    world.sync()
    assert_equal(world)


@pytest.fixture(autouse=True)
def seed_is_printed(seed: int) -> None:
    print(f"seed {seed}")


def cut_connections(database: Database, rng: random.Random) -> None:
    """Some of those to this database but our own."""
    statement = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < :share"
    )
    with database.engine.connect() as connection:
        connection.execute(statement, {"share": rng.choice([0.3, 1.0])})


def kill_label_studio(label_studio: LabelStudioUnderTest) -> None:
    pid = label_studio.server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def assert_equal(world: World) -> None:
    """What the database says is what Label Studio's export says; histories have no gap, no double, no end like now."""
    expected = truth(world)
    rankings = world.rankings()
    present = {item.annotation_id: item for item in rankings if not gone(item)}
    assert {id_: (item.status, code(item), item.order, item.raw["result"]) for id_, item in present.items()} == expected
    for ranking in rankings:
        states = [*map(state, ranking.history), state(vars(ranking))]
        assert all(former != following for former, following in itertools.pairwise(states)), states
        times = [former["until"] for former in ranking.history]
        assert times == sorted(times)
    again = world.sync(sweep=True)
    assert (again.added, again.changed, again.withdrawn, again.deleted_tasks) == (0, 0, 0, 0)


def truth(world: World) -> dict[int, tuple[str, str, list[list[int]] | None, Any]]:
    """Status, code of the reason, order and raw result of each annotation, by Label Studio's export."""
    rows = {task.task_id: task for task in world.tasks}
    project = world.tasks[0].project_id
    exported = world.client.get(f"api/projects/{project}/export", {"exportType": "JSON", "download_all_tasks": "true"})
    found: dict[int, tuple[str, str, list[list[int]] | None, Any]] = {}
    for task in exported:
        ranked: set[int] = set()
        for annotation in sorted(task["annotations"], key=lambda item: item["id"]):
            order = places_order(annotation["result"], rows[task["id"]].shown_order)
            if annotation["was_cancelled"]:
                outcome: tuple[str, str, Any] = ("withdrawn", "skipped", None)
            elif order is None:
                outcome = ("rejected", "incomplete" if annotation["result"] else "untouched", None)
            elif annotation["completed_by"] in ranked:
                outcome = ("rejected", "duplicate", None)
            else:
                ranked.add(annotation["completed_by"])
                outcome = ("active", "", order)
            found[annotation["id"]] = (*outcome, annotation["result"])
    return found


def places_order(result: list[dict[str, Any]], shown: list[int]) -> list[list[int]] | None:
    chosen = {item["from_name"]: item["value"]["choices"][0] for item in result}
    if any(f"place_{card}" not in chosen for card in range(4)):
        return None
    groups: dict[str, list[int]] = {}
    for card in range(4):
        groups.setdefault(chosen[f"place_{card}"], []).append(shown[card])
    return [groups[place] for place in sorted(groups)]


def code(ranking: Ranking) -> str:
    return (ranking.reason or "").partition(":")[0]


def state(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(str(values[name]) for name in ("status", "reason", "order", "raw"))
