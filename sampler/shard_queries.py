"""SQL of shards: the queue, leases, and storing what was sampled. Only the clock of the database counts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from db.models import Resume, SamplingItem, SamplingRun, SamplingShard

CANDIDATE_COLUMNS = (
    "sampling_run_id",
    "resume_id",
    "ordinal",
    "model_input",
    "raw_output",
    "text",
    "token_count",
    "log_probability",
    "seed",
    "temperature",
    "violations",
    "latency_ms",
)
# Of the COPY text format. PostgreSQL has no NUL in text; U+FFFD stands for it, so that spans stay right.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\ufffd"})
_SPECIAL = "\\\t\n\r\0"


@dataclass(frozen=True)
class Claim:
    """A leased shard. ``token`` proves the lease when the shard is stored."""

    run_id: int
    number: int
    token: int
    crashes: int
    errors: int
    error: str | None


def fill_queue(session: Session, run_id: int, resume_ids: Select[int], shard_size: int) -> int:
    """Puts résumés into the queue of a run in the order of the query, and cuts shards; returns how many résumés.

    All inside the database: a queue of a million rows costs this process nothing.
    """
    chosen = resume_ids.subquery("chosen")
    items = select(literal(run_id), chosen.c[0], func.row_number().over() - 1)
    session.execute(SamplingItem.__table__.insert().from_select(["run_id", "resume_id", "position"], items))  # type: ignore[attr-defined]
    size = func.count().label("size")
    total = session.scalar(select(size).where(SamplingItem.run_id == run_id)) or 0
    numbers = select(literal(run_id), func.generate_series(0, (total - 1) // shard_size))
    session.execute(SamplingShard.__table__.insert().from_select(["run_id", "number"], numbers))  # type: ignore[attr-defined]
    session.execute(update(SamplingRun).where(SamplingRun.id == run_id).values(total=total))
    # Without statistics a claim reads the whole queue; with them, a few rows of the index.
    session.execute(text("ANALYZE sampling_item, sampling_shard"))
    return total


def claim_shard(
    session: Session, run_id: int, owner: str, seconds: float, *, number: int | None = None
) -> Claim | None:
    """Leases the first free shard (or that one, if it is free) to ``owner``; null if there is none."""
    statement = (
        update(SamplingShard)
        .where(SamplingShard.run_id == run_id, SamplingShard.number == free_shard(run_id, number).scalar_subquery())
        .values(
            owner=owner,
            leased_until=_in(seconds),
            token=SamplingShard.token + 1,
            crashes=SamplingShard.crashes + case((SamplingShard.owner.is_not(None), 1), else_=0),
        )
        .returning(*(getattr(SamplingShard, name) for name in Claim.__dataclass_fields__))
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else Claim(*row)


def free_shard(run_id: int, number: int | None = None) -> Select[int]:
    """Locks the first free shard of a running run, past those that others are claiming at this moment."""
    query = (
        select(SamplingShard.number)
        .where(
            SamplingShard.run_id == run_id,
            SamplingShard.state == "open",
            _is_free(),
            exists().where(SamplingRun.id == run_id, SamplingRun.status == "running"),
        )
        .order_by(SamplingShard.number)
        .limit(1)
        .with_for_update(of=SamplingShard, skip_locked=True)
    )
    return query if number is None else query.where(SamplingShard.number == number)


def read_shard(session: Session, claim: Claim, shard_size: int) -> list[tuple[int, str]]:
    """``(résumé id, profile as JSON)`` of the résumés of a shard that were not erased, in the order of the queue."""
    return [(resume_id, profile) for resume_id, profile in session.execute(shard_rows(claim, shard_size))]


def shard_rows(claim: Claim, shard_size: int) -> Select[int, str]:
    """Query of :func:`read_shard`."""
    return (
        select(SamplingItem.resume_id, cast(Resume.profile, Text))
        .join(Resume, Resume.id == SamplingItem.resume_id)
        .where(SamplingItem.run_id == claim.run_id, SamplingItem.outcome.is_(None), _inside(claim, shard_size))
        .order_by(SamplingItem.position)
    )


def renew_lease(session: Session, claim: Claim, seconds: float) -> bool:
    """Puts the end of a lease off; false if the shard is not this claim's any more."""
    return _changed(session, _held(claim).values(leased_until=_in(seconds)))


def give_back(session: Session, claim: Claim) -> bool:
    """Frees a shard that was not sampled; nobody is to blame."""
    return _changed(session, _held(claim).values(owner=None, leased_until=None))


def note_error(session: Session, claim: Claim, error: str, seconds: float) -> bool:
    """Frees a shard, from ``seconds`` on, whose sampling ended with an error."""
    values = {"owner": None, "leased_until": _in(seconds), "errors": SamplingShard.errors + 1, "error": error}
    return _changed(session, _held(claim).values(**values))


def release_owner(session: Session, run_id: int, owner: str, *, crashed: bool) -> int:
    """Frees what a worker held that is gone for sure; returns how many shards."""
    statement = (
        update(SamplingShard)
        .where(SamplingShard.run_id == run_id, SamplingShard.state == "open", SamplingShard.owner == owner)
        .values(owner=None, leased_until=None, crashes=SamplingShard.crashes + int(crashed))
        .execution_options(synchronize_session=False)
    )
    return _affected(session.execute(statement))


