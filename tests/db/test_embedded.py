"""The embedded server: one owner, nothing left behind, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from db.embedded import EmbeddedPostgres
from db.errors import InvalidInputError, UnavailableError
from db.postmaster import postmaster_pid, server_answers
from db.session import Database, open_database

HOLDER = """
import sys, time
from pathlib import Path
from db.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(600)
"""


def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "condition was never met"
        time.sleep(0.1)


def processes_of(home: Path) -> list[psutil.Process]:
    """Living guardian and PostgreSQL processes of a data directory."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if str(home) in line and process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def guardian_of(home: Path) -> psutil.Process:
    return next(process for process in processes_of(home) if "db.guardian" in process.cmdline())


def write_rows(server: EmbeddedPostgres, count: int) -> None:
    database = Database(server.url())
    with database.session() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS kept (n int)"))
        session.execute(text("INSERT INTO kept SELECT generate_series(1, :count)"), {"count": count})
    database.close()


def kept_rows(server: EmbeddedPostgres) -> int:
    database = Database(server.url())
    with database.session() as session:
        result = session.execute(text("SELECT count(*) FROM kept")).scalar_one()
    database.close()
    return int(result)


def holder(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    with process.stdout as out:
        assert out.readline() == "ready\n"
    return process


def test_the_last_user_out_leaves_no_process(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as first, EmbeddedPostgres(tmp_path) as second:
        assert first.url() == second.url()
        assert server_answers(first.home / "pgdata")
    assert not processes_of(first.home)


def test_who_leaves_earlier_does_not_wait_for_the_others(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as first:
        with EmbeddedPostgres(tmp_path):
            pass
        assert server_answers(first.home / "pgdata")


def test_kill_9_of_a_user_stops_the_server_and_keeps_the_data(tmp_path: Path) -> None:
    process = holder(tmp_path)
    with EmbeddedPostgres(tmp_path) as server:
        write_rows(server, 100)
    process.kill()
    process.wait()
    eventually(lambda: not processes_of(server.home))
    with EmbeddedPostgres(tmp_path) as server:
        assert kept_rows(server) == 100
    eventually(lambda: not processes_of(server.home))


def test_kill_9_of_the_postmaster_is_mended_under_its_users(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        write_rows(server, 7)
        pid = postmaster_pid(server.home / "pgdata")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: postmaster_pid(server.home / "pgdata") not in (None, pid))
        eventually(lambda: server_answers(server.home / "pgdata"))
        assert kept_rows(server) == 7


def test_kill_9_of_the_guardian_is_mended_by_the_next_user(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        write_rows(server, 3)
        guardian = guardian_of(server.home)
        guardian.kill()
        guardian.wait(30)
        with EmbeddedPostgres(tmp_path) as again:
            assert kept_rows(again) == 3
    eventually(lambda: not processes_of(server.home))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_guardian_stops_cleanly_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        guardian_of(server.home).send_signal(number)
        eventually(lambda: not processes_of(server.home))
        assert "database system is shut down" in (server.home / "pgdata" / "log").read_text()


def test_an_interrupted_first_start_is_begun_anew(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres" / "pgdata"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path) as server:
        assert server_answers(server.home / "pgdata")


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.touch()
    with pytest.raises(UnavailableError, match="file/data/postgres"), EmbeddedPostgres(blocker / "data"):
        pass


def test_database_url_replaces_the_embedded_server(pg_server: EmbeddedPostgres, tmp_path: Path) -> None:
    pg_server.create_database("elsewhere")
    with open_database(pg_server.url("elsewhere"), tmp_path / "unused") as database, database.session() as session:
        assert session.execute(text("SELECT current_database()")).scalar_one() == "elsewhere"
        assert session.execute(text("SELECT count(*) FROM resume")).scalar_one() == 0
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "not a url"])
def test_a_wrong_url_is_refused_in_one_line(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="expected postgresql://"), open_database(url, tmp_path):
        pass


def test_a_server_that_is_down_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://me:secret@127.0.0.1:1/x"
    with pytest.raises(UnavailableError) as caught, open_database(url, tmp_path):
        pass
    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
