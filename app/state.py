"""What a running stack says of itself: ``DATA_DIR/run/stack.json``, and the lock that its supervisor holds."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, Field, ValidationError

from db.errors import ConflictError

PROBE_SECONDS = 0.5


class ServiceState(BaseModel):
    """One server of the stack."""

    name: str
    url: str | None = None
    health_url: str | None = None
    pid: int | None = None
    log: str | None = None


class StackState(BaseModel):
    """All of it."""

    pid: int
    state: Literal["starting", "ready", "stopping"]
    services: list[ServiceState] = Field(default_factory=list)


class AlreadyRunningError(ConflictError):
    """Another supervisor works on this data directory."""


def _run_dir(data_dir: Path) -> Path:
    return data_dir / "run"


def write_state(data_dir: Path, state: StackState) -> None:
    """Replaces the state file in one step."""
    target = _run_dir(data_dir) / "stack.json"
    draft = target.with_suffix(".tmp")
    draft.write_text(state.model_dump_json(indent=1), encoding="utf-8")
    draft.replace(target)


def read_state(data_dir: Path) -> StackState | None:
    """The state of the running stack; None when nothing runs, whatever a stale file says."""
    if not held(data_dir):
        return None
    try:
        return StackState.model_validate_json((_run_dir(data_dir) / "stack.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None


def held(data_dir: Path) -> bool:
    """True while a supervisor lives. The lock goes with its process, so it cannot be stale."""
    path = _run_dir(data_dir) / "stack.lock"
    if not path.exists():
        return False
    with path.open("a") as file:
        return not _lock(file, fcntl.LOCK_SH)


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Makes this process the only supervisor of ``data_dir``; forgets the state at the end.

    Raises:
        AlreadyRunningError: there is one.
    """
    _run_dir(data_dir).mkdir(parents=True, exist_ok=True)
    with (_run_dir(data_dir) / "stack.lock").open("a") as file:
        deadline = time.monotonic() + PROBE_SECONDS
        while not _lock(file, fcntl.LOCK_EX):
            if time.monotonic() < deadline:  # it may be a mere look at the lock
                time.sleep(0.1)
                continue
            found = read_state(data_dir)
            who = f" (process {found.pid})" if found else ""
            raise AlreadyRunningError(
                f"RaisonText already runs on {data_dir}{who}; see `raisontext status`, end it with `raisontext down`"
            )
        write_state(data_dir, StackState(pid=os.getpid(), state="starting"))
        try:
            yield
        finally:
            (_run_dir(data_dir) / "stack.json").unlink(missing_ok=True)
