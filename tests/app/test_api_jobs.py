"""The HTTP contract of rounds, jobs, keys and the webhook, on the real application and a real database."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response

from app import keys, webhooks
from app.api.application import create_app
from app.api.problems import MEDIA_TYPE
from app.api.schemas import EXAMPLE_RESUME
from app.cli.main import main
from app.jobs import execution, service
from app.settings import Settings
from db.models import Job, ModelVersion, Round
from db.session import Database

OPEN = {"/v1/generate", "/healthz", "/readyz", webhooks.PATH}
NEEDED: dict[tuple[str, str], keys.Role] = {
    ("GET", "/v1/rounds"): "lead",
    ("POST", "/v1/rounds"): "scientist",
    ("GET", "/v1/rounds/{number}"): "lead",
    ("POST", "/v1/rounds/{number}/{step}"): "scientist",
    ("POST", "/v1/rounds/{number}/train"): "scientist",
    ("POST", "/v1/rounds/{number}/promote"): "scientist",
    ("POST", "/v1/rounds/{number}/close"): "scientist",
    ("GET", "/v1/agreement"): "lead",
    ("GET", "/v1/jobs"): "scientist",
    ("GET", "/v1/jobs/{job_id}"): "scientist",
    ("DELETE", "/v1/jobs/{job_id}"): "scientist",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def client(settings: Settings, database: Database) -> TestClient:
    return TestClient(create_app(settings, database), raise_server_exceptions=False)


@pytest.fixture
def scientist(settings: Settings, client: TestClient) -> TestClient:
    """A client that sends a scientist's key."""
    client.headers["X-API-Key"] = keys.add_key(settings.keys_path(), "scientist")[1]
    return client


