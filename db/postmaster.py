"""Where a running embedded server is, read from PostgreSQL's own ``postmaster.pid``."""

from __future__ import annotations

from pathlib import Path

import psutil
import psycopg2

# Lines of postmaster.pid, see "src/include/utils/pidfile.h" of PostgreSQL.
_PID, _SOCKET_DIR = 0, 4


def _line(pgdata: Path, number: int) -> str | None:
    try:
        lines = (pgdata / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return lines[number].strip() or None if len(lines) > number else None


def postmaster_pid(pgdata: Path) -> int | None:
    """Process id of the server, or None when no server has been started (it may be dead for all that)."""
    line = _line(pgdata, _PID)
    return int(line) if line else None


def socket_directory(pgdata: Path) -> str | None:
    """Directory of the server's unix socket, or None as long as there is none."""
    return _line(pgdata, _SOCKET_DIR)


def process_lives(pid: int | None, named: str = "") -> bool:
    """True while a process with that id and ``named`` in its name runs; a zombie that nobody has reaped does not."""
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        return named in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def server_answers(pgdata: Path) -> bool:
    """True when a query on the server's socket is answered."""
    host = socket_directory(pgdata)
    if host is None:
        return False
    try:
        connection = psycopg2.connect(host=host, user="postgres", dbname="postgres", connect_timeout=5)
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except psycopg2.OperationalError:
        return False
    finally:
        connection.close()
