"""Runs on a real Ray, started on this machine."""

from __future__ import annotations

import logging
import os
import signal

import numpy as np
import pytest

from db.errors import UnavailableError
from sampler import shard_queries
from sampler.errors import RunMismatchError
from sampler.leases import Lease
from sampler.models import EngineSettings
from sampler.ray_runs import ShardActor, run_on_ray, stored_shard
from sampler.runs import RunProgress, load_task, resume_run
from sampler.shards import claim_shard
from sampler.worker_process import WorkerOrder
from tests.sampler.rows import add_resumes, outcomes_of, texts_of
from tests.sampler.run_setting import SHARD, SHORT, Setting, check_whole

SHARDS = 40
ELSEWHERE = "elsewhere/1/0.00"


def test_ray_samples_a_run(setting: Setting) -> None:
    """Two actors; one is killed, and one shard is held by a worker elsewhere that died. The texts are those of a run
    without Ray."""
    resume_ids = add_resumes(setting.database, SHARDS * SHARD)
    run_id, quiet = setting.start(resume_ids), setting.start(resume_ids)
    task = load_task(setting.database, run_id, setting.engine)
    assert claim_shard(setting.database, task, ELSEWHERE, Lease(seconds=8)) is not None
    seen: list[RunProgress] = []
    killed: list[int] = []

    def kill_once(progress: RunProgress) -> None:
        seen.append(progress)
        while progress.done and not killed and setting.done(run_id) < (SHARDS - 1) * SHARD:
            with setting.database.session() as session:
                owners = [owner for owner in shard_queries.owners(session, run_id) if owner != ELSEWHERE]
            if owners:
                killed.append(int(owners[0].split("/")[-2]))
                os.kill(killed[0], signal.SIGKILL)

    report = run_on_ray(
        setting.database,
        run_id,
        setting.engine_settings,
        address="local",
        actors=2,
        progress=kill_once,
        lease=SHORT,
    )
    assert (report.complete, report.failed_shards, report.workers) == (True, 0, 2)
    assert killed
    assert report.statistics.resumes == seen[-1].done == SHARDS * SHARD
    assert report.statistics.candidates == len(texts_of(setting.database, run_id))
    check_whole(setting, run_id)
    resume_run(setting.database, quiet, setting.engine)
    assert texts_of(setting.database, run_id) == texts_of(setting.database, quiet)
    assert outcomes_of(setting.database, run_id) == outcomes_of(setting.database, quiet)


def test_what_an_actor_refuses_ends_the_run(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, SHARD))
    other = EngineSettings("ctranslate2", setting.cache, compute_type="int8")
    actor = ShardActor(WorkerOrder(setting.database.url, run_id, other, SHORT, logging.WARNING))
    columns = actor({"number": np.array([0])})
    with pytest.raises(RunMismatchError, match=r"float32 .*found ctranslate2 .* int8"):
        stored_shard({name: values[0] for name, values in columns.items()})
    assert texts_of(setting.database, run_id) == {}


def test_no_cluster_is_one_line(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, SHARD))
    with pytest.raises(UnavailableError, match=r"Ray does not answer at 127\.0\.0\.1:1: .*refused"):
        run_on_ray(setting.database, run_id, setting.engine_settings, address="127.0.0.1:1")
