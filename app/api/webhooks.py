"""Label Studio's webhook: a hint that something changed, nothing more. The sync asks Label Studio itself what."""

from __future__ import annotations

import hmac
import json
from asyncio import to_thread
from typing import Annotated

from fastapi import APIRouter, Header, Request, status

from app import webhooks
from app.api.access import KeyRequiredError
from app.api.dependencies import DatabaseDependency, SettingsDependency
from app.api.problems import documented
from app.jobs.hints import hint

router = APIRouter(tags=["webhooks"])


@router.post(
    webhooks.PATH,
    summary="Something changed in Label Studio",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(
        s401="The secret is missing or wrong",
        s413="The body is too large",
        s500="Unexpected failure",
        s503="The database does not answer",
    ),
)
async def label_studio(
    request: Request,
    database: DatabaseDependency,
    settings: SettingsDependency,
    secret: Annotated[str, Header(alias=webhooks.HEADER, description="The shared secret")] = "",
) -> None:
    """Wakes the sync of the round whose project the body names; of a body without a project, that of the open round."""
    expected = await to_thread(webhooks.secret, settings)
    if not hmac.compare_digest(secret.encode(), expected.encode()):
        raise KeyRequiredError(f"Expected the shared secret in the header {webhooks.HEADER}")
    await to_thread(hint, database, _project_id(await request.body()))


def _project_id(body: bytes) -> int | None:
    """Label Studio's id of the project; a body that is anything else is still a hint."""
    try:
        found = json.loads(body)["project"]["id"]
    except (ValueError, RecursionError, TypeError, LookupError):
        return None
    return found if isinstance(found, int) else None
