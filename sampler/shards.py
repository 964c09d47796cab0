"""One shard: claimed, sampled and stored whole or not at all.

The claim is a transaction of its own and so is the storing; between them the model writes, and no transaction is open.
The storing transaction begins by closing the shard under the token of the claim; if that fails, somebody else has the
shard and nothing is stored.

The seed of a shard derives from the run's seed and the ids of its résumés, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from db.errors import RaisonTextError
from db.session import Database
from resumes.schema import Profile
from resumes.text_format import TextFormat
from sampler import shard_queries
from sampler.candidates import Selection, sample_candidates
from sampler.drafts import CandidateSet, Statistics
from sampler.engines.base import Decoding, Engine
from sampler.errors import LeaseLostError
from sampler.leases import MAX_CRASHES, MAX_ERRORS, Heartbeat, Lease, patiently
from sampler.seeds import derive
from sampler.shard_queries import Claim

log = logging.getLogger(__name__)

Rows = Sequence[tuple[int, str]]
"""``(résumé id, profile as JSON)``."""


@dataclass(frozen=True)
class RunTask:
    """A run as its workers need it. ``today``, the day of its start, ends jobs that go on, however long it takes."""

    run_id: int
    text_format: TextFormat
    decoding: Decoding
    selection: Selection
    seed: int
    shard_size: int
    today: dt.date


@dataclass(frozen=True)
class StoredShard:
    """``done``: résumés of the whole run with an outcome, this shard's included. ``error``: why it was not sampled."""

    number: int
    candidates: int
    done: int
    error: str | None = None


def claim_shard(
    database: Database, task: RunTask, owner: str, lease: Lease, number: int | None = None
) -> tuple[Claim, Rows] | None:
    """Leases a free shard and reads its résumés; null if none is free."""

    def claim() -> tuple[Claim, Rows] | None:
        with database.session() as session:
            found = shard_queries.claim_shard(session, task.run_id, owner, lease.seconds, number=number)
            return None if found is None else (found, shard_queries.read_shard(session, found, task.shard_size))

    return patiently(claim, lease)


def work_off(
    database: Database, task: RunTask, engine: Engine, claim: Claim, rows: Rows, lease: Lease
) -> StoredShard | None:
    """Samples a claimed shard and stores it; null if it is to be tried again after an error.

    Raises:
        LeaseLostError: the lease went to another worker, which stores the shard.
    """
    if claim.crashes >= MAX_CRASHES:
        return _give_up(database, task, claim, rows, lease, f"its workers died {claim.crashes} times")
    try:
        with Heartbeat(database, claim, lease):
            sets = sample_shard(task, engine, rows, alone=claim.errors > 0)
    except Exception as error:  # noqa: BLE001 - whatever went wrong must not stop the other shards
        why = describe_error(error)
        log.warning("sampling run %d, shard %d: %s", task.run_id, claim.number, why)
        if claim.errors + 1 >= MAX_ERRORS:
            return _give_up(database, task, claim, rows, lease, f"{MAX_ERRORS} errors, the last: {why}")
        patiently(lambda: _note_error(database, claim, why, lease), lease)
        return None
    except BaseException:  # Ctrl-C, or a job that was cancelled
        with database.session() as session:
            shard_queries.give_back(session, claim)
        raise
    return patiently(lambda: store_shard(database, task, claim, rows, sets), lease)


def sample_shard(task: RunTask, engine: Engine, rows: Rows, *, alone: bool = False) -> list[CandidateSet]:
    """The candidates of every résumé of a shard, in order.

    ``alone``, after an error: résumé by résumé, so that one which makes the engine or the checker fail is all that is
    lost. Raises what the engine raises if no résumé can be sampled.
    """
    seed = derive(task.seed, *(resume_id for resume_id, _ in rows))
    profiles, sets = _profiles(rows)
    if alone:
        sets |= _one_by_one(task, engine, profiles, seed)
    elif profiles:
        found = _sample(task, engine, list(profiles.values()), seed)
        sets |= zip(profiles, found, strict=True)
    return [sets[resume_id] for resume_id, _ in rows]


