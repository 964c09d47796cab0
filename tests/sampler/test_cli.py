"""``raisontext sample`` and ``raisontext generate`` with the starter model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import main
from db.models import SamplingRun
from db.session import Database
from resumes.faithfulness import check
from resumes.ingest import ingest_profiles
from resumes.schema import Profile
from resumes.synthetic import generate_profiles
from tests.sampler.rows import texts_of

RESUME = {
    "external_id": "r1",
    "title": "Продавец-консультант",
    "gender": "male",
    "age": 34,
    "city": "Казань",
    "email": "someone@example.org",
    "name": "Пётр Ильин",
}


@pytest.fixture
def raisontext(database: Database, tmp_path: Path, engine_cache: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), catch_exceptions=False)

    return run


@pytest.fixture
def profile_file(tmp_path: Path) -> Path:
    path = tmp_path / "resume.json"
    path.write_text(json.dumps(RESUME, ensure_ascii=False), encoding="utf-8")
    return path


def test_generate_is_faithful_and_repeatable(raisontext, profile_file: Path) -> None:  # type: ignore[no-untyped-def]
    result = raisontext("generate", "--profile", str(profile_file), "-n", "3", "--seed", "5", "--json")
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    texts = [candidate["text"] for candidate in answer["candidates"]]
    assert 1 <= len(set(texts)) == len(texts) <= 3
    profile = Profile(external_id="r1", title="Продавец-консультант", gender="male", age=34, city="Казань")
    assert [check(profile, text) for text in texts] == [[] for _ in texts]
    again = raisontext("generate", "--profile", str(profile_file), "-n", "3", "--seed", "5", "--json")
    assert json.loads(again.stdout) == answer
    shown = raisontext("generate", "--profile", str(profile_file), "-n", "3", "--seed", "5")
    assert shown.stdout == "\n\n".join(texts) + "\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "expected JSON"),
        ('{"external_id": "r1", "agee": 30}', "agee"),
        ('{"external_id": "r1", "age": "old"}', "age"),
        ("[]", "resume.json"),
    ],
)
def test_a_bad_resume_is_one_line(raisontext, profile_file: Path, content: str, message: str) -> None:  # type: ignore[no-untyped-def]
    profile_file.write_text(content)
    result = raisontext("generate", "--profile", str(profile_file))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_sample_writes_checked_candidates(raisontext, database: Database) -> None:  # type: ignore[no-untyped-def]
    with database.session() as session:
        ingest_profiles(session, generate_profiles(30, seed=1), "synthetic", synthetic=True)
    result = raisontext("sample", "--resumes", "8", "--seed", "2", "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["finished"] is True
    assert report["resumes"] == 8 == report["complete"] + report["short"] + report["failed"]
    assert report["candidates"] == report["candidates_written_now"] == len(texts_of(database, report["run"]))
    assert report["wrong_fact_rate_checked"] == 0
    again = json.loads(raisontext("sample", "--resumes", "8", "--seed", "2", "--json").stdout)
    assert again["run"] != report["run"]
    assert texts_of(database, again["run"]) == texts_of(database, report["run"])


def test_allow_violations_is_part_of_the_run(raisontext, database: Database) -> None:  # type: ignore[no-untyped-def]
    with database.session() as session:
        ingest_profiles(session, generate_profiles(3, seed=1), "synthetic", synthetic=True)
    for words, expected in (([], 0), (["--allow-violations", "2"], 2)):
        result = raisontext("sample", "--resumes", "2", *words, "--json")
        assert result.exit_code == 0, result.stderr
        with database.session() as session:
            run = session.get_one(SamplingRun, json.loads(result.stdout)["run"])
            assert run.decoding["selection"]["allow_violations"] == expected
    assert raisontext("sample", "--round", "1", "--allow-violations", "1").exit_code == 2


def test_sample_refuses_what_it_cannot_do(raisontext) -> None:  # type: ignore[no-untyped-def]
    for wrong in ([], ["--round", "1", "--resumes", "2"], ["--round", "1", "--model", "starter"], ["--resumes", "0"]):
        assert raisontext("sample", *wrong).exit_code == 2
    for arguments, message in (
        (["--resumes", "5"], "found 0"),
        (["--resumes", "5", "--model", "nobody"], "no policy model 'nobody'"),
        (["--round", "7"], "7"),
    ):
        result = raisontext("sample", *arguments)
        assert result.exit_code == 1
        assert message in result.stderr
        assert result.stderr.count("\n") == 1
