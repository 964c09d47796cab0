"""``raisontext worker``."""

from __future__ import annotations

import logging

import click

from app.cli import runtime


@click.command()
def worker() -> None:
    """Run background jobs until Ctrl-C: the rankings of open rounds are fetched every minute."""
    from app.worker import run

    if not logging.getLogger().isEnabledFor(logging.INFO):
        logging.getLogger().setLevel(logging.INFO)
    settings = runtime.settings()
    with runtime.database(settings) as database:
        run(settings, database)