def _profiles(rows: Rows) -> tuple[dict[int, Profile], dict[int, CandidateSet]]:
    """Profiles by résumé id, and the outcomes of résumés whose profile cannot be read."""
    profiles: dict[int, Profile] = {}
    unreadable: dict[int, CandidateSet] = {}
    for resume_id, profile in rows:
        try:
            profiles[resume_id] = Profile.model_validate_json(profile)
        except ValidationError as error:
            fields = sorted({".".join(map(str, detail["loc"])) for detail in error.errors(include_input=False)})
            unreadable[resume_id] = failed(f"the stored profile is not valid: {', '.join(fields)}")
    return profiles, unreadable


def store_shard(
    database: Database, task: RunTask, claim: Claim, rows: Rows, sets: Sequence[CandidateSet], error: str | None = None
) -> StoredShard:
    """One transaction: candidates, outcomes, counts, and the end of the shard. With ``error`` it was given up.

    Raises:
        LeaseLostError: another worker has claimed the shard meanwhile, or has stored it.
    """
    with database.session() as session:
        if not shard_queries.close_shard(session, claim, "done" if error is None else "failed", error):
            raise LeaseLostError(
                f"Sampling run {claim.run_id}, shard {claim.number}: expected the lease of claim {claim.token}, "
                "found that it went to another worker"
            )
        there = shard_queries.keep_resumes(session, [resume_id for resume_id, _ in rows])
        kept = [(id_, result) for (id_, _), result in zip(rows, sets, strict=True) if id_ in there]
        shard_queries.copy_candidates(session, _candidate_rows(task.run_id, kept))
        shard_queries.set_outcomes(session, task.run_id, [(id_, it.outcome, it.reason) for id_, it in kept])
        statistics = Statistics.of([result for _, result in kept])
        counts = shard_queries.add_counts(session, task.run_id, statistics.to_dict())
    return StoredShard(claim.number, statistics.candidates, int(counts["resumes"]), error)


def failed(reason: str) -> CandidateSet:
    """The outcome of a résumé that was not sampled."""
    return CandidateSet("failed", reason, (), (), draws=0, unfaithful=0, near_duplicates=0)


def describe_error(error: BaseException) -> str:
    """One line. Of a bug only kind and place: its message may quote a résumé."""
    if isinstance(error, RaisonTextError):
        return " ".join(str(error).split())
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"unexpected {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"


def _sample(task: RunTask, engine: Engine, profiles: Sequence[Profile], seed: int) -> list[CandidateSet]:
    return sample_candidates(engine, profiles, task.text_format, task.decoding, seed, task.selection, task.today)


def _one_by_one(task: RunTask, engine: Engine, profiles: dict[int, Profile], seed: int) -> dict[int, CandidateSet]:
    sets: dict[int, CandidateSet] = {}
    last: Exception | None = None
    for resume_id, profile in profiles.items():
        try:
            (sets[resume_id],) = _sample(task, engine, [profile], derive(seed, "alone", resume_id))
        except Exception as error:  # noqa: BLE001 - it is the outcome of this résumé
            last, sets[resume_id] = error, failed(describe_error(error))
    if last is not None and all(result.outcome == "failed" for result in sets.values()):
        raise last
    return sets


def _note_error(database: Database, claim: Claim, why: str, lease: Lease) -> None:
    with database.session() as session:
        shard_queries.note_error(session, claim, why, lease.retry_seconds)


def _give_up(database: Database, task: RunTask, claim: Claim, rows: Rows, lease: Lease, why: str) -> StoredShard:
    log.error("sampling run %d, shard %d is given up: %s", task.run_id, claim.number, why)
    sets = [failed(f"shard {claim.number} was given up: {why}") for _ in rows]
    return patiently(lambda: store_shard(database, task, claim, rows, sets, error=why), lease)


def _candidate_rows(run_id: int, sets: Sequence[tuple[int, CandidateSet]]) -> Iterator[tuple[Any, ...]]:
    """As in ``shard_queries.CANDIDATE_COLUMNS``."""
    for resume_id, result in sets:
        for ordinal, draft in enumerate(result.candidates):
            yield (
                run_id,
                resume_id,
                ordinal,
                draft.model_input,
                draft.raw,
                draft.text,
                draft.token_count,
                draft.log_probability,
                draft.seed,
                draft.temperature,
                [violation.to_dict() for violation in draft.violations],
                draft.latency_ms,
            )
