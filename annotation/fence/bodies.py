"""What a body may say: Label Studio's serializers would let a client write nearly every column of a row.

The keys are those that the labelling page of Label Studio 1.23 sends; whatever else stands in a body is refused.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from projects.models import Project

from annotation.fence.refusals import MALFORMED, NO_REASON, TOO_LARGE, Refused

# A ranking of the page is about 2 KB; a comment may be long.
MAX_BYTES = 128 * 1024
MAX_RESULTS = 200
MAX_COMMENT = 4_000
MAX_LEAD_TIME = 60 * 60 * 24 * 366.0  # seconds
REASON_CONTROL = "skip_reason"

Body = Mapping[str, Any]
Check = Callable[[Any], bool]


def parse(request: Any) -> dict[str, Any]:
    """The JSON object of a request; the only form of body that an annotator's page sends.

    Raises:
        Refused: too large, not JSON, not an object.
    """
    if len(request.body) > MAX_BYTES:
        raise Refused(TOO_LARGE, 413)
    if not request.body:
        return {}
    if request.content_type != "application/json":
        raise Refused(MALFORMED, 415)
    try:
        body = json.loads(request.body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(MALFORMED, 400) from error
    if not isinstance(body, dict):
        raise Refused(MALFORMED, 400)
    return body


def check(body: Body, allowed: Mapping[str, Check]) -> None:
    """Raises Refused for a key that is not ``allowed`` or a value that its check does not accept."""
    for key, value in body.items():
        if key not in allowed or not allowed[key](value):
            raise Refused(f"{MALFORMED} ({key[:40]})", 400)


def answer_keys(project_id: int, task_draft: Check) -> dict[str, Check]:
    """Keys of an annotation, a change of one, or a draft."""
    return {
        "result": _results,
        "lead_time": _lead_time,
        "started_at": _text(64),
        "unique_id": _uuid,
        "draft_id": task_draft,
        "parent_prediction": _nothing,
        "parent_annotation": _nothing,
        "project": same(project_id),
        "comment": lambda value: value is None or _text(MAX_COMMENT)(value),
    }


def same(number: int) -> Check:
    """The number itself, as a number or in digits: what is where may not be moved."""
    return lambda value: not isinstance(value, bool) and value in (number, str(number))


def true(value: Any) -> bool:
    """Only ``true``."""
    return value is True


def boolean(value: Any) -> bool:
    """``true`` or ``false``."""
    return isinstance(value, bool)


def _nothing(value: Any) -> bool:
    return value is None


nothing: Check = _nothing


def neutral_queue(project_id: int) -> dict[str, Check]:
    """Keys of the question for the next task: no filter, order or selection, which would tell of others' work."""
    return {
        "project": same(project_id),
        "ordering": lambda value: value == [],
        "selectedItems": lambda value: value == {"all": False, "included": []},
        "filters": lambda value: isinstance(value, dict) and not value.get("items") and set(value) <= _FILTER_KEYS,
    }


_FILTER_KEYS = {"conjunction", "items"}


def require_reason(body: Body, project_id: int) -> None:
    """Raises Refused for a skip without a reason where the page asks for one."""
    project = Project.objects.get(pk=project_id)
    if REASON_CONTROL in project.get_parsed_config() and not any(map(_is_reason, body.get("result") or [])):
        raise Refused(NO_REASON, 400)


def _is_reason(item: Any) -> bool:
    if item.get("from_name") != REASON_CONTROL or not isinstance(item.get("value"), dict):
        return False
    return any(_says_something(value) for value in item["value"].values())


def _says_something(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(part, str) and part.strip() for part in value)


def _results(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MAX_RESULTS and all(isinstance(item, dict) for item in value)


def _lead_time(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and 0 <= value <= MAX_LEAD_TIME
    )


def _text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= longest and "\x00" not in value


def _uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
