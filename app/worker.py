"""Background jobs: procrastinate on the project's PostgreSQL, its tables in a schema of their own.

A job may be killed at any moment and run again. ``python -m app.worker`` and ``raisontext worker`` are the same.
"""

from __future__ import annotations

import asyncio
import logging
import sys

import procrastinate
from sqlalchemy import make_url, text

from app.configuration import load_settings
from app.settings import Settings
from db.errors import RaisonTextError
from db.session import Database, open_database

log = logging.getLogger(__name__)

SCHEMA = "procrastinate"
# Any number: it only has to be the same in all workers.
_ADVISORY_LOCK = 7_214_002


def conninfo(url: str) -> dict[str, str]:
    """libpq parameters of a SQLAlchemy URL, with the search path of the job tables."""
    parsed = make_url(url)
    found = {
        "host": parsed.host,
        "port": str(parsed.port) if parsed.port else None,
        "user": parsed.username,
        "password": parsed.password,
        "dbname": parsed.database,
        **{key: str(value) for key, value in parsed.query.items()},
    }
    options = f"{found.get('options') or ''} -c search_path={SCHEMA}".strip()
    return {key: value for key, value in {**found, "options": options}.items() if value}


def apply_schema(database: Database) -> None:
    """Makes the job tables unless they are there; several workers may try at once."""
    from procrastinate.schema import SchemaManager

    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        if connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.procrastinate_jobs"}):
            return
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        # Straight to the driver: the script has colons and percent signs that mean nothing to SQLAlchemy.
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            cursor.execute(SchemaManager.get_schema())


def make_app(settings: Settings, database: Database) -> procrastinate.App:
    """The job application with its tasks."""
    connector = procrastinate.PsycopgConnector(kwargs=conninfo(database.url), min_size=1, max_size=4)
    app = procrastinate.App(connector=connector)

    @app.periodic(cron=settings.sync_cron)
    @app.task(name="sync", queueing_lock="sync", lock="sync", pass_context=False)
    def sync(timestamp: int) -> None:
        log.debug("sync due at %s", timestamp)
        sync_open_round(settings, database)

    return app


def sync_open_round(settings: Settings, database: Database) -> int | None:
    """Fetches the rankings of the round that is being annotated; returns its number, None when there is none.

    A Label Studio that is down is not a failure of the job: the next one fetches what this one missed.
    """
    from annotation.client import connect
    from annotation.sync import sync
    from app import label_studio
    from app.queries import open_round

    with database.session() as session:
        found = open_round(session)
    if found is None or found.state != "annotating" or found.project_id is None:
        return None
    try:
        report = sync(database, connect(*label_studio.locate(settings)), found.id)
        log.info("round %s: %s", found.number, report)
    except RaisonTextError as error:
        log.warning("the rankings of round %s were not fetched: %s", found.number, error)
    return found.number


def run(settings: Settings, database: Database) -> None:
    """Works until SIGTERM or Ctrl-C; a job under way is finished first."""
    apply_schema(database)
    app = make_app(settings, database)
    asyncio.run(_work(app))


async def _work(app: procrastinate.App) -> None:
    async with app.open_async():
        log.info("worker is ready")
        await app.run_worker_async(install_signal_handlers=True, shutdown_graceful_timeout=15)


def main() -> int:
    """Runs the worker; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = load_settings()
        with open_database(settings.database_url, settings.data_dir) as database:
            run(settings, database)
    except RaisonTextError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - the one line that a failed start leaves
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
