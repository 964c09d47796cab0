"""A worker process: one engine with one thread, one connection to the database, shards until there are none.

It is forked from a server that has imported everything and loaded the language data, which therefore are loaded once
and shared; whatever owns threads (engine, connections) is made here, after the fork.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for

from db.errors import RaisonTextError
from db.session import Database
from sampler.leases import Lease, this_worker
from sampler.models import EngineSettings, load_version
from sampler.runs import find_run, load_task, work


@dataclass(frozen=True)
class WorkerOrder:
    """What a worker process is to do."""

    database_url: str
    run_id: int
    settings: EngineSettings
    lease: Lease
    log_level: int


def main(order: WorkerOrder, reports: Connection) -> None:
    """Sends its name in leases, each ``StoredShard``, and at last the ``RaisonTextError`` that ended it, if any."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group; the parent decides
    threading.Thread(target=_end_with_the_parent, name="watch", daemon=True).start()
    logging.basicConfig(level=order.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    reports.send(this_worker())
    database = Database(order.database_url)
    try:
        _, model = find_run(database, order.run_id)
        engine = load_version(model, order.settings)
        work(database, load_task(database, order.run_id, engine), engine, order.lease, reports.send)
    except RaisonTextError as error:
        reports.send(error)
    finally:
        database.close()


def _end_with_the_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait_for([parent.sentinel])
    os._exit(1)
