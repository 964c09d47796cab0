"""Reads files of résumés into raw rows: JSON Lines, a JSON array, or CSV with any delimiter.

A row keeps its number so that whatever is wrong later can be named: the line of a JSON Lines file, the element of an
array, the record of a CSV file (its header is record 1). A mapping (JSON or YAML, column → field) renames columns;
``null`` drops one. Nested fields are named with dots: ``desired_salary.amount``, ``experience.0.position``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from resumes.errors import MappingError, RowError, UnreadableFileError
from resumes.fields import ALIASES, FIELDS, set_path, valid_target

Mapping = dict[str, str | None]

# A description may be long; the default limit of 128 KiB per field would refuse whole letters pasted into a cell.
_CELL_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True)
class RawRow:
    """One row as read: field names as in the schema where known; ``problem`` set when it is no object at all."""

    path: Path
    number: int
    fields: dict[str, Any]
    problem: str | None = None


def read_rows(path: Path, mapping: Mapping | None = None) -> Iterator[RawRow]:
    """Yield the rows of ``path``, whose format its suffix tells (.jsonl, .ndjson, .json, .csv, .tsv).

    Raises:
        UnreadableFileError: no such file, another format, not UTF-8, no row that could be read.
        MappingError: the mapping names a column that the CSV file does not have.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFileError(f"{path}: expected a file ending in {', '.join(_READERS)}, found '{path.suffix}'")
    try:
        yield from reader(path, mapping or {})
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{path}: expected UTF-8 text, found byte 0x{error.object[error.start]:02x} that is not; convert the file"
        ) from error
    except OSError as error:
        raise UnreadableFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except csv.Error as error:
        raise UnreadableFileError(f"{path}: not a CSV file: {error}") from error


def load_mapping(path: Path) -> Mapping:
    """Read a column mapping.

    Raises:
        UnreadableFileError: the file cannot be read or is neither JSON nor YAML.
        MappingError: it is no object of column → field, or a field is not one of the schema.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UnreadableFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UnreadableFileError(f"{path}: expected JSON or YAML (column: field), found {reason}") from error
    if not isinstance(loaded, dict) or not loaded:
        raise MappingError(f"{path}: expected an object of column → field, found {type(loaded).__name__}")
    for column, target in loaded.items():
        if target is not None and not (isinstance(target, str) and valid_target(target)):
            raise MappingError(
                f"{path}: column '{column}' is mapped to {target!r}, which is no field of a résumé; "
                f"expected null or one of {', '.join(FIELDS)} (nested: desired_salary.amount, experience.0.position)"
            )
    return {str(column): target for column, target in loaded.items()}


def _rename(fields: dict[str, Any], mapping: Mapping) -> dict[str, Any]:
    """Apply ``mapping`` to top-level keys and unfold dotted ones; raise RowError when two columns clash."""
    renamed: dict[str, Any] = {}
    for name, value in fields.items():
        target = _target(name, mapping)
        if target is not None:
            set_path(renamed, target, value)
    return renamed


def _target(name: str, mapping: Mapping) -> str | None:
    return mapping.get(name, ALIASES.get(name, name))


def _row(path: Path, number: int, value: object, mapping: Mapping) -> RawRow:
    if not isinstance(value, dict):
        return RawRow(path, number, {}, f"expected a JSON object, found {type(value).__name__}")
    try:
        return RawRow(path, number, _rename(value, mapping))
    except RowError as error:
        return RawRow(path, number, {}, str(error))


def _read_json_lines(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    broken: list[RawRow] = []
    readable = False
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                row = RawRow(path, number, {}, _no_json(error))
                if readable:
                    yield row
                else:
                    broken.append(row)
                continue
            if not readable:
                readable = True
                yield from broken
            yield _row(path, number, value, mapping)
    if not readable:
        first = f"row {broken[0].number} is {broken[0].problem}" if broken else "the file is empty"
        raise UnreadableFileError(f"{path}: expected one JSON object a line, but {first}")


def _no_json(error: json.JSONDecodeError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "not JSON: nested too deep"
    return f"not JSON: {error.msg} at column {error.colno}"


def _read_json(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableFileError(f"{path}: expected a JSON array of résumés, but it is {_no_json(error)}") from error
    rows = loaded if isinstance(loaded, list) else [loaded]
    if not rows:
        raise UnreadableFileError(f"{path}: expected a JSON array of résumés, found an empty one")
    yield from (_row(path, number, value, mapping) for number, value in enumerate(rows, 1))


def _read_csv(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    csv.field_size_limit(_CELL_LIMIT)
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = _delimiter(file.readline()) if path.suffix.lower() == ".csv" else "\t"
        file.seek(0)
        records = csv.reader(file, delimiter=delimiter, strict=True)
        header = [column.strip() for column in next(records, [])]
        _check_header(path, header, mapping)
        for number, record in enumerate(records, 2):
            if any(cell.strip() for cell in record):
                yield _csv_row(path, number, header, record, mapping)


def _delimiter(header: str) -> str:
    counts = {delimiter: header.count(delimiter) for delimiter in ",;\t"}
    return max(counts, key=lambda delimiter: counts[delimiter])


def _check_header(path: Path, header: list[str], mapping: Mapping) -> None:
    if not any(header):
        raise UnreadableFileError(f"{path}: expected a header with column names, found an empty first row")
    twice = {column for column in header if header.count(column) > 1}
    if twice:
        raise UnreadableFileError(f"{path}, row 1: column '{min(twice)}' stands there twice")
    missing = [column for column in mapping if column not in header]
    if missing:
        raise MappingError(f"{path}, row 1: the mapping names column '{missing[0]}'; the file has {', '.join(header)}")
    wrong = [column for column in header if not _known(_target(column, mapping))]
    if wrong:
        raise MappingError(
            f"{path}, row 1: wrong column '{wrong[0]}'; expected one of {', '.join(FIELDS)}, "
            "or a mapping that says what it is"
        )


def _known(target: str | None) -> bool:
    return target is None or valid_target(target)


def _csv_row(path: Path, number: int, header: list[str], record: list[str], mapping: Mapping) -> RawRow:
    if len(record) != len(header):
        return RawRow(path, number, {}, f"expected {len(header)} cells as in the header, found {len(record)}")
    filled = {column: cell for column, cell in zip(header, record, strict=True) if cell.strip()}
    return _row(path, number, filled, mapping)


_READERS: dict[str, Callable[[Path, Mapping], Iterator[RawRow]]] = {
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".json": _read_json,
    ".csv": _read_csv,
    ".tsv": _read_csv,
}
