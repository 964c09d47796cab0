"""Looking at a running stack from outside, and ending it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
from pydantic import BaseModel

from app.processes import StartError
from app.services import environment, health
from app.settings import Settings
from app.state import ServiceState, StackState, held, read_state
from db.errors import UnavailableError

STOP_SECONDS = 60.0
POLL_SECONDS = 0.1


class ServiceReport(ServiceState):
    """A server and how it is."""

    healthy: bool
    detail: str


class Report(BaseModel):
    """The whole stack and how it is."""

    state: str
    pid: int | None
    services: list[ServiceReport]


def report(settings: Settings) -> Report:
    """What runs on this data directory; ``state`` is ``stopped`` when nothing does."""
    state = read_state(settings.data_dir)
    if state is None:
        return Report(state="stopped", pid=None, services=[])
    return Report(state=state.state, pid=state.pid, services=[_look(service, settings) for service in state.services])


def _look(service: ServiceState, settings: Settings) -> ServiceReport:
    reason = _ailment(service, settings)
    return ServiceReport(**service.model_dump(), healthy=reason is None, detail=reason or "ok")


def _ailment(service: ServiceState, settings: Settings) -> str | None:
    if service.pid is not None and not psutil.pid_exists(service.pid):
        return "its process is gone"
    if service.name == "postgresql":
        return _database_ailment(settings)
    return health(service.health_url) if service.health_url else None


def _database_ailment(settings: Settings) -> str | None:
    from db.embedded import EmbeddedPostgres
    from db.session import Database

    try:
        database = Database(settings.database_url or EmbeddedPostgres(settings.data_dir).url())
        try:
            database.ping()
        finally:
            database.close()
    except UnavailableError as error:
        return str(error)
    return None


def stop(data_dir: Path) -> int | None:
    """Ends the running supervisor and waits until it is gone; returns its process id, None when nothing ran.

    Raises:
        UnavailableError: it is still there after a minute and a kill.
    """
    state = read_state(data_dir)
    if state is None:
        return None
    with suppress(ProcessLookupError):
        os.kill(state.pid, signal.SIGTERM)
        if not _released(data_dir):
            os.kill(state.pid, signal.SIGKILL)
    if not _released(data_dir):
        raise UnavailableError(f"process {state.pid} does not end")
    return state.pid


def _released(data_dir: Path) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while held(data_dir):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def start_detached(settings: Settings) -> StackState:
    """Starts ``raisontext up`` in the background and returns when everything is ready.

    Raises:
        StartError: it ended before; the message is its last line.
    """
    log_file = settings.data_dir / "logs" / "stack.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "up"],
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            state = read_state(settings.data_dir)
            if state is not None and state.pid == process.pid and state.state == "ready":
                return state
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    lines = log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    words = lines[-1].removeprefix("error: ") if lines else f"exit code {process.returncode}"
    raise StartError(f"{words} (log: {log_file})")
