"""Opening and closing a blind evaluation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotation.blind import page, queries
from annotation.blind.report import report
from db.errors import ConflictError, InvalidInputError
from db.models import BlindEvaluation, ModelVersion, Resume
from resumes.schema import Profile


@dataclass(frozen=True, slots=True)
class Texts:
    """What either model wrote for a résumé."""

    resume: Resume
    model: str
    opponent: str


def open_evaluation(
    session: Session,
    model: ModelVersion,
    opponent: ModelVersion,
    *,
    resumes: int,
    overlap: int = 1,
    seed: int = 0,
    round_id: int | None = None,
    simulated: bool = False,
) -> BlindEvaluation:
    """The open evaluation of ``model``, made when there is none; one that is open already keeps its own numbers.

    Args:
        resumes: how many résumés to write texts for; overlap: votes per pair of texts; seed: decides résumés and sides.
        simulated: votes of scripted annotators count, and the result counts for nothing real.

    Raises:
        InvalidInputError: both are the same model.
        ConflictError: the model is being compared with another opponent, or by people where this one is simulated.
    """
    if model.id == opponent.id:
        raise InvalidInputError(f"Expected two models to compare, found {model.name!r} twice")
    found = queries.open_for(session, model.id)
    if found is not None:
        _require_same(session, found, opponent, simulated)
        return found
    evaluation = BlindEvaluation(
        round_id=round_id,
        model_id=model.id,
        opponent_id=opponent.id,
        overlap=overlap,
        seed=seed,
        simulated=simulated,
        report={"resumes": resumes, "left_out": {}},
    )
    try:
        with session.begin_nested():
            session.add(evaluation)
    except IntegrityError as error:
        if "uq_blind_evaluation_open" not in str(error.orig):
            raise
        raise ConflictError(
            f"Another process has just opened a blind evaluation of {model.name!r}; try again"
        ) from error
    return evaluation


def add_texts(session: Session, evaluation: BlindEvaluation, texts: Sequence[Texts]) -> None:
    """Writes the tasks of these pairs of texts, sides by the seed. A résumé that has a task keeps it."""
    queries.add_tasks(session, [_row(evaluation, pair) for pair in texts])


def leave_out(evaluation: BlindEvaluation, reasons: dict[int, str]) -> None:
    """Notes why résumés (by id) have no task, so that nobody writes texts for them again."""
    left_out = {**evaluation.report["left_out"], **{str(resume): reason for resume, reason in reasons.items()}}
    evaluation.report = {**evaluation.report, "left_out": left_out}


def close(session: Session, evaluation_id: int | None) -> BlindEvaluation:
    """No more votes are fetched; the result is kept with the evaluation.

    Raises:
        NotFoundError: there is no such evaluation.
        ConflictError: it is closed already.
    """
    evaluation = queries.get(session, evaluation_id)
    if evaluation.state == "closed":
        raise ConflictError(f"Blind evaluation {evaluation.id} is closed already")
    evaluation.state = "closed"
    result = {**report(session, [evaluation.id]).to_dict(), "closed_at": dt.datetime.now(dt.UTC).isoformat()}
    evaluation.report = {**evaluation.report, "result": result}
    return evaluation


def _require_same(session: Session, found: BlindEvaluation, opponent: ModelVersion, simulated: bool) -> None:
    if found.opponent_id == opponent.id and found.simulated == simulated:
        return
    other = session.get_one(ModelVersion, found.opponent_id).name
    kind = "simulated votes" if found.simulated else "people"
    raise ConflictError(
        f"Blind evaluation {found.id} of this model against {other!r} by {kind} is open; "
        f"close it first with `raisontext blind close {found.id}`"
    )


def _row(evaluation: BlindEvaluation, texts: Texts) -> dict[str, Any]:
    left = page.model_is_left(evaluation.seed, texts.resume.id)
    shown = (texts.model, texts.opponent) if left else (texts.opponent, texts.model)
    data = page.task_data(Profile.model_validate(texts.resume.profile), *shown)
    return {
        "evaluation_id": evaluation.id,
        "resume_id": texts.resume.id,
        "external_id": data["external_id"],
        "model_text": texts.model,
        "opponent_text": texts.opponent,
        "model_is_left": left,
        "data": data,
    }
