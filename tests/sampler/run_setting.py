"""A run with the tiny model, and what must hold of it at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from db.models import Candidate, SamplingItem, SamplingRun
from db.session import Database
from sampler import queries
from sampler.candidates import Selection
from sampler.engines.base import Decoding, Engine
from sampler.leases import Lease
from sampler.models import EngineSettings
from sampler.runs import start_run
from tests.sampler.rows import listed

# A model with random weights writes nothing faithful; here its texts count, not their truth.
ANYTHING = Selection(redraw_rounds=0, allow_violations=4)
DECODING = Decoding(max_new_tokens=12)
SHARD = 4
SHORT = Lease(seconds=1.0, retry_seconds=0.0, poll_seconds=0.02, patience_seconds=20.0)


@dataclass(frozen=True)
class Setting:
    database: Database
    engine: Engine
    checkpoint: Path
    cache: Path
    model_id: int

    @property
    def engine_settings(self) -> EngineSettings:
        return EngineSettings("ctranslate2", self.cache, threads=1)

    def start(self, resume_ids: list[int], seed: int = 7, engine: Engine | None = None) -> int:
        with self.database.session() as session:
            model = queries.model_by_reference(session, str(self.model_id))
            assert model is not None
            return start_run(
                session,
                model=model,
                resume_ids=listed(resume_ids),
                decoding=DECODING,
                seed=seed,
                engine=engine or self.engine,
                selection=ANYTHING,
                shard_size=SHARD,
            ).id

    def done(self, run_id: int) -> int:
        with self.database.session() as session:
            state = queries.run_state(session, run_id)
            assert state is not None
            return int(state.counts["resumes"])


def check_whole(setting: Setting, run_id: int) -> None:
    """Done résumés have ordinals 0…n-1, complete ones all four; open ones have none; counts are those of the rows.

    Holds at any moment, so it is looked at in one snapshot while workers go on.
    """
    with setting.database.session() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        rows = session.execute(
            select(SamplingItem.outcome, func.array_agg(aggregate_order_by(Candidate.ordinal, Candidate.ordinal)))
            .outerjoin(
                Candidate,
                (Candidate.sampling_run_id == SamplingItem.run_id) & (Candidate.resume_id == SamplingItem.resume_id),
            )
            .where(SamplingItem.run_id == run_id)
            .group_by(SamplingItem.resume_id, SamplingItem.outcome)
        ).all()
        counts = session.get_one(SamplingRun, run_id).counts
    found = [(outcome, [ordinal for ordinal in ordinals if ordinal is not None]) for outcome, ordinals in rows]
    for outcome, ordinals in found:
        assert ordinals == list(range(len(ordinals)))
        assert (len(ordinals) == 4) == (outcome == "complete")
        assert outcome is not None or not ordinals
    assert counts["candidates"] == sum(len(ordinals) for _, ordinals in found)
    assert counts["resumes"] == sum(outcome is not None for outcome, _ in found)
