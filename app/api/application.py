"""The FastAPI application."""

from __future__ import annotations

import logging
import threading
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from app.api import jobs, problems, rounds, routes, webhooks
from app.api.serving import Serving
from app.keys import KeyRing
from app.settings import Settings
from db.errors import RaisonTextError
from db.session import Database

log = logging.getLogger(__name__)

DESCRIPTION = """
Writes the «О себе» section of a résumé in several variants and states nothing that the résumé does not say; rounds,
jobs and agreement are for the people who teach it, with `X-API-Key` (roles public < lead < scientist < admin).
Every error is `application/problem+json` (RFC 9457).
"""


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The application on an open, migrated database; whoever opened the database closes it."""
    serving = Serving(settings, database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The first model is loaded while /healthz answers already; /readyz tells when it is there.
        warming = threading.Thread(target=_warm_up, args=(serving,), name="warm-up", daemon=True)
        warming.start()
        yield
        await to_thread(warming.join)  # whoever opened the database closes it now

    max_bytes = settings.max_body_kib * 1024
    app = FastAPI(
        title="RaisonText",
        summary="«О себе» for résumés, learned from people's rankings",
        description=DESCRIPTION,
        version=version("raisontext"),
        lifespan=lifespan,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.serving, app.state.database, app.state.settings = serving, database, settings
    app.state.keys = KeyRing(settings.keys_path())
    for module in (routes, rounds, jobs, webhooks):
        app.include_router(module.router)
    problems.install(app, max_bytes)
    app.openapi = _documented(app.openapi)  # type: ignore[method-assign]
    return app


def _documented(make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Adds the schema of problems: FastAPI itself would tie it to application/json."""

    def openapi() -> dict[str, Any]:
        document = make()
        schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"] |= {**schema.pop("$defs"), "Problem": schema}
        return document

    return openapi


def _warm_up(serving: Serving) -> None:
    try:
        serving.warm_up()
    except (RaisonTextError, OperationalError) as error:
        log.warning("no model is ready: %s", error)
