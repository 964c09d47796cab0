"""``raisontext check``: what texts state that their résumés do not support."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

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
@click.option("--output", type=click.Path(path_type=Path), help="Where to write; standard output if not given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with counts and results on standard output.")
def check(source: Path, output: Path | None, as_json: bool) -> None:
    """Find statements that the résumé does not support: one line {"id", "violations"} for each line of input."""
    results = list(check_lines(source))
    lines = [json.dumps(result, ensure_ascii=False) for result in results]
    if output is not None:
        _write(output, lines)
    if as_json:
        click.echo(json.dumps(_summary(results, with_results=output is None), ensure_ascii=False))
    elif output is None:
        for line in lines:
            click.echo(line)


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

    from resumes.schema import Profile

    try:
        return Profile.model_validate(row["resume"])
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in ("resume", *first["loc"]))
        raise InvalidInputError(f"{source}, line {number}: {place}: {first['msg']}") from error


def _write(output: Path, lines: list[str]) -> None:
    try:
        output.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"cannot write {output}: {error.strerror}") from error


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
