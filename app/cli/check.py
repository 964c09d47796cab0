"""``raisontext check``: what texts state that their résumés do not support."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the products of the name finder are too small for more
    totals = Totals()
    if target is not None:
        with _whole(target) as sink:
            _run(source, sink, totals)
        if output.as_json():
            output.emit(totals.to_dict(), str)
    elif output.as_json():
        with tempfile.TemporaryFile("w+", encoding="utf-8") as sink:
            _run(source, sink, totals)
            _emit_with_results(sink, totals)
    else:
        _run(source, sys.stdout, totals)


@dataclass
class Totals:
    """Counts over all lines, for ``--json``."""

    texts: int = 0
    with_violations: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, result: dict[str, Any]) -> None:
        """Counts the result of one line."""
        self.texts += 1
        self.with_violations += bool(result["violations"])
        self.kinds.update(violation["kind"] for violation in result["violations"])

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "texts": self.texts,
            "with_violations": self.with_violations,
            "kinds": dict(sorted(self.kinds.items())),
        }


def _run(source: Path, sink: TextIO, totals: Totals) -> None:
    """Checks every line of ``source`` and writes its result at once: nothing is kept."""
    with output.percentages() as bar:
        task = bar.add_task("checking", total=source.stat().st_size if source.is_file() else None)
        for size, result in check_lines(source):
            sink.write(f"{json.dumps(result, ensure_ascii=False)}\n")
            totals.add(result)
            bar.advance(task, size)


@contextmanager
def _whole(target: Path) -> Iterator[TextIO]:
    """A file that appears under the name ``target`` when everything is written, or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    special = target.exists() and not target.is_file()  # a device or a pipe is written to as it is
    try:
        with (target if special else part).open("w", encoding="utf-8") as sink:
            yield sink
        if not special:
            part.replace(target)
    except OSError as error:
        raise InvalidInputError(f"cannot write {target}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _emit_with_results(sink: TextIO, totals: Totals) -> None:
    """One JSON object on stdout: the totals, and the results from ``sink`` line by line."""
    sink.seek(0)
    sys.stdout.write(f'{json.dumps(totals.to_dict(), ensure_ascii=False)[:-1]}, "results": [')
    for number, line in enumerate(sink):
        sys.stdout.write(f"{', ' if number else ''}{line.rstrip()}")
    sys.stdout.write("]}\n")


def check_lines(source: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Size in bytes and result of each line of ``source``, in order.

    Raises:
        InvalidInputError: at the first bad line.
    """
    from resumes.faithfulness import check as violations_of

    try:
        with source.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    row = _row(source, number, _decoded(source, number, line))
                    found = violations_of(_profile(source, number, row), row["text"])
                    yield len(line), {"id": row["id"], "violations": [violation.to_dict() for violation in found]}
    except OSError as error:
        raise InvalidInputError(f"cannot read {source}: {error.strerror}") from error


def _decoded(source: Path, number: int, line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"{source}, line {number}: expected UTF-8 text, found byte {line[error.start]:#04x}"
        ) from error


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
