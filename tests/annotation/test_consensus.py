"""Rankings in the database → preference pairs, their export, and agreement over a round."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyarrow import parquet
from sqlalchemy import select

from annotation.agreement_page import render_page
from annotation.consensus import SimulatedRankingError, Vote, build_pairs, consensus
from annotation.pair_export import ExportError, export_rows, write_rows
from annotation.pair_queries import pairs as stored_pairs
from annotation.pairs import UnknownStrategyError
from annotation.round_agreement import mid_ranks, round_agreement
from app.cli.main import main
from db.errors import NotFoundError
from db.models import PreferencePair
from db.session import Database
from tests.annotation.round_world import RoundWorld


def votes(*orders: str, flags: dict[int, str] | None = None) -> list[Vote]:
    """``votes("0>12>3")``; ``flags``: number of the vote → flagged items."""
    return [
        Vote(number, [[int(item) for item in group] for group in order.split(">")],
             frozenset(map(int, (flags or {}).get(number, ""))))
        for number, order in enumerate(orders)
    ]  # fmt: skip


def named(found: list[Vote], strategy: str = "all") -> dict[str, tuple[int, int, float]]:
    return {
        f"{pair.chosen}{pair.rejected}": (pair.agreeing, pair.disagreeing, round(pair.weight, 3))
        for pair in consensus(found, strategy).pairs
    }


def test_one_ranking_gives_its_pairs() -> None:
    assert list(named(votes("3>1>2>0"))) == ["10", "20", "30", "12", "31", "32"]
    assert set(named(votes("3>1>2>0")).values()) == {(1, 0, 1.0)}


def test_majority_decides_and_disagreement_lowers_the_weight() -> None:
    found = named(votes("0>1>2>3", "0>1>2>3", "1>0>2>3"))
    assert found["01"] == (2, 1, 0.333)
    assert found["02"] == (3, 0, 1.0)
    assert "10" not in found


def test_exact_tie_of_votes_gives_no_pair() -> None:
    found = consensus(votes("0>1>2>3", "1>0>2>3"), "all")
    assert {(pair.chosen, pair.rejected) for pair in found.pairs} == {(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)}
    assert found.undecided == 1


def test_who_ties_two_has_no_say_in_the_direction_but_in_the_weight() -> None:
    assert named(votes("0>1>2>3", "01>2>3"))["01"] == (1, 0, 0.5)
    assert named(votes("0123")) == {}


def test_every_ranking_votes_on_pairs_that_the_strategy_takes_from_any() -> None:
    found = named(votes("0>1>2>3", "0>2>1>3", "0>2>1>3"), "adjacent")
    assert found == {
        "01": (3, 0, 1.0),  # adjacent in the first only
        "02": (3, 0, 1.0),
        "21": (2, 1, 0.333),
        "23": (3, 0, 1.0),
        "13": (3, 0, 1.0),
    }
    assert list(named(votes("0>1>2>3", "0>2>1>3"), "best_worst")) == ["03"]


def test_false_by_majority_is_never_chosen_but_may_be_rejected() -> None:
    orders = ("0>1>2>3", "0>1>2>3", "0>1>3>2")
    assert "01" in named(votes(*orders, flags={0: "0"}))
    found = named(votes(*orders, flags={0: "0", 1: "0"}))
    assert not any(pair.startswith("0") for pair in found)
    assert "12" in found
    assert "23" in named(votes(*orders, flags={0: "3", 1: "3", 2: "3"}))
    assert "01" in named(votes("0>1>2>3", "0>1>2>3", flags={0: "0"})), "half is no majority"


def stored(world: RoundWorld) -> set[tuple[str, int, int]]:
    """(chosen and rejected ordinals, agreeing, disagreeing) of the stored pairs of the first task."""
    ordinal = {candidate: str(n) for n, candidate in enumerate(world.candidates[0])}
    return {
        (ordinal[pair.chosen_id] + ordinal[pair.rejected_id], pair.agreeing, pair.disagreeing)
        for pair in stored_pairs(world.session, world.round.id)
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
        assert (report.pairs, report.removed, report.undecided, report.rankings) == (5, 1, 1, 2)
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


def test_frozen_round_keeps_its_pairs(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        ranking = world.ranking(0, world.annotator("эксперт-1"), "0>1>2>3")
        build_pairs(session, world.round.id)
        world.round.snapshot_hash = "abc"
        ranking.status = "withdrawn"
        report = build_pairs(session, world.round.id)
        assert (report.frozen, report.pairs) == (True, 6)
        assert len(stored(world)) == 6


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
def test_export(database: Database, tmp_path: Path, ending: str) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        ranking = world.ranking(0, world.annotator("эксперт-1"), "2>013")
        build_pairs(session, world.round.id)
        rows = export_rows(session, world.round)
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


def test_mid_ranks() -> None:
    assert mid_ranks([[7], [3, 9], [5]]) == {7: 1.0, 3: 2.5, 9: 2.5, 5: 4.0}


def test_agreement_over_a_round(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        who = [world.annotator(f"эксперт-{n}") for n in range(3)]
        for task, order in enumerate(["0>1>2>3", "3>1>0>2"]):
            world.task()
            world.ranking(task, who[0], order)
            world.ranking(task, who[1], order, flags="1")
        world.task()
        world.ranking(2, who[2], "0>1>2>3")
        rejected = world.ranking(2, who[0], "0>1>2>3")
        rejected.status, rejected.reason, rejected.order = "rejected", "incomplete: card 2", None
        session.flush()
        found = round_agreement(session, world.round)
    assert (found.overall.alpha, found.overall.kendall_w, found.overall.tau_b) == (1.0, 1.0, 1.0)
    assert (found.overall.rankings, found.overall.units, found.overall.overlapping_units) == (5, 3, 2)
    assert [(pair.first, pair.second, pair.tasks, pair.tau_b) for pair in found.pairs] == [
        ("эксперт-0", "эксперт-1", 2, 1.0),
        ("эксперт-0", "эксперт-2", 0, None),
        ("эксперт-1", "эксперт-2", 0, None),
    ]
    assert [(one.rankings, one.flags, one.median_seconds) for one in found.annotators] == [
        (2, 0, 30.0),
        (2, 2, 30.0),
        (1, 0, 30.0),
    ]
    assert found.rejected == {"incomplete": 1}
    page = render_page(found)
    assert "эксперт-0 и эксперт-1" in page
    assert "места указаны не у всех вариантов" in page
    assert "http" not in page, "needs nothing from elsewhere"
    json.dumps(found.to_dict(), allow_nan=False)


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
    result = run(main, ["agreement", "--round", "1", "--json", "--html", str(tmp_path / "a.html")])
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert (answer["alpha"], answer["alpha_interval"]) == (1.0, None)
    assert answer["reasons"] == {"alpha_interval": "one unit alone cannot be resampled"}
    assert "Альфа Криппендорфа" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "kendall_w" in run(main, ["agreement"]).stdout
    for arguments, message in [
        (["pairs", "--round", "7"], "There is no round 7"),
        (["pairs", "--export", "p.csv"], "expected a file ending in .parquet or .jsonl"),
    ]:
        failed = run(main, arguments)
        assert failed.exit_code == 1
        assert failed.stderr.startswith(f"error: {message}")
        assert failed.stderr.count("\n") == 1
    assert run(main, ["pairs", "--strategy", "some"]).exit_code == 2
