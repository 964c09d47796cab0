"""A Label Studio of our own: started headless, without outbound traffic, stopped cleanly."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psutil
from sqlalchemy import make_url

from annotation.credentials import Credentials, ensure_credentials, read_credentials, replace_token
from annotation.errors import PortTakenError, ServerStartError, WrongKeyError
from annotation.web_session import LabelStudioSession

__all__ = ["LabelStudioServer", "read_credentials"]

_log = logging.getLogger(__name__)

START_TIMEOUT_SECONDS = 600
PORT_WAIT_SECONDS = 5.0
STOP_TIMEOUT_SECONDS = 15
PROGRESS_SECONDS = 20
# Variables that Label Studio reads, also without a prefix: none of the user's own may leak in.
_FOREIGN_PREFIXES = ("LABEL_STUDIO_", "HEARTEX_", "POSTGRE_", "DJANGO_", "MINIO_", "STORAGE_")

Progress = Callable[[str], None]


class LabelStudioServer:
    """Context manager: Label Studio on ``host:port`` with its files in ``data_dir/label-studio``.

    Args:
        database_url: a PostgreSQL database of its own, which exists; none: SQLite under the data directory.
        port: 0 takes any free one.
        progress: is told in a line what is being waited for.

    Raises (on start):
        PortTakenError: another program listens on the port.
        ServerStartError: Label Studio ended or did not answer; the message names its log.
        WrongKeyError: its database belongs to another secrets file.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 8080,
        host: str = "127.0.0.1",
        database_url: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.host = host
        self.port = port
        self.log_path = self.data_dir / "logs" / "label-studio.log"
        self._database_url = database_url
        self._progress = progress or _log.info
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base URL for this machine."""
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def credentials(self) -> Credentials:
        """The administrator's login and API key."""
        return read_credentials(self.data_dir)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Starts the process and returns when Label Studio answers and accepts the administrator's key."""
        self.port = self._claim_port()
        credentials = ensure_credentials(self.data_dir)
        self._process = self._spawn(credentials)
        try:
            self._wait_until_ready()
            self._check_key(credentials)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the process; requests under way get a moment to finish. Does nothing when it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _claim_port(self) -> int:
        """Label Studio would silently take the next port. A predecessor that was killed gets a moment to go."""
        deadline = time.monotonic() + PORT_WAIT_SECONDS
        while True:
            with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host, self.port))
                except OSError as error:
                    if time.monotonic() > deadline:
                        raise PortTakenError(
                            f"Label Studio needs port {self.port} on {self.host}, which another program uses "
                            f"({error.strerror}); choose another one with RAISONTEXT_LABEL_STUDIO_PORT"
                        ) from error
                else:
                    return int(probe.getsockname()[1])
            time.sleep(0.2)

    def _spawn(self, credentials: Credentials) -> subprocess.Popen[bytes]:
        home = self.data_dir / "label-studio"
        home.mkdir(parents=True, exist_ok=True)
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        arguments = ["start", "--no-browser", "--internal-host", self.host, "--port", str(self.port)]
        with self.log_path.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "annotation.label_studio_process", str(os.getpid()), *arguments],
                env=environment(home, credentials, self._database_url),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us; we stop Label Studio
            )

    def _wait_until_ready(self) -> None:
        started = time.monotonic()
        # One client for all polls: making one reads the certificates of the machine, which costs more than a poll.
        with httpx.Client(timeout=5, trust_env=False) as client:
            self._poll(client, started)
        self._progress(f"Label Studio is ready at {self.url} after {time.monotonic() - started:.0f} s")

    def _poll(self, client: httpx.Client, started: float) -> None:
        reported = started
        while not self._healthy(client):
            now = time.monotonic()
            if self._process is None or self._process.poll() is not None:
                raise ServerStartError(f"Label Studio ended while starting: {self._last_words()}; see {self.log_path}")
            if now - started > START_TIMEOUT_SECONDS:
                raise ServerStartError(
                    f"Label Studio did not answer within {START_TIMEOUT_SECONDS} s; see {self.log_path}"
                )
            if now - reported >= PROGRESS_SECONDS:
                reported = now
                self._progress(f"Label Studio is starting, {now - started:.0f} s (the first start takes 1–2 minutes)")
            time.sleep(0.3)

    def _healthy(self, client: httpx.Client) -> bool:
        try:
            answer = client.get(f"{self.url}/health")
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and self._owns_port()

    def _owns_port(self) -> bool:
        """Whoever took the port between our check and Label Studio's must not be taken for Label Studio."""
        if self.pid is None:
            return False
        connections = psutil.Process(self.pid).net_connections(kind="tcp")
        return any(item.status == psutil.CONN_LISTEN and item.laddr.port == self.port for item in connections)

    def _last_words(self) -> str:
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else "its log is empty"

    def _check_key(self, credentials: Credentials) -> None:
        """The fence stands and accepts the administrator's key.

        A first start that was killed midway can have left the administrator with another key: take that one.
        """
        headers = {"Authorization": f"Token {credentials.token}"}
        answer = httpx.get(f"{self.url}/api/raisontext/status", headers=headers, timeout=60, trust_env=False)
        if answer.status_code == 200:
            return
        if answer.status_code == 404:
            raise ServerStartError(f"Label Studio started without {SETTINGS_MODULE}; see {self.log_path}")
        with LabelStudioSession(self.url) as session:
            if not session.login(credentials.login, credentials.password):
                raise WrongKeyError(
                    f"The database of Label Studio does not know the administrator of "
                    f"{self.data_dir / 'label-studio' / 'secrets.json'}; was that file replaced?"
                )
            replace_token(self.data_dir, session.api_token())


