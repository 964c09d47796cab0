"""Sessions on the configured or the embedded database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from db.embedded import EmbeddedPostgres
from db.errors import InvalidInputError, UnavailableError


class Database:
    """An engine and its sessions.

    Raises:
        InvalidInputError: the URL cannot be parsed or is not PostgreSQL's.
    """

    def __init__(self, url: str) -> None:
        self.url = _with_driver(url)
        self.engine = create_engine(self.url, pool_pre_ping=True)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that commits at the end of the block and rolls back on any error."""
        with self._sessions() as session, session.begin():
            yield session

    def ping(self) -> None:
        """Runs a query.

        Raises:
            UnavailableError: the server does not answer; the message has host and port but no password.
        """
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except OperationalError as error:
            where = self.engine.url.render_as_string(hide_password=True)
            reason = str(error.orig).strip().splitlines()[0]
            raise UnavailableError(f"PostgreSQL does not answer at {where}: {reason}") from error

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


@contextmanager
def open_database(url: str | None, data_dir: Path) -> Iterator[Database]:
    """The database at ``url``, or the embedded one under ``data_dir``, migrated to the newest schema.

    Raises:
        UnavailableError: the server does not answer or does not start.
        InvalidInputError: the URL is not one of PostgreSQL.
    """
    if url:
        with _migrated(url) as database:
            yield database
        return
    with EmbeddedPostgres(data_dir) as server, _migrated(server.url()) as database:
        yield database


@contextmanager
def _migrated(url: str) -> Iterator[Database]:
    from db.migrate import upgrade

    database = Database(url)
    try:
        database.ping()
        upgrade(database.engine)
        yield database
    finally:
        database.close()


def _with_driver(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInputError("DATABASE_URL is not a URL; expected postgresql://user:password@host/name") from error
    if parsed.get_backend_name() != "postgresql":
        raise InvalidInputError(
            f"DATABASE_URL starts with {parsed.drivername}://, expected postgresql://user:password@host/name"
        )
    return parsed.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
