"""Errors as ``application/problem+json`` (RFC 9457).

A problem names where the input is wrong, never what it contains: a résumé must reach neither logs nor proxies' error
pages.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.errors import RaisonTextError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
HINTS = {
    "extra_forbidden": "unknown field",
    "missing": "required field is missing",
    "json_invalid": "the body is not valid JSON",
}


class FieldError(BaseModel):
    """One wrong field."""

    pointer: str = Field(description="JSON pointer (RFC 6901) into the request body", examples=["#/resume/salary"])
    detail: str = Field(description="What is wrong with it", examples=["unknown field"])


class Problem(BaseModel):
    """Answer to every request that failed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Invalid input",
                    "status": 422,
                    "detail": "resume.salary: unknown field",
                    "instance": "/v1/generate",
                    "errors": [{"pointer": "#/resume/salary", "detail": "unknown field"}],
                }
            ]
        }
    )

    type: str = Field(
        "about:blank",
        description="Kind of problem; about:blank: the status says it all",
        examples=["urn:raisontext:no-faithful-text"],
    )
    title: str
    status: int
    detail: str
    instance: str = Field(description="Path of the request")
    errors: list[FieldError] = Field(default_factory=list, description="Wrong fields, if the input is at fault")


def documented(**descriptions: str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the statuses ``s400=…`` that a route may answer with."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        int(status[1:]): {"description": text, "content": {MEDIA_TYPE: schema}} for status, text in descriptions.items()
    }


def answer(
    request: Request,
    status: int,
    title: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem+json response."""
    problem = Problem(
        title=title, status=status, detail=detail, instance=request.url.path, errors=list(errors), type=kind
    )
    return JSONResponse(problem.model_dump(), status, headers, media_type=MEDIA_TYPE)


def field_errors(found: Sequence[Any]) -> list[FieldError]:
    """Pydantic's errors without the values that they are about."""
    return [_field_error(one) for one in found]


def _field_error(error: dict[str, Any]) -> FieldError:
    # FastAPI puts "body" in front; a JSON syntax error has the offset behind it.
    path: tuple[str | int, ...] = tuple(error["loc"])
    path = path[1:] if path[:1] == ("body",) else path
    if error["type"] == "json_invalid":
        path = ()
    pointer = "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return FieldError(pointer=pointer, detail=HINTS.get(error["type"], error["msg"].removeprefix("Value error, ")))


def invalid(request: Request, errors: list[FieldError], status: int = 422) -> JSONResponse:
    """The answer to wrong input; ``detail`` says all of it in a line."""
    lines = [f"{error.pointer[2:].replace('/', '.') or 'body'}: {error.detail}" for error in errors]
    return answer(request, status, "Invalid input", "; ".join(lines), errors)


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    syntax = any(one["type"] == "json_invalid" for one in found)
    return invalid(request, field_errors(found), status=400 if syntax else 422)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return answer(request, error.status_code, title, detail, headers=error.headers)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RaisonTextError)
    headers = {"WWW-Authenticate": "APIKey"} if error.http_status == HTTPStatus.UNAUTHORIZED else None
    return answer(request, error.http_status, error.title, str(error), kind=kind_of(error), headers=headers)


def kind_of(error: RaisonTextError) -> str:
    """``NoFaithfulTextError`` → ``urn:raisontext:no-faithful-text``: clients may tell errors of one status apart."""
    words = re.findall("[A-Z][a-z]*", type(error).__name__.removesuffix("Error"))
    return "urn:raisontext:" + "-".join(words).lower()


async def _database(request: Request, error: Exception) -> JSONResponse:
    log.error("database: %s", type(error.orig).__name__ if isinstance(error, OperationalError) else error)
    return answer(request, 503, "Service unavailable", "The database does not answer")


class LastResort:
    """Turns any exception that is left into a 500 problem; logs where it came from, not what it says.

    The server's own handler would log the message, and a message may quote a résumé.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the last handler of all
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("unexpected %s in %s\n%s", type(error).__name__, scope.get("path"), frames)
            if scope["type"] == "http" and not started:
                request = Request(scope)
                response = answer(request, 500, "Internal Server Error", "Something went wrong; the log has the place")
                await response(scope, receive, send)


class BodyLimit:
    """Refuses bodies over the limit with a 413 problem: at once by ``Content-Length``, else when they get too long.

    FastAPI's own ``max_body_size`` answers in plain text.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        detail = f"At most {self.max_bytes} bytes of body are read"
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.max_bytes:
            response = answer(Request(scope), 413, "Content Too Large", detail)
            await response(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_bytes:
                raise HTTPException(413, detail)
            return message

        await self.app(scope, counted, send)


def install(app: FastAPI, max_bytes: int) -> None:
    """Registers every handler on ``app``."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RaisonTextError, _expected)
    app.add_exception_handler(OperationalError, _database)
    app.add_middleware(BodyLimit, max_bytes=max_bytes)
    app.add_middleware(LastResort)
