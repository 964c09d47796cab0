"""What people's votes do to a promotion."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app import training
from app.cli.main import main
from db.models import Annotator, BlindTask, BlindVote, ModelVersion, Round
from db.session import Database
from tests.annotation.blind_world import add_evaluation, make_models

PASSED = {"evaluation": {"gate": {"passed": True, "reasons": []}}}


def make_round(database: Database, wins: int, losses: int, *, simulated_votes: bool = False) -> None:
    """An evaluated round that all other gates let pass, with one blind vote on each of so many résumés."""
    with database.session() as session:
        model, parent = make_models(session)
        parent.status = "promoted"
        round_ = Round(
            number=1, policy_model_id=parent.id, trained_model_id=model.id, state="evaluating", config={}, report=PASSED
        )
        session.add(round_)
        session.flush()
        evaluation = add_evaluation(
            session, model, parent, wins + losses, simulated=simulated_votes, round_id=round_.id
        )
        annotator = Annotator(label_studio_url="u", label_studio_user_id=1, pseudonym="a", simulated=simulated_votes)
        session.add(annotator)
        session.flush()
        tasks = session.scalars(select(BlindTask).where(BlindTask.evaluation_id == evaluation.id)).all()
        for number, task in enumerate(tasks):
            session.add(
                BlindVote(
                    blind_task_id=task.id,
                    annotator_id=annotator.id,
                    label_studio_url="u",
                    annotation_id=number,
                    verdict="model" if number < wins else "opponent",
                    submitted_at=dt.datetime.now(dt.UTC),
                    status="active",
                    simulated=simulated_votes,
                    raw={},
                )
            )


@pytest.mark.parametrize(
    ("wins", "losses", "state", "people"),
    [(30, 10, "promoted", "passed"), (21, 19, "rejected", "failed"), (0, 29, "promoted", "undecided")],
)
def test_votes_decide_when_there_are_enough(
    database: Database, wins: int, losses: int, state: str, people: str
) -> None:
    make_round(database, wins, losses)

    verdict = training.promote(database, 1)

    assert verdict["state"] == state
    assert bool(verdict["reasons"]) is (people == "failed")
    assert bool(verdict["warnings"]) is (people == "undecided")
    if people == "failed":
        assert verdict["reasons"][0].startswith(
            "people: expected win rate interval of blind votes above 50%, found 52.5%"
        )
    with database.session() as session:
        round_ = session.scalars(select(Round)).one()
        model = session.scalars(select(ModelVersion).where(ModelVersion.name == "new-model")).one()
        assert model.status == state
        for stored in (round_.report, model.metrics):
            assert stored["evaluation"]["gate"]["people"]["state"] == people


def test_simulated_votes_never_count_for_a_real_round(database: Database) -> None:
    make_round(database, 0, 40, simulated_votes=True)

    verdict = training.promote(database, 1)

    assert verdict["state"] == "promoted"
    assert verdict["warnings"] == []


def test_the_command_shows_and_closes(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_round(database, 24, 16)
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke

    shown = run(main, ["blind", "show"])
    closed = run(main, ["blind", "close", "--json"])
    again = run(main, ["blind", "close"])

    for part in (
        "60.0% [",
        "24 : 16",
        "new-model",
        "Gate: failed (expected win rate interval of blind votes above 50%",
    ):
        assert part in shown.output
    data = json.loads(closed.stdout)
    assert (data["state"], data["gate"]["state"], data["report"]["overall"]["wins"]) == ("closed", "failed", 24)
    assert again.exit_code == 1
    assert "is closed already" in again.stderr


def test_force_overrules_people_too(database: Database) -> None:
    make_round(database, 0, 40)

    verdict = training.promote(database, 1, force=True)

    assert (verdict["state"], verdict["forced"]) == ("promoted", True)
    assert verdict["reasons"][0].startswith("people: ")
