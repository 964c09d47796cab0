"""Every kind of job. Each calls a use case that commits by itself and can be killed at any moment and run again.

A function takes the context of the attempt and its own arguments by name, all JSON, and returns JSON. ``round`` is the
number of a round.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.jobs.context import JobContext
from app.jobs.registry import work

if TYPE_CHECKING:
    from annotation.pairs import Strategy

# Share of a training that checking the parent's drafts takes, roughly.
_DRAFTING = 0.3


@work("sync", lane="sync", repeats=True)
def sync(context: JobContext, *, round: int) -> dict[str, Any]:
    """Fetches the rankings that are new or changed in Label Studio."""
    from annotation.queries import round_by_number
    from annotation.sync import sync as sync_rankings
    from app.label_studio import connect_from_settings

    client = connect_from_settings(context.settings)
    with context.database.session() as session:
        round_id = round_by_number(session, round).id
    context.raise_if_cancelled()
    return asdict(sync_rankings(context.database, client, round_id))


@work("sample")
def sample(context: JobContext, *, round: int) -> dict[str, Any]:
    """Writes the candidates of a round that are still missing."""
    from app import rounds

    report = context.phase("résumés")
    return asdict(rounds.sample(context.database, context.settings, round, lambda at: report(at.done, at.total)))


@work("push")
def push(context: JobContext, *, round: int) -> dict[str, Any]:
    """Puts the tasks of a round into Label Studio, and lets it wake the sync."""
    from app import rounds
    from app.label_studio import connect_from_settings
    from app.webhooks import connect_webhook

    client = connect_from_settings(context.settings)
    report = rounds.push(context.database, client, round, context.phase("tasks"))
    return {**asdict(report), "webhook": connect_webhook(context.settings, client, report.project_id)}


@work("pairs")
def pairs(context: JobContext, *, round: int, strategy: Strategy | None = None) -> dict[str, Any]:
    """Makes the preference pairs of a round those that its rankings support."""
    from annotation.consensus import build_pairs
    from annotation.queries import round_by_number

    context.raise_if_cancelled()
    with context.database.session() as session:
        return build_pairs(session, round_by_number(session, round).id, strategy).to_dict()


@work("agreement", lane="agreement")
def agreement(context: JobContext, *, round: int) -> dict[str, Any]:
    """Measures how far the annotators of a round agree."""
    from annotation.queries import round_by_number
    from annotation.round_agreement import round_agreement

    context.raise_if_cancelled()
    with context.database.session() as session:
        return round_agreement(session, round_by_number(session, round)).to_dict()


@work("train")
def train(context: JobContext, *, round: int, strategy: Strategy | None = None) -> dict[str, Any]:
    """Freezes the pairs of a round and trains a new model on them."""
    from app import training

    return training.train(
        context.database,
        context.settings,
        round,
        strategy=strategy,
        drafting=context.phase("drafts", 0.0, _DRAFTING),
        progress=context.phase("DPO steps", _DRAFTING, 1.0),
    )


@work("evaluate")
def evaluate(context: JobContext, *, round: int) -> dict[str, Any]:
    """Compares the trained model of a round with its parent."""
    from app import training

    return training.evaluate(context.database, context.settings, round, progress=context.phase("résumés"))


@work("promote")
def promote(context: JobContext, *, round: int, force: bool = False) -> dict[str, Any]:
    """Promotes the trained model of a round, or rejects it."""
    from app import training

    return training.promote(context.database, round, force=force)


@work("blind", lane="blind")
def blind(
    context: JobContext,
    *,
    round: int | None = None,
    model: str | None = None,
    opponent: str | None = None,
    resumes: int = 100,
    overlap: int = 1,
    seed: int = 0,
) -> dict[str, Any]:
    """Opens a blind evaluation of two models, or goes on with it: writes the texts and puts the tasks out."""
    from annotation.blind.queries import get
    from app import blind as evaluations
    from app.label_studio import connect_from_settings
    from app.webhooks import connect_webhook

    client = connect_from_settings(context.settings)
    plan = evaluations.BlindPlan(round, model, opponent, resumes, overlap, seed)
    report = evaluations.start(context.database, context.settings, client, plan, context.phase("résumés"))
    with context.database.session() as session:
        project_id = get(session, report["evaluation"]).project_id
    return {**report, "webhook": project_id is not None and connect_webhook(context.settings, client, project_id)}


@work("blind-sync", lane="blind-sync", repeats=True)
def blind_sync(context: JobContext, *, evaluation: int) -> dict[str, Any]:
    """Fetches the votes of a blind evaluation."""
    from app import blind as evaluations
    from app.label_studio import connect_from_settings

    client = connect_from_settings(context.settings)
    context.raise_if_cancelled()
    return evaluations.sync(context.database, client, evaluation)
