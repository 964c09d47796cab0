"""A PostgreSQL server of our own under the data directory, shared by all processes that use it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg2
from psycopg2 import errors, sql
from sqlalchemy import URL

from db.errors import UnavailableError
from db.postmaster import process_lives, server_answers, socket_directory

START_TIMEOUT_SECONDS = 120
STOP_TIMEOUT_SECONDS = 30


class EmbeddedPostgres:
    """Context manager: the server runs as long as at least one process is inside.

    The first one to enter starts a guardian process (``db.guardian``), which stops the server after the last one has
    left, be it by ``kill -9``.

    Raises:
        UnavailableError: the server did not start; the message names its log.
    """

    def __init__(self, data_dir: Path) -> None:
        self.home = (data_dir / "postgres").resolve()
        self._users: IO[str] | None = None

    @property
    def socket_dir(self) -> str:
        """Directory of the unix socket, for clients that take host and port."""
        directory = socket_directory(self.home / "pgdata")
        if directory is None:
            raise UnavailableError(f"The embedded PostgreSQL under {self.home} is not running")
        return directory

    def url(self, dbname: str = "raisontext") -> str:
        """SQLAlchemy URL of a database on this server."""
        return URL.create(
            "postgresql+psycopg2", username="postgres", database=dbname, query={"host": self.socket_dir}
        ).render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        self._make_home()
        self._users = (self.home / "users.lock").open("w")
        # Waits while a guardian is stopping the server.
        fcntl.flock(self._users, fcntl.LOCK_SH)
        try:
            self._wait_until_ready()
            self.create_database("raisontext")
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def create_database(self, name: str) -> None:
        """Creates a database unless it is there."""
        connection = psycopg2.connect(host=self.socket_dir, user="postgres", dbname="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except (errors.DuplicateDatabase, errors.UniqueViolation):
            return  # another process was faster
        finally:
            connection.close()

    def _leave(self) -> None:
        """Gives the server up; the last user stays until it has stopped, so that a command leaves no process behind."""
        users, self._users = self._users, None
        if users is None:
            return
        fcntl.flock(users, fcntl.LOCK_UN)
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        while self._guarded() and not _locked_by_others(users) and time.monotonic() < deadline:
            time.sleep(0.05)
        users.close()

    def _make_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"The data directory {self.home} cannot be made: {error.strerror}") from error
        if not os.access(self.home, os.W_OK):
            raise UnavailableError(f"The data directory {self.home} is not writable")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not (self._owned() and server_answers(self.home / "pgdata")):
            if time.monotonic() > deadline:
                raise UnavailableError(
                    f"PostgreSQL did not answer within {START_TIMEOUT_SECONDS} s; see {self.home / 'guardian.log'}"
                )
            self._start_guardian()

    def _owned(self) -> bool:
        """True while a guardian holds its lock: a server left behind by a killed guardian needs a new one."""
        with (self.home / "owner.lock").open("a") as owner:
            try:
                fcntl.flock(owner, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _guarded(self) -> bool:
        """True until the guardian has given up its lock and is gone."""
        if self._owned():
            return True
        pid = (self.home / "owner.lock").read_text()
        return process_lives(int(pid) if pid else None)

    def _start_guardian(self) -> None:
        with (self.home / "guardian.log").open("ab") as log:
            result = subprocess.run(
                [sys.executable, "-m", "db.guardian", str(self.home)],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a user's terminal is not meant for the server
            )
        if result.returncode != 0:
            raise UnavailableError(f"PostgreSQL did not start; see {self.home / 'guardian.log'}")


def _locked_by_others(users: IO[str]) -> bool:
    """True while another user holds its shared lock; the guardian's lock, taken to stop the server, is exclusive."""
    for operation, held_by_user in ((fcntl.LOCK_EX, False), (fcntl.LOCK_SH, True)):
        try:
            fcntl.flock(users, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        fcntl.flock(users, fcntl.LOCK_UN)
        return held_by_user
    return False
