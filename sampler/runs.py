"""Sampling runs: a queue of résumés in PostgreSQL that any number of workers empties, and that survives ``kill -9``.

The queue is cut into shards of fixed positions. A worker locks a shard (SKIP LOCKED), samples it, and commits
candidates, outcomes and counts in one transaction: a shard is stored whole or not at all.

What holds: the seed of a shard derives from the run's seed and the ids of its résumés, and nothing else. So the same
run (model, résumés in the same order, decoding, selection, seed, shard size) gives the same texts on the same engine,
version, compute type and batch size, whatever the number of workers, the order in which they claim, and however often
they were killed. Texts are not the same when a résumé is sampled in other company, because the prompts of a batch
share a stream of random numbers; a résumé erased before its shard was sampled therefore changes that shard.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.models import ModelVersion, SamplingRun
from db.session import Database
from resumes.schema import Profile
from resumes.text_format import TextFormat
from sampler import queries
from sampler.candidates import CandidateSet, Selection, Statistics, sample_candidates
from sampler.engines.base import Decoding, Engine, describe
from sampler.errors import RunMismatchError, RunNotFoundError
from sampler.models import text_format_of
from sampler.seeds import derive

log = logging.getLogger(__name__)

DEFAULT_SHARD_SIZE = 64
"""Résumés sampled and committed together."""


@dataclass(frozen=True)
class RunProgress:
    """Where a run stands. ``candidates`` and ``seconds`` are those of this worker since it started."""

    done: int
    total: int
    candidates: int
    seconds: float

    @property
    def candidates_per_second(self) -> float:
        """Rate of this worker; 0 before anything is done."""
        return self.candidates / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class RunReport:
    """What a run holds after a worker left it; ``complete`` is false while other workers still have shards."""

    run_id: int
    complete: bool
    statistics: Statistics
    candidates_here: int
    seconds_here: float


ProgressCallback = Callable[[RunProgress], None]


@dataclass(frozen=True)
class _Job:
    """A run as its worker needs it."""

    run_id: int
    text_format: TextFormat
    decoding: Decoding
    selection: Selection
    seed: int
    shard_size: int


def stored_decoding(decoding: Decoding, selection: Selection) -> dict[str, Any]:
    """The form in which a run keeps its parameters."""
    return {**decoding.to_dict(), "selection": selection.to_dict()}


def stored_engine(engine: Engine, shard_size: int = DEFAULT_SHARD_SIZE) -> dict[str, Any]:
    """The form in which a run keeps what its texts depend on besides."""
    return {**describe(engine), "shard_size": shard_size}


def start_run(
    session: Session,
    *,
    model: ModelVersion,
    resume_ids: Sequence[int],
    decoding: Decoding,
    seed: int,
    engine: Engine,
    selection: Selection | None = None,
    round_id: int | None = None,
    shard_size: int = DEFAULT_SHARD_SIZE,
) -> SamplingRun:
    """Makes a run and its queue; :func:`resume_run` does the work. Does not commit."""
    run = SamplingRun(
        model_version_id=model.id,
        round_id=round_id,
        decoding=stored_decoding(decoding, selection or Selection()),
        engine=stored_engine(engine, shard_size),
        seed=seed,
        counts=Statistics().to_dict(),
    )
    session.add(run)
    session.flush()
    queries.insert_items(session, run.id, resume_ids)
    return run


def resume_run(database: Database, run_id: int, engine: Engine, progress: ProgressCallback | None = None) -> RunReport:
    """Samples free shards until there are none. Commits shard by shard; several workers may do this at once.

    Raises:
        RunNotFoundError: there is no such run.
        RunMismatchError: the run was started with another engine, or is cancelled.
    """
    job = _load_job(database, run_id, engine)
    began = time.monotonic()
    candidates = 0
    with database.session() as session:
        _, total = queries.progress_of(session, run_id)
    while (shard := _work_off_shard(database, job, engine)) is not None:
        candidates += shard.candidates
        if progress is not None:
            progress(RunProgress(shard.done, total, candidates, time.monotonic() - began))
    seconds = time.monotonic() - began
    with database.session() as session:
        queries.finish_run(session, run_id)
        run = session.get_one(SamplingRun, run_id)
        session.refresh(run)
        return RunReport(run_id, run.status == "complete", Statistics(**run.counts), candidates, seconds)


def _load_job(database: Database, run_id: int, engine: Engine) -> _Job:
    with database.session() as session:
        found = queries.run_with_model(session, run_id)
    if found is None:
        raise RunNotFoundError(f"Sampling run {run_id}: there is no such run")
    run, model = found
    if run.status == "cancelled":
        raise RunMismatchError(f"Sampling run {run_id}: expected a run that goes on, found a cancelled one")
    shard_size = int(run.engine["shard_size"])
    if run.engine != stored_engine(engine, shard_size):
        raise RunMismatchError(
            f"Sampling run {run_id}: expected the engine it began with, {_label(run.engine)}, "
            f"found {_label(describe(engine))}; texts of two engines do not mix"
        )
    parameters = dict(run.decoding)
    selection = Selection.from_dict(parameters.pop("selection"))
    return _Job(run_id, text_format_of(model), Decoding(**parameters), selection, run.seed, shard_size)


@dataclass(frozen=True)
class _Shard:
    """A stored shard: its candidates, and résumés of the run done by then."""

    candidates: int
    done: int


def _work_off_shard(database: Database, job: _Job, engine: Engine) -> _Shard | None:
    """One transaction: claim, sample, store. Null if no shard is free."""
    with database.session() as session:
        claimed = queries.claim_shard(session, job.run_id, job.shard_size)
        if not claimed:
            return None
        resume_ids = [resume_id for resume_id, _ in claimed]
        profiles = [Profile.model_validate(profile) for _, profile in claimed]
        seed = derive(job.seed, *resume_ids)
        sets = sample_candidates(engine, profiles, job.text_format, job.decoding, seed, job.selection)
        statistics = _store(session, job.run_id, resume_ids, sets)
    return _Shard(sum(len(result.candidates) for result in sets), statistics.resumes)


def _store(session: Session, run_id: int, resume_ids: list[int], sets: list[CandidateSet]) -> Statistics:
    rows = [_candidate_rows(run_id, resume_id, result) for resume_id, result in zip(resume_ids, sets, strict=True)]
    queries.insert_candidates(session, [row for part in rows for row in part])
    outcomes = [
        {"key": resume_id, "result": result.outcome, "why": result.reason}
        for resume_id, result in zip(resume_ids, sets, strict=True)
    ]
    queries.set_outcomes(session, run_id, outcomes)
    # Last, because the row of the run is shared by all workers and stays locked until the commit.
    counts = Statistics(**queries.locked_counts(session, run_id)) + Statistics.of(sets)
    queries.store_counts(session, run_id, counts.to_dict())
    return counts


def _candidate_rows(run_id: int, resume_id: int, result: CandidateSet) -> list[dict[str, Any]]:
    return [
        {
            "sampling_run_id": run_id,
            "resume_id": resume_id,
            "ordinal": ordinal,
            "model_input": draft.model_input,
            "raw_output": draft.raw,
            "text": draft.text,
            "token_count": draft.token_count,
            "log_probability": draft.log_probability,
            "seed": draft.seed,
            "violations": [violation.to_dict() for violation in draft.violations],
            "latency_ms": draft.latency_ms,
        }
        for ordinal, draft in enumerate(result.candidates)
    ]


def _label(engine: dict[str, Any]) -> str:
    return f"{engine['name']} {engine['version']} {engine['compute_type']} (batches of {engine['batch_size']})"
