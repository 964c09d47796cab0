"""The state file and its lock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.state import AlreadyRunningError, ServiceState, StackState, hold, read_state, write_state


def test_state_is_there_while_held(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    with hold(tmp_path):
        state = StackState(pid=1, state="ready", services=[ServiceState(name="api", url="http://127.0.0.1:1")])
        write_state(tmp_path, state)
        assert read_state(tmp_path) == state
    assert read_state(tmp_path) is None


def test_only_one_supervisor(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(AlreadyRunningError, match=r"already runs on .* end it with"), hold(tmp_path):
        pass


def test_the_state_of_a_killed_supervisor_is_stale(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from app.state import hold
with hold(Path({str(tmp_path)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    assert (tmp_path / "run" / "stack.json").exists()
    assert read_state(tmp_path) is None
    with hold(tmp_path):
        found = read_state(tmp_path)
        assert found is not None
        assert found.state == "starting"
