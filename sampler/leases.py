"""Who holds a shard, and for how long.

A worker leases a shard and renews the lease while it samples, so that no transaction is open meanwhile. A worker that
dies or loses the database renews nothing: when the lease ends, by the database's clock, any other may claim the shard.
Should the first one come back, its token is no longer the newest, and nothing that it sampled is stored.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import psutil
import psycopg2
from sqlalchemy.exc import DBAPIError, OperationalError

from db.session import Database
from sampler import shard_queries
from sampler.shard_queries import Claim

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_CRASHES = 5
"""A shard whose owner died so often is given up."""
MAX_ERRORS = 3
"""A shard whose sampling ended with an error so often is given up."""


@dataclass(frozen=True)
class Lease:
    """Times, in seconds.

    ``seconds``: length of a lease; it is renewed three times as often. ``retry_seconds``: how long a shard rests after
    an error. ``poll_seconds``: how often a worker with nothing to do looks whether others are done.
    ``patience_seconds``: how long a worker goes on trying to reach a database that does not answer.
    """

    seconds: float = 60.0
    retry_seconds: float = 5.0
    poll_seconds: float = 0.25
    patience_seconds: float = 120.0


class Heartbeat:
    """Renews the lease of a claim from a thread of its own while the block runs."""

    def __init__(self, database: Database, claim: Claim, lease: Lease) -> None:
        self._database = database
        self._claim = claim
        self._lease = lease
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._lease.seconds / 3):
            try:
                with self._database.session() as session:
                    if not shard_queries.renew_lease(session, self._claim, self._lease.seconds):
                        return
            except DBAPIError:
                log.warning("shard %d: the database does not answer, its lease is not renewed", self._claim.number)


def patiently(action: Callable[[], T], lease: Lease) -> T:
    """What ``action`` returns, tried again while the database cannot be reached. It must be safe to do twice."""
    deadline = time.monotonic() + lease.patience_seconds
    while True:
        try:
            return action()
        except (DBAPIError, psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if not _passing(error) or time.monotonic() > deadline:
                raise
            log.warning("the database does not answer, trying again")
            time.sleep(lease.poll_seconds)


def this_worker() -> str:
    """Name of this process, told apart from every other on every machine, also from an earlier one of the same id."""
    return f"{_machine()}/{os.getpid()}/{psutil.Process().create_time():.2f}"


def release_dead(database: Database, run_id: int) -> None:
    """Frees shards of workers that ran on this machine and are gone, so that nobody waits for their leases."""
    with database.session() as session:
        for owner in shard_queries.owners(session, run_id):
            if _is_dead(owner):
                shard_queries.release_owner(session, run_id, owner, crashed=True)


def _passing(error: Exception) -> bool:
    return not isinstance(error, DBAPIError) or isinstance(error, OperationalError) or error.connection_invalidated


def _is_dead(owner: str) -> bool:
    machine, _, process = owner.rpartition("/")[0].rpartition("/")
    if machine != _machine():
        return False
    try:
        return f"{psutil.Process(int(process)).create_time():.2f}" != owner.rpartition("/")[2]
    except psutil.NoSuchProcess:
        return True


@functools.cache
def _machine() -> str:
    """Host name, and a hash that differs between boots and between containers: process ids are unique within it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        scope = boot + str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        scope = str(psutil.boot_time())
    return f"{platform.node()}-{hashlib.sha256(scope.encode()).hexdigest()[:8]}"
