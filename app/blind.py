"""Blind evaluation of two models by people: texts of both on held-out résumés, votes in Label Studio, a gate.

Every step commits by itself, can be killed at any moment and run again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from annotation.blind import queries, service
from annotation.locks import exclusive
from annotation.queries import round_by_number
from app.engines import engine_settings
from app.round_state import RoundStateError
from app.settings import Settings
from db.errors import InvalidInputError
from db.models import BlindEvaluation, ModelVersion, Resume, Round
from db.session import Database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotation.blind.report import BlindReport
    from annotation.client import LabelStudioClient
    from sampler.candidates import CandidateSet
    from sampler.engines.base import Engine
    from trainer.people_gate import PeopleGate, PeopleVotes

Progress = Callable[[int, int], None]
RESUMES = 100
_CHUNK = 25


@dataclass(frozen=True)
class BlindPlan:
    """What to compare. Without ``model``: the trained model of a round (by number; the newest), against its parent.

    ``resumes``: how many held-out résumés to write texts for; ``overlap``: votes per pair of texts.
    """

    round: int | None = None
    model: str | None = None
    opponent: str | None = None
    resumes: int = RESUMES
    overlap: int = 1
    seed: int = 0


def start(
    database: Database,
    settings: Settings,
    client: LabelStudioClient,
    plan: BlindPlan,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Opens the evaluation, or goes on with the one that is open: writes the texts, brings the tasks to Label Studio.

    ``progress`` is told résumés done and in all.

    Raises:
        RoundStateError: the round has no trained model yet.
        ModelNotFoundError, InvalidInputError: no such model, one without a parent, or no held-out résumé.
        ConflictError: another comparison of the model is open, or another process is writing the texts.
        ArtifactError, EngineError: a model cannot be loaded.
    """
    from annotation.blind.push import push

    with database.session() as session:
        model, opponent, round_ = _contestants(session, plan)
        evaluation_id = service.open_evaluation(
            session,
            model,
            opponent,
            resumes=plan.resumes,
            overlap=plan.overlap,
            seed=plan.seed,
            round_id=round_.id if round_ else None,
            simulated=_simulated(model, opponent, round_),
        ).id
    with exclusive(database, "writing of texts", evaluation_id, of="evaluation"):
        _write(database, settings, evaluation_id, progress)
    pushed = push(database, client, evaluation_id)
    with database.session() as session:
        return {**_described(session, queries.get(session, evaluation_id)), "pushed": pushed.pushed}


def sync(database: Database, client: LabelStudioClient, evaluation_id: int | None) -> dict[str, Any]:
    """Fetches the votes of an evaluation (the newest unless given)."""
    from annotation.blind.sync import sync as fetch

    with database.session() as session:
        found = queries.get(session, evaluation_id).id
    return asdict(fetch(database, client, found))


def show(session: Session, evaluation_id: int | None) -> dict[str, Any]:
    """An evaluation (the newest unless given) with its report as of now, and what the gate would say of it."""
    from annotation.blind.report import report
    from trainer.people_gate import people_gate

    evaluation = queries.get(session, evaluation_id)
    found = report(session, [evaluation.id])
    gate = people_gate(_votes(found)) if found.overall.votes else None
    return {
        **_described(session, evaluation),
        "report": found.to_dict(),
        "gate": gate.to_dict() if gate is not None else None,
    }


def close(session: Session, evaluation_id: int | None) -> dict[str, Any]:
    """Ends an evaluation; its votes still count at promotion."""
    return show(session, service.close(session, evaluation_id).id)


def gate_of_round(session: Session, round_: Round) -> PeopleGate | None:
    """What people say of the round's trained model against its parent; None where no vote was given.

    Evaluations that are simulated count for simulated rounds only.
    """
    from annotation.blind.report import report
    from trainer.people_gate import people_gate

    if round_.trained_model_id is None or round_.policy_model_id is None:
        return None
    evaluations = queries.of_models(
        session, round_.trained_model_id, round_.policy_model_id, simulated=round_.simulated
    )
    found = report(session, [evaluation.id for evaluation in evaluations])
    return people_gate(_votes(found)) if found.overall.votes else None


def _votes(found: BlindReport) -> PeopleVotes:
    from trainer.people_gate import PeopleVotes

    overall = found.overall
    return PeopleVotes(overall.wins, overall.losses, overall.ties, overall.win_rate.value or 0.0, found.interval)


