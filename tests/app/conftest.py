"""A real API process for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import services
from app.processes import Supervisor, free_port
from app.settings import Settings
from db.embedded import EmbeddedPostgres


@pytest.fixture(scope="session")
def api_url(pg_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of an API with the starter model, on a database of its own."""
    pg_server.create_database("app_api")
    settings = Settings(data_dir=Path(tmp_path_factory.mktemp("api")))
    port = free_port(settings.host, 0, set())
    with Supervisor() as supervisor:
        service = services.api(settings, port, pg_server.url("app_api"))
        supervisor.start(service.child)
        service.wait(supervisor.dead)
        assert service.url is not None
        yield service.url
