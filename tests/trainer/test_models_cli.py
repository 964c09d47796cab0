"""``raisontext sft`` and ``raisontext models`` from end to end on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli.main import main
from db.models import Resume
from db.session import Database
from tests.trainer.conftest import WORDS


@pytest.fixture
def run(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command; answers (exit code, JSON of stdout or null, stderr)."""
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path / "data"))

    def invoke(*arguments: str) -> tuple[int, dict[str, Any] | None, str]:
        result = CliRunner().invoke(main, [*arguments, "--json"])
        return result.exit_code, json.loads(result.stdout) if result.stdout else None, result.stderr

    return invoke


def store_resumes(database: Database, count: int, split: str = "train") -> None:
    with database.session() as session:
        for number in range(count):
            external_id = f"{split}-{number}"
            profile = {"external_id": external_id, "title": WORDS[number % len(WORDS)]}
            session.add(
                Resume(
                    source="t", external_id=external_id, profile=profile, about=WORDS[number % 9], split=split,
                    content_hash="h",
                )
            )  # fmt: skip


def test_sft_registers_a_candidate_that_can_be_promoted(checkpoint: Path, database: Database, run: Any) -> None:
    store_resumes(database, 12)
    store_resumes(database, 2, "validation")
    code, first, error = run("sft", "--base", str(checkpoint), "--epochs", "2", "--batch", "6", "--name", "eins")
    assert code == 0, error
    assert first["model"]["status"] == "candidate"
    assert first["model"]["method"] == "sft"
    assert first["training"]["examples"] == 12
    assert len(first["training"]["validation_loss"]) == 2
    code, _, error = run("sft", "--base", str(checkpoint), "--epochs", "2", "--batch", "6", "--name", "eins")
    assert code == 1
    assert error.count("\n") == 1
    assert "named 'eins' is registered already" in error
    code, second, error = run("sft", "--base", str(checkpoint), "--epochs", "1", "--batch", "6")
    assert code == 0, error

    assert run("models", "promote", "eins")[1]["status"] == "promoted"
    assert run("models", "promote", str(second["model"]["id"]))[1]["status"] == "promoted"
    assert run("models", "rollback")[1]["name"] == "eins"
    listed = run("models", "list")[1]["models"]
    assert [(model["name"], model["status"]) for model in listed] == [
        ("eins", "promoted"), (second["model"]["name"], "rejected"),
    ]  # fmt: skip
    assert run("models", "trace", "eins")[1]["lineage"][0]["data_hash"] == first["model"]["data_hash"]


def test_sft_from_a_file(checkpoint: Path, database: Database, run: Any, tmp_path: Path) -> None:
    rows = [{"external_id": f"r{n}", "title": WORDS[n], "about": WORDS[n % 9], "name": "Иван"} for n in range(50)]
    file = tmp_path / "resumes.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    code, result, error = run("sft", "--base", str(checkpoint), "--data", str(file), "--epochs", "1")
    assert code == 0, error
    assert 20 <= result["training"]["examples"] < 50  # persons of the other splits are left out
    file.write_text('{"external_id": "r1", "wrong_field": 1}\n')
    code, nothing, error = run("sft", "--base", str(checkpoint), "--data", str(file))
    assert (code, nothing) == (1, None)
    assert "wrong_field" in error
    code, _, error = run("sft", "--base", str(checkpoint), "--data", str(tmp_path / "nowhere.jsonl"))
    assert code == 1
    assert error.count("\n") == 1


def test_export_and_show(checkpoint: Path, database: Database, run: Any, tmp_path: Path) -> None:
    store_resumes(database, 6)
    run("sft", "--base", str(checkpoint), "--epochs", "1", "--name", "eins")
    code, exported, error = run("models", "export", "eins", str(tmp_path / "copy"))
    assert code == 0, error
    assert (Path(exported["directory"]) / "model.safetensors").is_file()
    assert run("models", "show", "eins")[1]["artifact_sha256"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("models", "show", "nobody"),
        ("models", "trace", "7"),
        ("models", "promote", "7"),
        ("models", "rollback"),
        ("models", "export", "7", "somewhere"),
        ("sft", "--base", "/nowhere/model"),
    ],
)
def test_expected_failures_are_one_line(arguments: tuple[str, ...], run: Any) -> None:
    code, shown, error = run(*arguments)
    assert code == 1
    assert shown is None
    assert error.startswith("error: ")
    assert error.count("\n") == 1


def test_sft_without_texts(checkpoint: Path, run: Any) -> None:
    code, _, error = run("sft", "--base", str(checkpoint))
    assert code == 1
    assert "expected at least one résumé with a text" in error
