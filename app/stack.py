"""Everything on one machine: PostgreSQL, Label Studio, the API, the demo page and the worker.

    with interruptible(), Stack(settings, say=print) as stack:
        stack.start()
        stack.wait()

Leaving the block ends all of it; a supervisor that is killed takes it along, too (:mod:`app.processes`).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType, TracebackType
from typing import Self

from annotation.server import LabelStudioServer
from app import services
from app.processes import LOG_BYTES, Supervisor, free_port, last_words
from app.services import Service
from app.settings import Settings
from app.state import ServiceState, StackState, hold, write_state
from db.embedded import EmbeddedPostgres
from db.errors import UnavailableError
from db.session import Database, open_database


class Stack:
    """Context manager; ``start`` may be called several times, for more services each time.

    Must be started from the main thread (see :mod:`app.launch`). ``say`` is told each step in a line.

    Raises (on entering):
        AlreadyRunningError: another stack uses the data directory.
        UnavailableError: PostgreSQL does not answer or does not start.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda _line: None) -> None:
        self.settings = settings
        self.urls: dict[str, str] = {}
        self._say = say
        self._resources = ExitStack()
        self._supervisor = Supervisor()
        self._services: dict[str, Service] = {}
        self._label_studio: LabelStudioServer | None = None
        self._embedded: EmbeddedPostgres | None = None
        self._database: Database | None = None
        self._ports: set[int] = set()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            opening.enter_context(hold(self.settings.data_dir))
            if not self.settings.database_url:
                self._say("PostgreSQL: starting the embedded server")
                self._embedded = opening.enter_context(EmbeddedPostgres(self.settings.data_dir))
            self._database = opening.enter_context(open_database(self.settings.database_url, self.settings.data_dir))
            self._say(f"PostgreSQL: ready, {self.database_place}")
            opening.enter_context(self._supervisor)
            opening.callback(self._stop_label_studio)
            opening.callback(self._announce, "stopping")
            self._resources = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()

    @property
    def database(self) -> Database:
        """The migrated database."""
        if self._database is None:
            raise RuntimeError("the stack is used as a context manager")
        return self._database

    @property
    def database_place(self) -> str:
        """Where the data is: the embedded server's directory, or a URL without its password."""
        if self._embedded is not None:
            return str(self._embedded.home)
        return self.database.engine.url.render_as_string(hide_password=True)

    @property
    def label_studio(self) -> tuple[str, str] | None:
        """URL and administrator's key of the Label Studio in use, local or external; None while there is none."""
        if self._label_studio is not None:
            return self._label_studio.url, self._label_studio.credentials.token
        key = self.settings.label_studio_api_key
        if self.settings.label_studio_url and key:
            return self.settings.label_studio_url, key.get_secret_value()
        return None

    def start(self, names: Sequence[str] = services.SERVICES) -> None:
        """Starts the named services that do not run yet, in order of dependence, and waits until all are ready.

        Raises:
            StartError: one did not come up; its last words are in the message.
        """
        self._announce("starting")
        fresh = [self._launch(name) for name in ("api", "demo") if name in names and name not in self._services]
        if "label_studio" in names and self._label_studio is None:
            self._start_label_studio()
        for service in fresh:
            self._await(service)
        if "worker" in names and "worker" not in self._services:
            self._await(self._launch("worker"))
        self._announce("ready")

    def wait(self) -> None:
        """Blocks until interrupted. Raises :class:`StartError` when a service ends by itself."""
        while True:
            dead = self._supervisor.dead()
            if dead is not None:
                raise last_words(dead)
            if self._label_studio is not None and self._label_studio.pid is None:
                raise UnavailableError(f"Label Studio ended (log: {self._label_studio.log_path})")
            time.sleep(0.5)

    def _launch(self, name: str) -> Service:
        service = self._make(name)
        self._services[name] = service
        self._supervisor.start(service.child)
        if service.url:
            self.urls[name] = service.url
        self._announce("starting")
        return service

    def _make(self, name: str) -> Service:
        if name == "api":
            return services.api(self.settings, self._port("API", self.settings.api_port), self.database.url)
        if name == "demo":
            api_url = self.settings.api_url or self.urls.get("api") or self.settings.found_api_url()
            return services.demo(self.settings, self._port("demo page", self.settings.demo_port), api_url)
        return services.worker(self.settings, self.database.url, self.label_studio)

    def _await(self, service: Service) -> None:
        service.wait(self._supervisor.dead)
        self._say(f"{service.child.name}: ready" + (f" at {service.url}" if service.url else ""))

    def _start_label_studio(self) -> None:
        if self.settings.label_studio_url:
            self.urls["label_studio"] = self.settings.label_studio_url
            self._say(f"Label Studio: the one at {self.settings.label_studio_url}")
            return
        database_url = None
        if self._embedded is not None:
            self._embedded.create_database("labelstudio")
            database_url = self._embedded.url("labelstudio")
        server = LabelStudioServer(
            self.settings.data_dir,
            port=self._port("Label Studio", self.settings.label_studio_port),
            host=self.settings.host,
            database_url=database_url,
            progress=self._say,
        )
        if server.log_path.exists() and server.log_path.stat().st_size > LOG_BYTES:
            server.log_path.replace(server.log_path.with_suffix(".log.1"))
        self._say("Label Studio: starting")
        server.start()
        self._label_studio = server
        self.urls["label_studio"] = server.url

    def _stop_label_studio(self) -> None:
        if self._label_studio is not None:
            self._label_studio.stop()

    def _port(self, name: str, wanted: int) -> int:
        found = free_port(self.settings.host, wanted, self._ports)
        if wanted not in (0, found):
            self._say(f"{name}: port {wanted} is busy, taking {found}")
        self._ports.add(found)
        return found

    def _announce(self, state: str) -> None:
        found = [ServiceState(name="postgresql", url=self.database_place)]
        if "label_studio" in self.urls:
            found.append(self._label_studio_state())
        found += [service.state() for service in self._services.values()]
        content = {"pid": os.getpid(), "state": state, "services": found}
        write_state(self.settings.data_dir, StackState.model_validate(content))

    def _label_studio_state(self) -> ServiceState:
        url, server = self.urls["label_studio"], self._label_studio
        return ServiceState(
            name="label_studio",
            url=url,
            health_url=f"{url.rstrip('/')}/health",
            pid=server.pid if server else None,
            log=str(server.log_path) if server else None,
        )


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as Ctrl-C does: by KeyboardInterrupt, so that everything is cleaned up.

    Ctrl-C itself is listed because shells start background jobs with SIGINT ignored.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
