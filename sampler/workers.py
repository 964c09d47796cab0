"""Worker processes on this machine: one command, as many cores as it may use.

The parent has no part in the work: it starts workers, hears from them, replaces those that die, and at the end of its
own life they end. A worker is ended by killing it; the parent frees its shards at once, so nobody waits for its lease.
"""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from db.errors import RaisonTextError
from db.session import Database
from sampler import shard_queries
from sampler.engines.base import Engine, available_cores
from sampler.errors import EngineError
from sampler.leases import Lease, release_dead
from sampler.models import EngineSettings, load_version
from sampler.runs import ProgressCallback, RunReport, Tally, find_run, report, resume_run
from sampler.worker_process import WorkerOrder, main

log = logging.getLogger(__name__)

TELL_SECONDS = 0.5
"""How often the progress callback is called at least; it may end the work."""
MAX_CRASHES_IN_A_ROW = 10
"""So many deaths without a stored shard between them, and no worker is replaced any more."""

_context = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Starts the server that workers are forked from; returns at once, while it loads language data."""
    from multiprocessing import forkserver

    _context.set_forkserver_preload(["sampler.warm"])
    forkserver.ensure_running()


def run_workers(
    database: Database,
    run_id: int,
    settings: EngineSettings,
    *,
    workers: int | None = None,
    engine: Engine | None = None,
    progress: ProgressCallback | None = None,
    lease: Lease | None = None,
) -> RunReport:
    """Samples with ``workers`` processes of one thread each (null: one per core) until the run has an end.

    No more than there are shards; a single worker is this process itself, with ``engine`` if that is at hand, and
    with a thread for each core unless ``workers`` says 1.

    Raises:
        RunNotFoundError: there is no such run.
        RunMismatchError: the run was started with another engine, or is cancelled.
        ArtifactError, EngineError: the model cannot be loaded, or fails at one shard after the other.
    """
    lease = lease or Lease()
    _, model = find_run(database, run_id)
    release_dead(database, run_id)
    with database.session() as session:
        shards = shard_queries.count_open(session, run_id)
    wanted = min(workers or available_cores(), shards)
    if wanted <= 1:
        engine = engine or load_version(model, replace(settings, threads=workers or settings.threads))
        return resume_run(database, run_id, engine, progress, lease)
    tally = Tally(database, run_id, progress)
    order = WorkerOrder(
        database.url, run_id, replace(settings, threads=1), lease, logging.getLogger().getEffectiveLevel()
    )
    _Crew(database, order, tally).run(wanted)
    return report(database, run_id, tally, wanted)


@dataclass
class _Worker:
    """``owner`` is its name in leases, null until it has told it, before which it holds none."""

    process: BaseProcess
    reports: Connection
    owner: str | None = None


class _Crew:
    """The workers of one command."""

    def __init__(self, database: Database, order: WorkerOrder, tally: Tally) -> None:
        self._database = database
        self._order = order
        self._tally = tally
        self._workers: list[_Worker] = []
        self._crashes = 0

    def run(self, count: int) -> None:
        """Until all workers have left, because there is nothing more to do; raises what any of them raises."""
        warm_up()
        try:
            for _ in range(count):
                self._workers.append(self._start())
            told = time.monotonic()
            while self._workers:
                for worker in self._heard_from():
                    self._hear(worker)
                if time.monotonic() - told > TELL_SECONDS:
                    self._tally.tell()
                    told = time.monotonic()
        finally:
            self._end_all()

    def _start(self) -> _Worker:
        here, there = _context.Pipe(duplex=False)
        process = _context.Process(target=main, args=(self._order, there), name="sampling-worker")
        try:
            process.start()
        except (EOFError, OSError) as error:
            raise EngineError(
                "The server that workers are forked from has ended; `python -m sampler.warm` shows why"
            ) from error
        there.close()  # else the end of the process would not be the end of the pipe
        return _Worker(process, here)

    def _heard_from(self) -> Sequence[_Worker]:
        ready = wait([worker.reports for worker in self._workers], TELL_SECONDS)
        return [worker for worker in self._workers if worker.reports in ready]

    def _hear(self, worker: _Worker) -> None:
        try:
            message = worker.reports.recv()
        except (EOFError, OSError):
            self._gone(worker)
            return
        if isinstance(message, RaisonTextError):
            raise message
        if isinstance(message, str):
            worker.owner = message
        else:
            self._crashes = 0
            self._tally.add(message)

    def _gone(self, worker: _Worker) -> None:
        worker.process.join()
        self._workers.remove(worker)
        if worker.process.exitcode == 0:
            return
        self._crashes += 1
        self._release(worker, crashed=True)
        code = worker.process.exitcode or 0
        how = f"was killed (signal {-code})" if code < 0 else f"ended with exit code {code}"
        if self._crashes < MAX_CRASHES_IN_A_ROW:
            log.warning("sampling worker %s %s; another takes its place", worker.process.pid, how)
            self._workers.append(self._start())
        elif not self._workers:
            raise EngineError(f"Sampling run {self._order.run_id}: {self._crashes} workers died, the last {how}")

    def _end_all(self) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            self._release(worker, crashed=False)
        self._workers.clear()

    def _release(self, worker: _Worker, *, crashed: bool) -> None:
        if worker.owner is not None:
            with self._database.session() as session:
                shard_queries.release_owner(session, self._order.run_id, worker.owner, crashed=crashed)
