"""The servers of the stack: how each is started, where it answers, and how to see that it is well."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Event

import httpx

from app.processes import Child, StartError, last_words
from app.settings import PREFIX, Settings
from app.state import ServiceState

SERVICES = ("label_studio", "api", "demo", "worker")
READY_SECONDS = 180.0
HEALTH_SECONDS = 5.0


@dataclass
class Service:
    """A child process and what tells that it is ready: an HTTP answer or a line of its log."""

    child: Child
    url: str | None = None
    health_url: str | None = None
    ready_line: Event | None = None

    def state(self) -> ServiceState:
        """For the state file."""
        return ServiceState(
            name=self.child.name,
            url=self.url,
            health_url=self.health_url,
            pid=self.child.pid,
            log=str(self.child.log_file),
        )

    def ready(self) -> bool:
        """True when it does its work."""
        if self.health_url is not None:
            return health(self.health_url) is None
        return self.ready_line is None or self.ready_line.is_set()

    def wait(self, someone_died: Callable[[], Child | None]) -> None:
        """Returns when the service is ready.

        Raises:
            StartError: it, or another one, ended, or it took too long.
        """
        deadline = time.monotonic() + READY_SECONDS
        while not self.ready():
            dead = someone_died()
            if dead is not None:
                raise last_words(dead)
            if time.monotonic() > deadline:
                reason = f": {health(self.health_url)}" if self.health_url else ""
                raise StartError(
                    f"{self.child.name} was not ready within {READY_SECONDS:.0f} s{reason} (log: {self.child.log_file})"
                )
            time.sleep(0.2)


def health(url: str) -> str | None:
    """None when ``url`` answers with success, else why not."""
    try:
        response = _client().get(url)
    except httpx.HTTPError as error:
        return f"does not answer ({type(error).__name__})"
    if response.is_success:
        return None
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        return str(response.json().get("detail"))
    return f"answers {response.status_code}"


@cache
def _client() -> httpx.Client:
    # Making one reads all certificates of the machine: too dear for a poll.
    return httpx.Client(timeout=HEALTH_SECONDS, trust_env=False)


def environment(settings: Settings, **overrides: str) -> dict[str, str]:
    """The environment of a child: this process's, with settings made absolute and ``overrides`` on top."""
    ours = {f"{PREFIX}DATA_DIR": str(settings.data_dir.absolute()), f"{PREFIX}HOST": settings.host}
    return {**os.environ, "PYTHONUNBUFFERED": "1", **ours, **{PREFIX + key: value for key, value in overrides.items()}}


def api(settings: Settings, port: int, database_url: str) -> Service:
    """The HTTP API."""
    base = f"http://{reachable(settings.host)}:{port}"
    child = _child(settings, "api", "app.api", DATABASE_URL=database_url, API_PORT=str(port))
    return Service(child, url=base, health_url=f"{base}/readyz")


def demo(settings: Settings, port: int, api_url: str) -> Service:
    """The page for job seekers."""
    base = f"http://{reachable(settings.host)}:{port}"
    child = _child(settings, "demo", "app.demo", DEMO_PORT=str(port), API_URL=api_url)
    return Service(child, url=base, health_url=f"{base}/_stcore/health")


def worker(settings: Settings, database_url: str, label_studio: tuple[str, str] | None) -> Service:
    """The job worker; ``label_studio`` is URL and key."""
    known = {"LABEL_STUDIO_URL": label_studio[0], "LABEL_STUDIO_API_KEY": label_studio[1]} if label_studio else {}
    child = _child(settings, "worker", "app.worker", DATABASE_URL=database_url, **known)
    return Service(child, ready_line=child.expect_line("worker is ready"))


def reachable(host: str) -> str:
    """An address to call a server that listens on ``host``."""
    if host == "0.0.0.0":
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


def _child(settings: Settings, name: str, module: str, **overrides: str) -> Child:
    log_file = settings.data_dir.absolute() / "logs" / f"{name}.log"
    return Child(name, [sys.executable, "-m", module], environment(settings, **overrides), log_file)
