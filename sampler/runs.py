"""Sampling runs: a queue of résumés in PostgreSQL that any number of workers on any number of machines empties.

The queue is cut into shards of fixed positions, which workers lease (:mod:`sampler.leases`) and store whole or not at
all (:mod:`sampler.shards`); ``kill -9`` of a worker loses and doubles nothing.

What holds: the same run (model, résumés in the same order, decoding, selection, seed, shard size) gives the same texts
on the same engine, version, compute type and batch size, whatever the number of workers, the order in which they
claim, and however often they were killed. Texts are not the same when a résumé is sampled in other company, because
the prompts of a batch share a stream of random numbers; a résumé erased before its shard was sampled therefore changes
that shard, and so does an error of the engine, after which a shard is sampled résumé by résumé.
"""

from __future__ import annotations

import datetime as dt
import gc
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from db.models import ModelVersion, SamplingRun
from db.session import Database
from sampler import queries, shard_queries
from sampler.candidates import Selection
from sampler.drafts import Statistics
from sampler.engines.base import Decoding, Engine, describe
from sampler.errors import EngineError, LeaseLostError, RunMismatchError, RunNotFoundError
from sampler.leases import Lease, patiently, release_dead, this_worker
from sampler.models import text_format_of
from sampler.shard_queries import Claim
from sampler.shards import Rows, RunTask, StoredShard, claim_shard, work_off

log = logging.getLogger(__name__)

DEFAULT_SHARD_SIZE = 64
"""Résumés sampled and committed together."""
BROKEN_AFTER = 3
"""A worker that fails at so many shards one after the other is at fault itself."""
COLLECT = (20_000, 50, 10)
"""Thresholds of the garbage collector while a worker works: shards leave no cycles behind, and to look again and again
through the language data that stay took a tenth of its time."""


@dataclass(frozen=True)
class RunProgress:
    """Where a run stands. ``candidates`` and ``seconds`` are those of this command since it started."""

    done: int
    total: int
    candidates: int
    seconds: float

    @property
    def candidates_per_second(self) -> float:
        """Rate of this command; 0 before anything is done."""
        return self.candidates / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class RunReport:
    """What a run holds when a command leaves it.

    ``failed_shards`` were given up after repeated errors; the reason stands with each of their résumés. ``…_here`` is
    what this command and its worker processes did.
    """

    run_id: int
    complete: bool
    statistics: Statistics
    failed_shards: int
    candidates_here: int
    seconds_here: float
    workers: int


ProgressCallback = Callable[[RunProgress], None]
StoredCallback = Callable[[StoredShard], None]


class Tally:
    """What a command has done so far, told to a progress callback."""

    def __init__(self, database: Database, run_id: int, progress: ProgressCallback | None) -> None:
        with database.session() as session:
            state = expect_run(session, run_id)
        self.done, self.total, self.candidates = int(state.counts.get("resumes", 0)), state.total, 0
        self._began = time.monotonic()
        self._progress = progress

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._began

    def add(self, shard: StoredShard) -> None:
        """Counts a stored shard."""
        self.done = max(self.done, shard.done)
        self.candidates += shard.candidates
        self.tell()

    def tell(self) -> None:
        """Calls the callback, which may raise to end the work."""
        if self._progress is not None:
            self._progress(RunProgress(self.done, self.total, self.candidates, self.seconds))


def stored_decoding(decoding: Decoding, selection: Selection) -> dict[str, Any]:
    """The form in which a run keeps its parameters."""
    return {**decoding.to_dict(), "selection": selection.to_dict()}


def stored_engine(engine: Engine, shard_size: int = DEFAULT_SHARD_SIZE) -> dict[str, Any]:
    """The form in which a run keeps what its texts depend on besides."""
    return {**describe(engine), "shard_size": shard_size}


def start_run(
    session: Session,
    *,
    model: ModelVersion,
    resume_ids: Select[int],
    decoding: Decoding,
    seed: int,
    engine: Engine,
    selection: Selection | None = None,
    round_id: int | None = None,
    shard_size: int = DEFAULT_SHARD_SIZE,
) -> SamplingRun:
    """Makes a run and its queue of what the query gives, in its order; ``total`` is how many résumés. Does not commit.

    :func:`resume_run` and :func:`sampler.workers.run_workers` do the work.
    """
    run = SamplingRun(
        model_version_id=model.id,
        round_id=round_id,
        decoding=stored_decoding(decoding, selection or Selection()),
        engine=stored_engine(engine, shard_size),
        seed=seed,
        counts=Statistics().to_dict(),
    )
    session.add(run)
    session.flush()
    run.total = shard_queries.fill_queue(session, run.id, resume_ids, shard_size)
    return run


