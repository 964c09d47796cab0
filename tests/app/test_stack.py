"""The stack as a whole: what it says, and that nothing of it is left, however it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from app.cli.main import main
from app.control import report, stop
from app.processes import StartError
from app.settings import Settings
from app.stack import Stack
from app.state import AlreadyRunningError

SUPERVISOR = """
import sys
from pathlib import Path
from app.settings import Settings
from app.stack import Stack, interruptible
with interruptible(), Stack(Settings(data_dir=Path(sys.argv[1]), demo_port=0)) as stack:
    stack.start(("demo", "worker"))
    print("ready", flush=True)
    stack.wait()
"""


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """Every live process that was told of ``data_dir``, by its command line or its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), process.environ().get("RAISONTEXT_DATA_DIR", "")]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(data_dir) in word for word in told):
            found.append(process)
    return found


def eventually_none(data_dir: Path) -> list[psutil.Process]:
    """What is left after a while."""
    deadline = time.monotonic() + 60
    while (left := processes_of(data_dir)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left(number: int, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "ready\n"
        # supervisor, guardian, postmaster, demo page, worker
        assert len(processes_of(tmp_path)) >= 5
        os.kill(supervisor.pid, number)
    assert eventually_none(tmp_path) == []
    assert report(Settings(data_dir=tmp_path)).state == "stopped"


@pytest.mark.parametrize("seconds", [0.2, 1.0, 2.0, 3.0, 4.5])
def test_nothing_is_left_after_ctrl_c_during_the_start(seconds: float, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Tests that a shell runs in the background have Ctrl-C ignored, and so would this until it has its handler.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as supervisor:
        time.sleep(seconds)
        os.kill(supervisor.pid, signal.SIGINT)
    assert eventually_none(tmp_path) == []


def test_a_killed_stack_starts_again_and_is_stopped_from_outside(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    for end in (lambda pid: os.kill(pid, signal.SIGKILL), lambda _pid: stop(tmp_path)):
        with (
            (tmp_path / "said").open("w+") as said,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as supervisor,
        ):
            assert supervisor.stdout is not None
            assert supervisor.stdout.readline() == "ready\n", (tmp_path / "said").read_text()
            end(supervisor.pid)
    assert eventually_none(tmp_path) == []
    assert stop(tmp_path) is None


def test_status_health_and_busy_ports(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        wanted = busy.getsockname()[1]
        settings = Settings(data_dir=tmp_path, demo_port=wanted)
        with Stack(settings, say=said.append) as stack:
            stack.start(("demo",))
            url = stack.urls["demo"]
            taken = int(url.rsplit(":", 1)[1])
            assert taken > wanted
            assert f"demo page: port {wanted} is busy, taking {taken}" in said
            assert httpx.get(url, trust_env=False).status_code == 200
            found = CliRunner().invoke(main, ["status", "--json"], env={"RAISONTEXT_DATA_DIR": str(tmp_path)})
            status = json.loads(found.stdout)
            assert (status["state"], status["pid"]) == ("ready", os.getpid())
            health = {service["name"]: service["healthy"] for service in status["services"]}
            assert health == {"postgresql": True, "demo": True}
            with pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"), Stack(settings):
                pass
            os.kill(next(service["pid"] for service in status["services"] if service["name"] == "demo"), signal.SIGKILL)
            with pytest.raises(StartError, match="demo ended with exit code -9"):
                stack.wait()
            assert {service.name: service.healthy for service in report(settings).services}["demo"] is False
    assert eventually_none(tmp_path) == []


def test_a_database_that_is_down_stops_the_start_and_leaves_nothing(tmp_path: Path) -> None:
    settings = {
        "RAISONTEXT_DATA_DIR": str(tmp_path),
        "RAISONTEXT_DATABASE_URL": "postgresql://someone:secret@127.0.0.1:1/nothing",
    }
    for arguments in (["up"], ["up", "--detach"]):
        result = CliRunner().invoke(main, arguments, env=settings)
        assert result.exit_code == 1
        assert result.stderr.startswith("error: PostgreSQL does not answer at ")
        assert result.stderr.count("\n") == 1
        assert "secret" not in result.stderr
    assert processes_of(tmp_path) == []
    assert not (tmp_path / "run" / "stack.json").exists()


def test_status_and_down_when_nothing_runs(tmp_path: Path) -> None:
    env = {"RAISONTEXT_DATA_DIR": str(tmp_path)}
    assert json.loads(CliRunner().invoke(main, ["status", "--json"], env=env).stdout)["state"] == "stopped"
    assert json.loads(CliRunner().invoke(main, ["down", "--json"], env=env).stdout) == {"stopped": False, "pid": None}
    assert CliRunner().invoke(main, ["down"], env=env).stdout == "Nothing ran.\n"
