"""Freezing the pairs of a round."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from db.errors import ConflictError
from db.models import Candidate, PreferencePair, Resume
from db.session import Database
from tests.annotation.round_world import RoundWorld
from trainer.errors import TrainingDataError
from trainer.pairs import PairRow, Snapshot, freeze


def add_pair(world: RoundWorld, task: int, chosen: int, rejected: int, *, simulated: bool = False) -> None:
    ids = world.candidates[task]
    world.session.add(
        PreferencePair(
            round_id=world.round.id,
            resume_id=world.tasks[task].resume_id,
            chosen_id=ids[chosen],
            rejected_id=ids[rejected],
            ranking_ids=[1],
            strategy="all",
            agreeing=1,
            disagreeing=0,
            weight=0.5,
            simulated=simulated,
        )
    )
    world.session.flush()


def test_rows_are_raw_outputs_grouped_by_resume(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        first, second = world.task(), world.task()
        add_pair(world, second, 0, 1)
        add_pair(world, first, 2, 3)
        add_pair(world, second, 1, 2)
        snapshot = freeze(session, world.round.id)
        resumes = [world.tasks[task].resume_id for task in (first, second, second)]
    assert [row.resume_id for row in snapshot.rows] == resumes
    row = snapshot.rows[0]
    assert (row.chosen, row.rejected) == ("сырой 2 <prof:ablt>", "сырой 3 <prof:ablt>")
    assert row.prompt == f"вход {resumes[0]}"
    assert row.weight == 0.5
    assert not snapshot.simulated
    assert snapshot.training == snapshot.rows


def test_hash_is_that_of_the_content(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        task = world.task()
        add_pair(world, task, 0, 1)
        before = freeze(session, world.round.id)
        assert freeze(session, world.round.id).hash == before.hash
        add_pair(world, task, 1, 2)
        assert freeze(session, world.round.id).hash != before.hash
        assert len(before.rows) == 1  # frozen


def test_held_out_resumes_never_train(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        first, second = world.task(), world.task()
        add_pair(world, first, 0, 1)
        add_pair(world, second, 0, 1)
        held_out = world.tasks[second].resume_id
        session.execute(update(Resume).where(Resume.id == held_out).values(split="test"))
        snapshot = freeze(session, world.round.id)
        assert [row.resume_id for row in snapshot.training] == [world.tasks[first].resume_id]
        assert [row.resume_id for row in snapshot.held_out] == [held_out]
        session.execute(update(Resume).values(split="validation"))
        with pytest.raises(TrainingDataError, match="found 2 pairs, all of held-out résumés"):
            freeze(session, world.round.id)


def test_nothing_to_train_on(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        with pytest.raises(TrainingDataError, match=r"round 1: expected at least one preference pair, found none"):
            freeze(session, world.round.id)


@pytest.mark.parametrize(("round_simulated", "pairs"), [(False, [False, True]), (False, [True]), (True, [False])])
def test_simulated_and_real_do_not_mix(database: Database, round_simulated: bool, pairs: list[bool]) -> None:
    with database.session() as session:
        world = RoundWorld(session, simulated=round_simulated)
        task = world.task()
        for number, simulated in enumerate(pairs):
            add_pair(world, task, number, number + 1, simulated=simulated)
        with pytest.raises(ConflictError, match="simulated and real rankings mixed"):
            freeze(session, world.round.id)


def test_pairs_across_inputs_are_refused(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        task = world.task()
        add_pair(world, task, 0, 1)
        session.execute(update(Candidate).where(Candidate.id == world.candidates[task][1]).values(model_input="иной"))
        with pytest.raises(TrainingDataError, match="of different inputs"):
            freeze(session, world.round.id)


def test_file_round_trip(tmp_path: Path) -> None:
    row = PairRow(1, 2, "вход", "лучше", "хуже", 0.5, held_out=True)
    snapshot = Snapshot((row,), simulated=True)
    snapshot.save(tmp_path / "pairs.jsonl")
    assert Snapshot.load(tmp_path / "pairs.jsonl") == snapshot
    assert Snapshot.load(tmp_path / "pairs.jsonl").hash == snapshot.hash
    (tmp_path / "bad.jsonl").write_text('{"prompt": "a"}\n')
    with pytest.raises(TrainingDataError, match="line 1: expected a preference pair"):
        Snapshot.load(tmp_path / "bad.jsonl")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(TrainingDataError, match="found none"):
        Snapshot.load(tmp_path / "empty.jsonl")
    with pytest.raises(TrainingDataError, match="cannot be read"):
        Snapshot.load(tmp_path / "nowhere.jsonl")
