"""Jobs in the database: one transaction, one waiting, one attempt that counts. No worker runs here."""

from __future__ import annotations

import datetime as dt
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from annotation.errors import BusyError, LabelStudioDownError, LabelStudioRefusedError, WrongKeyError
from app import webhooks
from app.jobs import client, execution, queries, queue, registry, service
from app.jobs.context import JobContext
from app.jobs.errors import JobFinishedError, JobNotFinishedError, NoSuchJobError, NoWorkerError, StopWork
from app.jobs.hints import hint, tick
from app.jobs.rescue import rescue
from app.settings import Settings
from app.state import ServiceState, StackState, hold, write_state
from db.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from db.models import BlindEvaluation, Job, ModelVersion, Round
from db.session import Database

SYNC = {"round": 3}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, job_attempts=2, job_retry_seconds=0.01)


@pytest.fixture
def jobs(database: Database) -> Database:
    queue.ensure_schema(database)
    return database


def job(database: Database, job_id: int) -> Job:
    with database.session() as session:
        return service.get(session, job_id)


def entries(database: Database, status: str = "todo") -> list[int]:
    with database.session() as session:
        found = session.scalars(
            text(f"SELECT id FROM {queue.SCHEMA}.procrastinate_jobs WHERE status::text = :status ORDER BY id"),
            {"status": status},
        )
        return list(found)


def entry_of(database: Database, job_id: int) -> int:
    found = job(database, job_id).queue_id
    assert found is not None
    return found


def begin(database: Database, job_id: int) -> int:
    """What a worker does first."""
    entry = entry_of(database, job_id)
    assert execution.claim(database, job_id, entry)
    return entry


def add_round(database: Database, state: str, number: int = 3) -> None:
    with database.session() as session:
        model = ModelVersion(
            name="m", method="starter", text_format="slots", artifact_uri="file:///m", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
        session.add(Round(number=number, state=state, policy_model_id=model.id, project_id=1))


def test_the_tables_of_the_queue_are_made_once_and_apart_from_ours(database: Database) -> None:
    ours = inspect(database.engine).get_table_names()
    for attempt in (database, Database(database.url)):  # another process
        queue.ensure_schema(attempt)
    assert "procrastinate_jobs" in inspect(database.engine).get_table_names(queue.SCHEMA)
    assert inspect(database.engine).get_table_names() == ours


def test_connection_parameters() -> None:
    assert queue.conninfo(
        "postgresql+psycopg2://u:p%40@db.example:6432/name?sslmode=require&options=-c%20jit%3Doff"
    ) == {
        "host": "db.example",
        "port": "6432",
        "user": "u",
        "password": "p@",
        "dbname": "name",
        "sslmode": "require",
        "options": "-c jit=off -c search_path=procrastinate",
    }
    assert queue.conninfo("postgresql+psycopg2://postgres@/name?host=%2Frun%2Fpg") == {
        "host": "/run/pg",
        "user": "postgres",
        "dbname": "name",
        "options": "-c search_path=procrastinate",
    }


def test_job_and_entry_come_in_one_transaction_or_not_at_all(jobs: Database) -> None:
    def defer_and_fail(session: Session) -> None:
        service.enqueue(session, "sync", SYNC)
        raise RuntimeError

    with pytest.raises(RuntimeError), jobs.session() as session:
        defer_and_fail(session)
    with jobs.session() as session:
        assert service.listing(session) == []
    assert entries(jobs) == []
    job_id = service.defer(jobs, "sync", SYNC)
    assert entries(jobs) == [entry_of(jobs, job_id)]
    assert job(jobs, job_id).key == "sync:3"


def test_the_session_of_the_caller_keeps_its_search_path(jobs: Database) -> None:
    with jobs.session() as session:
        before = session.scalar(text("SHOW search_path"))
        service.enqueue(session, "sync", SYNC)
        assert session.scalar(text("SHOW search_path")) == before


def test_many_hints_at_once_make_one_job(jobs: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: service.defer(jobs, "sync", SYNC), range(24)))
    assert len(found) == 1
    assert len(entries(jobs)) == 1


def test_a_hint_during_a_sync_makes_another_sync_and_only_one(jobs: Database) -> None:
    running = service.defer(jobs, "sync", SYNC)
    begin(jobs, running)
    waiting = {service.defer(jobs, "sync", SYNC) for _ in range(3)}
    assert len(waiting) == 1
    assert running not in waiting
    assert job(jobs, running).state == "running"


