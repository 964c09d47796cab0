"""All SQL of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CursorResult, bindparam, exists, func, insert, select, text, update
from sqlalchemy.orm import Session, aliased

from db.models import Candidate, ModelVersion, Resume, Round, SamplingItem, SamplingRun

_ROWS_PER_INSERT = 5000


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
    """The newest interrupted run outside rounds with these parameters and this number of résumés."""
    size = select(func.count()).where(SamplingItem.run_id == SamplingRun.id).scalar_subquery()
    return session.scalar(
        select(SamplingRun)
        .where(
            SamplingRun.round_id.is_(None),
            SamplingRun.status == "running",
            SamplingRun.model_version_id == model_id,
            SamplingRun.seed == seed,
            SamplingRun.decoding == decoding,
            SamplingRun.engine == engine,
            size == items,
        )
        .order_by(SamplingRun.id.desc())
        .limit(1)
    )


def insert_items(session: Session, run_id: int, resume_ids: Sequence[int]) -> None:
    """Puts résumés into the queue of a run, in order."""
    for start in range(0, len(resume_ids), _ROWS_PER_INSERT):
        chunk = enumerate(resume_ids[start : start + _ROWS_PER_INSERT], start)
        rows = [{"run_id": run_id, "resume_id": id_, "position": place} for place, id_ in chunk]
        session.execute(insert(SamplingItem), rows)
    if len(resume_ids) > _ROWS_PER_INSERT:
        # Without statistics a claim reads the whole queue; with them, a few rows of the index.
        session.execute(text("ANALYZE sampling_item"))


def claim_shard(session: Session, run_id: int, shard_size: int) -> list[tuple[int, dict[str, Any]]]:
    """Locks the first free shard for this transaction; ``(resume id, profile)`` in order, empty if none is free.

    A shard is ``shard_size`` neighbouring positions. Whoever locks its first open row has it; the locks go with the
    transaction, so a killed worker's shard is free at once and a shard's outcome is stored whole or not at all.
    """
    head = session.execute(_shard_head(run_id, shard_size)).scalar_one_or_none()
    if head is None:
        return []
    end = (head // shard_size + 1) * shard_size
    rows = session.execute(
        select(SamplingItem.resume_id, Resume.profile)
        .join(Resume, Resume.id == SamplingItem.resume_id)
        .where(
            SamplingItem.run_id == run_id,
            SamplingItem.outcome.is_(None),
            SamplingItem.position >= head,
            SamplingItem.position < end,
        )
        .order_by(SamplingItem.position)
        .with_for_update(of=SamplingItem)
    )
    return [(resume_id, profile) for resume_id, profile in rows]


def _shard_head(run_id: int, shard_size: int) -> Any:
    earlier = aliased(SamplingItem)
    shard_start = SamplingItem.position - SamplingItem.position % shard_size
    return (
        select(SamplingItem.position)
        .where(
            SamplingItem.run_id == run_id,
            SamplingItem.outcome.is_(None),
            ~exists().where(
                earlier.run_id == run_id,
                earlier.outcome.is_(None),
                earlier.position >= shard_start,
                earlier.position < SamplingItem.position,
            ),
        )
        .order_by(SamplingItem.position)
        .limit(1)
        .with_for_update(of=SamplingItem, skip_locked=True)
    )


def insert_candidates(session: Session, rows: list[dict[str, Any]]) -> None:
    """Bulk insert; the unique constraint on run, résumé and ordinal guards against doubles."""
    if rows:
        session.execute(insert(Candidate), rows)


def set_outcomes(session: Session, run_id: int, outcomes: list[dict[str, Any]]) -> None:
    """Stores outcomes: rows with ``key`` (résumé id), ``result`` and ``why``."""
    statement = (
        update(SamplingItem)
        .where(SamplingItem.run_id == run_id, SamplingItem.resume_id == bindparam("key"))
        .values(outcome=bindparam("result"), reason=bindparam("why"))
    )
    session.connection().execute(statement, outcomes)


def locked_counts(session: Session, run_id: int) -> dict[str, Any]:
    """The counts of a run, locked until the end of the transaction.

    A plain FOR UPDATE would dead-lock two workers, since the foreign keys of their candidates share a key lock on it.
    """
    counts: dict[str, Any] = session.scalars(
        select(SamplingRun.counts).where(SamplingRun.id == run_id).with_for_update(key_share=True)
    ).one()
    return counts


def store_counts(session: Session, run_id: int, counts: dict[str, Any]) -> None:
    """Replaces the counts of a run."""
    session.execute(update(SamplingRun).where(SamplingRun.id == run_id).values(counts=counts))


def progress_of(session: Session, run_id: int) -> tuple[int, int]:
    """Résumés done and résumés in all."""
    done, total = session.execute(
        select(func.count(SamplingItem.outcome), func.count()).where(SamplingItem.run_id == run_id)
    ).one()
    return int(done), int(total)


def finish_run(session: Session, run_id: int) -> bool:
    """Marks a running run complete if nothing is open; false if something is."""
    open_item = exists().where(SamplingItem.run_id == run_id, SamplingItem.outcome.is_(None))
    result = session.execute(
        update(SamplingRun)
        .where(SamplingRun.id == run_id, SamplingRun.status == "running", ~open_item)
        .values(status="complete", finished_at=dt.datetime.now(dt.UTC))
    )
    assert isinstance(result, CursorResult)
    return result.rowcount > 0
