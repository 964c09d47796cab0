"""SQL for pairs, their export and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from db.errors import NotFoundError
from db.models import Annotator, Candidate, ModelVersion, PreferencePair, Ranking, RankingTask, Round, SamplingRun

BATCH = 1000


class ActiveRanking(NamedTuple):
    """An active ranking with its task and annotator; ``simulated`` if either the ranking or the annotator is."""

    ranking_id: int
    task_id: int
    resume_id: int
    annotator_id: int
    pseudonym: str
    shown_order: list[int]
    order: list[list[int]]
    flags: list[int]
    lead_time: float | None
    simulated: bool


class PairRow(NamedTuple):
    """A pair with the texts of its candidates as the model read and wrote them."""

    pair: PreferencePair
    prompt: str
    chosen: str
    rejected: str
    model_version: str


def lock_round(session: Session, round_id: int) -> Round:
    """The round, locked until the end of the transaction.

    Raises:
        NotFoundError: no such round.
    """
    found = session.scalar(select(Round).where(Round.id == round_id).with_for_update())
    if found is None:
        raise NotFoundError(f"there is no round with id {round_id}")
    return found


def active_rankings(session: Session, round_id: int) -> list[ActiveRanking]:
    """Active rankings of the round, ordered by résumé and ranking."""
    query = (
        select(
            Ranking.id,
            RankingTask.id,
            RankingTask.resume_id,
            Annotator.id,
            Annotator.pseudonym,
            RankingTask.shown_order,
            Ranking.order,
            Ranking.flags,
            Ranking.lead_time,
            or_(Ranking.simulated, Annotator.simulated),
        )
        .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
        .join(Annotator, Ranking.annotator_id == Annotator.id)
        .where(RankingTask.round_id == round_id, Ranking.status == "active")
        .order_by(RankingTask.resume_id, Ranking.id)
    )
    return [ActiveRanking(*row) for row in session.execute(query)]


def rejection_reasons(session: Session, round_id: int) -> dict[str, int]:
    """How many submissions of the round were rejected by code of the reason (what stands before its colon)."""
    code = func.split_part(Ranking.reason, ":", 1).label("code")
    query = (
        select(code, func.count())
        .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
        .where(RankingTask.round_id == round_id, Ranking.status == "rejected")
        .group_by(code)
        .order_by(func.count().desc(), code)
    )
    return {code: int(count) for code, count in session.execute(query)}


def upsert_pairs(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts pairs, or renews the evidence of those that exist."""
    for start in range(0, len(rows), BATCH):
        statement = insert(PreferencePair).values(rows[start : start + BATCH])
        renewed = ("ranking_ids", "strategy", "agreeing", "disagreeing", "weight", "simulated")
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["round_id", "chosen_id", "rejected_id"],
                set_={name: statement.excluded[name] for name in renewed},
            )
        )


def delete_other_pairs(session: Session, round_id: int, kept: Sequence[tuple[int, int]]) -> int:
    """Deletes the pairs of the round that are not (chosen id, rejected id) in ``kept``; how many there were."""
    present = select(PreferencePair.id, PreferencePair.chosen_id, PreferencePair.rejected_id)
    keep = set(kept)
    gone = [
        pair_id
        for pair_id, chosen, rejected in session.execute(present.where(PreferencePair.round_id == round_id))
        if (chosen, rejected) not in keep
    ]
    session.execute(delete(PreferencePair).where(PreferencePair.id.in_(gone)))
    return len(gone)


def pairs(session: Session, round_id: int) -> Sequence[PreferencePair]:
    """All pairs of the round, in the order in which they were made."""
    query = select(PreferencePair).where(PreferencePair.round_id == round_id).order_by(PreferencePair.id)
    return session.scalars(query).all()


def pair_rows(session: Session, round_id: int) -> list[PairRow]:
    """Pairs of the round with model input and raw outputs, in the order in which they were made."""
    chosen, rejected = aliased(Candidate), aliased(Candidate)
    query = (
        select(PreferencePair, chosen.model_input, chosen.raw_output, rejected.raw_output, ModelVersion.name)
        .join(chosen, PreferencePair.chosen_id == chosen.id)
        .join(rejected, PreferencePair.rejected_id == rejected.id)
        .join(SamplingRun, chosen.sampling_run_id == SamplingRun.id)
        .join(ModelVersion, SamplingRun.model_version_id == ModelVersion.id)
        .where(PreferencePair.round_id == round_id)
        .order_by(PreferencePair.id)
    )
    return [PairRow(*row) for row in session.execute(query)]


def pseudonyms(session: Session, ranking_ids: Sequence[int]) -> dict[int, str]:
    """Pseudonym of the annotator of each ranking."""
    query = select(Ranking.id, Annotator.pseudonym).join(Annotator, Ranking.annotator_id == Annotator.id)
    return {row.id: row.pseudonym for row in session.execute(query.where(Ranking.id.in_(ranking_ids)))}
