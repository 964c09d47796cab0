"""Real worker processes: what runs, what becomes of it when anything is killed, and that nothing runs twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from app import services
from app.jobs import client, queue, service
from app.jobs.errors import JobCancelledError, JobFailedError
from app.processes import Supervisor
from app.settings import Settings
from db.embedded import EmbeddedPostgres
from db.migrate import upgrade
from db.models import Job, ModelVersion, Round
from db.session import Database
from tests.app import job_worker  # registers the work of the tests here, too

SCRIPT = Path(job_worker.__file__)
BEAT = 0.7
PATIENCE = 60.0


@contextmanager
def worker(database: Database, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is ready."""
    environment = {
        **os.environ,
        "RAISONTEXT_DATABASE_URL": database.url,
        "RAISONTEXT_HEARTBEAT_SECONDS": str(BEAT),
        "RAISONTEXT_JOB_RETRY_SECONDS": "0.2",
        **{f"RAISONTEXT_{name.upper()}": value for name, value in settings.items()},
    }
    process = subprocess.Popen([sys.executable, str(SCRIPT)], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def served(pg_server: EmbeddedPostgres) -> Iterator[Database]:
    """A database with a worker that lives through the tests that do not kill it."""
    pg_server.create_database("worker")
    database = Database(pg_server.url("worker"))
    upgrade(database.engine)
    queue.ensure_schema(database)
    with worker(database, job_attempts="3"):
        yield database
    database.close()


def until(condition: Callable[[], Any]) -> Any:
    """The condition's first true value."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


def lines(directory: Path, name: str = "begun") -> list[str]:
    path = directory / name
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def job(database: Database, job_id: int) -> Job:
    with database.session() as session:
        return service.get(session, job_id)


def long_job(database: Database, directory: Path, steps: int = 30) -> int:
    """Seconds of work that has begun; returns its id."""
    job_id = service.defer(database, "test-steps", {"directory": str(directory), "steps": steps})
    until(lambda: lines(directory))
    return job_id


def test_progress_and_result_are_seen_from_here(served: Database, tmp_path: Path) -> None:
    seen: list[tuple[float, str | None]] = []
    arguments = {"directory": str(tmp_path), "steps": 30}
    result = client.run(served, "test-steps", arguments, progress=lambda *found: seen.append(found))
    assert result == {"begun": 1}
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert any(0 < share < 1 and message for share, message in seen)
    assert seen[-1] == (1.0, None)


def test_expected_failures_are_not_tried_again(served: Database, tmp_path: Path) -> None:
    with pytest.raises(JobFailedError, match=r"^no such thing "):
        client.run(served, "test-refused", {"directory": str(tmp_path)})
    assert len(lines(tmp_path)) == 1


def test_a_bug_is_reported_without_what_it_says(served: Database) -> None:
    with pytest.raises(JobFailedError, match=r"unexpected KeyError in job_worker.py, line \d+") as caught:
        client.run(served, "test-bug", {"secret": "Анна Петрова"})
    assert "Петрова" not in str(caught.value)


def test_a_server_that_comes_back_is_waited_for(served: Database, tmp_path: Path) -> None:
    client.run(served, "test-down", {"directory": str(tmp_path), "times": 2})
    first, second, third = map(float, lines(tmp_path))
    assert second - first >= 0.2 * 0.75
    assert third - second >= 0.4 * 0.75


def test_a_server_that_stays_down_is_given_up(served: Database, tmp_path: Path) -> None:
    with pytest.raises(JobFailedError, match=r"the server is down \(attempt 3 of 3, the last\)"):
        client.run(served, "test-down", {"directory": str(tmp_path), "times": 99})
    assert len(lines(tmp_path)) == 3


def test_cancelled_work_ends_at_its_next_step(served: Database, tmp_path: Path) -> None:
    job_id = long_job(served, tmp_path, steps=2000)
    began = time.monotonic()
    service.cancel(served, job_id)
    with pytest.raises(JobCancelledError):
        client.wait(served, job_id)
    assert time.monotonic() - began < 5
    until(lambda: not psutil.pid_exists(int(lines(tmp_path)[0])))
    assert lines(tmp_path, "finished") == []


def test_work_that_never_listens_hurts_nobody_and_is_killed(served: Database, tmp_path: Path) -> None:
    """It keeps its interpreter busy for many heartbeats: the worker is not taken for dead, and it can be cancelled."""
    job_id = service.defer(served, "test-deaf", {"directory": str(tmp_path)})
    until(lambda: lines(tmp_path))
    began = time.monotonic()
    while time.monotonic() - began < 6 * BEAT:
        client.run(served, "test-steps", {"directory": str(tmp_path / ".."), "steps": 0})
    service.cancel(served, job_id)
    with pytest.raises(JobCancelledError):
        client.wait(served, job_id)
    assert len(lines(tmp_path)) == 1
    assert job(served, job_id).attempts == 1


def test_no_hint_is_lost(served: Database, tmp_path: Path) -> None:
    """Changes that come while a sync runs are seen by one more, however many hints there are."""
    arguments = {"directory": str(tmp_path), "until": "go"}
    first = service.defer(served, "test-hint", arguments)
    until(lambda: lines(tmp_path) == [""])
    found = set()
    for number in range(5):
        (tmp_path / f"change-{number}").touch()
        found.add(service.defer(served, "test-hint", arguments))
    assert len(found - {first}) == len(found) == 1
    (tmp_path / "go").touch()
    assert client.wait(served, first) == {"seen": []}
    assert client.wait(served, found.pop()) == {"seen": [f"change-{number}" for number in range(5)]}


def test_a_killed_job_is_done_again(served: Database, tmp_path: Path) -> None:
    job_id = long_job(served, tmp_path)
    os.kill(int(lines(tmp_path)[0]), signal.SIGKILL)
    client.wait(served, job_id)
    assert len(lines(tmp_path)) == 2
    assert len(lines(tmp_path, "finished")) == 1
    assert job(served, job_id).attempts == 2


def test_lost_connections_are_made_again(served: Database, tmp_path: Path) -> None:
    """As when PostgreSQL is restarted."""
    job_id = long_job(served, tmp_path)
    with served.session() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    served.engine.dispose()
    client.wait(served, job_id)
    assert len(lines(tmp_path, "finished")) == 1


def test_a_killed_worker_takes_its_job_along_and_another_does_it(database: Database, tmp_path: Path) -> None:
    queue.ensure_schema(database)
    with worker(database) as first:
        job_id = long_job(database, tmp_path)
        first.kill()
        first.wait()
        orphan = int(lines(tmp_path)[0])
        until(lambda: not psutil.pid_exists(orphan))
        assert job(database, job_id).state == "running"
    with worker(database):
        client.wait(database, job_id)
    assert len(lines(tmp_path)) == 2
    assert len(lines(tmp_path, "finished")) == 1
    assert job(database, job_id).attempts == 2


def test_a_worker_that_hung_and_comes_back_does_nothing_twice(database: Database, tmp_path: Path) -> None:
    queue.ensure_schema(database)
    with worker(database) as first, worker(database) as second:
        job_id = long_job(database, tmp_path)
        owner = psutil.Process(int(lines(tmp_path)[0]))
        hung = {first.pid, second.pid} & {parent.pid for parent in owner.parents()}
        assert len(hung) == 1
        stopped = [*hung, owner.pid]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        client.wait(database, job_id)
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        until(lambda: not psutil.pid_exists(owner.pid) or owner.status() == psutil.STATUS_ZOMBIE)
    assert len(lines(tmp_path, "finished")) == 1
    assert job(database, job_id).state == "succeeded"


def test_a_worker_that_is_told_to_end_gives_its_job_back(database: Database, tmp_path: Path) -> None:
    queue.ensure_schema(database)
    with worker(database) as process:
        job_id = long_job(database, tmp_path, steps=600)
        process.terminate()
        assert process.wait(PATIENCE) == 0
    found = job(database, job_id)
    assert (found.state, found.attempts) == ("queued", 0)
    assert found.message == "given back by a worker that shut down"


def test_the_worker_of_the_stack_keeps_time_and_ends_on_sigterm(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        model = ModelVersion(
            name="m", method="starter", text_format="slots", artifact_uri="file:///m", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
        session.add(Round(number=4, state="annotating", policy_model_id=model.id, project_id=1))
    with Supervisor() as supervisor:
        service_ = services.worker(Settings(data_dir=tmp_path), database.url, None)
        # croniter's sixth field: every second
        service_.child.environment["RAISONTEXT_SYNC_CRON"] = "* * * * * *"
        service_.child.environment["RAISONTEXT_JOB_ATTEMPTS"] = "1"
        supervisor.start(service_.child)
        service_.wait(supervisor.dead)

        def failed() -> Job | None:
            with database.session() as session:
                return next(iter(service.listing(session, ["failed"])), None)

        sync = until(failed)
        assert (sync.name, sync.arguments) == ("sync", {"round": 4})
        assert sync.error.startswith("Label Studio is not running")
        service_.child.signal(signal.SIGTERM)
        assert service_.child.wait(time.monotonic() + 60)
        assert service_.child.exit_code == 0
