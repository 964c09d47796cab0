"""Schema migrations with alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

# Any number: it only has to be the same in all processes that migrate.
_ADVISORY_LOCK = 7_214_001


def config() -> Config:
    """Alembic configuration without an ini file."""
    result = Config()
    result.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return result


def head() -> str:
    """Newest revision."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


def current(connection: Connection) -> str | None:
    """Revision of a database, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings a database to ``revision``; one process migrates, others wait for it."""
    with engine.connect() as connection:
        if revision == "head" and current(connection) == head():
            return
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        _run(connection, "upgrade", revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Takes a database back to ``revision``."""
    with engine.begin() as connection:
        _run(connection, "downgrade", revision)


def _run(connection: Connection, direction: str, revision: str) -> None:
    settings = config()
    settings.attributes["connection"] = connection
    getattr(command, direction)(settings, revision)
