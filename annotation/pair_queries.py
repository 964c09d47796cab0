"""SQL for reading rankings and pairs; :mod:`annotation.pair_store` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, any_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from annotation.votes import Ballot
from db.errors import NotFoundError
from db.models import Annotator, Candidate, ModelVersion, PreferencePair, Ranking, RankingTask, Round, SamplingRun


class ActiveRanking(NamedTuple):
    """An active ranking with its task and annotator; ``simulated`` if either the ranking or the annotator is.

    ``weight``: of the annotator's vote, 0 excludes it from consensus and pairs.
    """

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
    weight: float = 1.0


class PairRow(NamedTuple):
    """A pair with the texts of its candidates as the model read and wrote them."""

    pair_id: int
    resume_id: int
    ranking_ids: list[int]
    weight: float
    strategy: str
    prompt: str
    chosen: str
    rejected: str
    model_version: str


def lock_round(session: Session, round_id: int) -> Round:
    """The round as it is now, locked against other builds of its pairs until the end of the transaction.

    Raises:
        NotFoundError: no such round.
    """
    # NO KEY UPDATE: tasks may be pushed meanwhile. What this session read of the round before it waited is stale.
    query = select(Round).where(Round.id == round_id).with_for_update(key_share=True)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError(f"there is no round with id {round_id}")
    return found


def active_rankings(session: Session, round_id: int) -> list[ActiveRanking]:
    """Active rankings of the regular tasks of the round, whatever their weight, ordered by résumé and ranking."""
    columns = (
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
        Annotator.weight,
    )
    return [ActiveRanking(*row) for row in session.execute(_active(select(*columns), round_id))]


@contextmanager
def streamed_ballots(session: Session, round_id: int, size: int) -> Iterator[Iterator[list[Ballot]]]:
    """The same rankings in batches of about ``size``, whole tasks in each, by a server-side cursor.

    One statement reads all, so that the batches are of one moment, whatever is committed meanwhile.
    """
    columns = (
        RankingTask.resume_id,
        RankingTask.id,
        Ranking.id,
        Ranking.annotator_id,
        Annotator.weight,
        Ranking.order,
        Ranking.flags,
        or_(Ranking.simulated, Annotator.simulated),
    )
    query = _active(select(*columns), round_id).execution_options(yield_per=size)
    with session.execute(query) as rows:
        yield _by_task((Ballot(*row) for row in rows), size)


def _active(query: Any, round_id: int) -> Any:
    return (
        query.select_from(Ranking)
        .join(RankingTask, Ranking.ranking_task_id == RankingTask.id)
        .join(Annotator, Ranking.annotator_id == Annotator.id)
        .where(RankingTask.round_id == round_id, RankingTask.kind == "regular", Ranking.status == "active")
        .order_by(RankingTask.resume_id, Ranking.id)
    )


def _by_task(rows: Iterable[Ballot], size: int) -> Iterator[list[Ballot]]:
    batch: list[Ballot] = []
    for row in rows:
        if len(batch) >= size and row.task_id != batch[-1].task_id:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def candidate_texts(session: Session, candidate_ids: Sequence[int]) -> dict[int, str]:
    """What people saw of these candidates."""
    wanted = cast(list(candidate_ids), ARRAY(BigInteger))
    query = select(Candidate.id, Candidate.text).where(Candidate.id == any_(wanted))
    return dict(session.execute(query).all())


def unfaithful_candidates(session: Session, candidate_ids: Sequence[int]) -> list[int]:
    """Those of the candidates in which the check found a violation."""
    wanted = cast(list(candidate_ids), ARRAY(BigInteger))
    query = select(Candidate.id).where(Candidate.id == any_(wanted), Candidate.violations != [])
    return list(session.scalars(query))


def simulated_rankings(session: Session, round_id: int) -> tuple[int, int]:
    """(how many, the first id) of the active rankings of the round that scripted annotators made."""
    found = _active(select(Ranking.id), round_id).where(or_(Ranking.simulated, Annotator.simulated)).subquery()
    count, first = session.execute(select(func.count(), func.min(found.c.id))).one()
    return count, first


def annotator_pseudonyms(session: Session, annotator_ids: Iterable[int]) -> dict[int, str]:
    """Pseudonym by annotator."""
    query = select(Annotator.id, Annotator.pseudonym).where(Annotator.id.in_(list(annotator_ids)))
    return dict(session.execute(query).all())


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


def frozen_counts(session: Session, round_id: int) -> tuple[int, bool]:
    """(number of pairs of the round, is any of them simulated)."""
    query = select(func.count(), func.coalesce(func.bool_or(PreferencePair.simulated), False))
    count, simulated = session.execute(query.where(PreferencePair.round_id == round_id)).one()
    return count, simulated


def pair_rows(session: Session, round_id: int, size: int) -> Iterator[list[PairRow]]:
    """Pairs of the round with model input and raw outputs, in the order in which they were made, ``size`` at a time."""
    chosen, rejected = aliased(Candidate), aliased(Candidate)
    query = (
        select(
            PreferencePair.id,
            PreferencePair.resume_id,
            PreferencePair.ranking_ids,
            PreferencePair.weight,
            PreferencePair.strategy,
            chosen.model_input,
            chosen.raw_output,
            rejected.raw_output,
            ModelVersion.name,
        )
        .join(chosen, PreferencePair.chosen_id == chosen.id)
        .join(rejected, PreferencePair.rejected_id == rejected.id)
        .join(SamplingRun, chosen.sampling_run_id == SamplingRun.id)
        .join(ModelVersion, SamplingRun.model_version_id == ModelVersion.id)
        .where(PreferencePair.round_id == round_id)
        .order_by(PreferencePair.id)
        .execution_options(yield_per=size)
    )
    with session.execute(query) as rows:
        for batch in rows.partitions():
            yield [PairRow(*row) for row in batch]


def pseudonyms(session: Session, ranking_ids: Sequence[int]) -> dict[int, str]:
    """Pseudonym of the annotator of each ranking."""
    wanted = cast(list(ranking_ids), ARRAY(BigInteger))
    query = select(Ranking.id, Annotator.pseudonym).join(Annotator, Ranking.annotator_id == Annotator.id)
    return dict(session.execute(query.where(Ranking.id == any_(wanted))).all())
