"""The registry of model versions: nothing is overwritten, at most one model per role is promoted.

Services here never commit; the caller's transaction makes a promotion visible as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from db.models import ModelVersion
from sampler import artifacts
from trainer import queries
from trainer.errors import (
    ModelNameTakenError,
    ModelNotFoundError,
    NoPromotedModelError,
    NothingToRollBackError,
    PromotionConflictError,
)
from trainer.lineage import lineage_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

STARTER_NAME = "starter"


def register(
    session: Session,
    directory: Path,
    *,
    store: str,
    name: str,
    method: str,
    parent_id: int | None = None,
    base: str | None = None,
    config: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
    data_hash: str | None = None,
    simulated: bool = False,
    role: str = "policy",
) -> ModelVersion:
    """Copy a model directory into the artifact store (a fsspec URI or directory) and enter it as a candidate.

    A model whose parent came of simulated rankings is simulated itself.

    Raises:
        ArtifactError: the directory is no model, or the store cannot be written.
        ModelNameTakenError: the name is in use.
        ModelNotFoundError: there is no such parent.
    """
    parent = get(session, parent_id) if parent_id is not None else None
    artifact = artifacts.ModelArtifact.open(directory)
    uri, sha256 = artifacts.store(directory, store, name)
    model = ModelVersion(
        name=name,
        role=role,
        method=method,
        parent_id=parent_id,
        base=base,
        text_format=artifact.text_format,
        artifact_uri=uri,
        artifact_sha256=sha256,
        data_hash=data_hash,
        config=dict(config or {}),
        metrics=dict(metrics or {}),
        status="candidate",
        simulated=simulated or (parent is not None and parent.simulated),
    )
    with _mapped(session, "uq_model_version_name", ModelNameTakenError(name)):
        session.add(model)
    return model


def ensure_starter(session: Session, store: str) -> ModelVersion:
    """The promoted policy; on an empty registry the starter model is registered and promoted first.

    Raises:
        NoPromotedModelError: there are models, but none is promoted.
        ArtifactError: the starter is missing or the store cannot be written.
    """
    promoted = queries.promoted_for_update(session, "policy")
    if promoted is not None:
        return promoted
    if queries.models(session, "policy"):
        raise NoPromotedModelError("policy")
    starter = register(
        session,
        artifacts.starter_dir(),
        store=store,
        name=STARTER_NAME,
        method="starter",
        base=STARTER_NAME,
    )
    return promote(session, starter.id)


def get(session: Session, reference: int | str) -> ModelVersion:
    """A model version by id or name.

    Raises:
        ModelNotFoundError: there is none.
    """
    text = str(reference)
    model = queries.model_by_id(session, int(text)) if text.isdecimal() else queries.model_by_name(session, text)
    if model is None:
        raise ModelNotFoundError(reference)
    return model


def trace(session: Session, reference: int | str) -> dict[str, Any]:
    """The lineage of a model back to annotators, as :func:`trainer.lineage.lineage_of` describes it.

    Raises:
        ModelNotFoundError: there is no such model.
    """
    return lineage_of(session, get(session, reference))


def list_models(session: Session, role: str | None = None) -> Sequence[ModelVersion]:
    """All model versions, oldest first."""
    return queries.models(session, role)


def promoted(session: Session, role: str = "policy") -> ModelVersion:
    """The promoted model, its row locked.

    Raises:
        NoPromotedModelError: there is none.
    """
    model = queries.promoted_for_update(session, role)
    if model is None:
        raise NoPromotedModelError(role)
    return model


def promote(session: Session, model_id: int) -> ModelVersion:
    """Make a model the one that samples and serves; the one before it is retired. Promoting twice changes nothing.

    Raises:
        ModelNotFoundError: there is no such model.
        PromotionConflictError: another promotion was faster.
    """
    model = get(session, model_id)
    present = queries.promoted_for_update(session, model.role)
    if present is not None and present.id == model.id:
        return model
    _switch(session, present, model, "retired")
    model.promoted_at = dt.datetime.now(dt.UTC)
    session.flush()
    return model


def rollback(session: Session, role: str = "policy") -> ModelVersion:
    """Go back to the model that was promoted before the present one, which becomes rejected.

    Again, and it goes one further back.

    Raises:
        NoPromotedModelError: nothing is promoted.
        NothingToRollBackError: the present model was the first.
        PromotionConflictError: another promotion was faster.
    """
    present = promoted(session, role)
    previous = queries.promoted_before(session, present)
    if previous is None:
        raise NothingToRollBackError(role)
    _switch(session, present, previous, "rejected")
    return previous


def reject(session: Session, model_id: int) -> ModelVersion:
    """Mark a candidate as rejected by its gates; it stays in the registry.

    Raises:
        ModelNotFoundError: there is no such model.
        PromotionConflictError: it is promoted.
    """
    model = get(session, model_id)
    if model.status == "promoted":
        raise PromotionConflictError(f"model {model.name!r} is promoted; roll back before rejecting it")
    model.status = "rejected"
    session.flush()
    return model


def export(session: Session, reference: int | str, target: Path, cache_dir: Path) -> Path:
    """Copy a model's files, hash checked, to a new directory.

    Raises:
        ModelNotFoundError: there is no such model.
        ArtifactError: its files are missing or changed.
        PromotionConflictError: the target exists.
    """
    import shutil

    model = get(session, reference)
    source = artifacts.fetch(model.artifact_uri, model.artifact_sha256, cache_dir)
    if target.exists():
        raise PromotionConflictError(f"expected a new directory for the export, found {target} in place")
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    partial.rename(target)
    return target


def _switch(session: Session, present: ModelVersion | None, following: ModelVersion, leaves_as: str) -> None:
    """Put one out of work and promote the other; the partial unique index is the guard."""
    conflict = PromotionConflictError(
        f"another {following.role} model was promoted at the same time; look and try again"
    )
    with _mapped(session, "uq_model_version_promoted_role", conflict):
        if present is not None:
            present.status = leaves_as
            session.flush()
        following.status = "promoted"


@contextmanager
def _mapped(session: Session, constraint: str, error: Exception) -> Iterator[None]:
    """Flush what the block changes; a violation of ``constraint`` becomes ``error``, the transaction stays usable."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as violation:
        if constraint in str(violation.orig):
            raise error from violation
        raise
