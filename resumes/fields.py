"""Names of fields, also nested ones written with dots (``experience.0.position``)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from resumes.errors import RowError
from resumes.schema import Education, Job, Language, ResumeInput, Salary

FIELDS: tuple[str, ...] = tuple(ResumeInput.model_fields)

# Other spellings of a field's name that need no mapping.
ALIASES = {"e-mail": "email", "e_mail": "email"}

_OBJECTS: dict[str, type[BaseModel]] = {"desired_salary": Salary}
_LISTS_OF_OBJECTS: dict[str, type[BaseModel]] = {"experience": Job, "education": Education, "languages": Language}
_LISTS_OF_TEXT = ("driving_licences", "skills", "recent_responses")
_LONGEST_LIST = 100


def valid_target(target: str) -> bool:
    """True when ``target`` is a field of a résumé, or a dotted path to a part of one."""
    field, *rest = target.split(".")
    match rest:
        case []:
            return field in FIELDS
        case [part] if field in _OBJECTS:
            return part in _OBJECTS[field].model_fields
        case [index] if field in _LISTS_OF_TEXT:
            return _is_index(index)
        case [index, part] if field in _LISTS_OF_OBJECTS:
            return _is_index(index) and part in _LISTS_OF_OBJECTS[field].model_fields
        case _:
            return False


def unknown_fields(value: dict[str, Any]) -> list[str]:
    """Return the names in a raw résumé, nested ones dotted, that the schema does not have."""
    found = [name for name in value if name not in FIELDS]
    for name, model in _OBJECTS.items():
        found += _foreign_parts(name, value.get(name), model)
    for name, model in _LISTS_OF_OBJECTS.items():
        items = value.get(name)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            found += _foreign_parts(f"{name}.{index}", item, model)
    return found


def set_path(target: dict[str, Any], path: str, value: object) -> None:
    """Put ``value`` under a dotted path of ``target``; a path that is no valid one is one plain key.

    Raises:
        RowError: something stands there already.
    """
    parts: list[str | int] = [path]
    if valid_target(path):
        parts = [int(part) if _is_index(part) else part for part in path.split(".")]
    here: Any = target
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if isinstance(here, list) and isinstance(part, int):
            here.extend({} for _ in range(part + 1 - len(here)))
            taken = here[part] not in ({}, None)
        elif isinstance(here, dict):
            taken = part in here
        else:
            raise RowError(f"two columns give '{path}' or a part of it")
        if following is None:
            if taken:
                raise RowError(f"two columns give '{path}' or a part of it")
            here[part] = value
        else:
            if not taken:
                here[part] = [] if isinstance(following, int) else {}
            here = here[part]


def _is_index(text: str) -> bool:
    return text.isdecimal() and int(text) < _LONGEST_LIST


def _foreign_parts(name: str, value: object, model: type[BaseModel]) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [f"{name}.{part}" for part in value if part not in model.model_fields]
