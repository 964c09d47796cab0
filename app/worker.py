"""The job worker: takes entries of the queue, gives each a process, and looks after jobs whose worker died.

A worker and each of its jobs may be killed at any moment. ``python -m app.worker`` and ``raisontext worker`` are the
same.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import suppress

import procrastinate
import psycopg
import psycopg_pool
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import AbortReason, JobContext
from sqlalchemy.exc import OperationalError

from app.configuration import load_settings
from app.jobs import hints, processes, queue
from app.jobs.rescue import rescue, stalled_seconds
from app.settings import Settings
from db.errors import RaisonTextError
from db.session import Database, open_database

log = logging.getLogger(__name__)

# Jobs get that long to end by themselves at SIGTERM, or one heartbeat if that is shorter, for procrastinate beats no
# more by then; after it they are given back to the queue.
SHUTDOWN_SECONDS = 5.0
# Entries whose time comes later, those of retries, are only found by looking.
POLL_SECONDS = 1.0
MAX_RECONNECT_SECONDS = 30.0
_LOST = (ConnectorException, OperationalError, psycopg.Error, psycopg_pool.PoolTimeout)


def make_app(settings: Settings, database: Database) -> procrastinate.App:
    """The queue's application: the one task that does jobs, and the clock."""
    connector = procrastinate.PsycopgConnector(kwargs=queue.conninfo(database.url), min_size=1, max_size=4)
    app = procrastinate.App(connector=connector)

    @app.task(name=queue.TASK, pass_context=True)
    async def work(context: JobContext, job_id: int) -> None:
        assert context.job.id is not None
        stop = processes.Stop()
        attempt = asyncio.create_task(processes.attempt(database, settings, job_id, context.job.id, stop))
        try:
            await asyncio.shield(attempt)
        except asyncio.CancelledError:
            stop.now(shutdown=context.abort_reason() is AbortReason.SHUTDOWN)
            await attempt

    @app.periodic(cron=settings.sync_cron)
    @app.task(name="clock", queueing_lock="clock", pass_context=False)
    async def clock(timestamp: int) -> None:
        log.debug("clock at %s", timestamp)
        await asyncio.to_thread(hints.tick, database)

    return app


def run(settings: Settings, database: Database) -> None:
    """Works until SIGTERM or Ctrl-C; a database that goes away is waited for."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # what it tells of entries we tell of jobs
    queue.ensure_schema(database)
    processes.warm_up()
    asyncio.run(_Worker(settings, database).run())


class _Worker:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        pause = 1.0
        while not self._stopping.is_set():
            began = loop.time()
            try:
                await self._work()
            except _LOST as error:
                log.warning("PostgreSQL: %s", str(error).strip().splitlines()[:1])
            if self._stopping.is_set():
                break
            pause = 1.0 if loop.time() - began > MAX_RECONNECT_SECONDS else min(2 * pause, MAX_RECONNECT_SECONDS)
            log.warning("the worker lost its queue; it comes back in %.0f s", pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _work(self) -> None:
        """Until told to stop, or until the database is lost."""
        app = make_app(self._settings, self._database)
        beat = self._settings.heartbeat_seconds
        async with app.open_async():
            log.info("worker is ready")
            working = asyncio.create_task(
                app.run_worker_async(
                    concurrency=self._settings.worker_jobs,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL_SECONDS,
                    shutdown_graceful_timeout=min(SHUTDOWN_SECONDS, beat),
                    delete_jobs="successful",
                    update_heartbeat_interval=beat,
                    stalled_worker_timeout=stalled_seconds(self._settings),
                )
            )
            others = [asyncio.create_task(self._rescue()), asyncio.create_task(self._stopping.wait())]
            await asyncio.wait([working, *others], return_when=asyncio.FIRST_COMPLETED)
            working.cancel()  # which procrastinate takes as a request to end gracefully
            others[1].cancel()
            with suppress(asyncio.CancelledError):
                await working
            others[0].cancel()
            with suppress(asyncio.CancelledError):
                await others[0]

    async def _rescue(self) -> None:
        """At every heartbeat. No task of the queue: jobs may take up all its places."""
        while True:
            try:
                await asyncio.to_thread(rescue, self._database, self._settings)
            except OperationalError:
                log.warning("jobs are not rescued now: the database does not answer")
            await asyncio.sleep(self._settings.heartbeat_seconds)


def main() -> int:
    """Runs the worker; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = load_settings()
        with open_database(settings.database_url, settings.data_dir) as database:
            run(settings, database)
    except RaisonTextError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - the one line that a failed start leaves
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
