"""Routes of rounds and of the agreement of their annotators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response, status

from annotation.queries import round_by_number
from app import rounds, training
from app.api.access import role
from app.api.dependencies import DatabaseDependency, SettingsDependency
from app.api.job_schemas import JobOut, PromoteRequest, RoundList, RoundOut, StartRequest, Step, TrainRequest
from app.api.jobs import accepted
from app.api.problems import documented
from app.jobs import service
from db.session import Database

router = APIRouter(prefix="/v1", tags=["rounds"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the round")]
_REFUSED = {"s401": "No key, or an unknown one", "s403": "The key may not do this", "s422": "A parameter is wrong"}
_FAILED = {"s500": "Unexpected failure", "s503": "The database does not answer"}
_ROUND = {"s404": "There is no such round"}


def _described(database: Database, number: int | None) -> RoundOut:
    with database.session() as session:
        return RoundOut.model_validate(rounds.describe(session, round_by_number(session, number)))


@router.get("/rounds", summary="All rounds", dependencies=[role("lead")], responses=documented(**_REFUSED, **_FAILED))
def list_rounds(database: DatabaseDependency) -> RoundList:
    """Oldest first."""
    with database.session() as session:
        return RoundList(rounds=[RoundOut.model_validate(one) for one in rounds.listing(session)])


@router.post(
    "/rounds",
    summary="Start a round",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[role("scientist")],
    responses=documented(s400="The body is not JSON", s409="Another round is open", **_REFUSED, **_FAILED),
)
def start_round(
    body: StartRequest, response: Response, database: DatabaseDependency, settings: SettingsDependency
) -> JobOut:
    """Makes the round with its queue of résumés; the job writes the candidates."""
    number = rounds.start(database, settings, rounds.Plan(**body.model_dump()))
    return accepted(response, database, service.defer(database, "sample", {"round": number}))


@router.get(
    "/rounds/{number}",
    summary="One round with its report",
    dependencies=[role("lead")],
    responses=documented(**_REFUSED, **_ROUND, **_FAILED),
)
def get_round(number: Number, database: DatabaseDependency) -> RoundOut:
    """State, models, counts, and what was measured so far."""
    return _described(database, number)


@router.post(
    "/rounds/{number}/promote",
    summary="Promote or reject the trained model",
    dependencies=[role("scientist")],
    responses=documented(s400="The body is not JSON", s409="It was not evaluated", **_REFUSED, **_ROUND, **_FAILED),
)
def promote(number: Number, database: DatabaseDependency, body: PromoteRequest | None = None) -> RoundOut:
    """Promotes if the gate lets it pass or `force` is true, else rejects; done when this answers."""
    training.promote(database, number, force=body is not None and body.force)
    return _described(database, number)


@router.post(
    "/rounds/{number}/close",
    summary="Give an unfinished round up",
    dependencies=[role("scientist")],
    responses=documented(s409="The round is over", **_REFUSED, **_ROUND, **_FAILED),
)
def close(number: Number, database: DatabaseDependency) -> RoundOut:
    """What was ranked stays; done when this answers."""
    rounds.close(database, number)
    return _described(database, number)


@router.post(
    "/rounds/{number}/train",
    summary="Train on the pairs of a round",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[role("scientist")],
    responses=documented(
        s400="The body is not JSON",
        s409="A training with other arguments is under way",
        **_REFUSED,
        **_ROUND,
        **_FAILED,
    ),
)
def train(number: Number, response: Response, database: DatabaseDependency, body: TrainRequest | None = None) -> JobOut:
    """Freezes the pairs and trains a new model on them, as a job."""
    strategy = (body or TrainRequest()).strategy
    return _deferred(response, database, "train", {"round": number, "strategy": strategy})


@router.post(
    "/rounds/{number}/{step}",
    summary="Sample, push, sync or evaluate",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[role("scientist")],
    responses=documented(**_REFUSED, **_ROUND, **_FAILED),
)
def step(number: Number, step: Step, response: Response, database: DatabaseDependency) -> JobOut:
    """As a job. Asked for while the same job waits or runs, the answer is that job; only a sync is done once more."""
    return _deferred(response, database, step, {"round": number})


@router.get(
    "/agreement",
    summary="How far annotators agree",
    dependencies=[role("lead")],
    responses=documented(**_REFUSED, **_ROUND, **_FAILED),
)
def agreement(
    database: DatabaseDependency,
    number: Annotated[
        int | None, Query(alias="round", ge=1, le=2**31 - 1, description="Number of the round; the newest by default")
    ] = None,
) -> dict[str, Any]:
    """Every statistic that is undefined is null and has its reason in `reasons`. Annotators are pseudonyms."""
    from annotation.round_agreement import round_agreement

    with database.session() as session:
        return round_agreement(session, round_by_number(session, number)).to_dict()


def _deferred(response: Response, database: Database, name: str, arguments: dict[str, Any]) -> JobOut:
    with database.session() as session:
        round_by_number(session, arguments["round"])
    return accepted(response, database, service.defer(database, name, arguments))
