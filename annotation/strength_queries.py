"""SQL for strengths: rounds to read, what a candidate stands for, votes of blind evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, any_, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from db.models import (
    Annotator,
    BlindEvaluation,
    BlindTask,
    BlindVote,
    Candidate,
    ModelVersion,
    Ranking,
    RankingTask,
    Round,
    SamplingRun,
)


class Origin(NamedTuple):
    """Where a candidate comes from: its model version and its slot among the four of its résumé."""

    model_id: int
    ordinal: int


class BlindComparison(NamedTuple):
    """One active vote of a blind evaluation; ``verdict``: model, opponent or tie; ``weight`` of its annotator."""

    resume_id: int
    model_id: int
    opponent_id: int
    verdict: str
    weight: float


def ranked_rounds(session: Session) -> Sequence[Round]:
    """Rounds with an active ranking, oldest first."""
    query = (
        select(Round)
        .where(
            select(Ranking.id)
            .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
            .where(RankingTask.round_id == Round.id, Ranking.status == "active")
            .exists()
        )
        .order_by(Round.number)
    )
    return session.scalars(query).all()


def origins(session: Session, candidate_ids: Sequence[int]) -> dict[int, Origin]:
    """Origin by candidate."""
    query = (
        select(Candidate.id, SamplingRun.model_version_id, Candidate.ordinal)
        .join(SamplingRun, Candidate.sampling_run_id == SamplingRun.id)
        .where(Candidate.id == any_(cast(list(candidate_ids), ARRAY(BigInteger))))
    )
    return {candidate: Origin(model, ordinal) for candidate, model, ordinal in session.execute(query)}


def blind_comparisons(session: Session, round_id: int | None, *, simulated: bool) -> list[BlindComparison]:
    """Active votes of people with a weight above 0, of one round or of all."""
    query = (
        select(
            BlindTask.resume_id,
            BlindEvaluation.model_id,
            BlindEvaluation.opponent_id,
            BlindVote.verdict,
            Annotator.weight,
        )
        .select_from(BlindVote)
        .join(BlindTask, BlindVote.blind_task_id == BlindTask.id)
        .join(BlindEvaluation, BlindTask.evaluation_id == BlindEvaluation.id)
        .join(Annotator, BlindVote.annotator_id == Annotator.id)
        .where(
            BlindVote.status == "active",
            Annotator.weight > 0,
            or_(BlindVote.simulated, Annotator.simulated, BlindEvaluation.simulated).is_(simulated),
        )
        .order_by(BlindVote.id)
    )
    if round_id is not None:
        query = query.where(BlindEvaluation.round_id == round_id)
    # The database gives every active vote a verdict.
    return [BlindComparison(*row) for row in session.execute(query)]  # type: ignore[arg-type]


def model_names(session: Session, model_ids: Iterable[int]) -> dict[int, str]:
    """Name by model version."""
    query = select(ModelVersion.id, ModelVersion.name).where(ModelVersion.id.in_(list(model_ids)))
    return dict(session.execute(query).all())
