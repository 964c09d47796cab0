"""Files: every format, every way to be broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resumes.errors import MappingError, UnreadableFileError
from resumes.readers import load_mapping, read_rows


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_json_lines_keep_their_line_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '\ufeff{"external_id": "a"}\n\n{"external_id": "b"}\nbroken\n[1]\n')
    rows = list(read_rows(path))
    assert [(row.number, row.fields.get("external_id")) for row in rows] == [(1, "a"), (3, "b"), (4, None), (5, None)]
    assert [row.problem for row in rows[2:]] == [
        "not JSON: Expecting value at column 1",
        "expected a JSON object, found list",
    ]


def test_a_json_array(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps([{"external_id": "a"}, {"external_id": "b"}]))
    assert [(row.number, row.fields["external_id"]) for row in read_rows(path)] == [(1, "a"), (2, "b")]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.tsv", "\t")])
def test_csv_with_nested_columns(tmp_path: Path, name: str, delimiter: str) -> None:
    header = ["external_id", "title", "desired_salary.amount", "experience.0.position", "experience.0.start"]
    cells = ["r1", '"Повар\nкондитер"', "60000", "Повар", "2019-03"]
    path = write(tmp_path / name, f"{delimiter.join(header)}\n{delimiter.join(cells)}\n")
    assert [row.fields for row in read_rows(path)] == [
        {
            "external_id": "r1",
            "title": "Повар\nкондитер",
            "desired_salary": {"amount": "60000"},
            "experience": [{"position": "Повар", "start": "2019-03"}],
        }
    ]


@pytest.mark.parametrize(
    ("suffix", "text"), [("json", '{"ID": "external_id", "Зарплата": "desired_salary.amount", "X": null}'),
                         ("yaml", "ID: external_id\nЗарплата: desired_salary.amount\nX:\n")]
)  # fmt: skip
def test_mapping(tmp_path: Path, suffix: str, text: str) -> None:
    mapping = load_mapping(write(tmp_path / f"m.{suffix}", text))
    path = write(tmp_path / "a.csv", "ID,Зарплата,X\nr1,50000,лишнее\n")
    assert [row.fields for row in read_rows(path, mapping)] == [
        {"external_id": "r1", "desired_salary": {"amount": "50000"}}
    ]


def test_mapping_renames_keys_of_json_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"ID": "a"}\n')
    assert next(read_rows(path, {"ID": "external_id"})).fields == {"external_id": "a"}


def test_two_columns_for_one_field_are_a_problem_of_the_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "ID,title,Должность\nr1,Повар,Пекарь\n")
    row = next(read_rows(path, {"ID": "external_id", "Должность": "title"}))
    assert row.problem == "two columns give 'title' or a part of it"


def test_a_row_of_another_length_is_a_problem_of_the_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "external_id,title\nr1\n")
    assert next(read_rows(path)).problem == "expected 2 cells as in the header, found 1"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK", "expected a file ending in .jsonl"),
        ("a.jsonl", "Повар".encode("cp1251"), "expected UTF-8 text, found byte 0xcf"),
        ("a.csv", "Повар,город\n".encode("cp1251"), "expected UTF-8 text, found byte 0xcf"),
        ("a.jsonl", b"", "the file is empty"),
        ("a.jsonl", b"garbage\nmore\n", "row 1 is not JSON"),
        ("a.jsonl", b"[" * 100_000, "nested too deep"),
        ("a.json", b"{", "expected a JSON array of r"),
        ("a.json", b"[]", "found an empty one"),
        ("a.csv", b"", "expected a header"),
        ("a.csv", b"external_id,title,title\n", "column 'title' stands there twice"),
        ("a.csv", b'external_id\n"unfinished', "not a CSV file"),
    ],
)
def test_unreadable_files_say_why(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(UnreadableFileError) as caught:
        list(read_rows(path))
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="No such file"):
        list(read_rows(tmp_path / "no.jsonl"))
    (tmp_path / "dir.jsonl").mkdir()
    with pytest.raises(UnreadableFileError, match="Is a directory"):
        list(read_rows(tmp_path / "dir.jsonl"))


def test_a_wrong_column_is_named_with_row_and_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "external_id,Должность\nr1,Повар\n")
    with pytest.raises(MappingError, match=r"a\.csv, row 1: wrong column 'Должность'; expected one of external_id"):
        list(read_rows(path))


def test_a_mapped_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "external_id\nr1\n")
    with pytest.raises(MappingError, match="names column 'ФИО'; the file has external_id"):
        list(read_rows(path, {"ФИО": "name"}))


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("ID: titel", MappingError, "column 'ID' is mapped to 'titel'"),
        ("ID: experience.position", MappingError, "experience.position"),
        ("ID: [title]", MappingError, "column 'ID'"),
        ("- title", MappingError, "found list"),
        ("a: [", UnreadableFileError, "expected JSON or YAML"),
    ],
)
def test_a_bad_mapping_is_refused(tmp_path: Path, text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        load_mapping(write(tmp_path / "m.yaml", text))
    assert said in str(caught.value)
