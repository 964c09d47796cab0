"""A real worker with kinds of work for tests: ``python job_worker.py`` takes its settings from the environment.

Work leaves its traces in files of ``directory``, so that tests see what ran, how often and in which process.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from app.jobs.context import JobContext
from app.jobs.registry import work
from db.errors import InvalidInputError, UnavailableError


def trace(directory: str, name: str, line: str) -> int:
    """Appends a line; returns how many there are."""
    with (Path(directory) / name).open("a+", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.seek(0)
        return len(file.readlines())


@work("test-steps")
def steps(context: JobContext, *, directory: str, steps: int, seconds: float = 0.05) -> dict[str, Any]:
    """Counts up in steps."""
    begun = trace(directory, "begun", str(os.getpid()))
    for done in range(steps):
        context.progress(done, steps, f"step {done}")
        time.sleep(seconds)
    trace(directory, "finished", str(os.getpid()))
    return {"begun": begun}


@work("test-hint", repeats=True)
def hint(context: JobContext, *, directory: str, until: str) -> dict[str, Any]:
    """Reads what there is at its start, and then takes until a file appears."""
    seen = sorted(path.name for path in Path(directory).glob("change-*"))
    trace(directory, "begun", ",".join(seen))
    while not (Path(directory) / until).exists():
        context.raise_if_cancelled()
        time.sleep(0.02)
    return {"seen": seen}


@work("test-down")
def down(_context: JobContext, *, directory: str, times: int) -> dict[str, Any]:
    """A server is down that many times."""
    if trace(directory, "begun", str(time.time())) <= times:
        raise UnavailableError("the server\nis down")
    return {}


@work("test-refused")
def refused(_context: JobContext, *, directory: str) -> dict[str, Any]:
    """An expected failure."""
    trace(directory, "begun", "")
    raise InvalidInputError("no such\n thing")


@work("test-bug")
def bug(_context: JobContext, *, secret: str) -> dict[str, Any]:
    """A bug."""
    raise KeyError(secret)


@work("test-deaf", lane="deaf")
def deaf(_context: JobContext, *, directory: str) -> dict[str, Any]:
    """Never reports, never listens, and keeps the interpreter to itself."""
    trace(directory, "begun", str(os.getpid()))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pow(3, 200_000)
    return {}


if __name__ == "__main__":
    from app.worker import main

    sys.exit(main())
