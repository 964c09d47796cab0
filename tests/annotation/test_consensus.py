"""Rankings in the database → consensus and preference pairs, and their export."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyarrow import parquet
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from annotation import consensus
from annotation.consensus import SimulatedRankingError, build_pairs
from annotation.pair_export import ExportError, export_rows, write_rows
from annotation.pair_queries import active_rankings
from annotation.pairs import UnknownStrategyError
from app.cli.main import main
from db.errors import InvalidInputError, NotFoundError
from db.models import Candidate, PreferencePair, Ranking, TaskConsensus
from db.session import Database
from tests.annotation.round_world import NOW, URL, RoundWorld


def stored_pairs(session: Session, round_id: int) -> list[PreferencePair]:
    query = select(PreferencePair).where(PreferencePair.round_id == round_id).order_by(PreferencePair.id)
    return list(session.scalars(query))


def stored(world: RoundWorld) -> set[tuple[str, int, int]]:
    """(chosen and rejected ordinals, agreeing, disagreeing) of the stored pairs of the first task."""
    ordinal = {candidate: str(n) for n, candidate in enumerate(world.candidates[0])}
    world.session.expire_all()  # pairs are written past the session
    return {
        (ordinal[pair.chosen_id] + ordinal[pair.rejected_id], pair.agreeing, pair.disagreeing)
        for pair in stored_pairs(world.session, world.round.id)
        if pair.chosen_id in ordinal
    }


def test_pairs_follow_the_active_rankings(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        first = world.ranking(0, world.annotator("эксперт-1"), "2>0>13")
        assert build_pairs(session, world.round.id).pairs == 5
        assert stored(world) == {("20", 1, 0), ("21", 1, 0), ("23", 1, 0), ("01", 1, 0), ("03", 1, 0)}

        second = world.ranking(0, world.annotator("эксперт-2"), "0>2>1>3")
        report = build_pairs(session, world.round.id)
        assert (report.pairs, report.removed, report.tied, report.rankings) == (5, 1, 1, 2)
        assert stored(world) == {("21", 2, 0), ("23", 2, 0), ("01", 2, 0), ("03", 2, 0), ("13", 1, 0)}
        both = session.scalars(select(PreferencePair).where(PreferencePair.agreeing == 2)).first()
        assert both is not None
        assert both.ranking_ids == [first.id, second.id]
        assert not both.simulated

        first.status = "withdrawn"
        build_pairs(session, world.round.id)
        assert {pair for pair, _, _ in stored(world)} == {"02", "01", "03", "21", "23", "13"}
        second.status, second.reason = "rejected", "incomplete"
        assert build_pairs(session, world.round.id).pairs == 0
        assert stored(world) == set()


def test_building_again_changes_nothing(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        who = [world.annotator("эксперт-1"), world.annotator("эксперт-2")]
        for task in range(3):
            world.task()
            world.ranking(task, who[0], "0>1>2>3")
            world.ranking(task, who[1], "1>0>3>2")
        build_pairs(session, world.round.id)
        ids = [pair.id for pair in stored_pairs(session, world.round.id)]
        report = build_pairs(session, world.round.id)
        assert (report.tasks, report.rankings, report.pairs, report.removed) == (3, 6, 12, 0)
        assert [pair.id for pair in stored_pairs(session, world.round.id)] == ids


def test_another_strategy_replaces_the_pairs(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        world.ranking(0, world.annotator("эксперт-1"), "0>1>2>3")
        build_pairs(session, world.round.id, "all")
        assert build_pairs(session, world.round.id, "adjacent").removed == 3
        assert {pair for pair, _, _ in stored(world)} == {"01", "12", "23"}
        assert {pair.strategy for pair in stored_pairs(session, world.round.id)} == {"adjacent"}


def test_building_twice_at_once_loses_and_doubles_nothing(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        for task in range(5):
            world.task()
            world.ranking(task, world.annotator(f"эксперт-{task}"), "3>2>1>0")
    failures: list[Exception] = []

    def build() -> None:
        try:
            with database.session() as own:
                build_pairs(own, world.round.id)
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            failures.append(error)

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.session() as session:
        assert len(stored_pairs(session, world.round.id)) == 30


def new_ranking(task_id: int, annotator_id: int, order: list[list[int]], annotation_id: int) -> Ranking:
    return Ranking(
        ranking_task_id=task_id, annotator_id=annotator_id, label_studio_url=URL, annotation_id=annotation_id,
        order=order, submitted_at=NOW, status="active", raw={},
    )  # fmt: skip


def consensus_rows(world: RoundWorld) -> dict[int, tuple[str, float, int, int]]:
    """Index of the task → (order by ordinals, cost, optimal orders, rankings)."""
    world.session.expire_all()
    tasks = {task.id: number for number, task in enumerate(world.tasks)}
    found = {}
    for row in world.session.scalars(select(TaskConsensus)):
        ordinals = {candidate: str(n) for n, candidate in enumerate(world.candidates[tasks[row.ranking_task_id]])}
        order = ">".join("".join(ordinals[item] for item in group) for group in row.order)
        found[tasks[row.ranking_task_id]] = (order, row.cost, row.optimal, row.rankings)
    return found


def test_consensus_is_stored_and_follows_the_rankings(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        who = [world.annotator(f"эксперт-{n}") for n in range(3)]
        world.task(), world.task()
        last = world.ranking(0, who[0], "0>1>2>3")
        other = world.ranking(0, who[1], "1>0>2>3")
        only = world.ranking(1, who[0], "3>12>0")
        build_pairs(session, world.round.id)
        assert consensus_rows(world) == {0: ("01>2>3", 1.0, 2, 2), 1: ("3>12>0", 0.5, 2, 1)}
        other.status = only.status = "withdrawn"
        build_pairs(session, world.round.id)
        assert consensus_rows(world) == {0: ("0>1>2>3", 0.0, 1, 1)}
        last.status = "withdrawn"
        build_pairs(session, world.round.id)
        assert consensus_rows(world) == {}


def test_batches_end_between_tasks_and_give_the_same(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        who = [world.annotator(f"эксперт-{n}") for n in range(3)]
        orders = ("0>1>2>3", "0>2>1>3", "1>0>23")
        gone = []
        for task in range(7):
            world.task()
            made = [world.ranking(task, one, order) for one, order in zip(who, orders, strict=True)]
            gone += made if task in (0, 3, 6) else []
        whole = build_pairs(session, world.round.id)
        pairs = {pair.id: pair.ranking_ids for pair in stored_pairs(session, world.round.id)}
        rows = consensus_rows(world)
        monkeypatch.setattr("annotation.consensus.BATCH", 2)
        assert build_pairs(session, world.round.id) == whole
        assert {pair.id: pair.ranking_ids for pair in stored_pairs(session, world.round.id)} == pairs
        assert consensus_rows(world) == rows
        for ranking in gone:  # of the first, a middle and the last task
            ranking.status = "withdrawn"
        report = build_pairs(session, world.round.id)
        assert (report.tasks, report.removed) == (4, 3 * len(pairs) // 7)
        assert set(consensus_rows(world)) == {1, 2, 4, 5}
        left = {pair.resume_id for pair in stored_pairs(session, world.round.id)}
        assert left == {world.tasks[task].resume_id for task in (1, 2, 4, 5)}


def test_weights_and_exclusion_change_the_pairs_and_are_recorded(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task(), world.task()
        first, second = world.annotator("эксперт-1"), world.annotator("эксперт-2")
        world.ranking(0, first, "0>1>2>3")
        world.ranking(0, second, "3>2>1>0")
        world.ranking(1, second, "3>2>1>0")
        assert build_pairs(session, world.round.id).tied == 6
        first.weight = 2.0
        report = build_pairs(session, world.round.id)
        assert stored(world) >= {("01", 1, 1), ("23", 1, 1)}
        assert report.weights == {"эксперт-1": 2.0, "эксперт-2": 1.0}
        contested = select(PreferencePair.weight).where(PreferencePair.disagreeing == 1)
        assert session.scalars(contested).all() == pytest.approx([1 / 3] * 6)
        second.weight = 0.0
        report = build_pairs(session, world.round.id)
        assert (report.tasks, report.rankings, report.excluded_rankings, report.pairs) == (1, 1, 2, 6)
        assert stored(world) >= {("01", 1, 0), ("23", 1, 0)}
        assert set(consensus_rows(world)) == {0}
        session.refresh(world.round)
        assert world.round.report["pairs"] == report.to_dict()
        assert world.round.report["pairs"]["weights"] == {"эксперт-1": 2.0, "эксперт-2": 0.0}
        first.weight = 0.0
        assert build_pairs(session, world.round.id).pairs == 0
        assert [row.weight for row in active_rankings(session, world.round.id)] == [0.0, 0.0, 0.0]


def test_gold_and_repeated_tasks_never_give_pairs(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        one = world.annotator("эксперт-1")
        for task in range(3):
            world.task()
            world.ranking(task, one, "0>1>2>3")
        world.tasks[0].kind, world.tasks[0].known_order = "gold", [[item] for item in world.candidates[0]]
        world.tasks[1].kind, world.tasks[1].original_id = "repeat", world.tasks[2].id
        report = build_pairs(session, world.round.id)
        assert (report.tasks, report.rankings, report.pairs) == (1, 1, 6)
        assert {pair.resume_id for pair in stored_pairs(session, world.round.id)} == {world.tasks[2].resume_id}
        assert [row.task_id for row in active_rankings(session, world.round.id)] == [world.tasks[2].id]
        assert set(consensus_rows(world)) == {2}


def test_minimum_agreement_and_strategy_become_the_rounds_own(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        for number, order in enumerate(["0>1>2>3", "0>1>2>3", "1>0>2>3"]):
            world.ranking(0, world.annotator(f"эксперт-{number}"), order)
        assert build_pairs(session, world.round.id).pairs == 6
        report = build_pairs(session, world.round.id, "adjacent", 0.7)
        assert (report.pairs, report.below_agreement, report.removed) == (2, 1, 4)
        again = build_pairs(session, world.round.id)
        assert (again.strategy, again.minimum_agreement, again.pairs, again.removed) == ("adjacent", 0.7, 2, 0)
        assert build_pairs(session, world.round.id, minimum_agreement=0.6).pairs == 3
        with pytest.raises(InvalidInputError, match=r"from 0 to 1, found 1\.5"):
            build_pairs(session, world.round.id, minimum_agreement=1.5)


def test_near_identical_texts_are_never_paired(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        world.ranking(0, world.annotator("эксперт-1"), "0>1>2>3")
        for number, text in ((0, "Веду учёт, решаю споры."), (2, "Решаю споры; веду учет!")):
            session.get_one(Candidate, world.candidates[0][number]).text = text
        report = build_pairs(session, world.round.id)
        assert (report.pairs, report.near_identical) == (5, 1)
        assert "02" not in {pair for pair, _, _ in stored(world)}


def test_a_text_with_a_violation_is_never_chosen(database: Database) -> None:
    """People may miss a false statement that the check found: the text may lose, but not win."""
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        world.ranking(0, world.annotator("эксперт-1"), "0>1>2>3")
        found = [{"kind": "city", "span": [0, 5], "text": "Казань", "expected": None}]
        session.get_one(Candidate, world.candidates[0][1]).violations = found
        report = build_pairs(session, world.round.id)
        assert (report.pairs, report.chosen_unfaithful) == (4, 2)
        assert {pair for pair, _, _ in stored(world)} == {"01", "02", "03", "23"}


def test_what_is_committed_meanwhile_counts_at_the_next_build(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync that commits between two batches: this build is of the moment at which it began.

    Nor does anybody see the half that is written.
    """
    monkeypatch.setattr("annotation.consensus.BATCH", 1)
    with database.session() as session:
        world = RoundWorld(session)
        one, two = world.annotator("эксперт-1"), world.annotator("эксперт-2")
        for task in range(3):
            world.task()
            world.ranking(task, one, "0>1>2>3")
    decide = consensus.decide
    synced = []

    seen = []

    def decide_while_syncing(*arguments: Any) -> Any:
        with database.session() as reader:
            seen.append(len(stored_pairs(reader, world.round.id)))
        if not synced:
            with database.session() as sync:
                for number, task in enumerate(world.tasks):
                    order = [[item] for item in reversed(world.candidates[number])]
                    sync.add(new_ranking(task.id, two.id, order, 100 + number))
                sync.execute(update(Ranking).where(Ranking.ranking_task_id == world.tasks[2].id, Ranking.annotator_id
                                                   == one.id).values(status="withdrawn"))  # fmt: skip
                synced.append(True)
        return decide(*arguments)

    monkeypatch.setattr(consensus, "decide", decide_while_syncing)
    with database.session() as session:
        report = build_pairs(session, world.round.id)
    assert (report.rankings, report.pairs, seen) == (3, 18, [0, 0, 0])
    with database.session() as session:
        report = build_pairs(session, world.round.id)
        assert (report.rankings, report.tied, report.removed) == (5, 12, 18)


