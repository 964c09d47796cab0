"""All queries on the table ``resume``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, Text, exists, func, literal, or_, select, text
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Resume, SamplingItem, SamplingRun

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class ResumeRow:
    """Values of one row to be stored, without the keys that the database makes."""

    source: str
    external_id: str
    profile: dict[str, Any]
    about: str | None
    recommendation_letter: str | None
    split: Split
    content_hash: str
    synthetic: bool


@dataclass(frozen=True)
class Stored:
    """How many rows an upsert inserted, changed and left as they were."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Stored) -> Stored:
        return Stored(self.new + other.new, self.updated + other.updated, self.unchanged + other.unchanged)


def upsert_resumes(session: Session, rows: Sequence[ResumeRow]) -> Stored:
    """Insert or update rows on (source, external_id), which must not repeat within ``rows``.

    A row with the same content hash is left alone. The split of a stored row never changes, so that nobody moves
    from the training data into the test data.
    """
    if not rows:
        return Stored()
    statement = insert(Resume).values([vars(row) for row in rows])
    new = statement.excluded
    changed = or_(Resume.content_hash != new.content_hash, Resume.synthetic != new.synthetic)
    upsert = statement.on_conflict_do_update(
        index_elements=[Resume.source, Resume.external_id],
        set_={
            "profile": new.profile,
            "about": new.about,
            "recommendation_letter": new.recommendation_letter,
            "content_hash": new.content_hash,
            "synthetic": new.synthetic,
            "updated_at": func.now(),
        },
        where=changed,
    )
    # PostgreSQL leaves xmax at 0 for a row that this statement inserted.
    inserted = list(session.scalars(upsert.returning(text("(xmax = 0)"))))
    return Stored(new=sum(inserted), updated=len(inserted) - sum(inserted), unchanged=len(rows) - len(inserted))


def shuffled_resumes(
    session: Session,
    n: int,
    seed: int,
    *,
    splits: Sequence[Split] = SPLITS,
    synthetic: bool | None = None,
    unused: bool = False,
) -> list[Resume]:
    """The résumés of :func:`shuffled_ids`, in its order."""
    chosen = shuffled_ids(n, seed, splits=splits, synthetic=synthetic, unused=unused).subquery()
    query = select(Resume).join(chosen, chosen.c.id == Resume.id).order_by(_shuffled(seed), Resume.id)
    return list(session.scalars(query))


def shuffled_ids(
    n: int, seed: int, *, splits: Sequence[Split] = SPLITS, synthetic: bool | None = None, unused: bool = False
) -> Select[int]:
    """Query of the ids of up to ``n`` résumés in an order that the seed decides.

    Args:
        splits: where from; the test split is for evaluation alone.
        synthetic: only synthetic ones, or only real ones; null takes both.
        unused: only such as no round has sampled.
    """
    query = select(Resume.id).where(Resume.split.in_(splits)).order_by(_shuffled(seed), Resume.id).limit(n)
    if synthetic is not None:
        query = query.where(Resume.synthetic == synthetic)
    if unused:
        query = query.where(~_sampled_by_a_round())
    return query


def _sampled_by_a_round() -> ColumnElement[bool]:
    return exists().where(
        SamplingItem.resume_id == Resume.id,
        SamplingRun.id == SamplingItem.run_id,
        SamplingRun.round_id.is_not(None),
        SamplingRun.status != "cancelled",
    )


def _shuffled(seed: int) -> ColumnElement[str]:
    """Order by a hash of seed and row, the same on every server, without reading the whole table into Python."""
    return cast(ColumnElement[str], func.md5(literal(f"{seed}:") + sql_cast(Resume.id, Text)))
