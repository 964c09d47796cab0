"""Sampling outside rounds, and one text for one résumé."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.engines import engine_settings
from app.settings import Settings
from db.errors import InvalidInputError, NotFoundError
from db.models import ModelVersion
from db.session import Database

if TYPE_CHECKING:
    from resumes.schema import Profile
    from sampler.engines.base import Engine
    from sampler.runs import ProgressCallback, RunReport
    from sampler.serving import Generation


@dataclass(frozen=True)
class SampleRequest:
    """``model`` is an id or a name, null for the promoted policy."""

    resumes: int
    seed: int = 0
    model: str | None = None


def sample_resumes(
    database: Database, settings: Settings, request: SampleRequest, progress: ProgressCallback | None = None
) -> RunReport:
    """Samples that many stored résumés; goes on with an interrupted run that was asked for in the same words.

    Raises:
        NotFoundError: there is no such model.
        InvalidInputError: there are fewer résumés.
        ArtifactError, EngineError: the model cannot be loaded.
    """
    from resumes.queries import shuffled_resumes
    from sampler.models import load_version
    from sampler.runs import resume_run

    with database.session() as session:
        model = _model(session, settings, request.model)
        resume_ids = [resume.id for resume in shuffled_resumes(session, request.resumes, request.seed)]
    if len(resume_ids) < request.resumes:
        raise InvalidInputError(
            f"Expected {request.resumes} résumés, found {len(resume_ids)}; ingest more, or ask for fewer"
        )
    engine = load_version(model, engine_settings(settings))
    return resume_run(database, _run(database, model, engine, request, resume_ids), engine, progress)


def generate(database: Database, settings: Settings, profile: Profile, n: int, seed: int | None) -> Generation:
    """Up to ``n`` texts of the promoted policy for one résumé; the starter is it when there is none yet.

    Raises:
        NoFaithfulTextError: not even the plain sentence passes the check.
        ArtifactError, EngineError: the model cannot be loaded.
    """
    from sampler.serving import PolicyHolder
    from trainer.registry import ensure_starter

    with database.session() as session:
        ensure_starter(session, settings.store_uri())
    return PolicyHolder(database, engine_settings(settings)).generate(profile, n, seed)


def _model(session: Any, settings: Settings, reference: str | None) -> ModelVersion:
    from sampler.queries import model_by_reference
    from trainer.registry import ensure_starter

    promoted = ensure_starter(session, settings.store_uri())
    if reference is None:
        return promoted
    found = model_by_reference(session, reference)
    if found is None or found.role != "policy":
        raise NotFoundError(f"There is no policy model {reference!r}; `raisontext models list` shows all")
    return found


def _run(
    database: Database, model: ModelVersion, engine: Engine, request: SampleRequest, resume_ids: Sequence[int]
) -> int:
    from sampler.candidates import Selection
    from sampler.engines.base import Decoding
    from sampler.queries import unfinished_run
    from sampler.runs import start_run, stored_decoding, stored_engine

    with database.session() as session:
        decoding = stored_decoding(Decoding(), Selection())
        interrupted = unfinished_run(
            session, model.id, request.seed, decoding, stored_engine(engine), items=len(resume_ids)
        )
        if interrupted is not None:
            return interrupted.id
        return start_run(
            session, model=model, resume_ids=resume_ids, decoding=Decoding(), seed=request.seed, engine=engine
        ).id
