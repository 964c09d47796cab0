"""``raisontext db``."""

from __future__ import annotations

import click

from app.cli import output, runtime


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the tables to the version of this code (every command does so by itself, too)."""
    from db.migrate import current

    with runtime.database() as database, database.engine.connect() as connection:
        revision = current(connection)
    output.emit({"revision": revision}, lambda data: f"The database is at revision {data['revision']}.")
