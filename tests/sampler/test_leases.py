"""Leases: taken over when they end, refused to zombies, renewed while the model writes; what errors and crashes do."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from db.models import Resume, SamplingItem, SamplingShard
from sampler import shard_queries, shards
from sampler.engines.base import Decoding, Sample
from sampler.errors import EngineError, LeaseLostError
from sampler.leases import MAX_CRASHES, MAX_ERRORS, release_dead, this_worker
from sampler.runs import load_task, resume_run
from sampler.shards import claim_shard, sample_shard, store_shard
from tests.sampler.rows import add_resumes, outcomes_of, texts_of
from tests.sampler.run_setting import SHARD, SHORT, Setting, check_whole


class Disturbed:
    """The engine of a setting, with something that happens before it writes."""

    def __init__(self, setting: Setting, before: Callable[[Sequence[str]], None]) -> None:
        self._engine = setting.engine
        self._before = before
        self.name, self.version = self._engine.name, self._engine.version
        self.compute_type, self.batch_size = self._engine.compute_type, self._engine.batch_size

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        self._before(prompts)
        return self._engine.generate(prompts, n, decoding, seed)

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        return self._engine.score(prompts, completions)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def shard(setting: Setting, run_id: int, number: int) -> SamplingShard:
    with setting.database.session() as session:
        return session.get_one(SamplingShard, (run_id, number))


def end_leases(setting: Setting, run_id: int) -> None:
    """As if the time had passed."""
    with setting.database.session() as session:
        past = func.now() - dt.timedelta(seconds=1)
        session.execute(
            update(SamplingShard)
            .where(SamplingShard.run_id == run_id, SamplingShard.leased_until.is_not(None))
            .values(leased_until=past)
        )


def open_transactions(setting: Setting) -> int:
    with setting.database.session() as session:
        return session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
            )
        )


def test_a_leased_shard_is_nobody_elses(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 10)
    run_id = setting.start(resume_ids)
    task = load_task(setting.database, run_id, setting.engine)
    claims = [claim_shard(setting.database, task, f"worker {number}", SHORT) for number in range(4)]
    found = [[resume_id for resume_id, _ in claimed[1]] for claimed in claims if claimed is not None]
    assert found == [resume_ids[:4], resume_ids[4:8], resume_ids[8:]]
    assert claims[3] is None
    assert claim_shard(setting.database, task, "worker 5", SHORT, number=1) is None
    end_leases(setting, run_id)
    again = claim_shard(setting.database, task, "worker 6", SHORT, number=1)
    assert again is not None
    assert (again[0].number, again[0].token, again[0].crashes) == (1, 2, 1)


def test_nothing_is_open_while_the_model_writes(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 8))
    seen: list[int] = []
    engine = Disturbed(setting, lambda _prompts: seen.append(open_transactions(setting)))
    assert resume_run(setting.database, run_id, engine, lease=SHORT).complete
    assert seen == [0, 0]


def test_a_zombie_stores_nothing(setting: Setting) -> None:
    """A worker that was cut off comes back after its shard was taken over: before and after the other has stored."""
    run_id = setting.start(add_resumes(setting.database, 4))
    task = load_task(setting.database, run_id, setting.engine)
    zombie = claim_shard(setting.database, task, "zombie", SHORT)
    assert zombie is not None
    sets = sample_shard(task, setting.engine, zombie[1])
    end_leases(setting, run_id)
    heir = claim_shard(setting.database, task, "heir", SHORT)
    assert heir is not None
    with pytest.raises(LeaseLostError, match="shard 0"):
        store_shard(setting.database, task, *zombie, sets)
    assert texts_of(setting.database, run_id) == {}
    with setting.database.session() as session:
        assert not shard_queries.renew_lease(session, zombie[0], 60)
        assert not shard_queries.give_back(session, zombie[0])
        assert not shard_queries.note_error(session, zombie[0], "no", 0)
    store_shard(setting.database, task, *heir, sample_shard(task, setting.engine, heir[1]))
    with pytest.raises(LeaseLostError):
        store_shard(setting.database, task, *zombie, sets)
    check_whole(setting, run_id)
    assert setting.done(run_id) == 4


def test_a_late_worker_whose_shard_nobody_took_may_store(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 4))
    task = load_task(setting.database, run_id, setting.engine)
    claimed = claim_shard(setting.database, task, "late", SHORT)
    assert claimed is not None
    end_leases(setting, run_id)
    store_shard(setting.database, task, *claimed, sample_shard(task, setting.engine, claimed[1]))
    assert resume_run(setting.database, run_id, setting.engine).complete


def test_a_dead_workers_shard_is_taken_over_when_its_lease_ends(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 12)
    run_id, quiet = setting.start(resume_ids), setting.start(resume_ids)
    task = load_task(setting.database, run_id, setting.engine)
    assert claim_shard(setting.database, task, "elsewhere/1/0.00", SHORT) is not None
    began = time.monotonic()
    assert resume_run(setting.database, run_id, setting.engine, lease=SHORT).complete
    assert time.monotonic() - began > SHORT.seconds / 2
    assert shard(setting, run_id, 0).crashes == 1
    resume_run(setting.database, quiet, setting.engine)
    assert texts_of(setting.database, run_id) == texts_of(setting.database, quiet)


def test_nobody_waits_for_a_worker_that_died_on_this_machine(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 8))
    task = load_task(setting.database, run_id, setting.engine)
    machine, process, _ = this_worker().rsplit("/", 2)
    earlier = f"{machine}/{process}/1.00"  # the id of this process, when it was another's
    for owner in (earlier, this_worker()):
        assert claim_shard(setting.database, task, owner, SHORT) is not None
    release_dead(setting.database, run_id)
    assert (shard(setting, run_id, 0).owner, shard(setting, run_id, 0).crashes) == (None, 1)
    assert shard(setting, run_id, 1).owner == this_worker()


def test_a_lease_is_renewed_while_the_model_writes(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 4))
    task = load_task(setting.database, run_id, setting.engine)
    stolen: list[object] = []

    def slow(_prompts: Sequence[str]) -> None:
        deadline = time.monotonic() + 2 * SHORT.seconds
        while time.monotonic() < deadline and not stolen:
            time.sleep(0.05)
            if (claimed := claim_shard(setting.database, task, "thief", SHORT)) is not None:
                stolen.append(claimed)

    assert resume_run(setting.database, run_id, Disturbed(setting, slow), lease=SHORT).complete
    assert stolen == []


@pytest.mark.parametrize("moment", ["writing", "storing"])
def test_connections_cut_in_the_middle(setting: Setting, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resume_ids = add_resumes(setting.database, 3 * SHARD)
    run_id, quiet = setting.start(resume_ids), setting.start(resume_ids)
    cuts = Counter[str]()

    def cut(*_arguments: object) -> None:
        cuts[moment] += 1
        if cuts[moment] != 2:
            return
        with setting.database.session() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    if moment == "storing":
        stored = shard_queries.copy_candidates

        def copy(session: Any, rows: Any) -> None:
            stored(session, rows)
            cut()

        monkeypatch.setattr(shards.shard_queries, "copy_candidates", copy)
    engine = Disturbed(setting, cut) if moment == "writing" else setting.engine
    assert resume_run(setting.database, run_id, engine, lease=SHORT).complete
    assert cuts[moment] == (3 if moment == "writing" else 4)
    check_whole(setting, run_id)
    resume_run(setting.database, quiet, setting.engine)
    assert texts_of(setting.database, run_id) == texts_of(setting.database, quiet)


def test_one_resume_that_breaks_the_engine_is_all_that_is_lost(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 3 * SHARD)
    run_id = setting.start(resume_ids)
    with setting.database.session() as session:
        profile = session.get_one(Resume, resume_ids[5]).profile
        session.get_one(Resume, resume_ids[5]).profile = {**profile, "title": "Яд"}

    def poison(prompts: Sequence[str]) -> None:
        if any("Яд" in prompt for prompt in prompts):
            raise ValueError("a secret")

    report = resume_run(setting.database, run_id, Disturbed(setting, poison), lease=SHORT)
    assert (report.complete, report.failed_shards) == (True, 0)
    outcomes = outcomes_of(setting.database, run_id)
    assert [id_ for id_, outcome in outcomes.items() if outcome == "failed"] == [resume_ids[5]]
    assert reasons(setting, run_id)[resume_ids[5]].startswith("unexpected ValueError in test_leases.py, line ")
    assert "a secret" not in str(reasons(setting, run_id))
    check_whole(setting, run_id)


def test_a_stored_profile_that_is_not_valid_fails_alone(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, SHARD)
    run_id = setting.start(resume_ids)
    with setting.database.session() as session:
        session.get_one(Resume, resume_ids[2]).profile = {"external_id": "r", "age": "тридцать"}
    assert resume_run(setting.database, run_id, setting.engine).complete
    assert reasons(setting, run_id)[resume_ids[2]] == "the stored profile is not valid: age"
    assert Counter(outcomes_of(setting.database, run_id).values())["failed"] == 1


def test_a_shard_that_always_fails_is_given_up_and_the_run_says_so(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 3 * SHARD)
    broken: list[str] = []

    def fail(prompts: Sequence[str]) -> None:
        if not broken:
            broken.extend(prompts)
        if set(prompts) <= set(broken):
            raise EngineError("out of memory")

    with setting.database.session() as session:
        for place, id_ in enumerate(resume_ids):  # prompts that tell shards apart
            profile = session.get_one(Resume, id_).profile
            session.get_one(Resume, id_).profile = {**profile, "title": f"Повар {place}"}
    run_id = setting.start(resume_ids)
    with pytest.raises(EngineError, match="3 failures one after the other"):
        resume_run(setting.database, run_id, Disturbed(setting, fail), lease=SHORT)
    found = shard(setting, run_id, 0)
    assert (found.state, found.errors) == ("failed", MAX_ERRORS - 1)
    assert found.error == "3 errors, the last: out of memory"
    report = resume_run(setting.database, run_id, Disturbed(setting, fail), lease=SHORT)
    assert (report.complete, report.failed_shards, report.statistics.failed) == (True, 1, SHARD)
    assert reasons(setting, run_id)[resume_ids[0]] == "shard 0 was given up: 3 errors, the last: out of memory"
    check_whole(setting, run_id)


def test_a_shard_that_kills_its_workers_is_given_up(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 2 * SHARD)
    run_id = setting.start(resume_ids)
    task = load_task(setting.database, run_id, setting.engine)
    for number in range(MAX_CRASHES):
        claimed = claim_shard(setting.database, task, f"elsewhere/{number}/0.00", SHORT)
        assert claimed is not None
        assert (claimed[0].number, claimed[0].crashes) == (0, number)
        end_leases(setting, run_id)
    report = resume_run(setting.database, run_id, setting.engine, lease=SHORT)
    assert (report.complete, report.failed_shards) == (True, 1)
    assert reasons(setting, run_id)[resume_ids[0]] == "shard 0 was given up: its workers died 5 times"
    check_whole(setting, run_id)


def test_a_broken_engine_does_not_use_up_the_queue(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 10 * SHARD))

    def fail(_prompts: Sequence[str]) -> None:
        raise EngineError("no GPU")

    with pytest.raises(EngineError, match="3 failures"):
        resume_run(setting.database, run_id, Disturbed(setting, fail), lease=SHORT)
    assert setting.done(run_id) <= SHARD
    assert resume_run(setting.database, run_id, setting.engine, lease=SHORT).complete


def test_an_interrupted_worker_gives_its_shard_back(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, SHARD))

    def interrupt(_prompts: Sequence[str]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resume_run(setting.database, run_id, Disturbed(setting, interrupt))
    found = shard(setting, run_id, 0)
    assert (found.owner, found.leased_until, found.crashes, found.errors) == (None, None, 0, 0)


def test_a_resume_erased_while_it_is_sampled_is_left_out(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, SHARD)
    run_id = setting.start(resume_ids)

    def erase(_prompts: Sequence[str]) -> None:
        with setting.database.session() as session:
            session.delete(session.get_one(Resume, resume_ids[1]))

    assert resume_run(setting.database, run_id, Disturbed(setting, erase)).complete
    assert set(outcomes_of(setting.database, run_id)) == {*resume_ids} - {resume_ids[1]}
    check_whole(setting, run_id)


def test_claims_at_the_same_moment_are_all_different(setting: Setting) -> None:
    run_id = setting.start(add_resumes(setting.database, 30 * SHARD))
    task = load_task(setting.database, run_id, setting.engine)
    found: list[int] = []

    def claim_all(owner: str) -> None:
        while (claimed := claim_shard(setting.database, task, owner, SHORT)) is not None:
            found.append(claimed[0].number)

    threads = [threading.Thread(target=claim_all, args=(f"worker {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(30))


def reasons(setting: Setting, run_id: int) -> dict[int, str]:
    """Résumé → reason, of those that have one."""
    with setting.database.session() as session:
        rows = session.execute(
            select(SamplingItem.resume_id, SamplingItem.reason).where(
                SamplingItem.run_id == run_id, SamplingItem.reason.is_not(None)
            )
        )
        return dict(rows.all())