def test_a_step_that_runs_is_not_asked_for_twice(jobs: Database) -> None:
    running = service.defer(jobs, "train", {"round": 3})
    entry = begin(jobs, running)
    assert service.defer(jobs, "train", {"round": 3}) == running
    with pytest.raises(ConflictError, match=f"job {running} running with .*3"):
        service.defer(jobs, "train", {"round": 3, "strategy": "adjacent"})
    assert service.defer(jobs, "train", {"round": 4}) != running
    execution.settle(jobs, running, entry, execution.stopped)
    assert service.defer(jobs, "train", {"round": 3}) != running


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("dance", {}, InvalidInputError),
        ("train", {"round": 3, "tempo": 1}, InvalidInputError),
        ("train", {}, InvalidInputError),
        ("train", {"round": None}, NotFoundError),
    ],
)
def test_what_cannot_be_done_is_not_deferred(
    jobs: Database, name: str, arguments: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        service.defer(jobs, name, arguments)
    assert entries(jobs) == []


def test_the_newest_round_is_meant_when_none_is_named(jobs: Database) -> None:
    add_round(jobs, "annotating", number=7)
    assert job(jobs, service.defer(jobs, "sync", {"round": None})).arguments == {"round": 7}


def test_a_waiting_job_is_cancelled_at_once(jobs: Database) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    entry = entry_of(jobs, job_id)
    assert service.cancel(jobs, job_id).state == "cancelled"
    assert service.cancel(jobs, job_id).state == "cancelled"
    assert entries(jobs) == []
    assert not execution.claim(jobs, job_id, entry)
    with pytest.raises(NoSuchJobError):
        service.cancel(jobs, job_id + 1)


def test_a_running_job_ends_at_its_next_progress(jobs: Database, settings: Settings) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    context = JobContext(settings, jobs, job_id, begin(jobs, job_id))
    assert service.cancel(jobs, job_id).state == "running"
    with pytest.raises(StopWork):
        context.progress(1, 2)


def test_what_is_over_is_not_cancelled(jobs: Database) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    execution.settle(jobs, job_id, begin(jobs, job_id), lambda found, _: service.end(found, "succeeded", result={}))
    with pytest.raises(JobFinishedError, match="succeeded"):
        service.cancel(jobs, job_id)
    with pytest.raises(JobNotFinishedError):
        service.retry(jobs, job_id)


def test_progress_is_seen_before_the_work_commits(jobs: Database, settings: Settings) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    context = JobContext(settings, jobs, job_id, begin(jobs, job_id))
    with jobs.session() as work:
        work.execute(text("SELECT 1"))
        context.phase("DPO steps", 0.5, 1.0)(5, 10)
        found = job(jobs, job_id)
    assert (found.progress, found.message) == (0.75, "DPO steps: 5 of 10")
    assert found.updated_at is not None


def test_a_worker_that_was_given_up_can_neither_report_nor_finish(jobs: Database, settings: Settings) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    stale = begin(jobs, job_id)
    assert rescue(jobs, settings) == 0  # the entry waits: nobody took it, so nobody died
    kill_worker_of(jobs, stale)
    assert rescue(jobs, settings) == 1
    with pytest.raises(StopWork):
        JobContext(settings, jobs, job_id, stale).progress(1, 2)
    execution.settle(jobs, job_id, stale, lambda found, _: service.end(found, "succeeded", result={}))
    found = job(jobs, job_id)
    assert (found.state, found.attempts, found.result) == ("queued", 1, None)
    assert found.message == "rescued from a worker that died"
    assert entries(jobs) == [found.queue_id]
    assert not execution.claim(jobs, job_id, stale)


def kill_worker_of(database: Database, entry: int) -> None:
    """As if the worker had taken the entry and died."""
    with database.session() as session:
        session.execute(
            text(f"UPDATE {queue.SCHEMA}.procrastinate_jobs SET status = 'doing' WHERE id = :entry"), {"entry": entry}
        )


def test_attempts_end(jobs: Database, settings: Settings) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    for _ in range(settings.job_attempts):
        kill_worker_of(jobs, begin(jobs, job_id))
        rescue(jobs, settings)
    assert job(jobs, job_id).state == "failed"
    assert job(jobs, job_id).error == "the worker died at attempt 2 of 2, the last"
    service.retry(jobs, job_id)
    assert (job(jobs, job_id).state, job(jobs, job_id).attempts, job(jobs, job_id).error) == ("queued", 0, None)


def test_a_worker_that_died_before_it_began_costs_no_attempt(jobs: Database, settings: Settings) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    for _ in range(settings.job_attempts + 1):
        kill_worker_of(jobs, entry_of(jobs, job_id))
        assert rescue(jobs, settings) == 1
    assert (job(jobs, job_id).state, job(jobs, job_id).attempts) == ("queued", 0)
    assert entries(jobs, "doing") == []


def test_a_cancelled_job_of_a_dead_worker_is_not_done_again(jobs: Database, settings: Settings) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    kill_worker_of(jobs, begin(jobs, job_id))
    service.cancel(jobs, job_id)
    rescue(jobs, settings)
    assert job(jobs, job_id).state == "cancelled"


def test_two_rescuers_do_not_double_a_job(jobs: Database, settings: Settings) -> None:
    found = [service.defer(jobs, "train", {"round": number}) for number in range(1, 21)]
    for job_id in found:
        kill_worker_of(jobs, begin(jobs, job_id))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: rescue(jobs, settings), range(8)))
    assert len(entries(jobs)) >= len(found)
    live = set(entries(jobs))
    assert all(job(jobs, job_id).queue_id in live for job_id in found)
    assert {job(jobs, job_id).state for job_id in found} == {"queued"}


