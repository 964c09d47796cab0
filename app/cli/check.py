"""``raisontext check``: what texts state that their résumés do not support."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from app.cli import output
from db.errors import InvalidInputError

KEYS = frozenset({"id", "resume", "text"})


@click.command()
@click.option(
    "--input",
    "source",
    required=True,
    type=click.Path(path_type=Path),
    help='JSON lines {"id", "resume", "text"}.',
)
@click.option("--output", "target", type=click.Path(path_type=Path), help="Where to write (default: standard output).")
def check(source: Path, target: Path | None) -> None:
    """Find statements that the résumé does not support: one line {"id", "violations"} for each line of input."""
    results = list(check_lines(source))
    if target is not None:
        _write(target, _as_lines(results))
    shown = "" if target is not None else _as_lines(results).rstrip("\n")
    if shown or output.as_json():
        output.emit(_summary(results, with_results=target is None), lambda _: shown)


def check_lines(source: Path) -> Iterator[dict[str, Any]]:
    """Results in the order of the lines of ``source``; raises :class:`InvalidInputError` at the first bad line."""
    from resumes.faithfulness import check as violations_of

    try:
        with source.open(encoding="utf-8") as lines:
            for number, row in _rows(source, lines):
                profile = _profile(source, number, row)
                found = violations_of(profile, row["text"])
                yield {"id": row["id"], "violations": [violation.to_dict() for violation in found]}
    except OSError as error:
        raise InvalidInputError(f"cannot read {source}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{source}: expected UTF-8 text, found byte {error.object[error.start]:#04x}"
        ) from error


def _rows(source: Path, lines: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _row(source, number, line)


def _row(source: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"{source}, line {number}: expected JSON, found an error: {error.msg}") from error
    if not isinstance(row, dict):
        raise InvalidInputError(f"{source}, line {number}: expected a JSON object, found {type(row).__name__}")
    missing, unknown = sorted(KEYS - row.keys()), sorted(row.keys() - KEYS)
    if missing:
        raise InvalidInputError(f"{source}, line {number}: field {missing[0]!r} is missing")
    if unknown:
        raise InvalidInputError(f"{source}, line {number}: unknown field {unknown[0]!r}; expected id, resume, text")
    if not isinstance(row["text"], str):
        raise InvalidInputError(f"{source}, line {number}: text must be a string, found {type(row['text']).__name__}")
    return row


def _profile(source: Path, number: int, row: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from resumes.cleaning import age_on
    from resumes.schema import Profile, ResumeInput

    try:
        resume = ResumeInput.model_validate(row["resume"])
        fields = {name: getattr(resume, name) for name in Profile.model_fields}
        if resume.age is None and resume.birth_date is not None:
            fields["age"] = age_on(resume.birth_date, dt.date.today())
        return Profile.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in ("resume", *first["loc"]))
        raise InvalidInputError(f"{source}, line {number}: {place}: {first['msg']}") from error


def _as_lines(results: list[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(result, ensure_ascii=False)}\n" for result in results)


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"cannot write {target}: {error.strerror}") from error


def _summary(results: list[dict[str, Any]], *, with_results: bool) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for result in results:
        for violation in result["violations"]:
            counts[violation["kind"]] = counts.get(violation["kind"], 0) + 1
    summary: dict[str, Any] = {
        "texts": len(results),
        "with_violations": sum(bool(result["violations"]) for result in results),
        "kinds": dict(sorted(counts.items())),
    }
    return {**summary, "results": results} if with_results else summary
