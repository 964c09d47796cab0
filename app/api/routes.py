"""Routes: parse, call, answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from app.api.problems import MEDIA_TYPE
from app.api.schemas import GenerateRequest, GenerateResponse, Health, Ready
from app.api.serving import Serving

router = APIRouter()


def _serving(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


def _problems(**descriptions: str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the statuses ``s400=…`` that a route may answer with."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    found: dict[int | str, dict[str, Any]] = {
        int(status[1:]): {"description": text, "content": {MEDIA_TYPE: schema}} for status, text in descriptions.items()
    }
    return found


ServingDependency = Annotated[Serving, Depends(_serving)]


@router.post(
    "/v1/generate",
    tags=["texts"],
    summary="Write «О себе» in up to four variants",
    responses=_problems(
        s400="The body is not JSON",
        s413="The body is too large",
        s422="The résumé or a parameter is wrong; `errors` names each field",
        s500="Unexpected failure",
        s503="No model is ready, or no faithful text could be written",
    ),
)
def generate(body: GenerateRequest, serving: ServingDependency) -> GenerateResponse:
    """Variants are distinct, and each was checked against the résumé: `violations` is empty."""
    return serving.generate(body)


@router.get("/healthz", tags=["service"], summary="Is the process alive?", responses=_problems(s500="Unexpected"))
def healthz() -> Health:
    """Answers as long as the process does."""
    return Health()


@router.get(
    "/readyz",
    tags=["service"],
    summary="Can it write texts?",
    responses=_problems(s500="Unexpected failure", s503="The database does not answer or no model is loaded"),
)
def readyz(serving: ServingDependency) -> Ready:
    """Asks the database and makes sure that the promoted model is loaded."""
    return serving.ready()
