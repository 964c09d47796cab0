"""``raisontext up`` with everything in it: it works, says where, and ``down`` leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from annotation.client import connect
from annotation.credentials import read_credentials

pytestmark = pytest.mark.e2e

RESUME = {"external_id": "r1", "title": "Бухгалтер", "gender": "female", "city": "Пермь", "skills": ["1С", "Excel"]}


def raisontext(data_dir: Path, *arguments: str) -> dict[str, Any]:
    """Runs a command with ``--json`` and returns what it says."""
    ports = {f"RAISONTEXT_{name}_PORT": "0" for name in ("API", "DEMO", "LABEL_STUDIO")}
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments, "--json"],
        env={**os.environ, **ports, "RAISONTEXT_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def left(data_dir: Path) -> list[str]:
    """Command lines of the processes that know ``data_dir``."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(data_dir) in word for word in told):
            found.append(" ".join(process.cmdline()))
    return found


def test_up_status_generate_down(tmp_path: Path) -> None:
    state = raisontext(tmp_path, "up", "--detach")
    try:
        urls = {service["name"]: service["url"] for service in state["services"]}
        assert set(urls) == {"postgresql", "label_studio", "api", "demo", "worker"}
        status = raisontext(tmp_path, "status")
        assert {service["name"]: service["detail"] for service in status["services"]} == dict.fromkeys(urls, "ok")

        answer = httpx.post(f"{urls['api']}/v1/generate", json={"resume": RESUME, "n": 2}, timeout=60, trust_env=False)
        assert answer.status_code == 200
        assert len(answer.json()["candidates"]) == 2
        assert httpx.get(urls["demo"], trust_env=False).status_code == 200
        client = connect(urls["label_studio"], read_credentials(tmp_path).token)
        assert client.user["email"] == read_credentials(tmp_path).login
    finally:
        assert raisontext(tmp_path, "down")["stopped"] is True
    deadline = time.monotonic() + 60
    while left(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left(tmp_path) == []
    assert raisontext(tmp_path, "status")["state"] == "stopped"
