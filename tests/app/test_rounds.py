"""A round on the real starter model and PostgreSQL; only the people are rows written by the test."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from app import rounds, training
from app.round_state import RoundOpenError, RoundStateError
from app.settings import Settings
from db.errors import ConflictError, InvalidInputError
from db.models import Annotator, Candidate, ModelVersion, PreferencePair, Ranking, RankingTask, Resume, Round
from db.session import Database
from resumes.ingest import ingest_profiles
from resumes.synthetic import generate_profiles
from sampler.models import load_version
from sampler.serving import PolicyHolder
from trainer.dpo import DPOSettings
from trainer.errors import TrainingDataError
from trainer.registry import rollback

SIMULATED = rounds.Plan(resumes=12, overlap=1, simulated=True)
SHORT = DPOSettings(steps=2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def filled(database: Database) -> Database:
    with database.session() as session:
        ingest_profiles(session, generate_profiles(80, 5, vocabulary="heldout"), "synthetic", synthetic=True)
    return database


def annotate(database: Database, *, simulated: bool = True) -> int:
    """Ranks every sampled résumé by length of text, longest first, as one annotator; returns the number of rankings."""
    with database.session() as session:
        round_ = session.scalars(select(Round)).one()
        annotator = Annotator(label_studio_url="u", label_studio_user_id=1, pseudonym="a", simulated=simulated)
        session.add(annotator)
        session.flush()
        resumes = session.scalars(select(Candidate.resume_id).distinct()).all()
        for number, resume_id in enumerate(resumes):
            found = session.scalars(select(Candidate).where(Candidate.resume_id == resume_id)).all()
            task = RankingTask(
                round_id=round_.id,
                resume_id=resume_id,
                external_id=f"t{number}",
                shown_order=[candidate.id for candidate in found],
                data={},
            )
            session.add(task)
            session.flush()
            best_first = sorted(found, key=lambda candidate: -len(candidate.text))
            session.add(
                Ranking(
                    ranking_task_id=task.id,
                    annotator_id=annotator.id,
                    label_studio_url="u",
                    annotation_id=number,
                    order=[[candidate.id] for candidate in best_first],
                    submitted_at=dt.datetime.now(dt.UTC),
                    status="active",
                    simulated=simulated,
                    raw={},
                )
            )
        round_.state = "annotating"
    return len(resumes)


def state(database: Database) -> str:
    with database.session() as session:
        return session.scalars(select(Round.state).order_by(Round.number.desc()).limit(1)).one()


def test_a_whole_round(filled: Database, settings: Settings) -> None:
    number = rounds.start(filled, settings, SIMULATED)
    report = rounds.sample(filled, settings, number)
    assert report.statistics.complete == SIMULATED.resumes
    assert report.statistics.candidates == 4 * SIMULATED.resumes
    assert rounds.sample(filled, settings, number).candidates_here == 0
    holder = PolicyHolder(filled, rounds.engine_settings(settings))
    assert holder.current().name == "starter"

    rankings = annotate(filled)
    trained = training.train(filled, settings, number, config=SHORT)
    assert trained["steps"] == 2
    with filled.session() as session:
        assert len(session.scalars(select(PreferencePair)).all()) == 6 * rankings
        model = session.scalars(select(ModelVersion).where(ModelVersion.name == "round-1")).one()
        assert (model.method, model.simulated, model.status) == ("dpo", True, "candidate")
        assert model.data_hash == session.scalars(select(Round.snapshot_hash)).one()
        load_version(model, rounds.engine_settings(settings))

    with pytest.raises(RoundStateError, match="found no evaluation"):
        training.promote(filled, number)
    evaluation = training.evaluate(filled, settings, number)
    with filled.session() as session:
        test_split = session.scalars(select(Resume).where(Resume.split == "test")).all()
    assert evaluation["resumes"] == len(test_split)

    done = training.promote(filled, number, force=True)
    assert done["state"] == "promoted"
    assert done["forced"] is not evaluation["gate"]["passed"]
    assert holder.current().name == "round-1"  # without a restart
    with pytest.raises(RoundStateError, match="found it promoted"):
        rounds.close(filled, number)
    with filled.session() as session:
        rollback(session)
    assert holder.current().name == "starter"


def test_the_gate_rejects_a_model_that_did_not_win(filled: Database, settings: Settings) -> None:
    number = rounds.start(filled, settings, SIMULATED)
    rounds.sample(filled, settings, number)
    annotate(filled)
    training.train(filled, settings, number, config=DPOSettings(steps=1, learning_rate=1e-9))
    training.evaluate(filled, settings, number)
    verdict = training.promote(filled, number)
    assert verdict["state"] == "rejected"
    assert any(reason.startswith("preferred") for reason in verdict["reasons"])
    with filled.session() as session:
        statuses = dict(session.execute(select(ModelVersion.name, ModelVersion.status)).all())
    assert statuses == {"starter": "promoted", "round-1": "rejected"}


def test_one_round_at_a_time(filled: Database, settings: Settings) -> None:
    number = rounds.start(filled, settings, SIMULATED)
    with pytest.raises(RoundOpenError, match=f"round {number} is sampling"):
        rounds.start(filled, settings, SIMULATED)
    assert rounds.close(filled, number)["state"] == "cancelled"
    assert rounds.start(filled, settings, SIMULATED) == number + 1


def test_a_round_that_asks_for_too_much_leaves_nothing(filled: Database, settings: Settings) -> None:
    with pytest.raises(InvalidInputError, match="Expected 5000 synthetic résumés"):
        rounds.start(filled, settings, rounds.Plan(5000, simulated=True))
    with filled.session() as session:
        assert session.scalars(select(Round)).all() == []


def test_a_real_round_takes_no_synthetic_resume(filled: Database, settings: Settings) -> None:
    with pytest.raises(InvalidInputError, match="real résumés that no round has used, found 0"):
        rounds.start(filled, settings, rounds.Plan(1))


def test_a_real_round_refuses_a_simulated_policy(filled: Database, settings: Settings) -> None:
    number = rounds.start(filled, settings, SIMULATED)
    rounds.close(filled, number)
    with filled.session() as session:
        session.scalars(select(ModelVersion)).one().simulated = True
    with pytest.raises(ConflictError, match="is simulated"):
        rounds.start(filled, settings, rounds.Plan(1))


def test_a_real_round_refuses_simulated_rankings(filled: Database, settings: Settings) -> None:
    number = rounds.start(filled, settings, SIMULATED)
    rounds.sample(filled, settings, number)
    with filled.session() as session:
        session.scalars(select(Round)).one().simulated = False
    annotate(filled, simulated=True)
    with pytest.raises(ConflictError, match="scripted annotators"):
        training.train(filled, settings, number, config=SHORT)
    assert state(filled) == "annotating"


def test_training_without_rankings_changes_nothing(filled: Database, settings: Settings) -> None:
    number = rounds.start(filled, settings, SIMULATED)
    with pytest.raises(RoundStateError, match="found it sampling"):
        training.train(filled, settings, number, config=SHORT)
    with filled.session() as session:
        session.scalars(select(Round)).one().state = "annotating"
    with pytest.raises(TrainingDataError, match="found none"):
        training.train(filled, settings, number, config=SHORT)
    assert state(filled) == "annotating"


def test_a_failed_training_can_be_run_again_on_the_same_pairs(filled: Database, settings: Settings) -> None:
    number = rounds.start(filled, settings, SIMULATED)
    rounds.sample(filled, settings, number)
    annotate(filled)
    with filled.session() as session:
        policy = session.scalars(select(ModelVersion)).one()
    blocker = next(settings.data_dir.absolute().glob("models"))
    blocker.rename(blocker.with_name("elsewhere"))
    with pytest.raises(Exception, match=policy.artifact_sha256[:6]):
        training.train(filled, settings, number, config=SHORT)
    blocker.with_name("elsewhere").rename(blocker)
    assert training.train(filled, settings, number, config=SHORT)["steps"] == 2
    assert state(filled) == "evaluating"
