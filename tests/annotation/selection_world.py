"""Rounds with many candidate sets, written in bulk, for tests of the choice of résumés."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import any_, insert, select
from sqlalchemy.orm import Session

from db.models import Annotator, Candidate, ModelVersion, Ranking, RankingTask, Resume, Round, SamplingItem, SamplingRun

NOW = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
WORDS = (
    *("продавец", "касса", "опыт", "работа", "магазин", "товар", "учёт", "клиент", "склад", "отчёт"),
    *("смена", "сервис", "выкладка", "заказ", "обучение", "договор", "витрина", "ценник", "поставка", "приёмка"),
)
Texts = Callable[[int], Sequence[str]]


def differing(number: int) -> list[str]:
    """Four texts of different words and lengths, others for each résumé."""
    rng = random.Random(number)
    return [f"{' '.join(rng.choices(WORDS, k=rng.randint(5, 40)))}.".capitalize() for _ in range(4)]


def alike(number: int) -> list[str]:
    """Four texts that are all the same."""
    return [differing(number)[0]] * 4


def add_round(
    session: Session, number: int, resumes: int, texts: Texts = differing, *, simulated: bool = False
) -> tuple[int, list[int]]:
    """A round with ``resumes`` complete candidate sets; its id and the ids of its résumés."""
    model = session.scalar(select(ModelVersion))
    if model is None:
        model = ModelVersion(
            name="start", method="starter", text_format="slots", artifact_uri="file:///m", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
    state = "annotating" if number == 9 else "rejected"
    round_ = Round(number=number, policy_model_id=model.id, simulated=simulated, state=state)
    session.add(round_)
    session.flush()
    run = SamplingRun(model_version_id=model.id, round_id=round_.id, decoding={}, engine={}, seed=1)
    session.add(run)
    session.flush()
    ids = list(session.scalars(insert(Resume).returning(Resume.id), [_resume(number, n) for n in range(resumes)]))
    session.execute(
        insert(SamplingItem),
        [{"run_id": run.id, "resume_id": id_, "position": n, "outcome": "complete"} for n, id_ in enumerate(ids)],
    )
    rows = [_candidate(run.id, id_, o, text) for n, id_ in enumerate(ids) for o, text in enumerate(texts(n))]
    session.execute(insert(Candidate), rows)
    return round_.id, ids


def add_tasks(session: Session, round_id: int, selection: dict[int, str]) -> dict[int, int]:
    """Regular tasks of résumés; résumé id → row id."""
    shown: dict[int, list[int]] = {resume_id: [] for resume_id in selection}
    for resume_id, candidate_id in session.execute(_candidates(round_id)):
        if resume_id in shown:
            shown[resume_id].insert(0, candidate_id)
    rows = [
        {
            "round_id": round_id,
            "resume_id": resume_id,
            "external_id": f"{round_id}-{resume_id}",
            "shown_order": shown[resume_id],
            "data": {},
            "selection": arm,
        }
        for resume_id, arm in selection.items()
    ]
    added = session.execute(insert(RankingTask).returning(RankingTask.resume_id, RankingTask.id), rows)
    ids = {row.resume_id: row.id for row in added}
    return {resume_id: ids[resume_id] for resume_id in selection}


def rank(session: Session, tasks: Iterable[int], annotator: Annotator, key: Callable[[str], float]) -> None:
    """Active rankings of tasks by falling ``key`` of the texts; equal ones are tied."""
    query = (
        select(RankingTask.id, Candidate.id, Candidate.text)
        .join(Candidate, Candidate.id == any_(RankingTask.shown_order))
        .where(RankingTask.id.in_(list(tasks)))
        .order_by(RankingTask.id, Candidate.id)
    )
    rows = []
    for task_id, found in groupby(session.execute(query), key=lambda row: row[0]):
        values = [(candidate_id, key(text)) for _, candidate_id, text in found]
        levels = sorted({value for _, value in values}, reverse=True)
        rows.append(
            {
                "ranking_task_id": task_id,
                "annotator_id": annotator.id,
                "label_studio_url": annotator.label_studio_url,
                "annotation_id": 1000 * task_id + annotator.id,
                "order": [[candidate_id for candidate_id, value in values if value == level] for level in levels],
                "submitted_at": NOW,
                "status": "active",
                "simulated": annotator.simulated,
                "raw": {},
            }
        )
    session.execute(insert(Ranking), rows)


def add_annotator(session: Session, name: str, **values: Any) -> Annotator:
    """An annotator with a pseudonym."""
    annotator = Annotator(
        label_studio_url="http://label-studio.test", label_studio_user_id=sum(map(ord, name)), pseudonym=name, **values
    )
    session.add(annotator)
    session.flush()
    return annotator


def _resume(number: int, n: int) -> dict[str, Any]:
    profile = {
        "external_id": f"{number}-{n}",
        "title": "Продавец",
        "skills": ["касса", "учёт товара"],
        "city": "Казань",
    }
    return {
        "source": "t",
        "external_id": f"{number}-{n}",
        "profile": profile,
        "split": "train",
        "content_hash": f"{number}-{n}",
    }


def _candidate(run_id: int, resume_id: int, ordinal: int, text: str) -> dict[str, Any]:
    return {
        "sampling_run_id": run_id,
        "resume_id": resume_id,
        "ordinal": ordinal,
        "model_input": "вход",
        "raw_output": text,
        "text": text,
        "token_count": 30,
        "log_probability": -10.0,
        "seed": 1,
        "latency_ms": 1.0,
    }


def _candidates(round_id: int) -> Any:
    return (
        select(Candidate.resume_id, Candidate.id)
        .join(SamplingRun, SamplingRun.id == Candidate.sampling_run_id)
        .where(SamplingRun.round_id == round_id)
        .order_by(Candidate.id)
    )
