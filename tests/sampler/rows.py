"""Rows that sampling needs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from db.models import Candidate, ModelVersion, Resume, SamplingItem
from db.session import Database
from resumes.schema import Profile
from sampler.artifacts import ModelArtifact, content_sha256

TITLES = ("Повар", "Водитель", "Бухгалтер", "Продавец", "Инженер")


def add_model(database: Database, checkpoint: Path, *, name: str = "tiny", status: str = "promoted") -> ModelVersion:
    with database.session() as session:
        model = ModelVersion(
            name=name,
            method="sft",
            text_format=ModelArtifact.open(checkpoint).text_format,
            artifact_uri=checkpoint.as_uri(),
            artifact_sha256=content_sha256(checkpoint),
            status=status,
        )
        session.add(model)
    return model


def add_resumes(database: Database, count: int) -> list[int]:
    profiles = [
        Profile(external_id=f"synthetic-{i}", title=TITLES[i % 5], age=20 + i % 40, gender="female")
        for i in range(count)
    ]
    rows = [
        Resume(
            source="test",
            external_id=profile.external_id,
            profile=profile.model_dump(mode="json"),
            split="train",
            content_hash=str(number),
            synthetic=True,
        )
        for number, profile in enumerate(profiles)
    ]
    with database.session() as session:
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def texts_of(database: Database, run_id: int) -> dict[tuple[int, int], str]:
    """(résumé, ordinal) → raw output."""
    with database.session() as session:
        rows = session.execute(
            select(Candidate.resume_id, Candidate.ordinal, Candidate.raw_output).where(
                Candidate.sampling_run_id == run_id
            )
        )
        return {(resume_id, ordinal): raw for resume_id, ordinal, raw in rows}


def outcomes_of(database: Database, run_id: int) -> dict[int, str | None]:
    """Résumé → outcome."""
    with database.session() as session:
        rows = session.execute(
            select(SamplingItem.resume_id, SamplingItem.outcome).where(SamplingItem.run_id == run_id)
        )
        return dict(rows.all())


def listed(resume_ids: list[int]) -> Select[int]:
    """A query of these ids, in this order."""
    ids = func.unnest(cast(resume_ids, ARRAY(BigInteger))).table_valued("id", with_ordinality="place")
    listing = ids.render_derived()
    return select(listing.c.id).order_by(listing.c.place)
