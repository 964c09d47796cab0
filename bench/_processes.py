"""CPU time and memory of a command with all its processes, and of the database's backends that serve it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from db.session import Database


MEMORY_SECONDS = 1.0
"""Memory is looked at less often, for that takes milliseconds itself."""


class Meter:
    """Adds up what is seen at each :meth:`look`; call it often, since processes that are gone cannot be asked."""

    def __init__(self, pid: int, database: Database) -> None:
        self._root = psutil.Process(pid)
        self._postmaster = _postmaster(database)
        self._before = {process.pid: _cpu(process) for process in self._postmaster.children()}
        self._cpu: dict[int, float] = {}
        self._postgres_cpu: dict[int, float] = {}
        self._next_memory = 0.0
        self.peak_pss = 0
        """Bytes: pages that processes share are counted once (proportional set size)."""

    @property
    def cpu_seconds(self) -> float:
        """Of the command's processes and of PostgreSQL's."""
        return sum(self._cpu.values()) + self.postgres_cpu_seconds

    @property
    def postgres_cpu_seconds(self) -> float:
        """Of PostgreSQL's processes, those included that write in the background."""
        return sum(self._postgres_cpu.values())

    def look(self) -> None:
        """Reads the counters of every process that is there now."""
        family = _family(self._root)
        for process in family:
            try:
                self._cpu[process.pid] = _cpu(process)
            except psutil.Error:
                continue
        if time.monotonic() > self._next_memory:
            self._next_memory = time.monotonic() + MEMORY_SECONDS
            self.peak_pss = max(self.peak_pss, sum(map(_pss, family)))
        for process in self._postmaster.children():
            try:
                self._postgres_cpu[process.pid] = _cpu(process) - self._before.get(process.pid, 0.0)
            except psutil.Error:
                continue


def _family(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _postmaster(database: Database) -> psutil.Process:
    with database.engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        parent = psutil.Process(backend).parent()
    assert parent is not None
    return parent
