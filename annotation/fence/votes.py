"""One request of a person at a time where two at once could make a second vote."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LOCK_CLASS = 0x52544656  # names this use among the advisory locks of the database
_local: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def one_at_a_time(user_id: int) -> Iterator[None]:
    """Holds a lock for the person, across all processes of Label Studio on this database.

    The lock is one of the session and not of a transaction: what Label Studio writes must be committed when it calls
    its webhooks. A connection that breaks gives it back. SQLite serves one process only; there a lock in it will do.
    """
    if connection.vendor != "postgresql":
        with _local[user_id]:
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", (_LOCK_CLASS, user_id))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", (_LOCK_CLASS, user_id))
