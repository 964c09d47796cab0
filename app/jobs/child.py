"""The process of one attempt at a job.

A process of its own: work that keeps the interpreter busy for minutes cannot stop the worker's heartbeat, what it
leaks is gone with it, and it can be ended at any point. Processes are forked from a server that has imported what most
jobs need, so one costs hundredths of a second.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait as wait_for

from app.jobs import execution
from app.settings import Settings
from db.session import Database

# Imported once, by the server that children are forked from. Nothing here may start a thread.
PRELOADED = ["app.jobs.child", "app.jobs.work", "app.rounds", "annotation.client", "annotation.sync", "annotation.push"]


def main(settings: Settings, url: str, job_id: int, entry: int, log_level: int) -> None:
    """Performs the attempt; what becomes of it is in the database."""
    # The worker decides when this process ends, even if a signal was sent to the whole group.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_worker, name="watch", daemon=True).start()
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    database = Database(url)
    try:
        execution.perform(database, settings, job_id, entry)
    finally:
        database.close()


def _end_with_the_worker() -> None:
    """Without its worker nobody counts on this process, and another one is going to do the job."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait_for([parent.sentinel])
    os._exit(1)
