"""The policy that serves is the one that is promoted, and what it serves is true."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from db.models import ModelVersion
from db.session import Database
from resumes.schema import Profile
from sampler.errors import ArtifactError, NoPromotedModelError
from sampler.fallback import fallback_texts
from sampler.models import EngineSettings
from sampler.serving import PolicyHolder
from tests.sampler.rows import add_model
from tests.sampler.tiny_model import make_checkpoint

PROFILE = Profile(external_id="r1", title="Повар", gender="female", age=30)


@pytest.fixture
def holder(database: Database, engine_cache: Path) -> PolicyHolder:
    return PolicyHolder(database, EngineSettings("ctranslate2", engine_cache, threads=1))


def promote(database: Database, model: ModelVersion) -> None:
    with database.session() as session:
        for row in session.query(ModelVersion).where(ModelVersion.status == "promoted"):
            row.status = "retired"
        session.flush()
        session.get_one(ModelVersion, model.id).status = "promoted"


def test_nothing_promoted(database: Database, holder: PolicyHolder, tied_checkpoint: Path) -> None:
    add_model(database, tied_checkpoint, status="candidate")
    with pytest.raises(NoPromotedModelError, match="No policy is promoted"):
        holder.current()


def test_promotion_and_rollback_are_followed(
    database: Database, holder: PolicyHolder, tied_checkpoint: Path, untied_checkpoint: Path
) -> None:
    one = add_model(database, tied_checkpoint, name="one")
    two = add_model(database, untied_checkpoint, name="two", status="candidate")
    first = holder.current()
    assert first.model_version_id == one.id
    assert holder.current() is first
    promote(database, two)
    second = holder.current()
    assert second.name == "two"
    assert second.engine.score(["слово1"], ["слово2"]) != first.engine.score(["слово1"], ["слово2"])
    promote(database, one)
    assert holder.current().name == "one"


def test_threads_get_one_and_the_same_policy(database: Database, holder: PolicyHolder, tied_checkpoint: Path) -> None:
    add_model(database, tied_checkpoint)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(holder.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(policy) for policy in found}) == 1


def test_a_broken_model_does_not_take_the_service_down(
    database: Database, holder: PolicyHolder, tied_checkpoint: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(tied_checkpoint, tmp_path / "copy"))
    broken = add_model(database, copy, name="broken")
    (copy / "config.json").write_text("{}")
    with pytest.raises(ArtifactError, match="expected content hash"):
        holder.current()
    good = add_model(database, tied_checkpoint, name="good", status="candidate")
    promote(database, good)
    assert holder.current().name == "good"
    promote(database, broken)
    assert holder.current().name == "good"
    assert holder.generate(PROFILE, seed=1).model_name == "good"


def test_a_model_of_noise_serves_what_the_resume_says(database: Database, holder: PolicyHolder, tmp_path: Path) -> None:
    """Random weights write words in any order; none of it may leave the house."""
    add_model(database, make_checkpoint(tmp_path / "noise", seed=5))
    generation = holder.generate(PROFILE, n=4, seed=3)
    assert not generation.from_model
    assert generation.texts == fallback_texts(PROFILE, 4)
    assert generation.texts[0].startswith("Ищу работу поваром. Мне 30 лет.")
