"""Work that only one process may do at a time, across machines: advisory locks of PostgreSQL."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select

from annotation.errors import BusyError
from db.session import Database


class Hold:
    """A lock that is held as long as its connection lives."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def require(self) -> None:
        """Call it before a commit that only the holder may make.

        Raises:
            sqlalchemy.exc.DBAPIError: the connection is gone, and the lock with it.
        """
        self._connection.execute(select(1))
        self._connection.commit()


@contextmanager
def exclusive(database: Database, work: str, key: int, *, wait: bool = False, of: str = "round") -> Iterator[Hold]:
    """Holds the lock ``(work, key)``; it is gone with the connection, so a killed process leaves none behind.

    ``of``: what ``key`` is a number of, for the message.

    Raises:
        BusyError: another process holds it and ``wait`` is false.
    """
    lock = (zlib.crc32(work.encode()) - 2**31, key)
    with database.engine.connect() as connection:
        if wait:
            connection.execute(select(func.pg_advisory_lock(*lock)))
        elif not connection.scalar(select(func.pg_try_advisory_lock(*lock))):
            raise BusyError(f"Another process is at the {work} of {of} {key} at this moment")
        connection.commit()  # the lock is the connection's, not the transaction's
        try:
            yield Hold(connection)
        finally:
            if not connection.invalidated:  # else the lock is gone already
                connection.execute(select(func.pg_advisory_unlock(*lock)))
                connection.commit()
