"""The second half of a round: train on its pairs, evaluate against the parent, promote or reject.

Every step commits by itself, can be killed at any moment and run again, and refuses a round that is in another state.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from annotation.queries import round_by_number
from app.engines import engine_settings
from app.round_state import RoundStateError, expect, failing
from app.settings import Settings
from app.snapshots import Progress, freeze_round
from db.models import ModelVersion, Round
from db.session import Database

if TYPE_CHECKING:
    from annotation.pairs import Strategy
    from trainer.dpo import DPOSettings
    from trainer.people_gate import PeopleGate

EVALUATION_RESUMES = 300
# Raw errors are rare: fewer samples would leave their rate to chance.
EVALUATION_SAMPLES = 8


def train(
    database: Database,
    settings: Settings,
    number: int | None,
    *,
    strategy: Strategy | None = None,
    config: DPOSettings | None = None,
    progress: Progress | None = None,
    drafting: Progress | None = None,
) -> dict[str, Any]:
    """Pairs, a frozen snapshot of them, DPO, a new candidate model; returns the report of the training.

    ``strategy`` becomes the round's; None: its own.
    ``progress`` is told DPO steps, ``drafting`` résumés whose drafts were checked for ``trainer.fact_pairs``.

    Raises:
        RoundStateError: the round is not being annotated or trained, and has not failed.
        TrainingDataError: there is no pair to train on.
    """
    from sampler.artifacts import fetch
    from trainer.dpo import DPOSettings, train_dpo
    from trainer.registry import register

    with database.session() as session:
        round_ = round_by_number(session, number)
        expect(round_, "annotating", "training", "failed")
        home = settings.data_dir.absolute() / "rounds" / f"{round_.number}-{round_.created_at:%Y%m%dT%H%M%S}"
        policy = session.get_one(ModelVersion, round_.policy_model_id)
        round_id, name = round_.id, f"round-{round_.number}"
        config = config or DPOSettings(seed=int(round_.config.get("seed", 0)))
    snapshot = freeze_round(database, settings, round_id, home, strategy, drafting)
    parent = fetch(policy.artifact_uri, policy.artifact_sha256, engine_settings(settings).cache_dir)
    with failing(database, round_id):
        result = train_dpo(parent, snapshot, home / "model", config, progress)
    with database.session() as session:
        round_ = session.get_one(Round, round_id)
        model = register(
            session,
            result.directory,
            store=settings.store_uri(),
            name=name,
            method="dpo",
            parent_id=policy.id,
            base=policy.base,
            config={"round": round_.number, "strategy": _strategy(round_), "dpo": asdict(config)},
            metrics={"training": result.summary()},
            data_hash=snapshot.hash,
            simulated=snapshot.simulated,
        )
        session.flush()
        round_.trained_model_id, round_.state = model.id, "evaluating"
        training = {**result.summary(), "fact_pairs": snapshot.drafted, "model": name}
        round_.report = {**round_.report, "training": training}
        return {"round": round_.number, **training}


def _strategy(round_: Round) -> str:
    """The strategy that its frozen pairs were made by."""
    return str(round_.report.get("pairs", {}).get("strategy", "all"))


def evaluate(
    database: Database, settings: Settings, number: int | None, progress: Progress | None = None
) -> dict[str, Any]:
    """The trained model against its parent on résumés of the test split; returns figures and what the gate says.

    Raises:
        RoundStateError: the round has no trained model to evaluate.
        TrainingDataError: there is no held-out résumé.
    """
    from resumes.queries import shuffled_resumes
    from resumes.schema import Profile
    from sampler.models import load_version, text_format_of
    from trainer.evaluation import evaluate as evaluate_models
    from trainer.evaluation import gate
    from trainer.pairs import freeze

    with database.session() as session:
        round_ = round_by_number(session, number)
        expect(round_, "evaluating")
        seed = int(round_.config.get("seed", 0))
        resumes = shuffled_resumes(session, EVALUATION_RESUMES, seed, splits=("test",), synthetic=round_.simulated)
        held_out = freeze(session, round_.id).held_out
        new = session.get_one(ModelVersion, round_.trained_model_id)  # evaluating means that there is one
        parent = session.get_one(ModelVersion, round_.policy_model_id)
        round_id = round_.id
    evaluation = evaluate_models(
        load_version(new, engine_settings(settings)),
        load_version(parent, engine_settings(settings)),
        [Profile.model_validate(resume.profile) for resume in resumes],
        text_format_of(new),
        held_out,
        seed,
        EVALUATION_SAMPLES,
        progress=progress,
    )
    passed, reasons = gate(evaluation)
    report = {**evaluation.to_dict(), "gate": {"passed": passed, "reasons": reasons}}
    with database.session() as session:
        round_ = session.get_one(Round, round_id)
        round_.report = {**round_.report, "evaluation": report}
        model = session.get_one(ModelVersion, round_.trained_model_id)
        model.metrics = {**model.metrics, "evaluation": report}
        return {"round": round_.number, "model": model.name, **report}


def promote(database: Database, number: int | None, *, force: bool = False) -> dict[str, Any]:
    """Promotes the trained model if the gates let it pass, else rejects it; either ends the round.

    Where people have compared it with its parent (:mod:`app.blind`), they keep a gate of their own, which only too few
    votes leave undecided.

    Raises:
        RoundStateError: the round was not evaluated.
    """
    from app.blind import gate_of_round
    from trainer import registry

    with database.session() as session:
        round_ = round_by_number(session, number)
        expect(round_, "evaluating")
        verdict = round_.report.get("evaluation", {}).get("gate")
        if verdict is None or round_.trained_model_id is None:
            raise RoundStateError(
                f"Expected round {round_.number} to be evaluated, found no evaluation; "
                f"run `raisontext round evaluate {round_.number}`"
            )
        verdict = _with_people(verdict, gate_of_round(session, round_))
        promoted = verdict["passed"] or force
        model = (registry.promote if promoted else registry.reject)(session, round_.trained_model_id)
        evaluation = {**round_.report["evaluation"], "gate": verdict}
        model.metrics = {**model.metrics, "evaluation": evaluation}
        round_.report = {**round_.report, "evaluation": evaluation}
        round_.state = "promoted" if promoted else "rejected"
        return {
            "round": round_.number,
            "state": round_.state,
            "model": model.name,
            "model_id": model.id,
            "forced": force and not verdict["passed"],
            "reasons": verdict["reasons"],
            "warnings": verdict["warnings"],
        }


def _with_people(verdict: dict[str, Any], people: PeopleGate | None) -> dict[str, Any]:
    """The verdict of the gates with that of people added; undecided, it is a warning."""
    failed = people is not None and people.state == "failed"
    undecided = people is not None and people.state == "undecided"
    return {
        "passed": verdict["passed"] and not failed,
        "reasons": [*verdict["reasons"], *([people.reason] if people is not None and failed else [])],
        "warnings": [people.reason] if people is not None and undecided else [],
        "people": people.to_dict() if people is not None else None,
    }
