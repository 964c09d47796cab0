"""Child processes that never outlive their supervisor, with rotated logs and a wait until they are ready."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from app.watchdog import signal_group
from db.errors import UnavailableError

LOG_BYTES = 5_000_000
LOG_FILES = 3
STOP_SECONDS = 20.0
POLL_SECONDS = 0.1
PORTS_TRIED = 100


class StartError(UnavailableError):
    """A server did not come up; the message has its last words and the place of its log."""


def free_port(host: str, wanted: int, taken: set[int]) -> int:
    """``wanted`` or the next port that nothing listens on and that is not in ``taken``; 0: any.

    Raises:
        StartError: the next hundred ports are busy, or ``host`` is not an address of this machine.
    """
    for port in [0] if wanted == 0 else range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            # As servers do: a port whose last connections are still winding down counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except socket.gaierror as error:
                raise StartError(f"HOST {host!r} is not an address of this machine") from error
            except OSError:
                continue
            found = int(probe.getsockname()[1])
        if found not in taken:
            return found
    raise StartError(f"no free TCP port on {host} from {wanted} to {wanted + PORTS_TRIED - 1}")


class Child:
    """A server in its own process group, its output in a rotated file.

    Start it from a thread that lives as long as the supervisor (see :mod:`app.launch`).
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log_file: Path) -> None:
        self.name = name
        self.log_file = log_file
        self.command = list(command)
        self.environment = dict(environment)
        self.last_line = ""
        self._lines: list[tuple[re.Pattern[str], threading.Event]] = []
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id, also of its group."""
        assert self._process is not None
        return self._process.pid

    @property
    def started(self) -> bool:
        """False when an interrupt came before the process did."""
        return self._process is not None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process is not None else None

    def start(self) -> None:
        """Starts the process; returns at once."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.launch", str(os.getpid()), *self.command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        threading.Thread(target=self._pump, args=(self._process.stdout,), name=f"log-{self.name}", daemon=True).start()

    def expect_line(self, pattern: str) -> threading.Event:
        """An event that is set when a line of output matches; ask for it before ``start``."""
        event = threading.Event()
        self._lines.append((re.compile(pattern), event))
        return event

    def signal(self, number: int) -> bool:
        """Sends a signal to the whole group; False when nothing of it is left."""
        return self._process is not None and signal_group(self._process.pid, number)

    def wait(self, deadline: float) -> bool:
        """True when the whole group is gone before ``deadline`` (``time.monotonic``)."""
        while True:
            self.exit_code  # noqa: B018 - reaps the process, else it stays in its group as a zombie
            if not self.signal(0):
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)

    def _pump(self, output: IO[bytes]) -> None:
        handler = RotatingFileHandler(self.log_file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
        with output:
            for raw in output:
                line = raw.decode("utf-8", "replace").rstrip()
                handler.emit(logging.makeLogRecord({"msg": line}))
                self.last_line = line or self.last_line
                for pattern, event in self._lines:
                    if pattern.search(line):
                        event.set()
        handler.close()


class Supervisor:
    """Context manager: all its children are gone when it is left, and a watchdog sees to it if it is killed."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._watchdog: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._watchdog = subprocess.Popen(
            [sys.executable, "-m", "app.watchdog"], stdin=subprocess.PIPE, start_new_session=True, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop_all()
        finally:
            assert self._watchdog is not None
            assert self._watchdog.stdin is not None
            self._watchdog.stdin.close()
            self._watchdog.wait()

    def start(self, child: Child) -> None:
        """Starts a child under the watchdog's eye."""
        self.children.append(child)
        child.start()
        self._tell(f"+{child.pid}")

    def stop_all(self) -> None:
        """Asks every child to end, last started first; kills what is left after a while or at Ctrl-C."""
        for child in reversed(self.children):
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.children:
            child = self.children[-1]
            try:
                gone = child.wait(deadline)
            except KeyboardInterrupt:
                deadline, gone = 0.0, False
            if not gone:
                child.signal(signal.SIGKILL)
                child.wait(time.monotonic() + STOP_SECONDS)
            if child.started:
                self._tell(f"-{child.pid}")
            self.children.pop()

    def dead(self) -> Child | None:
        """A child that ended by itself."""
        return next((child for child in self.children if child.exit_code is not None), None)

    def _tell(self, line: str) -> None:
        assert self._watchdog is not None
        assert self._watchdog.stdin is not None
        self._watchdog.stdin.write(line + "\n")
        self._watchdog.stdin.flush()


def last_words(child: Child) -> StartError:
    """The error for a child that ended."""
    words = f": {child.last_line}" if child.last_line else ""
    return StartError(f"{child.name} ended with exit code {child.exit_code}{words} (log: {child.log_file})")
