"""Sampling runs, in and outside rounds, and one text for one résumé."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """``model`` is an id or a name, null for the promoted policy; ``allow_violations`` as in
    :class:`sampler.candidates.Selection`."""

    resumes: int
    seed: int = 0
    model: str | None = None
    allow_violations: int = 0


@dataclass(frozen=True)
class Way:
    """Where the work is done: ``workers`` processes here (null: one per core), or as many actors of the Ray at ``ray``
    (an address, or ``local``; null workers: one per core of the cluster)."""

    workers: int | None = None
    ray: str | None = None


def sample_resumes(
    database: Database,
    settings: Settings,
    request: SampleRequest,
    progress: ProgressCallback | None = None,
    way: Way | None = None,
) -> RunReport:
    """Samples that many stored résumés; joins a run that goes on, or was interrupted, and was asked for in the same
    words.

    Raises:
        NotFoundError: there is no such model.
        InvalidInputError: there are fewer résumés.
        ArtifactError, EngineError: the model cannot be loaded.
    """
    from sampler.models import load_version

    with database.session() as session:
        model = _model(session, settings, request.model)
    here = engine_settings(settings)
    if way is not None and way.workers == 1:
        here = replace(here, threads=1)
    engine = load_version(model, here)
    return run(database, settings, _run(database, model, engine, request), progress, way, engine)


def run(
    database: Database,
    settings: Settings,
    run_id: int,
    progress: ProgressCallback | None = None,
    way: Way | None = None,
    engine: Engine | None = None,
) -> RunReport:
    """Takes part in a sampling run until it is at its end. ``engine`` is that of the run, if it is loaded already.

    Raises:
        RunNotFoundError: there is no such run.
        RunMismatchError: it was started with another engine, or is cancelled.
        ArtifactError, EngineError: the model cannot be loaded, or fails at one shard after the other.
        UnavailableError: Ray is not installed, or does not answer.
    """
    way = way or Way()
    if way.ray is not None:
        from sampler.ray_runs import run_on_ray

        return run_on_ray(
            database, run_id, engine_settings(settings), address=way.ray, actors=way.workers, progress=progress
        )
    from sampler.workers import run_workers

    return run_workers(
        database, run_id, engine_settings(settings), workers=way.workers, engine=engine, progress=progress
    )


def generate(database: Database, settings: Settings, profile: Profile, n: int, seed: int | None) -> Generation:
    """Up to ``n`` texts of the promoted policy for one résumé; the starter is it when there is none yet.

    Raises:
        NoFaithfulTextError: not even a text that only repeats the résumé passes the check.
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


def _run(database: Database, model: ModelVersion, engine: Engine, request: SampleRequest) -> int:
    """The run that these words ask for. Machines that ask for it at the same moment get the same one."""
    from resumes.queries import shuffled_ids
    from sampler.candidates import Selection
    from sampler.engines.base import Decoding
    from sampler.queries import lock_words, unfinished_run
    from sampler.runs import start_run, stored_decoding, stored_engine

    decoding, selection = Decoding(), Selection(allow_violations=request.allow_violations)
    with database.session() as session:
        lock_words(session, f"sample {model.id} {request.seed} {request.resumes}")
        words = (model.id, request.seed, stored_decoding(decoding, selection), stored_engine(engine))
        found = unfinished_run(session, *words, items=request.resumes)
        if found is not None:
            return found.id
        started = start_run(
            session,
            model=model,
            resume_ids=shuffled_ids(request.resumes, request.seed),
            decoding=decoding,
            seed=request.seed,
            engine=engine,
            selection=selection,
        )
        if started.total < request.resumes:
            raise InvalidInputError(
                f"Expected {request.resumes} résumés, found {started.total}; ingest more, or ask for fewer"
            )
        return started.id
