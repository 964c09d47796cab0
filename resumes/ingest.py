"""The use case «take résumés in»: validate, clean, drop personal data, store; twice is the same as once."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy.orm import Session

from resumes.cleaning import clean
from resumes.coercion import coerce
from resumes.errors import RowError, UnknownFieldError, explain
from resumes.fields import FIELDS, unknown_fields
from resumes.people import content_hash, split_of
from resumes.queries import ResumeRow, Stored, upsert_resumes
from resumes.readers import Mapping, RawRow, read_rows
from resumes.schema import SYNTHETIC_PREFIX, Profile, ResumeInput

logger = logging.getLogger(__name__)

T = TypeVar("T")

DEFAULT_SOURCE = "import"
_BATCH = 500


@dataclass(frozen=True)
class Rejected:
    """A row that was not stored, and why."""

    file: str
    row: int
    external_id: str | None
    reason: str


@dataclass
class FileReport:
    """What became of the rows of one file."""

    file: str
    rows: int = 0
    stored: Stored = field(default_factory=Stored)


@dataclass
class IngestReport:
    """What became of every row; with ``dry_run`` nothing was stored and ``valid`` counts what would be."""

    dry_run: bool
    files: list[FileReport] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows read."""
        return sum(one.rows for one in self.files)

    @property
    def valid(self) -> int:
        """Rows that are résumés."""
        return self.rows - len(self.rejected)

    @property
    def stored(self) -> Stored:
        """Rows by what the database did with them."""
        return sum((one.stored for one in self.files), Stored())


def ingest(
    session: Session | None,
    paths: Iterable[Path],
    *,
    mapping: Mapping | None = None,
    source: str = DEFAULT_SOURCE,
    progress: Callable[[int], None] = lambda _: None,
) -> IngestReport:
    """Read résumés from files and upsert them on (source, external_id).

    Without a ``session`` everything is checked and nothing stored (a dry run). Rows that are no valid résumé are
    listed in the report. Never commits: an error leaves nothing half-written. ``progress`` is told each number of
    rows done.

    Raises:
        UnreadableFileError: a file cannot be read.
        MappingError: a column is no field, or the mapping names a column that is missing.
        UnknownFieldError: a row has a field that the schema does not know.
    """
    report = IngestReport(dry_run=session is None)
    seen: dict[str, str] = {}
    for path in paths:
        current = FileReport(str(path))
        report.files.append(current)
        prepared = _prepare(read_rows(path, mapping), source, current, report.rejected, seen)
        for batch in _batches(prepared):
            if session is not None:
                current.stored += upsert_resumes(session, [row for row in batch if row is not None])
            progress(len(batch))
        logger.info("%s: %d rows read, %s", path, current.rows, current.stored)
    return report


def ingest_profiles(session: Session, profiles: Iterable[Profile], source: str, *, synthetic: bool) -> Stored:
    """Store profiles that are made here (synthetic ones), in the same way as those from files. Never commits."""
    rows = (_row(ResumeInput.model_validate(dict(profile)), source, synthetic=synthetic) for profile in profiles)
    return sum((upsert_resumes(session, batch) for batch in _batches(rows)), Stored())


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, _BATCH)):
        yield batch


def _prepare(
    rows: Iterable[RawRow], source: str, report: FileReport, rejected: list[Rejected], seen: dict[str, str]
) -> Iterator[ResumeRow | None]:
    """Yield a row to store for each valid row and None for each rejected one."""
    for raw in rows:
        report.rows += 1
        try:
            row = _parse(raw, source)
            _check_first(row, raw, seen)
        except ValidationError as error:
            rejected.append(_rejected(raw, explain(error)))
            yield None
        except ValueError as error:
            rejected.append(_rejected(raw, str(error)))
            yield None
        else:
            yield row


def _parse(raw: RawRow, source: str) -> ResumeRow:
    if raw.problem:
        raise RowError(raw.problem)
    _check_fields(raw, raw.fields)
    fields = coerce(raw.fields)
    # Again, for what stood as JSON text in a cell.
    _check_fields(raw, fields)
    resume = ResumeInput.model_validate(fields)
    return _row(resume, source, synthetic=resume.external_id.startswith(SYNTHETIC_PREFIX))


def _check_fields(raw: RawRow, fields: dict[str, Any]) -> None:
    foreign = unknown_fields(fields)
    if foreign:
        raise UnknownFieldError(raw.path, raw.number, foreign, FIELDS)


def _check_first(row: ResumeRow, raw: RawRow, seen: dict[str, str]) -> None:
    here = f"{raw.path}, row {raw.number}"
    first = seen.setdefault(row.external_id, here)
    if first != here:
        raise RowError(f"external_id {row.external_id!r} was already read from {first}")


def _row(resume: ResumeInput, source: str, *, synthetic: bool) -> ResumeRow:
    cleaned = clean(resume)
    profile = cleaned.profile
    return ResumeRow(
        source=source,
        external_id=profile.external_id,
        profile=profile.model_dump(mode="json", exclude_none=True),
        about=cleaned.about,
        recommendation_letter=cleaned.recommendation_letter,
        split=split_of(resume, profile),
        content_hash=content_hash(profile, cleaned.about, cleaned.recommendation_letter),
        synthetic=synthetic,
    )


def _rejected(raw: RawRow, reason: str) -> Rejected:
    external_id = raw.fields.get("external_id")
    return Rejected(str(raw.path), raw.number, None if external_id is None else str(external_id), reason)
