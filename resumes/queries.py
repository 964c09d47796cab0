"""All queries on the table ``resume``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Text, func, literal, or_, select, text
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.errors import NotFoundError
from db.models import RankingTask, Resume
from resumes.schema import Profile

Split = Literal["train", "validation", "test"]


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


def resumes_for_round(
    session: Session, n: int, seed: int, split: Split = "train", *, synthetic: bool | None = None
) -> list[Resume]:
    """Return up to ``n`` résumés of ``split`` for a round: those never shown for ranking first.

    The order is random but the same for the same seed; ``synthetic`` limits it to synthetic or to real ones.
    """
    shown = select(RankingTask.id).where(RankingTask.resume_id == Resume.id).exists()
    query = select(Resume).where(Resume.split == split).order_by(shown, _shuffled(seed), Resume.id).limit(n)
    if synthetic is not None:
        query = query.where(Resume.synthetic == synthetic)
    return list(session.scalars(query))


def held_out_resumes(
    session: Session, n: int, seed: int, splits: Sequence[Split] = ("validation", "test")
) -> list[Resume]:
    """Return up to ``n`` résumés of people whom no model was trained on, the same ones for the same seed."""
    query = select(Resume).where(Resume.split.in_(splits)).order_by(_shuffled(seed), Resume.id).limit(n)
    return list(session.scalars(query))


def resumes_with_about(session: Session, split: Split = "train", *, batch: int = 500) -> Iterator[Resume]:
    """Yield résumés that have an «О себе» to learn from, in the order of their ids."""
    query = select(Resume).where(Resume.split == split, Resume.about.is_not(None)).order_by(Resume.id)
    yield from session.scalars(query.execution_options(yield_per=batch))


def resume_by_id(session: Session, resume_id: int) -> Resume:
    """Return one résumé.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = session.get(Resume, resume_id)
    if found is None:
        raise NotFoundError(f"There is no résumé {resume_id}")
    return found


def resumes_by_ids(session: Session, ids: Sequence[int]) -> dict[int, Resume]:
    """Return résumés by id; ids that do not exist are left out."""
    return {resume.id: resume for resume in session.scalars(select(Resume).where(Resume.id.in_(ids)))}


def count_resumes(session: Session) -> dict[str, int]:
    """Return how many résumés there are per split, and how many of all are ``synthetic``."""
    counts = dict.fromkeys(("train", "validation", "test"), 0)
    for split, count in session.execute(select(Resume.split, func.count()).group_by(Resume.split)):
        counts[split] = count
    counts["synthetic"] = session.scalar(select(func.count()).where(Resume.synthetic)) or 0
    return counts


def profile_of(resume: Resume) -> Profile:
    """Return the profile of a stored résumé."""
    return Profile.model_validate(resume.profile)


def _shuffled(seed: int) -> ColumnElement[str]:
    """Order by a hash of seed and row, the same on every server, without reading the whole table into Python."""
    return cast(ColumnElement[str], func.md5(literal(f"{seed}:") + sql_cast(Resume.id, Text)))
