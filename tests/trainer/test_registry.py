"""The registry: constraints, promotion, rollback, lineage."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import ModelVersion, PreferencePair
from db.session import Database
from sampler import artifacts
from sampler.artifacts import content_sha256, write_marker
from sampler.errors import ArtifactError
from tests.annotation.round_world import RoundWorld
from tests.trainer.conftest import make_model, make_tokenizer
from trainer import registry
from trainer.errors import (
    ModelNameTakenError,
    ModelNotFoundError,
    NoPromotedModelError,
    NothingToRollBackError,
    PromotionConflictError,
)


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model")
    make_model().save_pretrained(path)
    make_tokenizer().save_pretrained(path)
    write_marker(path, "slots")
    return path


@pytest.fixture
def store(tmp_path: Path) -> str:
    return (tmp_path / "store").as_uri()


def add(session: Session, directory: Path, store: str, name: str, **options: object) -> ModelVersion:
    return registry.register(session, directory, store=store, name=name, method="dpo", **options)  # type: ignore[arg-type]


def test_register_stores_the_artifact(database: Database, directory: Path, store: str, tmp_path: Path) -> None:
    with database.session() as session:
        parent = add(session, directory, store, "parent", simulated=True)
        child = add(
            session, directory, store, "child", parent_id=parent.id, config={"beta": 0.1}, metrics={"loss": 0.5}
        )
        assert (child.status, child.text_format, child.role) == ("candidate", "slots", "policy")
        assert child.simulated  # its parent came of simulated rankings
        found = artifacts.fetch(child.artifact_uri, child.artifact_sha256, tmp_path / "cache")
        assert content_sha256(found) == content_sha256(directory) == child.artifact_sha256


def test_names_are_unique_and_the_transaction_survives(database: Database, directory: Path, store: str) -> None:
    with database.session() as session:
        add(session, directory, store, "a")
        with pytest.raises(ModelNameTakenError, match="named 'a' is registered already"):
            add(session, directory, store, "a")
        add(session, directory, store, "b")
    with database.session() as session:
        assert [model.name for model in registry.list_models(session)] == ["a", "b"]


def test_bad_directory_registers_nothing(database: Database, store: str, tmp_path: Path) -> None:
    with database.session() as session:
        with pytest.raises(ArtifactError):
            add(session, tmp_path / "nowhere", store, "a")
        assert registry.list_models(session) == []


def test_promotion_retires_the_present_model(database: Database, directory: Path, store: str) -> None:
    with database.session() as session:
        first, second = (add(session, directory, store, name) for name in "ab")
        registry.promote(session, first.id)
        registry.promote(session, second.id)
        again = registry.promote(session, second.id)
        assert again.promoted_at is not None
    with database.session() as session:
        assert [model.status for model in registry.list_models(session)] == ["retired", "promoted"]
        assert registry.promoted(session).name == "b"


def test_one_promoted_model_per_role_is_a_constraint(database: Database, directory: Path, store: str) -> None:
    with database.session() as session:
        first, second = (add(session, directory, store, name) for name in "ab")
        reward = add(session, directory, store, "r", role="reward")
        registry.promote(session, first.id)
        registry.promote(session, reward.id)  # another role is another matter
        with pytest.raises(IntegrityError, match="uq_model_version_promoted_role"), session.begin_nested():
            session.execute(text("UPDATE model_version SET status = 'promoted' WHERE id = :id"), {"id": second.id})


def test_two_promotions_at_once_leave_one(database: Database, directory: Path, store: str) -> None:
    """Two first promotions: neither sees the other, the index decides, the loser gets the typed error."""
    with database.session() as session:
        ids = [add(session, directory, store, name).id for name in "ab"]
    outcomes: dict[int, str] = {}
    inside = threading.Barrier(2)

    def promote(model_id: int) -> None:
        try:
            with database.session() as session:
                session.execute(text("SELECT 1"))
                inside.wait()
                registry.promote(session, model_id)
            outcomes[model_id] = "promoted"
        except PromotionConflictError as error:
            outcomes[model_id] = str(error)

    threads = [threading.Thread(target=promote, args=(model_id,)) for model_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session() as session:
        statuses = [model.status for model in registry.list_models(session)]
    assert statuses.count("promoted") == 1
    for outcome in outcomes.values():
        assert outcome == "promoted" or "was promoted at the same time" in outcome


def test_failed_transaction_promotes_nothing(database: Database, directory: Path, store: str) -> None:
    with database.session() as session:
        first, second = (add(session, directory, store, name).id for name in "ab")
        registry.promote(session, first)

    def promote_and_fail() -> None:
        with database.session() as session:
            registry.promote(session, second)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        promote_and_fail()
    with database.session() as session:
        assert registry.promoted(session).name == "a"


def test_rollback_goes_back_step_by_step(database: Database, directory: Path, store: str) -> None:
    with database.session() as session:
        for name in "abc":
            registry.promote(session, add(session, directory, store, name).id)
    for expected in ("b", "a"):
        with database.session() as session:
            assert registry.rollback(session).name == expected
    with database.session() as session:
        with pytest.raises(NothingToRollBackError):
            registry.rollback(session)
        registry.promote(session, registry.get(session, "c").id)
    with database.session() as session:
        assert registry.rollback(session).name == "a"


def test_starter_is_registered_once(
    database: Database, directory: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "starter_dir", lambda: directory)
    with database.session() as session:
        starter = registry.ensure_starter(session, store)
        assert (starter.name, starter.method, starter.status) == ("starter", "starter", "promoted")
    with database.session() as session:
        assert registry.ensure_starter(session, store).id == starter.id
        starter = registry.get(session, starter.id)
        starter.status = "retired"
    with database.session() as session, pytest.raises(NoPromotedModelError):
        registry.ensure_starter(session, store)


def test_rejecting(database: Database, directory: Path, store: str) -> None:
    with database.session() as session:
        first, second = (add(session, directory, store, name) for name in "ab")
        registry.promote(session, first.id)
        assert registry.reject(session, second.id).status == "rejected"
        with pytest.raises(PromotionConflictError, match="roll back before rejecting"):
            registry.reject(session, first.id)


def test_unknown_models(database: Database) -> None:
    with database.session() as session:
        for reference in (77, "77", "nobody"):
            with pytest.raises(ModelNotFoundError, match="no model version"):
                registry.get(session, reference)
        with pytest.raises(NoPromotedModelError):
            registry.rollback(session)


def test_export_checks_the_hash(database: Database, directory: Path, store: str, tmp_path: Path) -> None:
    with database.session() as session:
        model = add(session, directory, store, "a")
        registry.export(session, "a", tmp_path / "copy", tmp_path / "cache")
        assert content_sha256(tmp_path / "copy") == model.artifact_sha256
        with pytest.raises(PromotionConflictError, match="expected a new directory"):
            registry.export(session, "a", tmp_path / "copy", tmp_path / "cache")
        stored = Path(model.artifact_uri.removeprefix("file://"))
        (stored / "config.json").write_text("{}")
        with pytest.raises(ArtifactError, match="it was changed"):
            registry.export(session, "a", tmp_path / "other", tmp_path / "cache")
        assert not (tmp_path / "other").exists()


def test_trace_leads_back_to_annotators(database: Database, directory: Path, store: str) -> None:
    with database.session() as session:
        world = RoundWorld(session, simulated=True)
        index = world.task()
        anna, boris = (world.annotator(name, simulated=True) for name in ("anna", "boris"))
        rankings = [world.ranking(index, person, "0>1>2>3", simulated=True).id for person in (anna, boris)]
        chosen, rejected = world.candidates[index][:2]
        pair = PreferencePair(
            round_id=world.round.id, resume_id=world.tasks[index].resume_id, chosen_id=chosen, rejected_id=rejected,
            ranking_ids=rankings, strategy="all", agreeing=2, disagreeing=0, weight=1.0, simulated=True,
        )  # fmt: skip
        session.add(pair)
        trained = add(session, directory, store, "dpo-1", parent_id=world.model.id, data_hash="h", simulated=True)
        world.round.trained_model_id = trained.id
        world.round.snapshot_hash = "h"
        session.flush()
        lineage = registry.trace(session, trained.id)["lineage"]
    assert [entry["name"] for entry in lineage] == ["dpo-1", world.model.name]
    found = lineage[0]["round"]
    assert [person["pseudonym"] for person in found["annotators"]] == ["anna", "boris"]
    assert found["rankings"] == sorted(rankings)
    assert found["pairs"][0]["chosen_id"] == chosen
    assert found["sampling_runs"][0]["candidates"] == 4
    assert found["sampling_runs"][0]["seed"] == 1
    assert found["snapshot_hash"] == "h"
    assert lineage[1]["round"] is None
