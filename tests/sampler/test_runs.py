"""Runs in PostgreSQL: nothing lost, nothing twice, the same texts again."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete

from db.models import Resume, SamplingRun
from sampler import queries
from sampler.engines.load import load_engine
from sampler.errors import RunMismatchError, RunNotFoundError
from sampler.runs import RunProgress, resume_run
from tests.sampler.rows import add_resumes, outcomes_of, texts_of
from tests.sampler.run_setting import Setting, check_whole


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


def test_an_erased_resume_blocks_nobody(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 9)
    run_id = setting.start(resume_ids)
    with setting.database.session() as session:
        session.execute(delete(Resume).where(Resume.id.in_([resume_ids[0], resume_ids[8]])))
    assert resume_run(setting.database, run_id, setting.engine).complete
    assert set(outcomes_of(setting.database, run_id)) == set(resume_ids[1:8])
    check_whole(setting, run_id)


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
