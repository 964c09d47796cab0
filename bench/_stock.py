"""A Label Studio as it comes, without our fence and what it speeds up: the baseline of those who start from it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from annotation.client import LabelStudioClient
from annotation.credentials import ensure_credentials
from annotation.server import environment

STOCK_SETTINGS = "label_studio.core.settings.label_studio"
START_SECONDS = 240


@contextmanager
def stock_label_studio(directory: Path, database_url: str) -> Iterator[LabelStudioClient]:
    """A client of a Label Studio of its own, with its stock settings, on a fresh database."""
    directory.mkdir(parents=True)
    credentials = ensure_credentials(directory)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {**environment(directory, credentials, database_url), "DJANGO_SETTINGS_MODULE": STOCK_SETTINGS}
    arguments = ["start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "annotation.label_studio_process", str(os.getpid()), *arguments]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=variables, stdin=quiet, stdout=quiet, stderr=quiet) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            client = LabelStudioClient(url, credentials.token)
            yield client
            client.close()
        finally:
            process.kill()


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise TimeoutError(f"no Label Studio at {url} after {START_SECONDS} s")
