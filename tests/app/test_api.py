"""The HTTP contract on the real application: answers, problems, and what never leaves the process."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.api.application import create_app
from app.api.problems import MEDIA_TYPE
from app.api.schemas import EXAMPLE_RESUME, MAX_ITEMS, MAX_TEXT
from app.settings import Settings
from db.models import Impression, ModelVersion
from db.session import Database
from sampler.artifacts import starter_dir
from trainer.registry import promote, register, rollback

URL = "/v1/generate"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, max_body_kib=64)


@pytest.fixture
def application(settings: Settings, database: Database) -> FastAPI:
    return create_app(settings, database)


@pytest.fixture
def client(application: FastAPI) -> Iterator[TestClient]:
    """The application with its promoted starter."""
    with TestClient(application, raise_server_exceptions=False) as found:
        assert found.get("/readyz").status_code == 200
        yield found


@pytest.fixture
def cold(application: FastAPI) -> TestClient:
    """The application before its start: there is no model yet."""
    return TestClient(application, raise_server_exceptions=False)


def problem(response: Response, status: int) -> dict[str, Any]:
    assert response.headers["content-type"] == MEDIA_TYPE
    found: dict[str, Any] = response.json()
    assert response.status_code == found["status"] == status
    assert set(found) == {"type", "title", "status", "detail", "instance", "errors"}
    return found


def test_variants_are_distinct_checked_and_repeatable(client: TestClient, database: Database) -> None:
    body = {"resume": EXAMPLE_RESUME, "n": 3, "seed": 5}
    first, second = client.post(URL, json=body).json(), client.post(URL, json=body).json()
    assert set(first) == {"generation_id", "model_version", "candidates"}
    texts = [candidate["text"] for candidate in first["candidates"]]
    assert len(set(texts)) == 3
    assert all(set(candidate) == {"text", "violations"} for candidate in first["candidates"])
    assert all(candidate["violations"] == [] for candidate in first["candidates"])
    assert first["candidates"] == second["candidates"]
    assert first["generation_id"] != second["generation_id"]
    with database.session() as session:
        rows = session.execute(select(Impression.generation_id, Impression.model_version_id)).all()
    assert set(rows) == {(answer["generation_id"], answer["model_version"]) for answer in (first, second)}


@pytest.mark.parametrize("n", [1, 2, 4])
def test_n_variants(client: TestClient, n: int) -> None:
    answer = client.post(URL, json={"resume": EXAMPLE_RESUME, "n": n}).json()
    assert len(answer["candidates"]) == n


def test_personal_data_is_accepted_and_dropped(client: TestClient) -> None:
    personal = {"name": "Анна Петрова", "email": "anna@example.org", "phone": "+7 900 000-00-00"}
    resume = {**EXAMPLE_RESUME, **personal, "age": None, "birth_date": "1990-01-31"}
    response = client.post(URL, json={"resume": resume})
    assert response.status_code == 200
    assert not any(value in response.text for value in ("Анна", "Петров", "anna@", "900 000"))


def test_promotion_and_rollback_are_picked_up_without_a_restart(
    client: TestClient, database: Database, settings: Settings
) -> None:
    with database.session() as session:
        starter = session.scalars(select(ModelVersion)).one()
        model = register(session, starter_dir(), store=settings.store_uri(), name="next", method="sft")
        promote(session, model.id)
    body = {"resume": EXAMPLE_RESUME, "n": 1}
    assert client.get("/readyz").json()["model_name"] == "next"
    assert client.post(URL, json=body).json()["model_version"] == model.id
    with database.session() as session:
        rollback(session)
    assert client.post(URL, json=body).json()["model_version"] == starter.id


def test_alive_without_a_model_but_not_ready(cold: TestClient) -> None:
    assert cold.get("/healthz").json() == {"status": "ok"}
    found = problem(cold.post(URL, json={"resume": EXAMPLE_RESUME}), 503)
    assert found["type"] == "urn:raisontext:no-promoted-model"


def test_not_ready_says_why_the_model_cannot_be_loaded(client: TestClient, database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        session.scalars(select(ModelVersion)).one().artifact_uri = (tmp_path / "gone").as_uri()
    fresh = TestClient(create_app(Settings(data_dir=tmp_path / "other"), database))
    assert "gone" in problem(fresh.get("/readyz"), 503)["detail"]


def test_not_ready_without_the_database(tmp_path: Path) -> None:
    nowhere = Database("postgresql://someone:secret@127.0.0.1:1/nothing")
    cold = TestClient(create_app(Settings(data_dir=tmp_path), nowhere), raise_server_exceptions=False)
    found = problem(cold.get("/readyz"), 503)
    assert "PostgreSQL does not answer" in found["detail"]
    assert "secret" not in found["detail"]
    problem(cold.post(URL, json={"resume": EXAMPLE_RESUME}), 503)
    assert cold.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"resume": {"external_id": "r", "hobby": "шахматы"}}, "#/resume/hobby"),
        ({"resume": {"external_id": "r", "experience": [{"employer": "x"}]}}, "#/resume/experience/0/employer"),
        ({"resume": {"external_id": "r", "a/b~c": 1}}, "#/resume/a~1b~0c"),
        ({"resume": {"title": "Врач"}}, "#/resume/external_id"),
        ({"resume": {"external_id": "r", "age": True}}, "#/resume/age"),
        ({"resume": {"external_id": "r", "age": "34"}}, "#/resume/age"),
        ({"resume": {"external_id": "r", "age": 13}}, "#/resume/age"),
        ({"resume": {"external_id": "r", "birth_date": "2025-01-01"}}, "#/resume/age"),
        ({"resume": {"external_id": "r", "desired_salary": {"amount": True}}}, "#/resume/desired_salary/amount"),
        ({"resume": {"external_id": "r", "title": "я" * (MAX_TEXT + 1)}}, "#/resume"),
        ({"resume": {"external_id": "r", "skills": ["1С"] * (MAX_ITEMS + 1)}}, "#/resume"),
        ({"resume": {"external_id": "r", "skills": [[[[[[]]]]]]}}, "#/resume"),
        ({"resume": []}, "#/resume"),
        ({"n": 0}, "#/n"),
        ({"n": 5}, "#/n"),
        ({"n": "2"}, "#/n"),
        ({"n": True}, "#/n"),
        ({"seed": 1.5}, "#/seed"),
        ({"seed": -1}, "#/seed"),
        ({"seed": 2**63}, "#/seed"),
        ({"temperature": 1}, "#/temperature"),
    ],
)
def test_wrong_input_is_a_422_that_points_at_it(cold: TestClient, change: dict[str, Any], pointer: str) -> None:
    found = problem(cold.post(URL, json={"resume": EXAMPLE_RESUME, **change}), 422)
    assert [error["pointer"] for error in found["errors"]] == [pointer]
    assert found["errors"][0]["detail"] in found["detail"]


def test_an_unknown_field_is_named(cold: TestClient) -> None:
    found = problem(cold.post(URL, json={"resume": {"external_id": "r", "hobby": "шахматы"}}), 422)
    assert found["detail"] == "resume.hobby: unknown field"


@pytest.mark.parametrize("body", [b"", b"{", b'{"resume": {"external_id": "\\ud800"}}', b"[" * 60_000])
def test_what_is_not_json_is_a_400_or_422(cold: TestClient, body: bytes) -> None:
    response = cold.post(URL, content=body, headers={"content-type": "application/json"})
    problem(response, 422 if body == b"" else 400)


def test_a_body_that_says_it_is_too_large_is_not_read(cold: TestClient) -> None:
    found = problem(cold.post(URL, content=b"x" * 65_537, headers={"content-type": "application/json"}), 413)
    assert found["detail"] == "At most 65536 bytes of body are read"


def test_a_body_that_does_not_say_its_length_is_counted(cold: TestClient) -> None:
    chunks = (b"x" * 1024 for _ in range(65))
    problem(cold.post(URL, content=chunks, headers={"content-type": "application/json"}), 413)


def test_other_paths_and_methods_are_problems_too(cold: TestClient) -> None:
    assert problem(cold.get("/nothing"), 404)["detail"] == "GET /nothing: Not Found"
    response = cold.get(URL)
    assert problem(response, 405)["title"] == "Method Not Allowed"
    assert response.headers["allow"] == "POST"


def test_a_bug_is_a_500_that_leaks_nothing(
    application: FastAPI, cold: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    @application.post("/bug")
    def bug(word: Annotated[str, Body()]) -> None:
        raise ValueError(word)

    with caplog.at_level(logging.DEBUG):
        response = cold.post("/bug", json="Анна Петрова, +7 900 000-00-00")
    assert problem(response, 500)["detail"] == "Something went wrong; the log has the place"
    assert "unexpected ValueError in /bug" in caplog.text
    assert "in bug" in caplog.text
    assert "Петрова" not in caplog.text + response.text


def test_nothing_of_a_resume_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post(URL, json={"resume": EXAMPLE_RESUME})
        client.post(URL, json={"resume": {**EXAMPLE_RESUME, "age": "Казань"}})
    assert not any(word in caplog.text for word in ("Казан", "Ромашк", "кассов"))


def test_openapi_is_complete(cold: TestClient) -> None:
    document = cold.get("/openapi.json").json()
    assert {URL, "/healthz", "/readyz"} < set(document["paths"])
    schemas = document["components"]["schemas"]
    assert schemas["GenerateRequest"]["examples"]
    assert schemas["GenerateResponse"]["examples"]
    assert schemas["Problem"]["examples"]
    assert schemas["ResumeInput"]["additionalProperties"] is False
    responses = document["paths"][URL]["post"]["responses"]
    assert set(responses) == {"200", "400", "401", "413", "422", "500", "503"}
    for status in set(responses) - {"200"}:
        reference = responses[status]["content"][MEDIA_TYPE]["schema"]["$ref"]
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_the_example_of_the_documentation_works(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for example in document["components"]["schemas"]["GenerateRequest"]["examples"]:
        assert client.post(URL, json=example).status_code == 200
