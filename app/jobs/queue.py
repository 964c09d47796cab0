"""procrastinate's tables, and the few statements that this project runs on them itself.

They live in a schema of their own. Every function of that schema carries its search path, so an entry can be put into
the queue from any session of ours, in the same transaction as the row of the job.
"""

from __future__ import annotations

import datetime as dt
import json
from weakref import WeakSet

from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from db.session import Database

SCHEMA = "procrastinate"
TASK = "work"
QUEUE = "default"
# Any number: it only has to be the same in all processes.
_ADVISORY_LOCK = 7_214_002
_prepared: WeakSet[Database] = WeakSet()

_PIN_SEARCH_PATH = f"""
DO $$
DECLARE made regprocedure;
BEGIN
    FOR made IN
        SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = '{SCHEMA}' AND p.proconfig IS NULL
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path TO {SCHEMA}, pg_temp', made);
    END LOOP;
END $$
"""
_PUT = text(f"""
SELECT unnest({SCHEMA}.procrastinate_defer_jobs_v1(ARRAY[
    ROW('{QUEUE}', '{TASK}', 0, :lock, NULL, CAST(:arguments AS jsonb), now() + make_interval(secs => :delay))
]::{SCHEMA}.procrastinate_job_to_defer_v1[]))
""")
# Who took the entry is alive, or nobody has taken it yet.
_LIVE = f"""
SELECT entry.id FROM {SCHEMA}.procrastinate_jobs entry
LEFT JOIN {SCHEMA}.procrastinate_workers worker ON worker.id = entry.worker_id
WHERE entry.status = 'todo'
   OR (entry.status = 'doing' AND worker.last_heartbeat > clock_timestamp() - make_interval(secs => :stalled))
"""
LIVE_ENTRIES = text(_LIVE)
_DROP_DEAD = text(f"DELETE FROM {SCHEMA}.procrastinate_jobs WHERE status <> 'todo' AND id NOT IN ({_LIVE})")
_CANCEL = text(f"SELECT {SCHEMA}.procrastinate_cancel_job_v1(:entry, :abort, NOT :abort)")
_WORKERS = text(
    f"SELECT count(*) FROM {SCHEMA}.procrastinate_workers"
    " WHERE last_heartbeat > clock_timestamp() - make_interval(secs => :stalled)"
)


def conninfo(url: str) -> dict[str, str]:
    """libpq parameters of a SQLAlchemy URL, with the search path of the queue's tables."""
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


def ensure_schema(database: Database) -> None:
    """Makes the tables of the queue unless they are there; several processes may try at once."""
    if database in _prepared:
        return
    from procrastinate.schema import SchemaManager

    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        if not connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.procrastinate_jobs"}):
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
            # Straight to the driver: the script has colons and percent signs that mean nothing to SQLAlchemy.
            driver = connection.connection.driver_connection
            assert driver is not None
            with driver.cursor() as cursor:
                cursor.execute(SchemaManager.get_schema())
        connection.execute(text(_PIN_SEARCH_PATH))
    _prepared.add(database)


def put(session: Session, job_id: int, lock: str | None, delay: dt.timedelta = dt.timedelta(0)) -> int:
    """A new entry for a job, seen by workers when the transaction commits; returns its id.

    Entries of one ``lock`` are worked off one after the other.
    """
    arguments = json.dumps({"job_id": job_id})
    parameters = {"lock": lock, "arguments": arguments, "delay": delay.total_seconds()}
    return int(session.scalars(_PUT, parameters).one())


def take_out(session: Session, entry: int) -> None:
    """Removes an entry that nobody has taken yet."""
    session.execute(_CANCEL, {"entry": entry, "abort": False})


def ask_to_stop(session: Session, entry: int) -> None:
    """Tells the worker that has the entry, at once, to stop."""
    session.execute(_CANCEL, {"entry": entry, "abort": True})


def drop_dead(session: Session, stalled_seconds: float) -> None:
    """Removes what dead workers left: as long as their entries stand, the locks of these hold up others."""
    session.execute(_DROP_DEAD, {"stalled": stalled_seconds})


def live_workers(session: Session, stalled_seconds: float) -> int:
    """How many workers gave a sign of life within that time."""
    return int(session.scalars(_WORKERS, {"stalled": stalled_seconds}).one())
