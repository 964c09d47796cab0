"""The use case of ``raisontext sft``: résumés with texts in, a registered candidate model out."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sampler.artifacts import ModelArtifact, resolve_base
from trainer import registry
from trainer.examples import Examples, examples_of, stored_examples
from trainer.lineage import describe
from trainer.sft import SFTSettings, train_sft
from trainer.workspace import fingerprint_hash

if TYPE_CHECKING:
    from app.settings import Settings
    from db.session import Database
    from resumes.readers import RawRow
    from resumes.schema import Profile
    from resumes.text_format import TextFormat
    from trainer.watch import Progress

logger = logging.getLogger(__name__)


def fine_tune(
    database: Database,
    settings: Settings,
    *,
    base: str,
    files: Sequence[Path] = (),
    name: str | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fine-tune ``base`` on ``files``, or on the stored résumés, and register the result as a candidate.

    Training takes long, so no transaction is open meanwhile; only the registration is one.

    Raises:
        RaisonTextError: base or files cannot be used, nothing can be learned from, or the name is taken.
    """
    base_dir = resolve_base(base)
    text_format = ModelArtifact.open(base_dir).text_format
    training, validation = _examples(database, files, text_format)
    chosen = SFTSettings(**(changes or {}))
    run = fingerprint_hash([base, asdict(chosen), [asdict(example) for example in training.examples]])[:12]
    work = settings.data_dir / "training" / f"sft-{run}"
    work.parent.mkdir(parents=True, exist_ok=True)
    result = train_sft(base_dir, training.examples, work, chosen, progress, validation.examples)
    summary = result.summary() | {"skipped": training.skipped}
    with database.session() as session:
        model = registry.register(
            session,
            result.directory,
            store=settings.store_uri(),
            name=name or work.name,
            method="sft",
            base=base,
            config=asdict(chosen),
            metrics=summary,
            data_hash=result.data_hash,
        )
        session.flush()
        session.refresh(model)
        return {"model": describe(model), "training": summary}


def _examples(database: Database, files: Sequence[Path], text_format: TextFormat) -> tuple[Examples, Examples]:
    """Training and validation examples, split by person; the test split is never read."""
    if not files:
        with database.session() as session:
            return stored_examples(session, "train", text_format), stored_examples(session, "validation", text_format)
    by_split: dict[str, list[tuple[Profile, str]]] = {}
    for split, profile, about in _from_files(files):
        by_split.setdefault(split, []).append((profile, about))
    return examples_of(by_split.get("train", ()), text_format), examples_of(by_split.get("validation", ()), text_format)


def _from_files(files: Sequence[Path]) -> Iterator[tuple[str, Profile, str]]:
    """(split, profile, «О себе») of each valid résumé that has such a text, cleaned as by ingest."""
    from resumes.readers import read_rows

    for path in files:
        for raw in read_rows(path):
            try:
                found = _resume_of(raw)
            except ValueError as error:
                logger.warning("%s, row %d is no résumé: %s", path, raw.number, type(error).__name__)
                continue
            if found is not None:
                yield found


def _resume_of(raw: RawRow) -> tuple[str, Profile, str] | None:
    """Null where there is no text. Raises ValueError for a bad row, UnknownFieldError for a wrong column."""
    from resumes.cleaning import clean
    from resumes.coercion import coerce
    from resumes.errors import RowError, UnknownFieldError
    from resumes.fields import FIELDS, unknown_fields
    from resumes.people import split_of
    from resumes.schema import ResumeInput

    if raw.problem:
        raise RowError(raw.problem)
    fields = coerce(raw.fields)
    if foreign := unknown_fields(fields):
        raise UnknownFieldError(raw.path, raw.number, foreign, FIELDS)
    resume = ResumeInput.model_validate(fields)
    cleaned = clean(resume)
    return (split_of(resume, cleaned.profile), cleaned.profile, cleaned.about) if cleaned.about else None
