"""Reads the settings of this process and says in one line what is wrong with them."""

from __future__ import annotations

from pydantic import ValidationError

from app.settings import PREFIX, Settings
from db.errors import RaisonTextError


class SettingsError(RaisonTextError):
    """An environment variable has a value that cannot be used."""

    http_status = 500
    title = "Wrong setting"


def load_settings() -> Settings:
    """The settings from the environment. Raises :class:`SettingsError` that names the first wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(f"environment variable {name}: {first['msg']}, found {first['input']!r}") from error