def test_error_in_the_middle_leaves_what_was_there(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotation.consensus.BATCH", 1)
    with database.session() as session:
        world = RoundWorld(session)
        for task in range(3):
            world.task()
            world.ranking(task, world.annotator(f"эксперт-{task}"), "0>1>2>3")
        build_pairs(session, world.round.id)
        before = [(pair.id, pair.chosen_id) for pair in stored_pairs(session, world.round.id)]
        for task in range(2):
            world.ranking(task, world.annotator(f"эксперт-{task}-б"), "3>2>1>0")
        world.ranking(2, world.annotator("программа"), "3>2>1>0", simulated=True)
        with pytest.raises(SimulatedRankingError):
            build_pairs(session, world.round.id)
        assert [(pair.id, pair.chosen_id) for pair in stored_pairs(session, world.round.id)] == before
    with database.session() as session:
        assert [(pair.id, pair.chosen_id) for pair in stored_pairs(session, world.round.id)] == before


def test_frozen_round_keeps_its_pairs(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        ranking = world.ranking(0, world.annotator("эксперт-1"), "0>1>2>3")
        build_pairs(session, world.round.id)
        world.round.snapshot_hash = "abc"
        ranking.status = "withdrawn"
        report = build_pairs(session, world.round.id, "adjacent", 0.9)
        assert (report.frozen, report.pairs, report.strategy, report.rankings) == (True, 6, "all", 1)
        assert len(stored(world)) == 6
        assert set(consensus_rows(world)) == {0}
        assert "strategy" not in world.round.config


@pytest.mark.parametrize(("annotator", "ranking"), [(True, False), (False, True)])
def test_real_round_refuses_simulated_rankings(database: Database, annotator: bool, ranking: bool) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        world.ranking(0, world.annotator("эксперт-1"), "0>1>2>3")
        world.ranking(0, world.annotator("программа-1", simulated=annotator), "0>1>2>3", simulated=ranking)
        with pytest.raises(SimulatedRankingError, match="expected only people's rankings in round 1, found 1 of"):
            build_pairs(session, world.round.id)
        assert stored(world) == set()


def test_pairs_of_a_simulated_round_are_marked(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session, simulated=True)
        world.task()
        world.ranking(0, world.annotator("программа-1", simulated=True), "0>1>2>3", simulated=True)
        assert build_pairs(session, world.round.id).simulated
        assert all(pair.simulated for pair in stored_pairs(session, world.round.id))


def test_bad_arguments(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(NotFoundError):
            build_pairs(session, 99)
        with pytest.raises(UnknownStrategyError):
            build_pairs(session, 99, "some")


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_export(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr("annotation.pair_export.BATCH", 2)
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        ranking = world.ranking(0, world.annotator("эксперт-1"), "2>013")
        build_pairs(session, world.round.id)
        rows = list(export_rows(session, world.round))
    path = tmp_path / f"pairs.{ending}"
    write_rows(rows, path)
    if ending == "jsonl":
        read = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        read = parquet.read_table(path).to_pylist()
    assert read == rows
    assert len(read) == 3
    assert read[0] == {
        "prompt": f"вход {world.tasks[0].resume_id}",
        "chosen": "сырой 2 <prof:ablt>",
        "rejected": "сырой 0 <prof:ablt>",
        "pair_id": read[0]["pair_id"],
        "ranking_ids": [ranking.id],
        "resume_id": world.tasks[0].resume_id,
        "round": 1,
        "weight": 1.0,
        "annotators": ["эксперт-1"],
        "strategy": "all",
        "model_version": "start-1",
    }
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_export_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.parquet or \.jsonl"):
        write_rows([], tmp_path / "pairs.csv")
    with pytest.raises(ExportError, match="cannot write"):
        write_rows([], tmp_path / "nowhere" / "pairs.jsonl")
    path = tmp_path / "pairs.jsonl"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(TypeError):
        write_rows([{"prompt": object()}], path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_commands(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    assert "There is no round yet" in run(main, ["pairs"]).stderr
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        for name in ("эксперт-1", "эксперт-2"):
            world.ranking(0, world.annotator(name), "0>1>2>3")
    result = run(main, ["pairs", "--json", "--export", str(tmp_path / "p.jsonl")])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["pairs"] == 6
    assert len((tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()) == 6
    result = run(main, ["pairs", "--strategy", "adjacent", "--minimum-agreement", "0.6"])
    assert result.exit_code == 0, result.stderr
    assert "called false by a majority" in result.stdout
    assert [line.split() for line in result.stdout.splitlines() if "эксперт-2" in line] == [["эксперт-2", "1.0"]]
    again = json.loads(run(main, ["pairs", "--json"]).stdout)
    assert (again["strategy"], again["minimum_agreement"], again["pairs"]) == ("adjacent", 0.6, 3)
    for arguments, message in [
        (["pairs", "--round", "7"], "There is no round 7"),
        (["pairs", "--export", "p.csv"], "expected a file ending in .parquet or .jsonl"),
    ]:
        failed = run(main, arguments)
        assert failed.exit_code == 1
        assert failed.stderr.startswith(f"error: {message}")
        assert failed.stderr.count("\n") == 1
    for wrong in (["--strategy", "some"], ["--minimum-agreement", "2"]):
        assert run(main, ["pairs", *wrong]).exit_code == 2
