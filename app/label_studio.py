"""Where the Label Studio of this installation is, and its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotation.credentials import read_credentials
from app.settings import Settings
from app.state import read_state
from db.errors import UnavailableError

if TYPE_CHECKING:
    from annotation.client import LabelStudioClient


def locate(settings: Settings) -> tuple[str, str]:
    """URL and administrator's key: the configured ones, else those of the local server that `up` started.

    Raises:
        UnavailableError: none is configured and none runs, or the configured one has no key.
    """
    if settings.label_studio_url:
        if settings.label_studio_api_key is None:
            raise UnavailableError(
                "RAISONTEXT_LABEL_STUDIO_URL is set, but RAISONTEXT_LABEL_STUDIO_API_KEY is not; "
                "expected the token of an administrator"
            )
        return settings.label_studio_url, settings.label_studio_api_key.get_secret_value()
    state = read_state(settings.data_dir)
    url = next((service.url for service in state.services if service.name == "label_studio"), None) if state else None
    if url is None:
        raise UnavailableError(
            "Label Studio is not running: start it with `raisontext up`, or set RAISONTEXT_LABEL_STUDIO_URL"
        )
    return url, read_credentials(settings.data_dir).token


def connect_from_settings(settings: Settings) -> LabelStudioClient:
    """A client of that Label Studio that has been seen to work.

    Raises:
        UnavailableError: see :func:`locate`.
        annotation.errors.LabelStudioDownError, NotLabelStudioError, WrongKeyError: see ``annotation.client.connect``.
    """
    from annotation.client import connect

    return connect(*locate(settings))
