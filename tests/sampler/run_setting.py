"""A run with the tiny model, and what must hold of it at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from db.models import SamplingRun
from db.session import Database
from sampler import queries
from sampler.candidates import Selection
from sampler.engines.base import Decoding, Engine
from sampler.leases import Lease
from sampler.models import EngineSettings
from sampler.runs import start_run
from tests.sampler.rows import listed, outcomes_of, texts_of

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
    """Done résumés have ordinals 0…n-1, complete ones all four; open ones have none; counts are those of the rows."""
    outcomes = outcomes_of(setting.database, run_id)
    texts = texts_of(setting.database, run_id)
    found: dict[int, list[int]] = {}
    for resume_id, ordinal in sorted(texts):
        found.setdefault(resume_id, []).append(ordinal)
    for resume_id, outcome in outcomes.items():
        ordinals = found.get(resume_id, [])
        assert ordinals == list(range(len(ordinals)))
        assert (len(ordinals) == 4) == (outcome == "complete")
        assert outcome is not None or not ordinals
    with setting.database.session() as session:
        run = session.get_one(SamplingRun, run_id)
        assert run.counts["candidates"] == len(texts)
        assert run.counts["resumes"] == sum(outcome is not None for outcome in outcomes.values())
