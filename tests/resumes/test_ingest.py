"""Ingest on a real PostgreSQL: idempotent, atomic, honest about every row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli.main import main
from db.models import ModelVersion, Resume, Round, SamplingItem, SamplingRun
from db.session import Database
from resumes import queries
from resumes.errors import UnknownFieldError
from resumes.ingest import ingest, ingest_profiles
from resumes.queries import Stored
from resumes.synthetic import generate_profiles


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


GOOD: list[dict[str, Any]] = [
    {"external_id": "a", "title": "Повар ", "city": "kazan", "name": "Иванов Пётр",
     "about": "Пётр готовит. Тел. 22-33-44"},
    {"external_id": "b", "title": "Водитель", "driving_licences": ["B, C"]},
]  # fmt: skip


def all_rows(database: Database) -> dict[str, Resume]:
    with database.session() as session:
        return {row.external_id: row for row in session.scalars(select(Resume))}


def test_rows_are_stored_clean(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        report = ingest(session, [lines(tmp_path / "a.jsonl", GOOD)])
    assert (report.rows, report.valid, report.stored) == (2, 2, Stored(new=2))
    row = all_rows(database)["a"]
    assert row.profile == {"external_id": "a", "title": "Повар", "city": "Казань"}
    assert row.about == "готовит."
    assert (row.source, row.synthetic) == ("import", False)
    assert len(row.content_hash) == 64


def test_twice_is_the_same_as_once_and_a_change_is_an_update(database: Database, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", GOOD)
    with database.session() as session:
        ingest(session, [path])
    before = all_rows(database)
    with database.session() as session:
        assert ingest(session, [path]).stored == Stored(unchanged=2)
    after = all_rows(database)
    assert {key: (row.id, row.updated_at) for key, row in after.items()} == {
        key: (row.id, row.updated_at) for key, row in before.items()
    }
    lines(path, [GOOD[0], {**GOOD[1], "title": "Водитель такси"}])
    with database.session() as session:
        assert ingest(session, [path]).stored == Stored(updated=1, unchanged=1)
    changed = all_rows(database)["b"]
    assert changed.profile["title"] == "Водитель такси"
    assert (changed.id, changed.split) == (before["b"].id, before["b"].split)
    assert changed.content_hash != before["b"].content_hash


def test_the_same_id_of_another_source_is_another_row(database: Database, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", GOOD)
    with database.session() as session:
        ingest(session, [path], source="one")
        assert ingest(session, [path], source="two").stored == Stored(new=2)


def test_bad_rows_are_listed_and_the_others_stored(database: Database, tmp_path: Path) -> None:
    rows = [*GOOD, {"external_id": "c", "age": 5}, {"title": "без номера"}, {**GOOD[0]},
            {"external_id": "d", "birth_date": "1990-99-01"}, {"external_id": "e", "driving_licences": ["есть"]},
            {"external_id": "f", "experience": [{"start": "2020-01", "end": "2019-01"}]}]  # fmt: skip
    with database.session() as session:
        report = ingest(session, [lines(tmp_path / "a.jsonl", rows)])
    assert report.stored == Stored(new=2)
    reasons = {(one.row, one.external_id): one.reason for one in report.rejected}
    assert reasons[3, "c"] == "age: Input should be greater than or equal to 14, found 5"
    assert reasons[4, None] == "external_id is missing"
    assert "already read from" in reasons[5, "a"]
    assert reasons[6, "d"].startswith("birth_date: ")
    assert "1990" not in reasons[6, "d"]
    assert "'есть'" in reasons[7, "e"]
    assert reasons[8, "f"] == "experience.0: end 2019-01 is before start 2020-01"


@pytest.mark.parametrize(
    ("row", "name"),
    [({"foo": 1}, "'foo'"), ({"foo": None}, "'foo'"), ({"languages": '[{"nam": "x"}]'}, "'languages.0.nam'"),
     ({"experience": [{"positon": "x"}]}, "'experience.0.positon'"),
     ({"desired_salary": {"sum": 1}}, "'desired_salary.sum'")],
)  # fmt: skip
def test_an_unknown_field_stops_everything_and_stores_nothing(
    database: Database, tmp_path: Path, row: dict[str, Any], name: str
) -> None:
    path = lines(tmp_path / "a.jsonl", [*GOOD, {"external_id": "c", **row}])
    with pytest.raises(UnknownFieldError) as caught, database.session() as session:
        ingest(session, [path])
    assert f"{path}, row 3: unknown field {name}" in str(caught.value)
    assert not all_rows(database)


def test_a_broken_second_file_leaves_nothing_of_the_first(database: Database, tmp_path: Path) -> None:
    paths = [lines(tmp_path / "a.jsonl", GOOD), tmp_path / "missing.jsonl"]
    with pytest.raises(Exception, match="No such file"), database.session() as session:
        ingest(session, paths)
    assert not all_rows(database)


def test_synthetic_people_are_marked(database: Database, tmp_path: Path) -> None:
    profiles = list(generate_profiles(700, 3))
    with database.session() as session:
        assert ingest_profiles(session, profiles, "synthetic", synthetic=True) == Stored(new=700)
        assert ingest_profiles(session, profiles, "synthetic", synthetic=True) == Stored(unchanged=700)
        dumped = lines(tmp_path / "a.jsonl", [profiles[0].model_dump(exclude_none=True)])
        ingest(session, [dumped])
    rows = all_rows(database).values()
    assert all(row.synthetic for row in rows)
    splits = [row.split for row in rows]
    assert 0.75 < splits.count("train") / len(splits) < 0.85
    assert 0.06 < splits.count("test") / len(splits) < 0.14


def test_one_person_is_in_one_split_whatever_the_row(database: Database, tmp_path: Path) -> None:
    rows = []
    for person in range(40):
        contact = {"email": f"p{person}@mail.ru"}
        rows += [{"external_id": f"{person}-{copy}", "title": f"Т{copy}", **contact} for copy in range(3)]
        career = {"experience": [{"position": "Повар", "start": f"20{10 + person % 10}-0{1 + person // 10}"}]}
        rows += [{"external_id": f"c{person}-{copy}", "title": f"Т{copy}", **career} for copy in range(3)]
    with database.session() as session:
        ingest(session, [lines(tmp_path / "a.jsonl", rows)])
    splits: dict[str, set[str]] = {}
    for external_id, row in all_rows(database).items():
        splits.setdefault(external_id.split("-")[0], set()).add(row.split)
    assert all(len(found) == 1 for found in splits.values())
    assert {next(iter(found)) for found in splits.values()} == {"train", "validation", "test"}


def test_choosing_resumes_is_reproducible(database: Database) -> None:
    with database.session() as session:
        ingest_profiles(session, generate_profiles(100, 3), "synthetic", synthetic=True)
        first = [row.id for row in queries.shuffled_resumes(session, 10, seed=1)]
        assert [row.id for row in queries.shuffled_resumes(session, 10, seed=1)] == first
        assert [row.id for row in queries.shuffled_resumes(session, 10, seed=2)] != first
        assert len(queries.shuffled_resumes(session, 1000, seed=1)) == 100
        held_out = queries.shuffled_resumes(session, 1000, seed=1, splits=["test"])
        assert {row.split for row in held_out} == {"test"}
        assert not queries.shuffled_resumes(session, 10, seed=1, synthetic=False)


def test_a_round_takes_resumes_that_no_other_round_has_sampled(database: Database) -> None:
    with database.session() as session:
        ingest_profiles(session, generate_profiles(20, 3), "synthetic", synthetic=True)
        model = ModelVersion(name="m", method="starter", text_format="slots", artifact_uri="x", artifact_sha256="0")
        session.add(model)
        session.flush()
        round_ = Round(number=1, policy_model_id=model.id)
        session.add(round_)
        session.flush()
        for round_id, start in ((round_.id, 0), (None, 10)):  # the second run is outside rounds
            run = SamplingRun(model_version_id=model.id, round_id=round_id, decoding={}, engine={}, seed=0)
            session.add(run)
            session.flush()
            rows = queries.shuffled_resumes(session, 20, seed=0)[start : start + 10]
            session.add_all(SamplingItem(run_id=run.id, resume_id=row.id, position=n) for n, row in enumerate(rows))
        session.flush()
        fresh = {row.id for row in queries.shuffled_resumes(session, 20, seed=1, unused=True)}
        assert fresh == {row.id for row in queries.shuffled_resumes(session, 20, seed=0)[10:]}


def test_command(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    path = lines(tmp_path / "a.jsonl", [*GOOD, {"external_id": "c", "age": 5}])
    dry = CliRunner().invoke(main, ["ingest", str(path), "--dry-run", "--json"])
    assert dry.exit_code == 0, dry.output
    assert json.loads(dry.stdout)["valid"] == 2
    assert not all_rows(database)
    done = CliRunner().invoke(main, ["ingest", str(path), "--json"])
    told = json.loads(done.stdout)
    assert (told["new"], told["rows"], len(told["rejected"])) == (2, 3, 1)
    shown = CliRunner().invoke(main, ["ingest", str(path)])
    assert shown.exit_code == 0
    assert "age: Input should be" in " ".join(shown.stdout.split())


@pytest.mark.parametrize("content", ['{"external_id": "a", "foo": 1}', "garbage", '{"external_id": "a", "age": 5}'])
def test_command_fails_with_exit_code_1(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    failed = CliRunner().invoke(main, ["ingest", str(path), "--dry-run"])
    assert failed.exit_code == 1
    assert "Traceback" not in failed.output
