"""Steps of a round as jobs, on the real starter model: cancelled in the middle, and gone on with."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import rounds, training
from app.jobs import context, execution, queue, service
from app.settings import Settings
from db.models import Candidate, Job, Round
from db.session import Database
from resumes.ingest import ingest_profiles
from resumes.synthetic import generate_profiles
from tests.app.test_rounds import SHORT, annotate

RESUMES = 194  # four shards: when the first is stored, two workers have more to do than two of them
PATIENCE = 300.0


def perform(database: Database, settings: Settings, job_id: int) -> Job:
    """One attempt, in this process."""
    with database.session() as session:
        entry = service.get(session, job_id).queue_id
    assert entry is not None
    assert execution.claim(database, job_id, entry)
    execution.perform(database, settings, job_id, entry)
    with database.session() as session:
        return service.get(session, job_id)


def cancel_at(database: Database, job_id: int, words: str) -> threading.Thread:
    """Cancels the job as soon as it says ``words``."""

    def watch() -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with database.session() as session:
                found = service.get(session, job_id)
            if not service.is_open(found):
                return
            if (found.message or "").startswith(words):
                service.cancel(database, job_id)
                return
            time.sleep(0.02)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def candidates(database: Database) -> int:
    with database.session() as session:
        return session.scalars(select(func.count()).select_from(Candidate)).one()


def the_round(database: Database) -> Round:
    with database.session() as session:
        return session.scalars(select(Round)).one()


def test_cancelled_steps_leave_a_round_that_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "REPORT_SECONDS", 0.0)
    settings = Settings(data_dir=tmp_path)
    queue.ensure_schema(database)
    with database.session() as session:
        ingest_profiles(session, generate_profiles(RESUMES + 60, 5, vocabulary="heldout"), "synthetic", synthetic=True)
    number = rounds.start(database, settings, rounds.Plan(RESUMES, simulated=True))

    sample = service.defer(database, "sample", {"round": number})
    monkeypatch.setattr(context.JobContext, "phase", _cancelling(database, sample))
    assert perform(database, settings, sample).state == "cancelled"
    monkeypatch.undo()
    assert 0 < candidates(database) < 4 * RESUMES
    assert the_round(database).state == "sampling"
    service.retry(database, sample)
    done = perform(database, settings, sample)
    assert (done.state, done.result and done.result["complete"]) == ("succeeded", True)
    assert candidates(database) == 4 * RESUMES

    annotate(database)
    train = service.defer(database, "train", {"round": number})
    watch = cancel_at(database, train, "DPO steps")
    assert perform(database, settings, train).state == "cancelled"
    watch.join()
    stopped = the_round(database)
    assert stopped.state == "training"
    assert stopped.snapshot_hash is not None
    assert "error" not in stopped.report
    training.train(database, settings, number, config=SHORT)
    assert the_round(database).state == "evaluating"
    assert the_round(database).snapshot_hash == stopped.snapshot_hash


def _cancelling(database: Database, job_id: int) -> object:
    """A progress callback that cancels its own job as soon as something is stored."""
    real = context.JobContext.phase

    def phase(self: context.JobContext, name: str, start: float = 0.0, end: float = 1.0) -> context.Progress:
        report = real(self, name, start, end)

        def cancelling(done: int, total: int) -> None:
            if done:
                service.cancel(database, job_id)
            report(done, total)

        return cancelling

    return phase
