"""``raisontext check``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RESUME = {"external_id": "r1", "gender": "female", "city": "Казань", "birth_date": "1990-01-01", "name": "Анна"}


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli.main", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _input(path: Path, *rows: Any) -> str:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def test_lines_in_lines_out(tmp_path: Path) -> None:
    source = _input(
        tmp_path / "in.jsonl",
        {"id": "true", "resume": RESUME, "text": "Живу в Казани."},
        "",
        {"id": 7, "resume": RESUME, "text": "Живу в Самаре."},
    )
    done = _run("--input", source)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": "true", "violations": []},
        {"id": 7, "violations": [{"kind": "city", "span": [7, 13], "text": "Самаре", "expected": "Казань"}]},
    ]


def test_json_and_output_file(tmp_path: Path) -> None:
    source = _input(tmp_path / "in.jsonl", {"id": 1, "resume": RESUME, "text": "Работал в Казани."})
    summary = json.loads(_run("--input", source, "--json").stdout)
    assert summary["texts"] == 1
    assert summary["with_violations"] == 1
    assert summary["kinds"] == {"gender": 1}
    assert summary["results"][0]["id"] == 1
    done = _run("--input", source, "--output", str(tmp_path / "out.jsonl"))
    assert done.stdout == ""
    assert json.loads((tmp_path / "out.jsonl").read_text())["violations"][0]["kind"] == "gender"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "expected JSON"),
        ("[1]", "expected a JSON object"),
        ({"id": 1, "resume": RESUME}, "'text' is missing"),
        ({"id": 1, "resume": RESUME, "text": 5}, "text must be a string"),
        ({"id": 1, "resume": RESUME, "text": "", "about": ""}, "unknown field 'about'"),
        ({"id": 1, "resume": {**RESUME, "hobby": "x"}, "text": ""}, "resume.hobby"),
        ({"id": 1, "resume": {**RESUME, "age": 5}, "text": ""}, "resume.age"),
        ({"id": 1, "resume": {"city": "Казань"}, "text": ""}, "resume.external_id"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: Any, problem: str) -> None:
    source = _input(tmp_path / "in.jsonl", {"id": 1, "resume": RESUME, "text": ""}, row)
    target = tmp_path / "out.jsonl"
    done = _run("--input", source, "--output", str(target))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "line 2" in done.stderr
    assert problem in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not target.exists()


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    done = _run("--input", str(tmp_path / "none.jsonl"))
    assert done.returncode == 1
    assert "none.jsonl" in done.stderr


def test_the_output_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    good = {"id": 1, "resume": RESUME, "text": "Живу в Казани."}
    target = tmp_path / "out.jsonl"
    target.write_text("of before\n")
    assert _run("--input", _input(tmp_path / "in.jsonl", good, "{"), "--output", str(target)).returncode == 1
    assert target.read_text() == "of before\n"
    assert _run("--input", _input(tmp_path / "in.jsonl", good, good), "--output", str(target)).returncode == 0
    assert target.read_text().count('"violations": []') == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_results_go_to_a_device_as_they_come(tmp_path: Path) -> None:
    source = _input(tmp_path / "in.jsonl", {"id": 1, "resume": RESUME, "text": "Живу в Самаре."})
    done = _run("--input", source, "--output", "/dev/stdout")
    assert json.loads(done.stdout)["violations"][0]["kind"] == "city"


def test_a_line_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b'{"id": 1}\n'.replace(b"1", "ж".encode("cp1251")))
    done = _run("--input", str(source))
    assert done.returncode == 1
    assert "line 1: expected UTF-8" in done.stderr
