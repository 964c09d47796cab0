"""Worker processes: real ones, killed with ``kill -9`` at random moments."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import psutil
import pytest

from db.session import Database
from sampler import shard_queries
from sampler.errors import EngineError, RunMismatchError
from sampler.leases import Lease
from sampler.models import EngineSettings
from sampler.runs import RunProgress, RunReport, resume_run
from sampler.workers import run_workers
from tests.sampler.rows import add_resumes, outcomes_of, texts_of
from tests.sampler.run_setting import SHARD, SHORT, Setting, check_whole

RESUMES = 40 * SHARD
# On a busy machine a run may be over before this process gets to kill for the second time; then there is another.
ATTEMPTS = 5


class Command(threading.Thread):
    """``run_workers`` with two processes, in the background."""

    def __init__(self, setting: Setting, run_id: int) -> None:
        super().__init__(daemon=True)
        self._setting = setting
        self._run_id = run_id
        self.report: RunReport | None = None

    def run(self) -> None:
        self.report = run_workers(
            self._setting.database, self._run_id, self._setting.engine_settings, workers=2, lease=SHORT
        )


def workers_of(database: Database, run_id: int) -> list[int]:
    """Ids of the processes that hold shards."""
    with database.session() as session:
        return [int(owner.split("/")[-2]) for owner in shard_queries.owners(session, run_id)]


def kill_one(setting: Setting, run_id: int, chance: random.Random) -> bool:
    """Kills a worker that holds a shard; false if none does any more."""
    while setting.done(run_id) < RESUMES:
        if pids := workers_of(setting.database, run_id):
            try:
                os.kill(chance.choice(pids), signal.SIGKILL)
            except ProcessLookupError:
                continue
            return True
    return False


def killed_run(setting: Setting, run_id: int, chance: random.Random) -> int:
    """Runs to its end with two workers, one of which is killed now and then; how often it was."""
    command = Command(setting, run_id)
    command.start()
    kills = 0
    for goal in sorted(chance.sample(range(0, RESUMES // 2, SHARD), chance.randint(2, 3))):
        while command.is_alive() and setting.done(run_id) < goal:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.01))
        kills += kill_one(setting, run_id, chance)
        check_whole(setting, run_id)
    command.join()
    assert command.report is not None
    assert command.report.complete
    assert command.report.failed_shards == 0
    check_whole(setting, run_id)
    return kills


@pytest.mark.parametrize("seed", range(10))
def test_kill_9_loses_and_doubles_nothing(setting: Setting, seed: int) -> None:
    """Two workers, of which one is killed two or three times at random moments: the texts are those of a quiet run."""
    chance = random.Random(seed)
    resume_ids = add_resumes(setting.database, RESUMES)
    quiet = setting.start(resume_ids)
    resume_run(setting.database, quiet, setting.engine)
    kills = 0
    for _ in range(ATTEMPTS):
        killed = setting.start(resume_ids)
        kills = killed_run(setting, killed, chance)
        assert texts_of(setting.database, killed) == texts_of(setting.database, quiet)
        assert outcomes_of(setting.database, killed) == outcomes_of(setting.database, quiet)
        if kills >= 2:
            break
    assert kills >= 2


def sample_here(url: str, run_id: int, settings: EngineSettings, lease: Lease) -> None:
    """A command in a process of its own."""
    run_workers(Database(url), run_id, settings, workers=2, lease=lease)


def test_workers_die_with_their_command_and_another_goes_on(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, RESUMES))
    lease = Lease(seconds=600, poll_seconds=0.02)  # nobody can wait that long: the dead are found by their names
    context = multiprocessing.get_context("spawn")
    command = context.Process(target=sample_here, args=(setting.database.url, run_id, setting.engine_settings, lease))
    command.start()
    while not (pids := workers_of(setting.database, run_id)):
        time.sleep(0.005)
    command.kill()
    command.join()
    _gone, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=10)
    assert alive == []
    done = setting.done(run_id)
    assert done < RESUMES
    report = resume_run(setting.database, run_id, setting.engine, lease=lease)
    assert report.complete
    assert report.statistics.resumes == RESUMES
    check_whole(setting, run_id)


def test_ctrl_c_frees_what_the_workers_held(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, RESUMES))

    def interrupt(progress: RunProgress) -> None:
        if progress.candidates > 0:
            raise KeyboardInterrupt

    settings = setting.engine_settings
    with pytest.raises(KeyboardInterrupt):
        run_workers(setting.database, run_id, settings, workers=2, progress=interrupt, lease=Lease(seconds=600))
    assert workers_of(setting.database, run_id) == []
    check_whole(setting, run_id)
    seen: list[RunProgress] = []
    report = run_workers(setting.database, run_id, settings, workers=2, progress=seen.append, lease=Lease(seconds=600))
    assert (report.complete, report.workers) == (True, 2)
    assert report.candidates_here == seen[-1].candidates > 0
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert (seen[-1].done, seen[-1].total) == (RESUMES, RESUMES)
    check_whole(setting, run_id)


def test_what_a_worker_refuses_ends_the_command(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 3 * SHARD))
    other = EngineSettings("ctranslate2", setting.cache, compute_type="int8")
    for workers in (1, 2):
        with pytest.raises(RunMismatchError, match=r"ctranslate2 .* float32 .*found ctranslate2 .* int8"):
            run_workers(setting.database, run_id, other, workers=workers)
    assert texts_of(setting.database, run_id) == {}


def test_workers_that_only_die_are_not_replaced_for_ever(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    import sampler.workers

    monkeypatch.setattr(sampler.workers, "main", die)
    run_id = setting.start(add_resumes(setting.database, 3 * SHARD))
    with pytest.raises(EngineError, match="workers died, the last ended with exit code 3"):
        run_workers(setting.database, run_id, setting.engine_settings, workers=2)


def test_a_server_that_ends_is_one_line(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if ``sampler.warm`` could not be loaded: whoever asks the server for a process finds its socket closed."""
    from multiprocessing.context import ForkServerProcess

    def closed(_process: ForkServerProcess) -> None:
        raise EOFError

    monkeypatch.setattr(ForkServerProcess, "start", closed)
    run_id = setting.start(add_resumes(setting.database, 3 * SHARD))
    with pytest.raises(EngineError, match=r"workers are forked from has ended; `python -m sampler\.warm` shows why"):
        run_workers(setting.database, run_id, setting.engine_settings, workers=2)


def die(_order: Any, _reports: Connection) -> None:
    os._exit(3)


def test_no_more_workers_than_shards(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, SHARD))
    report = run_workers(setting.database, run_id, setting.engine_settings, workers=8, engine=setting.engine)
    assert (report.complete, report.workers) == (True, 1)
