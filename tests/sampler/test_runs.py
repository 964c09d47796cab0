"""Runs in PostgreSQL: nothing lost, nothing twice, the same texts again."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete

from db.models import Resume, SamplingRun
from db.session import Database
from sampler import queries
from sampler.candidates import Selection
from sampler.engines.base import Decoding, Engine
from sampler.engines.load import load_engine
from sampler.errors import RunMismatchError, RunNotFoundError
from sampler.runs import RunProgress, resume_run, start_run
from tests.sampler.rows import add_model, add_resumes, outcomes_of, texts_of

# A model with random weights writes nothing faithful; here its texts count, not their truth.
ANYTHING = Selection(redraw_rounds=0, allow_violations=4)
DECODING = Decoding(max_new_tokens=12)
SHARD = 4


@dataclass(frozen=True)
class Setting:
    database: Database
    engine: Engine
    checkpoint: Path
    cache: Path
    model_id: int

    def start(self, resume_ids: list[int], seed: int = 7) -> int:
        with self.database.session() as session:
            model = queries.model_by_reference(session, str(self.model_id))
            assert model is not None
            return start_run(
                session,
                model=model,
                resume_ids=resume_ids,
                decoding=DECODING,
                seed=seed,
                engine=self.engine,
                selection=ANYTHING,
                shard_size=SHARD,
            ).id


@pytest.fixture
def setting(database: Database, tied_checkpoint: Path, engine_cache: Path) -> Setting:
    engine = load_engine("ctranslate2", tied_checkpoint, cache_dir=engine_cache, threads=1)
    return Setting(database, engine, tied_checkpoint, engine_cache, add_model(database, tied_checkpoint).id)


def check_whole(setting: Setting, run_id: int) -> None:
    """Done résumés have ordinals 0…n-1, complete ones all four; open ones have none; counts are those of the rows."""
    outcomes = outcomes_of(setting.database, run_id)
    texts = texts_of(setting.database, run_id)
    found: dict[int, list[int]] = {}
    for resume_id, ordinal in sorted(texts):
        found.setdefault(resume_id, []).append(ordinal)
    for resume_id, outcome in outcomes.items():
        ordinals = found.get(resume_id, [])
        assert ordinals == list(range(len(ordinals)))
        assert (len(ordinals) == 4) == (outcome == "complete")
        assert outcome is not None or not ordinals
    with setting.database.session() as session:
        run = session.get_one(SamplingRun, run_id)
        assert run.counts["candidates"] == len(texts)
        assert run.counts["resumes"] == sum(outcome is not None for outcome in outcomes.values())


def test_every_resume_gets_an_outcome(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 11))
    seen: list[RunProgress] = []
    report = resume_run(setting.database, run_id, setting.engine, seen.append)
    assert report.complete
    assert report.statistics.resumes == 11
    assert report.candidates_here == report.statistics.candidates == len(texts_of(setting.database, run_id))
    assert [step.done for step in seen] == [4, 8, 11]
    assert {step.total for step in seen} == {11}
    assert seen[-1].candidates_per_second > 0
    check_whole(setting, run_id)
    with setting.database.session() as session:
        run = session.get_one(SamplingRun, run_id)
        assert (run.status, run.finished_at is not None) == ("complete", True)
    again = resume_run(setting.database, run_id, setting.engine)
    assert (again.complete, again.candidates_here, again.statistics) == (True, 0, report.statistics)


def test_the_same_run_again_gives_the_same_texts(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 10)
    one, two, other = setting.start(resume_ids), setting.start(resume_ids), setting.start(resume_ids, seed=8)
    for run_id in (one, two, other):
        resume_run(setting.database, run_id, setting.engine)
    assert texts_of(setting.database, one) == texts_of(setting.database, two)
    assert texts_of(setting.database, one) != texts_of(setting.database, other)


def test_workers_share_a_run(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 41)
    alone, shared = setting.start(resume_ids), setting.start(resume_ids)
    resume_run(setting.database, alone, setting.engine)
    reports = []
    workers = [
        threading.Thread(target=lambda: reports.append(resume_run(setting.database, shared, setting.engine)))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    check_whole(setting, shared)
    assert texts_of(setting.database, shared) == texts_of(setting.database, alone)
    assert sum(report.candidates_here for report in reports) == len(texts_of(setting.database, shared))
    assert sum(report.candidates_here > 0 for report in reports) > 1
    assert any(report.complete for report in reports)


def test_a_claimed_shard_is_nobody_elses(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 10)
    run_id = setting.start(resume_ids)
    with setting.database.session() as one, setting.database.session() as two, setting.database.session() as three:
        claims = [
            [resume_id for resume_id, _ in queries.claim_shard(session, run_id, SHARD)] for session in (one, two, three)
        ]
        with setting.database.session() as four:
            assert queries.claim_shard(four, run_id, SHARD) == []
    assert claims == [resume_ids[:4], resume_ids[4:8], resume_ids[8:]]
    with setting.database.session() as session:
        assert [resume_id for resume_id, _ in queries.claim_shard(session, run_id, SHARD)] == resume_ids[:4]


def test_an_erased_resume_blocks_nobody(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 9)
    run_id = setting.start(resume_ids)
    with setting.database.session() as session:
        session.execute(delete(Resume).where(Resume.id.in_([resume_ids[0], resume_ids[8]])))
    assert resume_run(setting.database, run_id, setting.engine).complete
    assert set(outcomes_of(setting.database, run_id)) == set(resume_ids[1:8])
    check_whole(setting, run_id)


@pytest.mark.parametrize("seed", range(3))
def test_kill_9_loses_and_doubles_nothing(setting: Setting, seed: int) -> None:
    """A real process, killed at three random points, then resumed here: the texts are those of a quiet run."""
    chance = random.Random(seed)
    resume_ids = add_resumes(setting.database, 96)
    killed, quiet = setting.start(resume_ids), setting.start(resume_ids)
    kills = 0
    for _ in range(3):
        kills += kill_after(setting, killed, shards=chance.randint(0, 8), delay=chance.uniform(0, 0.1))
        check_whole(setting, killed)
    assert kills > 0
    done_before = Counter(outcomes_of(setting.database, killed).values())[None]
    report = resume_run(setting.database, killed, setting.engine)
    assert report.complete
    assert (report.candidates_here > 0) == (done_before > 0)
    check_whole(setting, killed)
    resume_run(setting.database, quiet, setting.engine)
    assert texts_of(setting.database, killed) == texts_of(setting.database, quiet)
    assert outcomes_of(setting.database, killed) == outcomes_of(setting.database, quiet)


def kill_after(setting: Setting, run_id: int, shards: int, delay: float) -> bool:
    """Starts a worker and kills it ``delay`` seconds after it stored so many shards; false if it was done before."""
    command = [sys.executable, "-m", "tests.sampler.worker_process", setting.database.url, str(run_id)]
    process = subprocess.Popen([*command, str(setting.checkpoint), str(setting.cache)], cwd=Path(__file__).parents[2])
    goal = done(setting, run_id) + shards * SHARD
    while process.poll() is None and done(setting, run_id) < goal:
        time.sleep(0.005)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def done(setting: Setting, run_id: int) -> int:
    with setting.database.session() as session:
        return queries.progress_of(session, run_id)[0]


def test_another_engine_must_not_go_on(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 5))
    other = load_engine("ctranslate2", setting.checkpoint, compute_type="int8", cache_dir=setting.cache, threads=1)
    with pytest.raises(RunMismatchError, match=r"ctranslate2 .* float32 .*found ctranslate2 .* int8"):
        resume_run(setting.database, run_id, other)
    assert texts_of(setting.database, run_id) == {}


def test_no_run_and_cancelled_run(setting: Setting) -> None:
    with pytest.raises(RunNotFoundError, match="Sampling run 99"):
        resume_run(setting.database, 99, setting.engine)
    run_id = setting.start(add_resumes(setting.database, 5))
    with setting.database.session() as session:
        session.get_one(SamplingRun, run_id).status = "cancelled"
    with pytest.raises(RunMismatchError, match="cancelled"):
        resume_run(setting.database, run_id, setting.engine)


def test_an_interrupted_run_is_found_again(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 6)
    run_id = setting.start(resume_ids)
    with setting.database.session() as session:
        run = session.get_one(SamplingRun, run_id)
        arguments = (run.model_version_id, run.seed, run.decoding, run.engine)
        found = queries.unfinished_run(session, *arguments, items=6)
        assert found is not None
        assert found.id == run_id
        assert queries.unfinished_run(session, *arguments, items=5) is None
    resume_run(setting.database, run_id, setting.engine)
    with setting.database.session() as session:
        assert queries.unfinished_run(session, *arguments, items=6) is None