@pytest.fixture
def round_id(database: Database) -> int:
    """Round 3, being annotated in project 17."""
    with database.session() as session:
        model = ModelVersion(
            name="m", method="starter", text_format="slots", artifact_uri="file:///m", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
        round_ = Round(number=3, state="annotating", policy_model_id=model.id, project_id=17)
        session.add(round_)
        session.flush()
        return round_.id


def problem(response: Response, status: int) -> dict[str, Any]:
    assert response.headers["content-type"] == MEDIA_TYPE
    found: dict[str, Any] = response.json()
    assert response.status_code == found["status"] == status
    return found


def jobs(database: Database) -> list[Job]:
    with database.session() as session:
        return list(service.listing(session))


def begin(database: Database, job_id: int) -> int:
    with database.session() as session:
        entry = service.get(session, job_id).queue_id
    assert entry is not None
    assert execution.claim(database, job_id, entry)
    return entry


def routes(client: TestClient) -> list[tuple[str, str]]:
    """Method and path of every route of ours, from the application's own table."""
    document = client.get("/openapi.json").json()
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


def call(client: TestClient, method: str, path: str, token: str | None) -> Response:
    filled = path.format(number=99, step="sync", job_id=99)
    return client.request(method, filled, headers={"X-API-Key": token.encode()} if token else {})


def test_without_keys_the_protected_routes_say_how_to_make_one(client: TestClient) -> None:
    for method, path in routes(client):
        if path not in OPEN:
            found = problem(call(client, method, path, "anything"), 403)
            assert f"raisontext keys add {NEEDED[method, path]}" in found["detail"]
            assert found["type"] == "urn:raisontext:no-keys"


def test_every_route_asks_for_its_role(client: TestClient, settings: Settings) -> None:
    tokens = {role: keys.add_key(settings.keys_path(), role)[1] for role in keys.ROLES}
    found = [route for route in routes(client) if route[1] not in OPEN]
    assert set(found) == set(NEEDED)
    for method, path in found:
        response = call(client, method, path, None)
        assert problem(response, 401)["type"] == "urn:raisontext:key-required"
        assert response.headers["www-authenticate"] == "APIKey"
        problem(call(client, method, path, "rt_unknown"), 401)
        problem(call(client, method, path, "ключ"), 401)
        for role, token in tokens.items():
            status = call(client, method, path, token).status_code
            allowed = keys.allows(role, NEEDED[method, path])
            assert (status not in (401, 403)) == allowed, (method, path, role, status)


def test_every_route_is_of_this_application(client: TestClient) -> None:
    """A route that OpenAPI leaves out would not have been asked for its role above."""
    application: Any = client.app
    assert all(route.include_in_schema for route in application.routes if isinstance(route, APIRoute))


def test_generate_is_open_until_there_is_a_public_key(client: TestClient, settings: Settings) -> None:
    body = {"resume": EXAMPLE_RESUME, "n": 1}
    keys.add_key(settings.keys_path(), "admin")
    problem(client.post("/v1/generate", json=body), 503)  # there is no model; nobody asked for a key
    token = keys.add_key(settings.keys_path(), "public")[1]
    problem(client.post("/v1/generate", json=body), 401)
    problem(client.post("/v1/generate", json=body, headers={"X-API-Key": token}), 503)


def test_a_removed_key_is_refused_at_once(scientist: TestClient, settings: Settings) -> None:
    assert scientist.get("/v1/jobs").status_code == 200
    other, _ = keys.add_key(settings.keys_path(), "admin")
    mine = next(key for key in keys.read_keys(settings.keys_path()) if key.id != other.id)
    keys.remove_key(settings.keys_path(), mine.id)
    problem(scientist.get("/v1/jobs"), 401)


def test_a_damaged_file_of_keys_lets_nobody_in(scientist: TestClient, settings: Settings) -> None:
    settings.keys_path().write_text("{", encoding="utf-8")
    problem(scientist.get("/v1/jobs"), 500)
    problem(scientist.post("/v1/generate", json={"resume": EXAMPLE_RESUME}), 500)


def test_keys_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path))

    def run(*words: str) -> dict[str, Any]:
        result = CliRunner().invoke(main, ["keys", *words, "--json"])
        assert result.exit_code == 0, result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    added = run("add", "lead", "--note", "HR")
    path = Path(added["file"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert added["key"] not in path.read_text(encoding="utf-8")
    assert keys.KeyRing(path).role_of(added["key"]) == "lead"
    listed = run("list")["keys"]
    assert [(key["id"], key["role"], key["note"]) for key in listed] == [(added["id"], "lead", "HR")]
    assert "sha256" not in listed[0]
    assert run("remove", added["id"])["removed"] == added["id"]
    assert run("list") == {"keys": []}
    result = CliRunner().invoke(main, ["keys", "remove", added["id"]])
    assert result.exit_code == 1
    assert f"There is no key '{added['id']}'" in result.stderr


@pytest.mark.parametrize("step", ["sample", "push", "sync", "train", "evaluate"])
def test_a_step_is_a_job(scientist: TestClient, database: Database, round_id: int, step: str) -> None:
    response = scientist.post(f"/v1/rounds/3/{step}")
    assert response.status_code == 202
    job = response.json()
    assert (job["name"], job["arguments"]["round"], job["state"], job["progress"]) == (step, 3, "queued", 0)
    assert scientist.get(response.headers["location"]).json() == job
    assert scientist.post(f"/v1/rounds/3/{step}").json()["id"] == job["id"]
    assert [found.id for found in jobs(database)] == [job["id"]]


def test_steps_of_no_round_and_no_steps(scientist: TestClient, database: Database, round_id: int) -> None:
    problem(scientist.post("/v1/rounds/4/train"), 404)
    problem(scientist.post("/v1/rounds/3/dance"), 422)
    problem(scientist.post("/v1/rounds/0/sync"), 422)
    problem(scientist.post("/v1/rounds/3/train", json={"strategy": "some"}), 422)
    problem(scientist.post("/v1/rounds/3/promote"), 409)
    problem(scientist.post("/v1/rounds", json={"resumes": True}), 422)
    assert jobs(database) == []


def test_another_training_is_a_conflict(scientist: TestClient, round_id: int) -> None:
    assert scientist.post("/v1/rounds/3/train", json={"strategy": "adjacent"}).status_code == 202
    problem(scientist.post("/v1/rounds/3/train"), 409)


def test_rounds_are_listed_shown_and_closed(scientist: TestClient, round_id: int) -> None:
    shown = scientist.get("/v1/rounds/3").json()
    assert (shown["round"], shown["state"], shown["policy_model"], shown["rankings"]) == (3, "annotating", "m", 0)
    assert scientist.get("/v1/rounds").json() == {"rounds": [shown]}
    problem(scientist.get("/v1/rounds/4"), 404)
    assert scientist.post("/v1/rounds/3/close").json()["state"] == "cancelled"
    problem(scientist.post("/v1/rounds/3/close"), 409)


def test_agreement_that_is_undefined_says_why(scientist: TestClient, round_id: int) -> None:
    found = scientist.get("/v1/agreement").json()
    assert found == scientist.get("/v1/agreement?round=3").json()
    assert found["alpha"] is None
    assert found["reasons"]["alpha"]
    problem(scientist.get("/v1/agreement?round=4"), 404)


def test_jobs_are_listed_by_state_and_cancelled(scientist: TestClient, database: Database, round_id: int) -> None:
    running = scientist.post("/v1/rounds/3/train").json()["id"]
    waiting = scientist.post("/v1/rounds/3/evaluate").json()["id"]
    entry = begin(database, running)
    assert [job["id"] for job in scientist.get("/v1/jobs").json()["jobs"]] == [waiting, running]
    assert [job["id"] for job in scientist.get("/v1/jobs?state=running&limit=5").json()["jobs"]] == [running]
    assert scientist.delete(f"/v1/jobs/{waiting}").json()["state"] == "cancelled"
    asked = scientist.delete(f"/v1/jobs/{running}").json()
    assert (asked["state"], asked["cancel_requested"]) == ("running", True)
    execution.settle(database, running, entry, lambda job, _: service.end(job, "succeeded", result={"pairs": 1}))
    assert scientist.get(f"/v1/jobs/{running}").json()["result"] == {"pairs": 1}
    problem(scientist.delete(f"/v1/jobs/{running}"), 409)
    problem(scientist.delete("/v1/jobs/99"), 404)
    problem(scientist.get("/v1/jobs?state=tired"), 422)


def knock(client: TestClient, settings: Settings, body: bytes, secret: str | None = None) -> Response:
    headers = {webhooks.HEADER: (webhooks.secret(settings) if secret is None else secret).encode()}
    return client.post(webhooks.PATH, content=body, headers=headers)


@pytest.mark.parametrize(
    "body", [b'{"action": "ANNOTATION_CREATED", "project": {"id": 17}}', b"", b"{", b"[" * 60_000, b'{"project": 1}']
)
def test_a_webhook_wakes_the_sync_once(
    client: TestClient, settings: Settings, database: Database, round_id: int, body: bytes
) -> None:
    for _ in range(3):
        response = knock(client, settings, body)
        assert (response.status_code, response.content) == (204, b"")
    found = jobs(database)
    assert [(job.name, job.arguments) for job in found] == [("sync", {"round": 3})]
    begin(database, found[0].id)
    knock(client, settings, body)
    knock(client, settings, body)
    assert [job.state for job in jobs(database)] == ["queued", "running"]


def test_a_webhook_of_another_project_wakes_nobody(
    client: TestClient, settings: Settings, database: Database, round_id: int
) -> None:
    assert knock(client, settings, b'{"project": {"id": 18}}').status_code == 204
    with database.session() as session:
        session.get_one(Round, round_id).state = "promoted"
    assert knock(client, settings, b'{"project": {"id": 17}}').status_code == 204
    assert jobs(database) == []


@pytest.mark.parametrize("secret", ["", "wrong", "неверно"])
def test_a_webhook_without_the_secret_is_refused(
    client: TestClient, settings: Settings, database: Database, round_id: int, secret: str
) -> None:
    problem(knock(client, settings, b'{"project": {"id": 17}}', secret), 401)
    problem(client.post(webhooks.PATH), 401)
    assert jobs(database) == []


def test_a_webhook_is_not_read_without_end(client: TestClient, settings: Settings) -> None:
    problem(knock(client, settings, b" " * (settings.max_body_kib * 1024 + 1)), 413)


def test_every_route_documents_its_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert "500" in operation["responses"], (method, path)
            protected = (method.upper(), path) in NEEDED
            assert protected == ({"401", "403"} <= operation["responses"].keys()), (method, path)
            assert protected <= ("security" in operation), (method, path)
