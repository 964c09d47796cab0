"""Servers never outlive their supervisor: not after Ctrl-C, not after SIGTERM, not after kill -9."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.processes import LOG_BYTES, Child, StartError, Supervisor, free_port, last_words
from app.watchdog import signal_group

# A server with a child of its own that ignores SIGTERM: only a kill of the whole group ends it.
SERVER = """
import signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE)
child.stdout.readline()
print("group", child.pid, flush=True)
time.sleep(600)
"""
SUPERVISOR = f"""
import os, sys, time
from pathlib import Path
from app import processes, watchdog
from app.stack import interruptible
processes.STOP_SECONDS = 1.0
with interruptible(), processes.Supervisor() as supervisor:
    child = processes.Child("server", [sys.executable, "-c", {SERVER!r}], os.environ, Path(sys.argv[1]))
    started = child.expect_line("^group")
    supervisor.start(child)
    started.wait()
    print(child.pid, child.last_line.split()[1], supervisor._watchdog.pid, flush=True)
    time.sleep(600)
"""


def gone(pids: list[int]) -> Callable[[], bool]:
    """Tells whether no process of ``pids`` lives."""

    def check() -> bool:
        return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)

    return check


def eventually(check: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_survives_the_supervisor(number: int, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path / "server.log")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as supervisor:
        assert supervisor.stdout is not None
        pids = [int(word) for word in supervisor.stdout.readline().split()]
        assert len(pids) == 3
        assert not gone(pids)()
        os.kill(supervisor.pid, number)
    assert eventually(gone(pids))


def start(tmp_path: Path, code: str, name: str = "server") -> Child:
    child = Child(name, [sys.executable, "-c", code], os.environ, tmp_path / "logs" / f"{name}.log")
    child.start()
    return child


def test_a_child_that_ends_says_why(tmp_path: Path) -> None:
    child = start(tmp_path, "import sys; print('starting'); sys.exit('port 80 is not ours')")
    assert child.wait(time.monotonic() + 60)
    assert eventually(lambda: child.last_line.startswith("port"))
    error = last_words(child)
    assert str(error) == f"server ended with exit code 1: port 80 is not ours (log: {child.log_file})"
    assert child.log_file.read_text() == "starting\nport 80 is not ours\n"


def test_logs_are_rotated(tmp_path: Path) -> None:
    child = start(tmp_path, f"for _ in range({2 * LOG_BYTES // 1000}): print('x' * 999)")
    assert child.wait(time.monotonic() + 60)
    files = [tmp_path / "logs" / f"server.log{suffix}" for suffix in ("", ".1")]
    assert eventually(lambda: all(file.exists() for file in files))
    assert all(file.stat().st_size <= LOG_BYTES for file in files)


def test_supervisor_knows_who_died(tmp_path: Path) -> None:
    with Supervisor() as supervisor:
        children = [
            Child(name, [sys.executable, "-c", f"import time; time.sleep({seconds})"], os.environ, tmp_path / name)
            for name, seconds in (("long", 600), ("short", 0))
        ]
        for child in children:
            supervisor.start(child)
        assert eventually(lambda: supervisor.dead() is children[1])
        pid = children[0].pid
    assert not signal_group(pid, 0)


def test_a_busy_port_gives_way_to_the_next_free_one() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        wanted = busy.getsockname()[1]
        found = free_port("127.0.0.1", wanted, set())
        assert found > wanted
        assert free_port("127.0.0.1", wanted, {found}) > found
    assert free_port("127.0.0.1", wanted, set()) == wanted


def test_a_host_that_is_not_ours_is_an_error() -> None:
    with pytest.raises(StartError, match=r"no free TCP port on 203\.0\.113\.7"):
        free_port("203.0.113.7", 8000, set())