def resume_run(
    database: Database,
    run_id: int,
    engine: Engine,
    progress: ProgressCallback | None = None,
    lease: Lease | None = None,
) -> RunReport:
    """Samples in this process until every shard of the run has an end, also those that others held and lost.

    Raises:
        RunNotFoundError: there is no such run.
        RunMismatchError: the run was started with another engine, or is cancelled.
        EngineError: the engine fails at one shard after the other.
    """
    task = load_task(database, run_id, engine)
    tally = Tally(database, run_id, progress)
    work(database, task, engine, lease or Lease(), tally.add)
    return report(database, run_id, tally, workers=1)


def work(database: Database, task: RunTask, engine: Engine, lease: Lease, stored: StoredCallback) -> None:
    """What a worker does: shard after shard, and at the end waits for those of others, in case they die."""
    worker = Worker(database, task, engine, lease)
    release_dead(database, task.run_id)
    with _few_collections():
        while True:
            claimed = worker.claim()
            if claimed is None:
                if patiently(lambda: at_end(database, task.run_id), lease):
                    return
                time.sleep(lease.poll_seconds)
            elif (shard := worker.sample(*claimed)) is not None:
                stored(shard)


@contextmanager
def _few_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Worker:
    """One engine at work on one run; it tells shards that fail from a worker that fails at everything."""

    def __init__(self, database: Database, task: RunTask, engine: Engine, lease: Lease) -> None:
        self._database = database
        self._task = task
        self._engine = engine
        self._lease = lease
        self._owner = this_worker()
        self._failures = 0

    def claim(self, number: int | None = None) -> tuple[Claim, Rows] | None:
        """The first free shard, or that one if it is free."""
        return claim_shard(self._database, self._task, self._owner, self._lease, number)

    def sample(self, claim: Claim, rows: Rows) -> StoredShard | None:
        """Samples and stores a shard; null if somebody else has to do it, or it has to be done again.

        Raises:
            EngineError: this was one failure too many, one after the other.
        """
        try:
            shard = work_off(self._database, self._task, self._engine, claim, rows, self._lease)
        except LeaseLostError as error:
            log.warning("%s", error)
            return None
        self._failures = 0 if shard is not None and shard.error is None else self._failures + 1
        if self._failures >= BROKEN_AFTER:
            raise EngineError(
                f"Sampling run {claim.run_id}: {self._failures} failures one after the other, the last at shard "
                f"{claim.number}; the log of this worker has the reasons"
            )
        return shard


def at_end(database: Database, run_id: int) -> bool:
    """Finishes the run if no shard is open; true too if it was cancelled. Else frees shards of workers that died."""
    with database.session() as session:
        if shard_queries.finish_run(session, run_id) or expect_run(session, run_id).status != "running":
            return True
    release_dead(database, run_id)
    return False


def report(database: Database, run_id: int, tally: Tally, workers: int) -> RunReport:
    """The report of a command that leaves a run."""
    with database.session() as session:
        state = expect_run(session, run_id)
        failed_shards = shard_queries.count_failed(session, run_id)
    return RunReport(
        run_id=run_id,
        complete=state.status == "complete",
        statistics=Statistics(**state.counts),
        failed_shards=failed_shards,
        candidates_here=tally.candidates,
        seconds_here=tally.seconds,
        workers=workers,
    )


def load_task(database: Database, run_id: int, engine: Engine) -> RunTask:
    """The run, for a worker with this engine.

    Raises:
        RunNotFoundError: there is no such run.
        RunMismatchError: the run was started with another engine, or is cancelled.
    """
    run, model = find_run(database, run_id)
    shard_size = int(run.engine["shard_size"])
    if run.engine != stored_engine(engine, shard_size):
        raise RunMismatchError(
            f"Sampling run {run_id}: expected the engine it began with, {_label(run.engine)}, "
            f"found {_label(describe(engine))}; texts of two engines do not mix"
        )
    parameters = dict(run.decoding)
    selection = Selection.from_dict(parameters.pop("selection"))
    return RunTask(
        run_id,
        text_format_of(model),
        Decoding(**parameters),
        selection,
        run.seed,
        shard_size,
        today=run.created_at.astimezone(dt.UTC).date(),
    )


def find_run(database: Database, run_id: int) -> tuple[SamplingRun, ModelVersion]:
    """A run that goes on or is complete, and its model.

    Raises:
        RunNotFoundError: there is no such run.
        RunMismatchError: it is cancelled.
    """
    with database.session() as session:
        found = queries.run_with_model(session, run_id)
    if found is None:
        raise RunNotFoundError(f"Sampling run {run_id}: there is no such run")
    if found[0].status == "cancelled":
        raise RunMismatchError(f"Sampling run {run_id}: expected a run that goes on, found a cancelled one")
    return found


def expect_run(session: Session, run_id: int) -> queries.RunState:
    """Where a run stands.

    Raises:
        RunNotFoundError: there is no such run.
    """
    state = queries.run_state(session, run_id)
    if state is None:
        raise RunNotFoundError(f"Sampling run {run_id}: there is no such run")
    return state


def _label(engine: dict[str, Any]) -> str:
    return f"{engine['name']} {engine['version']} {engine['compute_type']} (batches of {engine['batch_size']})"
