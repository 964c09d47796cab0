"""Fixtures of all rooms: one embedded PostgreSQL per run, a fresh migrated database per test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from db.embedded import EmbeddedPostgres
from db.migrate import upgrade
from db.session import Database


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-on-skip", action="store_true", help="a skipped test fails the run")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """CI has all that the tests need, so a skip there hides something."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--fail-on-skip") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# Processes of one run that start whole stacks at the same moment must not find the same port free.
if (worker := int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))) > 0:
    for name, port in {"API": 8000, "LABEL_STUDIO": 8080, "DEMO": 8501}.items():
        os.environ.setdefault(f"RAISONTEXT_{name}_PORT", str(port + 1000 * worker))

_TEMPLATE = "raisontext_template"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data directory of the run."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def pg_server(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """The embedded server, with a migrated template database."""
    with EmbeddedPostgres(data_dir) as server:
        server.create_database(_TEMPLATE)
        template = Database(server.url(_TEMPLATE))
        upgrade(template.engine)
        template.close()
        yield server


@pytest.fixture
def database(pg_server: EmbeddedPostgres) -> Iterator[Database]:
    """A database of this test alone, cloned from the template."""
    name = f"test_{next(_numbers)}"
    _administer(pg_server, "CREATE DATABASE {} TEMPLATE {}", name, _TEMPLATE)
    result = Database(pg_server.url(name))
    yield result
    result.close()
    _administer(pg_server, "DROP DATABASE {} WITH (FORCE)", name)


def _administer(server: EmbeddedPostgres, statement: str, *names: str) -> None:
    connection = psycopg2.connect(host=server.socket_dir, user="postgres", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    finally:
        connection.close()