def _contestants(session: Session, plan: BlindPlan) -> tuple[ModelVersion, ModelVersion, Round | None]:
    from trainer import registry

    round_ = None
    if plan.model is not None:
        model = registry.get(session, plan.model)
    else:
        round_ = round_by_number(session, plan.round)
        if round_.trained_model_id is None:
            raise RoundStateError(f"Expected round {round_.number} to have a trained model, found it {round_.state}")
        model = session.get_one(ModelVersion, round_.trained_model_id)
    if plan.opponent is not None:
        return model, registry.get(session, plan.opponent), round_
    if model.parent_id is None:
        raise InvalidInputError(f"Expected an opponent for model {model.name!r}, which has no parent; name one")
    return model, session.get_one(ModelVersion, model.parent_id), round_


def _simulated(model: ModelVersion, opponent: ModelVersion, round_: Round | None) -> bool:
    return model.simulated or opponent.simulated or (round_ is not None and round_.simulated)


def _write(database: Database, settings: Settings, evaluation_id: int, progress: Progress | None) -> None:
    """Texts of both models for every résumé that has neither a task nor a reason to have none; commits in chunks."""
    from sampler.models import load_version

    with database.session() as session:
        evaluation = queries.get(session, evaluation_id)
        everyone = _held_out(session, evaluation)
        done = queries.resumes_with_task(session, evaluation_id) | set(map(int, evaluation.report["left_out"]))
        waiting = [resume for resume in everyone if resume.id not in done]
        models = [session.get_one(ModelVersion, id_) for id_ in (evaluation.model_id, evaluation.opponent_id)]
    if not everyone:
        raise InvalidInputError("Expected résumés that no model was trained on, found none; ingest more")
    engines = [load_version(model, engine_settings(settings)) for model in models] if waiting else []
    for start_at in range(0, len(waiting), _CHUNK):
        chunk = waiting[start_at : start_at + _CHUNK]
        sides = [_sample(engine, model, chunk, evaluation.seed) for engine, model in zip(engines, models, strict=True)]
        with database.session() as session:
            _store(session, evaluation_id, chunk, *sides)
        if progress is not None:
            progress(len(everyone) - len(waiting) + start_at + len(chunk), len(everyone))


def _held_out(session: Session, evaluation: BlindEvaluation) -> list[Resume]:
    """Résumés of people outside the training split that no round has shown to annotators, in an order by the seed."""
    from resumes.queries import shuffled_resumes

    return shuffled_resumes(
        session,
        int(evaluation.report["resumes"]),
        evaluation.seed,
        splits=("validation", "test"),
        synthetic=evaluation.simulated,
        unused=True,
    )


def _sample(engine: Engine, model: ModelVersion, resumes: Sequence[Resume], seed: int) -> list[CandidateSet]:
    """One checked text for each résumé, drawn as in serving."""
    from resumes.schema import Profile
    from sampler.candidates import Selection, sample_candidates
    from sampler.engines.base import Decoding
    from sampler.models import text_format_of
    from sampler.seeds import derive

    profiles = [Profile.model_validate(resume.profile) for resume in resumes]
    chunk_seed = derive(seed, "blind", resumes[0].id)
    return sample_candidates(engine, profiles, text_format_of(model), Decoding(), chunk_seed, Selection(n=1))


def _store(
    session: Session,
    evaluation_id: int,
    resumes: Sequence[Resume],
    mine: Sequence[CandidateSet],
    theirs: Sequence[CandidateSet],
) -> None:
    from sampler.distinct import normalised

    texts: list[service.Texts] = []
    left_out: dict[int, str] = {}
    for resume, one, other in zip(resumes, mine, theirs, strict=True):
        if not one.candidates or not other.candidates:
            left_out[resume.id] = f"no text that passes the check: {one.reason or other.reason}"
        elif normalised(one.candidates[0].text) == normalised(other.candidates[0].text):
            left_out[resume.id] = "identical texts"
        else:
            texts.append(service.Texts(resume, one.candidates[0].text, other.candidates[0].text))
    evaluation = queries.get(session, evaluation_id)
    service.add_texts(session, evaluation, texts)
    service.leave_out(evaluation, left_out)


def _described(session: Session, evaluation: BlindEvaluation) -> dict[str, Any]:
    names = [session.get_one(ModelVersion, id_).name for id_ in (evaluation.model_id, evaluation.opponent_id)]
    tasks, in_label_studio = queries.task_counts(session, evaluation.id)
    return {
        "evaluation": evaluation.id,
        "state": evaluation.state,
        "simulated": evaluation.simulated,
        "model": names[0],
        "opponent": names[1],
        "overlap": evaluation.overlap,
        "seed": evaluation.seed,
        "tasks": tasks,
        "in_label_studio": in_label_studio,
        "left_out": len(evaluation.report["left_out"]),
        "project_url": evaluation.project_url,
        "synced_until": evaluation.synced_until,
    }
