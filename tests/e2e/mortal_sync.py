"""A sync in a process of its own that kills itself with SIGKILL at its N-th step.

A step is whatever another process can see: a request to Label Studio before it is sent and after it was answered, a
statement before and after it went to PostgreSQL, a transaction before and after its commit.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from annotation.client import LabelStudioClient
from annotation.returns import send_back
from annotation.sync import sync
from db.errors import RaisonTextError
from db.session import Database

_MODULES = ["tests.e2e.mortal_sync", "label_studio_sdk", "psycopg2"]


def context() -> ForkServerContext:
    """Processes that start at once: modules are imported in the one that they are forked from."""
    found = get_context("forkserver")
    found.set_forkserver_preload(_MODULES)
    return found


def start(
    forks: ForkServerContext, database: Database, client: LabelStudioClient, round_id: int, work: str, step: int | None
) -> ForkServerProcess:
    """``work``: sync, sweep or send_back; without a ``step`` it lives to the end."""
    process = forks.Process(target=_run, args=(database.url, client.url, client._api_key, round_id, work, step))
    process.start()
    return process


class _Steps:
    def __init__(self, last: int | None) -> None:
        self.last = last
        self.count = itertools.count(1)

    def __call__(self, *_: object, **__: object) -> None:
        if next(self.count) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


class _SteppingClient(LabelStudioClient):
    step: Any = None

    def _request(self, method: str, path: str, **request: Any) -> Any:
        self.step()
        answer = super()._request(method, path, **request)
        self.step()
        return answer


def _run(database_url: str, url: str, key: str, round_id: int, work: str, last: int | None) -> None:
    step = _Steps(last)
    database = Database(database_url)
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(database.engine, name, step)
    client = _SteppingClient(url, key)
    client.step = step
    # An end of Label Studio or of a connection is expected here; what counts is what is in the database afterwards.
    with contextlib.suppress(RaisonTextError, SQLAlchemyError):
        if work == "send_back":
            send_back(database, client, round_id)
        else:
            sync(database, client, round_id, sweep=work == "sweep")
