"""From a model version back to the people whose rankings made it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trainer import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from db.models import ModelVersion, Round


def lineage_of(session: Session, model: ModelVersion) -> dict[str, Any]:
    """The whole lineage of a model: itself, the round that trained it (pairs, rankings, annotators by pseudonym,
    sampling runs with their parameters and seeds), then its parent in the same way, down to a model without parent.
    """
    return {"model": model.name, "lineage": [_entry(session, ancestor) for ancestor in _ancestors(model)]}


def describe(model: ModelVersion) -> dict[str, Any]:
    """A model version as JSON."""
    return {
        "id": model.id,
        "name": model.name,
        "role": model.role,
        "method": model.method,
        "status": model.status,
        "simulated": model.simulated,
        "text_format": model.text_format,
        "parent_id": model.parent_id,
        "base": model.base,
        "artifact_uri": model.artifact_uri,
        "artifact_sha256": model.artifact_sha256,
        "data_hash": model.data_hash,
        "config": model.config,
        "metrics": model.metrics,
        "created_at": model.created_at.isoformat(),
        "promoted_at": model.promoted_at.isoformat() if model.promoted_at else None,
    }


def _ancestors(model: ModelVersion | None) -> Iterator[ModelVersion]:
    while model is not None:
        yield model
        model = model.parent


def _entry(session: Session, model: ModelVersion) -> dict[str, Any]:
    trained_by = queries.round_that_trained(session, model.id)
    return describe(model) | {"round": _round(session, trained_by) if trained_by is not None else None}


def _round(session: Session, found: Round) -> dict[str, Any]:
    pairs = queries.pairs_with_rankings(session, found.id)
    return {
        "number": found.number,
        "state": found.state,
        "simulated": found.simulated,
        "snapshot_hash": found.snapshot_hash,
        "policy_model_id": found.policy_model_id,
        "sampling_runs": [
            {
                "id": run.id,
                "model_version_id": run.model_version_id,
                "engine": run.engine,
                "decoding": run.decoding,
                "seed": run.seed,
                "candidates": candidates,
            }
            for run, candidates in queries.sampling_runs(session, found.id)
        ],
        "annotators": [
            {"pseudonym": pseudonym, "simulated": simulated, "rankings": rankings}
            for pseudonym, simulated, rankings in queries.annotators_of_round(session, found.id)
        ],
        "rankings": sorted({ranking for *_, ranking_ids in pairs for ranking in ranking_ids}),
        "pairs": [
            {"id": pair, "resume_id": resume, "chosen_id": chosen, "rejected_id": rejected, "ranking_ids": ranking_ids}
            for pair, resume, chosen, rejected, ranking_ids in pairs
        ],
    }
