"""All SQL of this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from db.models import (
    Annotator,
    Candidate,
    ModelVersion,
    PreferencePair,
    Ranking,
    RankingTask,
    Resume,
    Round,
    SamplingRun,
)


@dataclass(frozen=True)
class PairSource:
    """A preference pair with the candidates and the résumé that it speaks of."""

    pair: PreferencePair
    chosen: Candidate
    rejected: Candidate
    split: str


def round_by_id(session: Session, round_id: int) -> Round | None:
    """The round with this primary key."""
    return session.get(Round, round_id)


def pairs_of_round(session: Session, round_id: int) -> list[PairSource]:
    """Pairs of a round with their candidates, résumé by résumé in the order in which they were made."""
    chosen, rejected = aliased(Candidate), aliased(Candidate)
    rows = session.execute(
        select(PreferencePair, chosen, rejected, Resume.split)
        .join(chosen, PreferencePair.chosen_id == chosen.id)
        .join(rejected, PreferencePair.rejected_id == rejected.id)
        .join(Resume, PreferencePair.resume_id == Resume.id)
        .where(PreferencePair.round_id == round_id)
        .order_by(PreferencePair.resume_id, PreferencePair.id)
    )
    return [PairSource(*row) for row in rows]


def model_by_id(session: Session, model_id: int) -> ModelVersion | None:
    """The model version with this primary key."""
    return session.get(ModelVersion, model_id)


def model_by_name(session: Session, name: str) -> ModelVersion | None:
    """The model version with this unique name."""
    return session.scalar(select(ModelVersion).where(ModelVersion.name == name))


def models(session: Session, role: str | None = None) -> Sequence[ModelVersion]:
    """All model versions, oldest first."""
    query = select(ModelVersion).order_by(ModelVersion.id)
    return session.scalars(query if role is None else query.where(ModelVersion.role == role)).all()


def promoted_for_update(session: Session, role: str) -> ModelVersion | None:
    """The promoted model of a role, its row locked until the transaction ends."""
    query = select(ModelVersion).where(ModelVersion.role == role, ModelVersion.status == "promoted")
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def promoted_before(session: Session, model: ModelVersion) -> ModelVersion | None:
    """The model of the same role whose promotion was the last before that of ``model``, its row locked."""
    query = (
        select(ModelVersion)
        .where(
            ModelVersion.role == model.role,
            ModelVersion.status == "retired",
            ModelVersion.promoted_at < model.promoted_at,
        )
        .order_by(ModelVersion.promoted_at.desc(), ModelVersion.id.desc())
        .limit(1)
        .with_for_update()
    )
    return session.scalar(query)


def round_that_trained(session: Session, model_id: int) -> Round | None:
    """The round whose result a model is."""
    return session.scalar(select(Round).where(Round.trained_model_id == model_id).order_by(Round.id.desc()).limit(1))


def sampling_runs(session: Session, round_id: int) -> Sequence[Row[SamplingRun, int]]:
    """(run, number of its candidates) of a round."""
    return session.execute(
        select(SamplingRun, func.count(Candidate.id))
        .outerjoin(Candidate, Candidate.sampling_run_id == SamplingRun.id)
        .where(SamplingRun.round_id == round_id)
        .group_by(SamplingRun.id)
        .order_by(SamplingRun.id)
    ).all()


def annotators_of_round(session: Session, round_id: int) -> Sequence[Row[str, bool, int]]:
    """(pseudonym, simulated, number of active rankings) of everybody who ranked in a round."""
    return session.execute(
        select(Annotator.pseudonym, Annotator.simulated, func.count(Ranking.id))
        .join(Ranking, Ranking.annotator_id == Annotator.id)
        .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
        .where(RankingTask.round_id == round_id, Ranking.status == "active")
        .group_by(Annotator.id)
        .order_by(Annotator.pseudonym)
    ).all()


def pairs_with_rankings(session: Session, round_id: int) -> Sequence[Row[int, int, int, int, list[int]]]:
    """(pair id, résumé id, chosen candidate, rejected candidate, ranking ids) of a round."""
    return session.execute(
        select(
            PreferencePair.id,
            PreferencePair.resume_id,
            PreferencePair.chosen_id,
            PreferencePair.rejected_id,
            PreferencePair.ranking_ids,
        )
        .where(PreferencePair.round_id == round_id)
        .order_by(PreferencePair.id)
    ).all()


def training_resumes(session: Session, split: str) -> Sequence[Resume]:
    """Résumés of a split that have a target text."""
    return session.scalars(
        select(Resume).where(Resume.split == split, Resume.about.is_not(None)).order_by(Resume.id)
    ).all()
