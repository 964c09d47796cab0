"""The webhook of Label Studio: its secret, its address, and the wiring of a project. It only ever wakes the sync."""

from __future__ import annotations

import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from annotation.web_session import is_local
from app.settings import Settings
from app.state import read_state
from db.errors import RaisonTextError

if TYPE_CHECKING:
    from annotation.client import LabelStudioClient

log = logging.getLogger(__name__)

PATH = "/v1/webhooks/label-studio"
HEADER = "X-RaisonText-Webhook-Secret"
_SECRET_FILE = "webhook-secret"


def secret(settings: Settings) -> str:
    """What Label Studio proves itself with: WEBHOOK_SECRET, else made at the first call and kept for the owner only."""
    if settings.webhook_secret is not None:
        return settings.webhook_secret.get_secret_value()
    path = settings.data_dir / _SECRET_FILE
    while not (found := _read(path)):
        _make(path)
    return found


def address(settings: Settings, label_studio_url: str) -> str | None:
    """Where that Label Studio sends its webhooks: WEBHOOK_URL, else the API that `up` started beside it, else None."""
    if settings.webhook_url:
        return settings.webhook_url
    if not is_local(label_studio_url):
        return None  # it cannot reach the addresses of this machine that we know
    state = read_state(settings.data_dir)
    base = next((service.url for service in state.services if service.name == "api"), None) if state else None
    return f"{base}{PATH}" if base else None


def connect_webhook(settings: Settings, client: LabelStudioClient, project_id: int) -> bool:
    """Makes a project of Label Studio wake our sync; any number of times. False when it cannot: polling is enough."""
    from annotation.webhooks import ensure_webhook

    url = address(settings, client.url)
    if url is None:
        return False
    try:
        ensure_webhook(client, project_id, url, secret(settings))
    except RaisonTextError as error:
        log.warning("no webhook for project %d, its rankings are fetched by the clock: %s", project_id, error)
        return False
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _make(path: Path) -> None:
    """Another process may be doing the same: whoever links its draft first wins, and the file is never half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
