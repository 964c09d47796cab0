"""Routes: parse, call, answer."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from app.api.access import public
from app.api.dependencies import ServingDependency
from app.api.problems import documented
from app.api.schemas import GenerateRequest, GenerateResponse, Health, Ready

router = APIRouter()


@router.post(
    "/v1/generate",
    tags=["texts"],
    summary="Write «О себе» in up to four variants",
    dependencies=[Depends(public)],
    responses=documented(
        s400="The body is not JSON",
        s401="There are public keys, and the request has none",
        s413="The body is too large",
        s422="The résumé or a parameter is wrong; `errors` names each field",
        s500="Unexpected failure",
        s503="No model is ready, or no faithful text could be written",
    ),
)
def generate(body: GenerateRequest, serving: ServingDependency) -> GenerateResponse:
    """Variants are distinct, and each was checked against the résumé: `violations` is empty."""
    return serving.generate(body)


@router.get("/healthz", tags=["service"], summary="Is the process alive?", responses=documented(s500="Unexpected"))
def healthz() -> Health:
    """Answers as long as the process does."""
    return Health()


@router.get(
    "/readyz",
    tags=["service"],
    summary="Can it write texts?",
    responses=documented(s500="Unexpected failure", s503="The database does not answer or no model is loaded"),
)
def readyz(serving: ServingDependency) -> Ready:
    """Asks the database and makes sure that the promoted model is loaded."""
    return serving.ready()
