"""Strengths: against choix on plain data, known cases, and from the database."""

from __future__ import annotations

import json
from pathlib import Path

import choix
import numpy as np
import pytest
from click.testing import CliRunner

from annotation import luce
from annotation.strengths import NothingToCompareError, annotator_scores, compare, half_wins
from app.cli.main import main
from db.models import BlindEvaluation, BlindTask, BlindVote, ModelVersion, SamplingRun
from db.session import Database
from tests.annotation.round_world import NOW, URL, RoundWorld


def test_two_items_by_hand() -> None:
    """3 wins of 4: the difference of log-strengths is ln 3."""
    found = luce.bradley_terry(np.array([[0.0, 3.0], [1.0, 0.0]]))
    assert found == pytest.approx([np.log(3) / 2, -np.log(3) / 2])
    assert luce.log_likelihood(found, np.array([[0.0, 1.0], [0.0, 0.0]])) == pytest.approx(np.log(0.75))
    assert luce.log_likelihood(np.zeros(2), np.array([[0.0, 1.0], [1.0, 0.0]])) == pytest.approx(luce.COIN)


def test_equals_the_estimate_from_single_comparisons() -> None:
    rng = np.random.default_rng(1)
    data = [tuple(rng.permutation(5)[:2].tolist()) for _ in range(200)]
    wins = np.zeros((5, 5))
    for better, worse in data:
        wins[better, worse] += 1
    assert luce.bradley_terry(wins) == pytest.approx(choix.opt_pairwise(5, data), abs=1e-4)


def test_undetermined_strengths_stay_finite_and_say_so() -> None:
    always = np.array([[0.0, 7.0], [0.0, 0.0]])
    apart = np.array([[0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 2], [0, 0, 1, 0]], dtype=float)
    for wins in (always, apart):
        assert not luce.determined(wins)
        assert np.isfinite(luce.bradley_terry(wins)).all()
        assert luce.strengths(wins[None], 10, 0).regularised
    assert luce.bradley_terry(always) == pytest.approx([np.log(15) / 2, -np.log(15) / 2]), "7.5 wins against 0.5"
    assert luce.bradley_terry(apart)[0] == pytest.approx(luce.bradley_terry(apart)[2])


def rankings_of(strength: list[float], tasks: int, seed: int) -> np.ndarray:
    """Half wins of one Plackett–Luce ranking per task, drawn with Gumbel noise."""
    noisy = np.array(strength) + np.random.default_rng(seed).gumbel(size=(tasks, len(strength)))
    return half_wins(np.argsort(np.argsort(-noisy, axis=1), axis=1))


def test_interval_covers_what_the_rankings_were_drawn_from() -> None:
    true = np.array([0.8, 0.2, -0.3, -0.7])
    found = luce.strengths(rankings_of(true.tolist(), 600, 3), 100, 0)
    assert found.low is not None
    assert found.high is not None
    assert ((found.low < true) & (true < found.high)).all()
    assert (found.high - found.low < 0.4).all()
    assert not found.regularised


def test_all_pairs_of_rankings_estimate_plackett_luce() -> None:
    noisy = np.array([0.8, 0.2, -0.3, -0.7]) + np.random.default_rng(7).gumbel(size=(500, 4))
    rankings = np.argsort(-noisy, axis=1)
    wins = half_wins(np.argsort(rankings, axis=1)).sum(axis=0)
    assert luce.bradley_terry(wins) == pytest.approx(choix.ilsr_rankings(4, rankings.tolist()), abs=0.06)


def test_annotators_are_predicted_by_the_others() -> None:
    """0 and 1 share a taste; 2 ranks at random; 3 turns everything round and has no weight."""
    rng = np.random.default_rng(5)
    tasks = []
    for _ in range(60):
        taste = rng.permutation(4)
        places = np.array([taste, taste, rng.permutation(4), 3 - taste])
        tasks.append(([0, 1, 2, 3], np.array([1.0, 1.0, 1.0, 0.0]), half_wins(places)))
    mean = {who: float(np.mean(scores)) for who, scores in annotator_scores(tasks).items()}
    assert mean[0] == pytest.approx(mean[1])
    assert mean[0] > luce.COIN > mean[2] > mean[3]
    excluded = [([0, 1], np.array([1.0, 0.0]), half_wins(np.array([[0, 1, 2, 3], [0, 1, 2, 3]])))]
    assert list(annotator_scores(excluded)) == [1], "who has no weight predicts nobody"