def owners(session: Session, run_id: int) -> list[str]:
    """Workers that hold shards now."""
    query = select(SamplingShard.owner).where(
        SamplingShard.run_id == run_id, SamplingShard.state == "open", SamplingShard.owner.is_not(None)
    )
    return [owner for owner in session.scalars(query.distinct()) if owner is not None]


def free_shards(session: Session, run_id: int) -> list[int]:
    """Numbers of the open shards that nobody holds, in order."""
    query = select(SamplingShard.number).where(
        SamplingShard.run_id == run_id, SamplingShard.state == "open", _is_free()
    )
    return list(session.scalars(query.order_by(SamplingShard.number)))


def count_open(session: Session, run_id: int) -> int:
    """Shards that are neither stored nor given up."""
    query = select(func.count()).where(SamplingShard.run_id == run_id, SamplingShard.state == "open")
    return session.scalar(query) or 0


def count_failed(session: Session, run_id: int) -> int:
    """Shards that were given up."""
    query = select(func.count()).where(SamplingShard.run_id == run_id, SamplingShard.state == "failed")
    return session.scalar(query) or 0


def close_shard(session: Session, claim: Claim, state: str, error: str | None = None) -> bool:
    """Ends a shard within the storing transaction; false if the lease went to somebody else, who then stores."""
    values: dict[str, Any] = {"state": state, "leased_until": None}
    return _changed(session, _held(claim).values(**values if error is None else {**values, "error": error}))


def keep_resumes(session: Session, resume_ids: Sequence[int]) -> set[int]:
    """Those that were not erased meanwhile; they stay until the end of the transaction."""
    query = select(Resume.id).where(Resume.id.in_(resume_ids)).order_by(Resume.id)
    return set(session.scalars(query.with_for_update(key_share=True, read=True)))


def copy_candidates(session: Session, rows: Iterable[Sequence[Any]]) -> None:
    """Bulk insert of rows as in ``CANDIDATE_COLUMNS``; ``violations`` is a list that becomes JSON.

    COPY, which costs a quarter of what an INSERT of the same rows does. The unique constraint on run, résumé and
    ordinal guards against doubles.
    """
    lines = "".join(_line(row) for row in rows)
    if not lines:
        return
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(f"COPY candidate ({', '.join(CANDIDATE_COLUMNS)}) FROM STDIN", io.StringIO(lines))
    finally:
        cursor.close()


def set_outcomes(session: Session, run_id: int, outcomes: Sequence[tuple[int, str, str | None]]) -> None:
    """Stores ``(résumé id, outcome, reason)``."""
    ids, results, reasons = (list(column) for column in zip(*outcomes, strict=True)) if outcomes else ([], [], [])
    session.execute(
        text(
            "UPDATE sampling_item SET outcome = new.outcome, reason = new.reason"
            " FROM unnest(CAST(:ids AS bigint[]), CAST(:results AS text[]), CAST(:reasons AS text[]))"
            " AS new (resume_id, outcome, reason)"
            " WHERE sampling_item.run_id = :run_id AND sampling_item.resume_id = new.resume_id"
        ),
        {"run_id": run_id, "ids": ids, "results": results, "reasons": reasons},
    )


def add_counts(session: Session, run_id: int, counts: dict[str, int]) -> dict[str, int]:
    """Adds to the counts of a run and returns them; the row stays locked until the commit, so do this last."""
    row = session.execute(
        text(
            "UPDATE sampling_run SET counts = counts || (SELECT jsonb_object_agg(new.key,"
            " coalesce((counts->>new.key)::bigint, 0) + new.value::bigint)"
            " FROM jsonb_each_text(CAST(:counts AS jsonb)) AS new)"
            " WHERE id = :run_id RETURNING counts"
        ),
        {"run_id": run_id, "counts": json.dumps(counts)},
    )
    found: dict[str, int] = row.scalar_one()
    return found


def finish_run(session: Session, run_id: int) -> bool:
    """Marks a running run complete if no shard is open; false if one is."""
    is_open = exists().where(SamplingShard.run_id == run_id, SamplingShard.state == "open")
    statement = (
        update(SamplingRun)
        .where(SamplingRun.id == run_id, SamplingRun.status == "running", ~is_open)
        .values(status="complete", finished_at=func.now())
        .execution_options(synchronize_session=False)
    )
    return _changed(session, statement)


def _in(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _is_free() -> ColumnElement[bool]:
    return or_(SamplingShard.leased_until.is_(None), SamplingShard.leased_until < func.clock_timestamp())


def _inside(claim: Claim, shard_size: int) -> ColumnElement[bool]:
    return SamplingItem.position.between(claim.number * shard_size, (claim.number + 1) * shard_size - 1)


def _held(claim: Claim) -> Any:
    return (
        update(SamplingShard)
        .where(
            SamplingShard.run_id == claim.run_id,
            SamplingShard.number == claim.number,
            SamplingShard.state == "open",
            SamplingShard.token == claim.token,
        )
        .execution_options(synchronize_session=False)
    )


def _changed(session: Session, statement: Any) -> bool:
    return _affected(session.execute(statement)) > 0


def _affected(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount


def _line(row: Sequence[Any]) -> str:
    return "\t".join([_cell(value) for value in row]) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, list):
        return _escaped(json.dumps(value, ensure_ascii=False)) if value else "[]"
    return "\\N" if value is None else str(value)


def _escaped(value: str) -> str:
    # Looking for five characters takes a fiftieth of the time that translating takes, and they are rare.
    return value.translate(_ESCAPES) if any(character in value for character in _SPECIAL) else value
