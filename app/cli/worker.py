"""``raisontext worker``."""

from __future__ import annotations

import logging

import click

from app.cli import runtime


@click.command()
def worker() -> None:
    """Run background jobs until Ctrl-C, also the sync of the open round (every minute unless SYNC_CRON says else).

    A worker may be killed at any moment: another one, or the next one, takes its jobs over.
    """
    from app.worker import run

    if not logging.getLogger().isEnabledFor(logging.INFO):
        logging.getLogger().setLevel(logging.INFO)
    settings = runtime.settings()
    with runtime.database(settings) as database:
        run(settings, database)
