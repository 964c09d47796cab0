"""The job worker: its tables, its periodic task, one job at a time, and a clean end."""

from __future__ import annotations

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import procrastinate
import pytest
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import inspect, text

from app import services
from app.processes import Supervisor
from app.settings import Settings
from app.worker import SCHEMA, apply_schema, conninfo, make_app, sync_open_round
from db.models import ModelVersion, Round
from db.session import Database


@pytest.fixture
def app(database: Database, tmp_path: Path) -> procrastinate.App:
    apply_schema(database)
    return make_app(Settings(data_dir=tmp_path), database)


def test_the_tables_are_made_once_and_apart_from_ours(database: Database) -> None:
    ours = inspect(database.engine).get_table_names()
    apply_schema(database)
    apply_schema(database)
    assert "procrastinate_jobs" in inspect(database.engine).get_table_names(SCHEMA)
    assert inspect(database.engine).get_table_names() == ours


def test_connection_parameters() -> None:
    assert conninfo("postgresql+psycopg2://u:p%40@db.example:6432/name?sslmode=require&options=-c%20jit%3Doff") == {
        "host": "db.example",
        "port": "6432",
        "user": "u",
        "password": "p@",
        "dbname": "name",
        "sslmode": "require",
        "options": "-c jit=off -c search_path=procrastinate",
    }
    assert conninfo("postgresql+psycopg2://postgres@/name?host=%2Frun%2Fpg") == {
        "host": "/run/pg",
        "user": "postgres",
        "dbname": "name",
        "options": "-c search_path=procrastinate",
    }


async def _defer_twice(app: procrastinate.App) -> None:
    async with app.open_async():
        await app.tasks["sync"].defer_async(timestamp=1)
        with pytest.raises(AlreadyEnqueued):
            await app.tasks["sync"].defer_async(timestamp=2)
        await app.run_worker_async(wait=False, install_signal_handlers=False)


def test_one_sync_waits_at_most_and_is_done(app: procrastinate.App, database: Database) -> None:

    with ThreadPoolExecutor(1) as pool:  # a browser of other tests may have an event loop in this thread
        pool.submit(asyncio.run, _defer_twice(app)).result()
    with database.session() as session:
        jobs = session.execute(text(f"SELECT status::text, args->>'timestamp' FROM {SCHEMA}.procrastinate_jobs"))
        assert ("succeeded", "1") in [tuple(job) for job in jobs]


def add_round(database: Database, state: str) -> None:
    with database.session() as session:
        model = ModelVersion(
            name="m", method="starter", text_format="slots", artifact_uri="file:///m", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
        session.add(Round(number=4, state=state, policy_model_id=model.id, project_id=1))


@pytest.mark.parametrize("state", ["training", "promoted"])
def test_only_a_round_that_is_being_annotated_is_synced(database: Database, tmp_path: Path, state: str) -> None:
    assert sync_open_round(Settings(data_dir=tmp_path), database) is None
    add_round(database, state)
    assert sync_open_round(Settings(data_dir=tmp_path), database) is None


def test_a_label_studio_that_is_down_is_a_warning(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_round(database, "annotating")
    assert sync_open_round(Settings(data_dir=tmp_path), database) == 4
    assert "the rankings of round 4 were not fetched: Label Studio is not running" in caplog.text


def test_the_worker_process_runs_periodic_jobs_and_ends_on_sigterm(database: Database, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with Supervisor() as supervisor:
        service = services.worker(settings, database.url, None)
        # croniter's sixth field: every second
        service.child.environment["RAISONTEXT_SYNC_CRON"] = "* * * * * *"
        supervisor.start(service.child)
        service.wait(supervisor.dead)
        deadline = time.monotonic() + 60
        while not succeeded(database) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert succeeded(database) > 0
        service.child.signal(signal.SIGTERM)
        assert service.child.wait(time.monotonic() + 60)
        assert service.child.exit_code == 0


def succeeded(database: Database) -> int:
    with database.session() as session:
        query = text(f"SELECT count(*) FROM {SCHEMA}.procrastinate_jobs WHERE status = 'succeeded'")
        return session.scalars(query).one()
