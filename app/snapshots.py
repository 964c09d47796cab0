"""What a round trains on, frozen: pairs of its rankings, and pairs that the check makes of the parent's drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.engines import engine_settings
from app.round_state import one_open_round
from app.settings import Settings
from db.errors import ConflictError
from db.models import ModelVersion, Round
from db.session import Database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotation.pairs import Strategy
    from trainer.pairs import PairRow, Snapshot

Progress = Callable[[int, int], None]
FACT_RESUMES = 2000


def freeze_round(
    database: Database,
    settings: Settings,
    round_id: int,
    home: Path,
    strategy: Strategy | None,
    progress: Progress | None = None,
) -> Snapshot:
    """The snapshot of the round, which is in training from then on; the same at every later call.

    ``strategy`` becomes the round's; None: its own, as :func:`annotation.consensus.build_pairs` has it.

    Raises:
        TrainingDataError: there is no pair to train on.
        ConflictError: rankings changed meanwhile, or the frozen file is not what it was.
    """
    from trainer.pairs import Snapshot

    path = home / "pairs.jsonl"
    with database.session() as session:
        frozen = session.get_one(Round, round_id).snapshot_hash
    if frozen is not None and path.exists():
        snapshot, ranked = Snapshot.load(path), None
    else:
        with database.session() as session:
            ranked = _ranked(session, round_id, strategy)
        snapshot = replace(ranked, rows=(*ranked.rows, *_drafted(database, settings, round_id, progress)))
    with database.session() as session:
        round_ = session.get_one(Round, round_id)
        if frozen is None:
            _expect_unchanged(_ranked(session, round_id, strategy), ranked)
            home.mkdir(parents=True, exist_ok=True)
            snapshot.save(path)
            round_.snapshot_hash = snapshot.hash
        elif snapshot.hash != frozen:
            raise ConflictError(
                f"Expected the frozen pairs of round {round_.number} to hash to {frozen[:12]}, "
                f"found {snapshot.hash[:12]} in {path}; the file was changed"
            )
        with one_open_round(session):
            round_.state = "training"
    return snapshot


def _ranked(session: Session, round_id: int, strategy: Strategy | None) -> Snapshot:
    """Pairs of the rankings as they are now; the round stays locked until the transaction ends."""
    from annotation.consensus import build_pairs
    from trainer.pairs import freeze

    build_pairs(session, round_id, strategy)
    return freeze(session, round_id)


def _expect_unchanged(now: Snapshot, before: Snapshot | None) -> None:
    """Drafting takes a while, and people may rank meanwhile."""
    if now != before:
        raise ConflictError("Expected no new rankings while training starts, found some; run it again")


def _drafted(database: Database, settings: Settings, round_id: int, progress: Progress | None) -> list[PairRow]:
    from resumes.queries import shuffled_resumes
    from resumes.schema import Profile
    from sampler.models import load_version, text_format_of
    from trainer.fact_pairs import fact_pairs

    with database.session() as session:
        round_ = session.get_one(Round, round_id)
        policy = session.get_one(ModelVersion, round_.policy_model_id)
        seed = int(round_.config.get("seed", 0))
        resumes = shuffled_resumes(session, FACT_RESUMES, seed, splits=("train",), synthetic=round_.simulated)
        profiles = [(resume.id, Profile.model_validate(resume.profile)) for resume in resumes]
    engine = load_version(policy, engine_settings(settings))
    return fact_pairs(engine, profiles, text_format_of(policy), seed, progress)
