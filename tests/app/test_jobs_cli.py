"""``raisontext jobs`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from app.cli.jobs import BACKGROUND, run_or_defer
from app.cli.main import main
from app.jobs import execution, service
from db.session import Database


@pytest.fixture(autouse=True)
def environment(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path))


def jobs(*words: object) -> Result:
    return CliRunner().invoke(main, ["jobs", *map(str, words)])


def as_json(*words: object) -> dict[str, Any]:
    result = jobs(*words, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def begin(database: Database, job_id: int) -> int:
    with database.session() as session:
        entry = service.get(session, job_id).queue_id
    assert entry is not None
    assert execution.claim(database, job_id, entry)
    return entry


def test_jobs_from_list_to_retry(database: Database) -> None:
    assert jobs("list").stdout == "No jobs.\n"
    done = service.defer(database, "evaluate", {"round": 2})
    entry = begin(database, done)
    failed = service.defer(database, "train", {"round": 3})
    running = begin(database, failed)
    execution.settle(database, done, entry, lambda job, _: service.end(job, "succeeded", result={"pairs": 7}))

    assert [job["id"] for job in as_json("list")["jobs"]] == [failed, done]
    assert [job["id"] for job in as_json("list", "--state", "running")["jobs"]] == [failed]
    assert as_json("show", done)["result"] == {"pairs": 7}
    assert as_json("wait", done) == {"id": done, "state": "succeeded", "result": {"pairs": 7}}
    assert jobs("cancel", failed).stdout == f"Job {failed} was asked to stop.\n"
    table = jobs("list").stdout
    assert "stopping" in table
    assert "100%" in table

    execution.settle(database, failed, running, lambda job, _: service.end(job, "failed", error="no pairs"))
    waited = jobs("wait", failed)
    assert (waited.exit_code, waited.stderr) == (1, f"error: no pairs (job {failed}, train)\n")
    assert as_json("retry", failed)["state"] == "queued"
    assert as_json("cancel", failed)["state"] == "cancelled"
    for words in (("retry", done), ("cancel", done), ("show", 99)):
        result = jobs(*words)
        assert result.exit_code == 1
        assert result.stderr.startswith("error: ")


@pytest.mark.parametrize("background", [True, False])
def test_a_command_may_leave_its_work_to_the_worker(database: Database, background: bool) -> None:
    here: list[bool] = []

    @click.command()
    @BACKGROUND
    def train(background: bool) -> None:
        run_or_defer("train", {"round": 3}, background, lambda: here.append(True))

    result = CliRunner().invoke(train, ["--background"] if background else [])
    assert result.exit_code == 0, result.output
    assert here == ([] if background else [True])
    with database.session() as session:
        assert [job.name for job in service.listing(session)] == (["train"] if background else [])
