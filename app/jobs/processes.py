"""The worker's side of a job's process: started, waited for without blocking, ended when it has to be."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import multiprocessing
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from typing import Any

from app.jobs import child, execution
from app.jobs.service import end, requeue
from app.settings import Settings
from db.models import Job
from db.session import Database

log = logging.getLogger(__name__)

# Cancelled work ends at its next progress point; work that has none for so long is killed.
CANCEL_SECONDS = 5.0
_NO_DELAY = dt.timedelta(0)
_context = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Starts the server that children are forked from; returns at once."""
    _context.set_forkserver_preload(child.PRELOADED)
    forkserver.ensure_running()


async def attempt(database: Database, settings: Settings, job_id: int, entry: int, stop: Stop) -> None:
    """One attempt at a job in a process of its own; returns when the process is gone and the outcome is written."""
    if not await asyncio.to_thread(execution.claim, database, job_id, entry):
        return
    arguments = (settings, database.url, job_id, entry, logging.getLogger().getEffectiveLevel())
    # No daemon, which may have no processes of its own, and sampling has; it ends with the worker all the same.
    process = _context.Process(target=child.main, args=arguments, name=f"job-{job_id}", daemon=False)
    await asyncio.to_thread(process.start)
    try:
        await _until_gone(process, stop)
    finally:
        if process.is_alive():
            process.kill()
            await asyncio.to_thread(process.join)
    await asyncio.to_thread(execution.settle, database, job_id, entry, _unsettled(process, stop, settings))


class Stop:
    """Why and when a running attempt has to end."""

    def __init__(self) -> None:
        self.wanted = asyncio.Event()
        self.shutdown = False

    def now(self, *, shutdown: bool) -> None:
        """Asks for the end: the worker shuts down, or the job was cancelled."""
        self.shutdown = shutdown
        self.wanted.set()


async def _until_gone(process: BaseProcess, stop: Stop) -> None:
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, gone.set)
    try:
        waiting = [asyncio.create_task(event.wait()) for event in (gone, stop.wanted)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not gone.is_set() and not stop.shutdown:
            await asyncio.wait(waiting[:1], timeout=CANCEL_SECONDS)
        for task in waiting:
            task.cancel()
    finally:
        loop.remove_reader(process.sentinel)


def _unsettled(process: BaseProcess, stop: Stop, settings: Settings) -> Callable[[Job, Any], None]:
    """What becomes of a job whose process ended without a word: only then there is still a running attempt."""

    def outcome(job: Job, session: Any) -> None:
        if job.cancel_requested:
            end(job, "cancelled")
        elif stop.shutdown:
            job.attempts -= 1  # it is not the job's fault
            requeue(session, job, _NO_DELAY, "given back by a worker that shut down")
        else:
            code = process.exitcode
            how = f"was killed (signal {-code})" if code is not None and code < 0 else f"ended with exit code {code}"
            execution.try_again(job, session, settings, f"its process {how}")

    return outcome
