"""Push and sync of 3,000 tasks with a real Label Studio on embedded PostgreSQL, against the ways that come to hand.

Everything is timed in one run: pushing a round against creating tasks one at a time in a stock Label Studio beside it
(:mod:`bench._stock`), and in ours, which answers sooner; the first
sync of 3,000 tasks with two annotations each against the SDK's list of them and against Label Studio's own export;
a sync after four tasks have changed, and after none. The annotations are written into Label Studio's database
(:mod:`bench._ranking_world`), reading them is real. Times are wall clock: what counts are the ratios.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from annotation.client import LabelStudioClient
    from db.session import Database

Result = TypeVar("Result")
TASKS = 3_000
ONE_BY_ONE = 50
PEOPLE = 2
CHANGED = 4
REPEATS = 5
SDK_PAGE_SIZE = 100


def run() -> dict[str, Any]:
    """Seconds and ratios of push and sync; ``goals`` says which of them the figures meet."""
    with tempfile.TemporaryDirectory() as directory, _world(Path(directory)) as world:
        push = _push(world)
        first = _first_sync(world)
        small = _small_syncs(world)
    figures = {"tasks": TASKS, "annotations": TASKS * PEOPLE, **push, **first, **small}
    return {**figures, "goals": _goals(figures)}


@dataclass(frozen=True, slots=True)
class _World:
    database: Database
    client: LabelStudioClient
    label_studio_database: str
    round_id: int
    user_ids: list[int]
    directory: Path
    postgres: Callable[[str], str]


@contextmanager
def _world(directory: Path) -> Iterator[_World]:
    """A Label Studio with two annotators and a round that is not pushed yet."""
    from annotation.client import connect
    from annotation.people import ensure_account, ensure_annotator
    from annotation.server import LabelStudioServer
    from bench._ranking_world import make_round
    from db.embedded import EmbeddedPostgres
    from db.migrate import upgrade
    from db.session import Database

    with EmbeddedPostgres(directory) as postgres:
        for name in ("labelstudio", "bench", "stock"):
            postgres.create_database(name)
        database = Database(postgres.url("bench"))
        upgrade(database.engine)
        with LabelStudioServer(directory, port=0, database_url=postgres.url("labelstudio")) as server:
            client = connect(server.url, server.credentials.token)
            accounts = [ensure_account(client, directory, f"bench-{number}") for number in range(PEOPLE)]
            with database.session() as session:
                for account in accounts:
                    ensure_annotator(session, client, account, simulated=False)
            round_id = make_round(database, TASKS)
            users = [account.user_id for account in accounts]
            yield _World(database, client, postgres.url("labelstudio"), round_id, users, directory, postgres.url)
            client.close()
        database.close()


def _push(world: _World) -> dict[str, Any]:
    """The whole push: tasks built, stored, sent, assigned to their people; tasks one at a time are only sent."""
    from annotation.push import push
    from bench._stock import stock_label_studio

    _, push_s = _timed(lambda: push(world.database, world.client, world.round_id))
    tasks = _tasks(world)[:ONE_BY_ONE]
    ours_s = _one_by_one(world.client, tasks)
    with stock_label_studio(world.directory / "stock", world.postgres("stock")) as stock:
        stock_s = _one_by_one(stock, tasks)
    return {
        "push_s": round(push_s, 2),
        "push_tasks_per_s": round(TASKS / push_s),
        "one_at_a_time_s_per_task": round(stock_s, 3),
        "one_at_a_time_s_per_task_fenced": round(ours_s, 3),
        "push_ratio": round(stock_s * TASKS / push_s, 1),
        "push_ratio_to_fenced": round(ours_s * TASKS / push_s, 1),
    }


def _one_by_one(client: LabelStudioClient, tasks: list[dict[str, Any]]) -> float:
    """Seconds for one ``tasks.create`` of the SDK."""
    project = client.post("api/projects/", {"title": "one by one", "label_config": _label_config()})["id"]
    create = client.sdk.tasks.create
    _, seconds = _timed(lambda: [create(data=data, project=project) for data in tasks])
    return seconds / len(tasks)


def _first_sync(world: _World) -> dict[str, Any]:
    from annotation.queries import get_round
    from annotation.sync import sync
    from bench._ranking_world import rank_everything

    with world.database.session() as session:
        project = get_round(session, world.round_id).project_id
    assert project is not None
    rank_everything(world.label_studio_database, project, world.user_ids)
    listed, list_s = _timed(
        lambda: sum(1 for _ in world.client.sdk.tasks.list(project=project, fields="all", page_size=SDK_PAGE_SIZE))
    )
    exported, export_s = _timed(
        lambda: world.client.get(f"api/projects/{project}/export", {"exportType": "JSON", "download_all_tasks": "true"})
    )
    report, sync_s = _timed(lambda: sync(world.database, world.client, world.round_id))
    assert (listed, len(exported), report.active) == (TASKS, TASKS, TASKS * PEOPLE), (listed, len(exported), report)
    return {
        "first_sync_s": round(sync_s, 2),
        "sdk_list_s": round(list_s, 2),
        "export_s": round(export_s, 2),
        "sdk_list_to_sync": round(list_s / sync_s, 2),
        "sync_to_export": round(sync_s / export_s, 2),
    }


def _small_syncs(world: _World) -> dict[str, Any]:
    from annotation.sync import sync

    def once(change: bool) -> tuple[float, int]:
        if change:
            _change(world)
        with _counted(world.client) as requests:
            _, seconds = _timed(lambda: sync(world.database, world.client, world.round_id))
        return seconds, len(requests)

    changed = [once(True) for _ in range(REPEATS)]
    unchanged = [once(False) for _ in range(REPEATS)]
    _, sweep_s = _timed(lambda: sync(world.database, world.client, world.round_id, sweep=True))
    return {
        "sync_of_4_s": round(statistics.median(seconds for seconds, _ in changed), 3),
        "sync_of_4_requests": max(requests for _, requests in changed),
        "sync_of_none_s": round(statistics.median(seconds for seconds, _ in unchanged), 3),
        "sync_of_none_requests": max(requests for _, requests in unchanged),
        "sweep_s": round(sweep_s, 2),
    }


def _change(world: _World) -> None:
    """Submits other places in the annotations of four tasks, by the API."""
    from sqlalchemy import func, select

    from db.models import Ranking

    with world.database.session() as session:
        chosen = list(session.scalars(select(Ranking).order_by(func.random()).limit(CHANGED)))
    for ranking in chosen:
        result = [{**item, "value": {"choices": ["1"]}} for item in ranking.raw["result"]]
        result[0] = {**result[0], "value": {"choices": ["2" if result == ranking.raw["result"] else "3"]}}
        world.client.patch(f"api/annotations/{ranking.annotation_id}/", {"result": result})


def _goals(figures: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = [
        ("push_ratio", ">=", 100.0),
        ("sdk_list_to_sync", ">=", 2.0),
        ("sync_to_export", "<=", 1.3),
        ("sync_of_4_s", "<=", 1.0),
        ("sync_of_none_s", "<=", 0.5),
    ]
    return [
        {
            "figure": name,
            "goal": f"{relation} {limit}",
            "measured": figures[name],
            "met": figures[name] >= limit if relation == ">=" else figures[name] <= limit,
        }
        for name, relation, limit in wanted
    ]


def _tasks(world: _World) -> list[dict[str, Any]]:
    from sqlalchemy import select

    from db.models import RankingTask

    with world.database.session() as session:
        return list(session.scalars(select(RankingTask.data).order_by(RankingTask.id)))


def _label_config() -> str:
    from annotation.project import label_config

    return label_config()


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


@contextmanager
def _counted(client: LabelStudioClient) -> Iterator[list[str]]:
    """Requests to Label Studio while the block runs."""
    seen: list[str] = []

    def count(request: Any) -> None:
        seen.append(str(request.url))

    hooks = client._http.event_hooks
    client._http.event_hooks = {**hooks, "request": [*hooks["request"], count]}
    try:
        yield seen
    finally:
        client._http.event_hooks = hooks