def test_a_failure_may_not_be_tried_again_while_the_same_is_under_way(jobs: Database) -> None:
    job_id = service.defer(jobs, "train", {"round": 3})
    service.cancel(jobs, job_id)
    other = service.defer(jobs, "train", {"round": 3})
    with pytest.raises(ConflictError, match=f"Job {other} "):
        service.retry(jobs, job_id)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (UnavailableError("x"), True),
        (LabelStudioDownError("x"), True),
        (BusyError("x"), True),
        (OperationalError("x", {}, Exception("server closed the connection")), True),
        (LabelStudioRefusedError("x", 503), True),
        (LabelStudioRefusedError("x", 404), False),
        (WrongKeyError("x"), False),
        (ConflictError("x"), False),
        (InvalidInputError("x"), False),
        (ValueError("x"), False),
    ],
)
def test_what_is_tried_again(error: Exception, passes: bool) -> None:
    assert execution.passing(error) is passes


def test_the_wait_doubles_with_jitter_up_to_five_minutes() -> None:
    for attempts, seconds in ((1, 5), (2, 10), (4, 40), (20, 300)):
        waits = {execution.back_off(attempts, 5) for _ in range(50)}
        assert len(waits) > 1
        assert all(0.75 * seconds <= wait <= 1.25 * seconds for wait in waits)


def test_the_clock_starts_only_the_sync_of_what_people_work_on(jobs: Database) -> None:
    assert tick(jobs) == []
    add_round(jobs, "training")
    assert tick(jobs) == []
    with jobs.session() as session:
        session.query(Round).one().state = "annotating"
    first = tick(jobs)
    assert [job(jobs, job_id).arguments for job_id in first] == [SYNC]
    begin(jobs, *first)
    assert tick(jobs) == first, "one that runs will do: the clock comes again"


def test_votes_of_a_blind_evaluation_are_fetched_as_well(jobs: Database) -> None:
    add_round(jobs, "annotating")
    with jobs.session() as session:
        model = session.scalars(select(ModelVersion)).one()
        other = ModelVersion(name="n", method="sft", text_format="slots", artifact_uri="file:///n", artifact_sha256="1")
        session.add(other)
        session.flush()
        evaluation = BlindEvaluation(model_id=other.id, opponent_id=model.id, seed=0, project_id=2)
        session.add(evaluation)
        session.flush()
        number = evaluation.id
    rankings, votes = tick(jobs)
    assert (job(jobs, votes).name, job(jobs, votes).arguments) == ("blind-sync", {"evaluation": number})
    assert hint(jobs, 2) == [votes]
    assert hint(jobs, 1) == [rankings]
    assert hint(jobs, None) == [rankings, votes]
    assert hint(jobs, 3) == []


def test_old_jobs_are_forgotten(jobs: Database) -> None:
    def ended(name: str, state: str, days: float) -> int:
        job_id = service.defer(jobs, name, SYNC)
        execution.settle(jobs, job_id, begin(jobs, job_id), lambda found, _: service.end(found, state))
        with jobs.session() as session:
            session.get_one(Job, job_id).finished_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
        return job_id

    kept = {ended("train", "succeeded", 2), ended("sync", "failed", 2), ended("sync", "succeeded", 0.5)}
    ended("train", "failed", 31)
    ended("sync", "succeeded", 2)
    tick(jobs)
    with jobs.session() as session:
        assert {found.id for found in queries.newest(session, None, 50)} == kept


def test_waiting_without_a_worker_ends(jobs: Database) -> None:
    with pytest.raises(NoWorkerError, match="raisontext worker"):
        client.run(jobs, "train", {"round": 3}, patience=0.1)


def test_keys_of_jobs_without_a_round_depend_on_their_arguments() -> None:
    work = registry.Work("x", lambda _context: {}, "lane")
    assert work.key({"a": 1, "b": 2}) == work.key({"b": 2, "a": 1}) != work.key({"a": 2, "b": 2})
    assert (work.key({}), work.lock({"a": 1})) == ("x", "lane")


def test_the_webhook_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: webhooks.secret(settings), range(16)))
    assert len(found) == 1
    assert len(found.pop()) >= 32
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]
    given = Settings.model_validate({"data_dir": tmp_path, "webhook_secret": "given"})
    assert webhooks.secret(given) == "given"


def test_where_the_webhook_goes(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert webhooks.address(settings, "http://127.0.0.1:8080") is None, "nothing was started here"
    api = ServiceState(name="api", url="http://127.0.0.1:8000")
    with hold(tmp_path):
        write_state(tmp_path, StackState(pid=1, state="ready", services=[api]))
        assert webhooks.address(settings, "http://localhost:8080") == "http://127.0.0.1:8000/v1/webhooks/label-studio"
        assert webhooks.address(settings, "https://label-studio.example.org") is None, "it cannot reach this machine"
    given = Settings(data_dir=tmp_path, webhook_url="https://api.example.org/hook")
    assert webhooks.address(given, "https://label-studio.example.org") == "https://api.example.org/hook"
