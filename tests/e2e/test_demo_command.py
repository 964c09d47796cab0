"""`raisontext demo`: stopped in the middle it leaves no process behind, and a second run ends the round."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.e2e

RESUMES = 24


def demo(data_dir: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", "demo", "--resumes", str(RESUMES), "--exit", *arguments],
        env={**os.environ, "RAISONTEXT_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def processes_of(data_dir: Path) -> list[str]:
    """Command lines of living processes that were started for a data directory."""
    found = []
    for process in psutil.process_iter():
        try:
            known = str(data_dir) in " ".join(process.cmdline()) or (
                process.environ().get("RAISONTEXT_DATA_DIR") == str(data_dir)
            )
            if known and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def assert_nothing_is_left(data_dir: Path) -> None:
    deadline = time.monotonic() + 30
    while left := processes_of(data_dir):
        assert time.monotonic() < deadline, left
        time.sleep(0.5)


@pytest.mark.timeout(900)
def test_interrupted_and_run_again(tmp_path: Path) -> None:
    interrupted = demo(tmp_path)
    assert interrupted.stderr is not None
    said = []
    for line in interrupted.stderr:
        said.append(line)
        if line.startswith("Ranking"):
            break
    assert said[-1].startswith("Ranking"), "".join(said)
    time.sleep(2)
    os.killpg(interrupted.pid, signal.SIGINT)  # what Ctrl-C in a terminal does
    interrupted.communicate(timeout=120)
    assert interrupted.returncode == 130
    assert_nothing_is_left(tmp_path)

    again = demo(tmp_path, "--json")
    out, err = again.communicate(timeout=800)
    assert again.returncode == 0, err
    assert_nothing_is_left(tmp_path)
    figures = json.loads(out)
    assert figures["round"] == 1
    assert figures["simulated"] is True
    assert figures["resumes"] == RESUMES
    assert figures["candidates"] == 4 * RESUMES
    assert figures["tasks"] == RESUMES + 2 * round(0.1 * RESUMES)  # gold and repeated ones on top
    assert figures["rankings"] == 3 * figures["tasks"]
    assert 0 < figures["pairs"] <= 6 * RESUMES
    assert figures["agreement"]["alpha"] is not None
    for one in figures["quality"]["annotators"]:
        assert sum(one["rankings"].values()) == one["assigned"] == figures["tasks"]
        assert one["gold_accuracy"]["value"] > 0.5
        assert one["consistency_tau"]["value"] is not None
    training = figures["report"]["training"]
    assert training["first_loss"] > 0
    assert training["steps"] > 0
    assert training["fact_pairs"] > 0
    evaluation = figures["report"]["evaluation"]
    assert 250 < evaluation["resumes"] <= 300
    promoted = figures["state"] == "promoted"
    assert promoted == evaluation["gate"]["passed"]
    models = [figures["example"][when]["model"] for when in ("before", "after")]
    assert (models[0] != models[1]) == promoted  # the API follows a promotion without a restart