def environment(home: Path, credentials: Credentials, database_url: str | None) -> dict[str, str]:
    """The variables that Label Studio runs with: headless, no sign-up without a link, nothing sent anywhere."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN_PREFIXES)}
    return {**inherited, **_LABEL_STUDIO, **_NO_WAY_OUT, **_administrator(credentials), **_database(home, database_url)}


# Chooses Label Studio's settings with our fence around them; without it any annotator could undo others' work.
SETTINGS_MODULE = "annotation.fence.settings"

_LABEL_STUDIO: Mapping[str, str] = {
    "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE,
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_SENTRY_DSN": "",
    "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
    # Our webhook goes to this machine or a private network; only administrators can make Label Studio call anybody.
    "LABEL_STUDIO_SSRF_PROTECTION_ENABLED": "false",
    # Unprefixed variables of the same names (HOST, DEBUG, CI…) are common and mean other things.
    "LABEL_STUDIO_HOST": "",
    "LABEL_STUDIO_DEBUG": "false",
    "LABEL_STUDIO_CI": "false",
    "LABEL_STUDIO_JSON_LOG": "false",
    "LOG_LEVEL": "WARNING",
    "PYTHONWARNINGS": "ignore",
}

# Some pages make the server fetch news from the vendor, and no setting turns that off: a proxy that is not there does.
_NOWHERE = "http://127.0.0.1:9"
_NO_WAY_OUT: Mapping[str, str] = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), _NOWHERE),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1"),
}


def _administrator(credentials: Credentials) -> dict[str, str]:
    return {
        "LABEL_STUDIO_USERNAME": credentials.login,
        "LABEL_STUDIO_PASSWORD": credentials.password,
        "LABEL_STUDIO_USER_TOKEN": credentials.token,
    }


def _database(home: Path, url: str | None) -> dict[str, str]:
    files = {"LABEL_STUDIO_BASE_DATA_DIR": str(home)}
    if url is None:
        return {**files, "DJANGO_DB": "sqlite", "LABEL_STUDIO_DATABASE_NAME": str(home / "label_studio.sqlite3")}
    parsed = make_url(url)
    socket_directory = parsed.query.get("host")
    return {
        **files,
        "DJANGO_DB": "default",
        "POSTGRE_HOST": str(socket_directory or parsed.host or "localhost"),
        "POSTGRE_PORT": str(parsed.port or 5432),
        "POSTGRE_USER": parsed.username or "postgres",
        "POSTGRE_PASSWORD": parsed.password or "unused",
        "POSTGRE_NAME": parsed.database or "labelstudio",
        # The embedded server has no contrib extensions; the indexes that need them only speed up searches.
        "SKIP_TRIGRAM_EXTENSION": "full",
        "SKIP_BTREE_GIN_EXTENSION": "full",
    }
