"""What commands need at run time: settings that were checked, and a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings
    from db.session import Database


def settings() -> Settings:
    """The settings of this process. Raises ``app.configuration.SettingsError`` naming the variable that is wrong."""
    from app.configuration import load_settings

    return load_settings()


@contextmanager
def database(given: Settings | None = None) -> Iterator[Database]:
    """The configured database, migrated; the embedded server starts when no URL is set."""
    from db.session import open_database

    found = given or settings()
    with open_database(found.database_url, found.data_dir) as opened:
        yield opened