def test_slots_of_one_model(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        who = [world.annotator(f"эксперт-{n}") for n in range(3)]
        for task, order in enumerate(["0>1>2>3", "0>2>1>3", "3>0>12", "0>3>2>1"]):
            world.task()
            world.ranking(task, who[0], order)
            world.ranking(task, who[1], order)
        world.ranking(0, who[2], "3>2>1>0")
        found = compare(session, world.round)
    assert (found.kind, found.resumes, found.simulated, found.regularised) == ("candidate slot", 4, False, False)
    assert found.items[0].name == "slot 1"
    assert found.items[0].comparisons == 27
    assert found.items[0].win_rate == pytest.approx(22 / 27)
    assert sum(item.strength for item in found.items) == pytest.approx(0)
    assert [(score.pseudonym, score.rankings) for score in found.annotators] == [
        ("эксперт-0", 4),
        ("эксперт-1", 4),
        ("эксперт-2", 1),
    ]
    assert found.annotators[-1].probability < 0.5 < found.annotators[0].probability


def test_models_are_compared_within_rankings_and_by_blind_votes(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        one, out = world.annotator("эксперт-1"), world.annotator("исключён")
        out.weight = 0.0
        other = ModelVersion(
            name="other", method="dpo", text_format="slots", artifact_uri="file:///o", artifact_sha256="1"
        )
        session.add(other)
        session.flush()
        world.task()
        world.ranking(0, one, "0>1>2>3")
        assert compare(session).kind == "candidate slot"

        evaluation = BlindEvaluation(round_id=world.round.id, model_id=other.id, opponent_id=world.model.id, seed=1)
        session.add(evaluation)
        session.flush()
        task = BlindTask(
            evaluation_id=evaluation.id, resume_id=world.tasks[0].resume_id, external_id="b", model_text="a",
            opponent_text="b", model_is_left=True, data={},
        )  # fmt: skip
        session.add(task)
        session.flush()
        third = world.annotator("эксперт-3")
        for number, (who, verdict) in enumerate([(one, "model"), (third, "tie"), (out, "opponent")]):
            session.add(
                BlindVote(
                    blind_task_id=task.id, annotator_id=who.id, label_studio_url=URL, annotation_id=number,
                    verdict=verdict, submitted_at=NOW, status="active", raw={},
                )
            )  # fmt: skip
        session.flush()
        found = compare(session, world.round)
        assert found.kind == "model version"
        assert [(item.name, item.comparisons, item.win_rate) for item in found.items] == [
            ("other", 2.0, 0.75),
            ("start-1", 2.0, 0.25),
        ]
        assert found.items[0].strength == pytest.approx(np.log(3) / 2)
        assert found.items[0].low is None, "one résumé alone cannot be resampled"

        # A ranking that holds candidates of both: slots 0 and 1 of the other model. Its pairs across models count.
        run = SamplingRun(model_version_id=other.id, round_id=world.round.id, decoding={}, engine={}, seed=2)
        session.add(run)
        session.flush()
        world.task()
        world.move(1, (0, 1), run.id)
        world.ranking(1, one, "2>0>13")
        found = compare(session, world.round)
        # other: 1½ of 2 blind votes; of 4 pairs it loses 0:2 and 1:2, wins 0:3, ties 1:3.
        rates = {item.name: (item.comparisons, item.win_rate) for item in found.items}
        assert rates == {"other": (6.0, 0.5), "start-1": (6.0, 0.5)}
        assert found.resumes == 2


def test_command(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    failed = run(main, ["strengths"])
    assert failed.exit_code == 1
    assert failed.stderr == "error: expected rankings or blind votes of any round, found none; rank, then sync\n"
    with database.session() as session:
        world = RoundWorld(session)
        with pytest.raises(NothingToCompareError, match="of round 1, found none"):
            compare(session, world.round)
        world.task()
        world.ranking(0, world.annotator("эксперт-1"), "0>1>2>3")
    shown = run(main, ["strengths"])
    assert shown.exit_code == 0, shown.stderr
    assert "no task was ranked by two people" in shown.stdout
    answer = json.loads(run(main, ["strengths", "--round", "1", "--json"]).stdout)
    assert [item["name"] for item in answer["items"]] == ["slot 1", "slot 2", "slot 3", "slot 4"]
    assert answer["regularised"]
