"""Sampling runs on a Ray cluster: Ray starts the workers, brings shard numbers to them and replaces those that die.

Shards are claimed and stored in the database just as by other workers, so that whatever Ray does twice is stored once,
and workers outside Ray can take part in the same run.
"""

from __future__ import annotations

import logging
import math
import os
import pickle
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from db.errors import RaisonTextError, UnavailableError
from db.session import Database
from sampler import shard_queries
from sampler.leases import Lease, release_dead
from sampler.models import EngineSettings, load_version
from sampler.runs import ProgressCallback, RunReport, Tally, Worker, at_end, find_run, load_task, report
from sampler.shards import StoredShard
from sampler.worker_process import WorkerOrder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ACTOR_CPUS = 0.5
"""What an actor reserves. With whole cores, actors on all of them leave none for the task that feeds them, and Ray
waits for ever; an actor uses one core all the same."""
CONNECT_SECONDS = 5.0
BLOCK_SHARDS = 8
"""Shards that are handed to an actor at once at most; after a crash Ray hands them out again."""


class ShardActor:
    """What Ray runs on each core: takes numbers of shards, gives what was stored of them."""

    def __init__(self, order: WorkerOrder) -> None:
        self._order = order
        self._database = Database(order.database_url)
        self._worker: Worker | None = None

    def __call__(self, batch: dict[str, NDArray[np.int64]]) -> dict[str, list[Any]]:
        """Columns ``number, candidates, done, error``, without shards that others hold or that have to be done again.

        ``error`` is what ends the run, pickled, else empty: raised here, Ray would replace it by one of its own.
        """
        try:
            stored = [shard for number in batch["number"].tolist() if (shard := self._sample(number)) is not None]
        except RaisonTextError as error:
            return {"number": [-1], "candidates": [0], "done": [0], "error": [pickle.dumps(error)]}
        names = ("number", "candidates", "done")
        return {**{name: [getattr(shard, name) for shard in stored] for name in names}, "error": [b""] * len(stored)}

    def _sample(self, number: int) -> StoredShard | None:
        worker = self._worker or self._load()
        claimed = worker.claim(number)
        if claimed is None:
            # Its owner may be the process that was here before this one, and died.
            release_dead(self._database, self._order.run_id)
            claimed = worker.claim(number)
        return None if claimed is None else worker.sample(*claimed)

    def _load(self) -> Worker:
        """Not in the constructor: Ray starts an actor whose constructor fails again and again."""
        _, model = find_run(self._database, self._order.run_id)
        engine = load_version(model, self._order.settings)
        task = load_task(self._database, self._order.run_id, engine)
        self._worker = Worker(self._database, task, engine, self._order.lease)
        return self._worker


def run_on_ray(
    database: Database,
    run_id: int,
    settings: EngineSettings,
    *,
    address: str,
    actors: int | None = None,
    progress: ProgressCallback | None = None,
    lease: Lease | None = None,
) -> RunReport:
    """Samples with ``actors`` processes of one thread each (null: one per core of the cluster) until the run is done.

    ``address`` is ``host:port`` of a cluster, ``auto`` for the one of this machine, or ``local`` for one that is
    started for this run.

    Raises:
        UnavailableError: Ray is not installed, or the cluster does not answer.
        RunNotFoundError, RunMismatchError, ArtifactError, EngineError: as :func:`sampler.workers.run_workers` does.
    """
    find_run(database, run_id)
    lease = lease or Lease()
    order = WorkerOrder(database.url, run_id, replace(settings, threads=1), lease, logging.WARNING)
    ray = _connected(address)
    try:
        tally = Tally(database, run_id, progress)
        actors = actors or max(1, int(ray.cluster_resources().get("CPU", 1)))
        while not at_end(database, run_id):
            with database.session() as session:
                numbers = shard_queries.free_shards(session, run_id)
            if not numbers:
                tally.tell()
                time.sleep(lease.poll_seconds)
            for shard in _sampled(numbers, order, actors):
                tally.add(shard)
    finally:
        ray.shutdown()
    release_dead(database, run_id)
    return report(database, run_id, tally, actors)


def _connected(address: str) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise UnavailableError("Ray is not installed; `pip install 'raisontext[ray]'` brings it") from error
    options: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    try:
        _expect_listener(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING, **options)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UnavailableError(f"Ray does not answer at {address}: {reason}") from error
    return ray


def _expect_listener(address: str) -> None:
    """Raises ``OSError`` if nobody listens at ``host:port``: Ray itself would wait for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()


def _sampled(numbers: Sequence[int], order: WorkerOrder, actors: int) -> Iterator[StoredShard]:
    """One pass of Ray Data over these shards.

    Raises:
        RaisonTextError: what ended an actor.
    """
    if not numbers:
        return
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    actors = min(actors, len(numbers))
    blocks = max(actors, math.ceil(len(numbers) / BLOCK_SHARDS))
    dataset = ray.data.from_items([{"number": number} for number in numbers], override_num_blocks=blocks).map_batches(
        ShardActor,
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=actors),
        fn_constructor_args=(order,),
        num_cpus=ACTOR_CPUS,
    )
    for row in dataset.iter_rows():
        yield stored_shard(row)


def stored_shard(row: dict[str, Any]) -> StoredShard:
    """A row that an actor gave; raises the error that it brings."""
    if row["error"]:
        error: RaisonTextError = pickle.loads(row["error"])
        raise error
    return StoredShard(row["number"], row["candidates"], row["done"])
