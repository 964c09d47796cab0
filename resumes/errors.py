"""Expected failures of this room."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from db.errors import InvalidInputError
from resumes.schema import PERSONAL_FIELDS

_SHOWN_ERRORS = 3
_SHOWN_CHARACTERS = 40


class UnreadableFileError(InvalidInputError):
    """A file of résumés or a mapping cannot be read at all."""

    title = "Unreadable file"


class UnknownFieldError(InvalidInputError):
    """A row or a mapping names a field that a résumé does not have."""

    title = "Unknown field"

    def __init__(self, path: Path, row: int, names: Iterable[str], known: Iterable[str]) -> None:
        quoted = ", ".join(f"'{name}'" for name in names)
        super().__init__(
            f"{path}, row {row}: unknown field {quoted}; expected one of {', '.join(known)}, "
            "or a mapping that says what it is"
        )


class MappingError(InvalidInputError):
    """A mapping does not fit the schema or the file."""

    title = "Mapping does not fit"


class RowError(ValueError):
    """One row cannot become a résumé; the row is rejected with this reason and the others go on."""


def explain(error: ValidationError) -> str:
    """Say in one line what is wrong with a row; values of personal fields are not repeated."""
    parts = [_explain_one(str_location(one["loc"]), one["msg"], one["input"]) for one in error.errors()]
    more = f"; and {len(parts) - _SHOWN_ERRORS} more" if len(parts) > _SHOWN_ERRORS else ""
    return "; ".join(parts[:_SHOWN_ERRORS]) + more


def str_location(location: tuple[int | str, ...]) -> str:
    """``('experience', 0, 'start')`` → ``experience.0.start``."""
    return ".".join(map(str, location))


def _explain_one(field: str, message: str, value: object) -> str:
    if message == "Field required":
        return f"{field} is missing"
    if message.startswith("Value error, "):
        return f"{field}: {message.removeprefix('Value error, ')}"
    if field.split(".")[0] in PERSONAL_FIELDS:
        return f"{field}: {message}"
    shown = repr(value)
    if len(shown) > _SHOWN_CHARACTERS:
        shown = f"{shown[:_SHOWN_CHARACTERS]}…"
    return f"{field}: {message}, found {shown}"
