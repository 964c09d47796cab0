"""SQL of models and runs; that of shards is in :mod:`sampler.shard_queries`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ModelVersion, Round, SamplingRun


@dataclass(frozen=True)
class RunState:
    """``total`` résumés were queued; ``counts`` are of those done, see ``sampler.candidates.Statistics``."""

    status: str
    counts: dict[str, Any]
    total: int


def lock_words(session: Session, words: str) -> None:
    """Until the end of the transaction, nobody else is where the same words lock."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(words, 0))))


def promoted_model(session: Session, role: str = "policy") -> ModelVersion | None:
    """The one promoted version of a role."""
    return session.scalar(select(ModelVersion).where(ModelVersion.role == role, ModelVersion.status == "promoted"))


def model_by_reference(session: Session, reference: str) -> ModelVersion | None:
    """A model version by id or by name."""
    named = session.scalar(select(ModelVersion).where(ModelVersion.name == reference))
    if named is None and reference.isdecimal():
        return session.get(ModelVersion, int(reference))
    return named


def run_with_model(session: Session, run_id: int) -> tuple[SamplingRun, ModelVersion] | None:
    """A run and the model it samples from."""
    row = session.execute(
        select(SamplingRun, ModelVersion)
        .join(ModelVersion, ModelVersion.id == SamplingRun.model_version_id)
        .where(SamplingRun.id == run_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def run_of_round(session: Session, round_number: int) -> SamplingRun | None:
    """The newest run of a round that was not cancelled."""
    return session.scalar(
        select(SamplingRun)
        .join(Round, Round.id == SamplingRun.round_id)
        .where(Round.number == round_number, SamplingRun.status != "cancelled")
        .order_by(SamplingRun.id.desc())
        .limit(1)
    )


def unfinished_run(
    session: Session, model_id: int, seed: int, decoding: dict[str, Any], engine: dict[str, Any], items: int
) -> SamplingRun | None:
    """The newest run outside rounds that has these parameters and this number of résumés, and is not at its end."""
    return session.scalar(
        select(SamplingRun)
        .where(
            SamplingRun.round_id.is_(None),
            SamplingRun.status == "running",
            SamplingRun.model_version_id == model_id,
            SamplingRun.seed == seed,
            SamplingRun.decoding == decoding,
            SamplingRun.engine == engine,
            SamplingRun.total == items,
        )
        .order_by(SamplingRun.id.desc())
        .limit(1)
    )


def run_state(session: Session, run_id: int) -> RunState | None:
    """Where a run stands, without a look at its queue."""
    row = session.execute(
        select(SamplingRun.status, SamplingRun.counts, SamplingRun.total).where(SamplingRun.id == run_id)
    ).one_or_none()
    return None if row is None else RunState(*row)
