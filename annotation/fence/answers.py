"""What an annotator is shown of what Label Studio answers: his or her own work, and only fields of known meaning.

Allowlists of keys again: what a later version adds is not shown until somebody has looked at it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Json = Any
Narrow = Callable[[Json, Any], Json]

_PROJECT = frozenset(
    (
        *("id", "title", "label_config", "parsed_label_config", "config_has_control_tags", "color", "state"),
        *("expert_instruction", "show_instruction", "show_skip_button", "enable_empty_annotation"),
        *("show_annotation_history", "show_collab_predictions", "evaluate_predictions_automatically"),
        *("reveal_preannotations_interactively", "show_overlap_first", "show_ground_truth_first"),
        *("maximum_annotations", "sampling", "skip_queue", "is_published", "is_draft", "created_at"),
        *("task_number", "task_count", "annotation_count", "total_annotations_number", "queue_total", "queue_done"),
    )
)
_TASK = frozenset(
    ("id", "data", "project", "inner_id", "created_at", "updated_at", "overlap", "unique_lock_id", "queue")
)
_ANNOTATION = frozenset(
    (
        *("id", "result", "task", "project", "was_cancelled", "lead_time", "unique_id"),
        *("created_at", "updated_at", "draft_created_at", "created_ago"),
    )
)
_COLUMNS = frozenset(
    (
        *("id", "inner_id", "data", "created_at", "updated_at", "completed_at"),
        *("total_annotations", "cancelled_annotations", "total_predictions", "draft_exists"),
    )
)
_COLUMN = frozenset(("id", "title", "type", "target", "parent", "children", "project_defined"))
_DRAFT = frozenset(
    (
        *("id", "result", "task", "annotation", "lead_time", "was_postponed"),
        *("created_at", "updated_at", "created_ago"),
    )
)
_PERSON = frozenset(
    (
        *("id", "first_name", "last_name", "username", "email", "initials", "avatar", "active_organization"),
        *("custom_hotkeys", "date_joined", "last_activity", "allow_newsletters", "phone"),
    )
)


def apply(response: Any, narrow: Narrow, user: Any) -> None:
    """Rewrites the body of a JSON answer in place; an answer of another kind keeps its status alone."""
    try:
        content = json.loads(response.content)
    except ValueError:
        content = {}
    if response.status_code < 400:
        content = narrow(content, user)
    elif isinstance(content, dict):
        content = {key: content[key] for key in ("detail", "validation_errors") if key in content}
    response.content = json.dumps(content, ensure_ascii=False).encode()
    response["Content-Type"] = "application/json"
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))


def project(content: Json, user: Any) -> Json:  # noqa: ARG001 - all narrowing functions have one form
    """A project without who made it, its counts by person and its models."""
    return {**_keep(content, _PROJECT), "can_delete_tasks": False, "can_manage_annotations": False} | {
        "can_manage_tasks": False,
        "source_syncing": False,
        "target_syncing": False,
    }


def task(content: Json, user: Any) -> Json:
    """A task with one's own annotations and drafts alone; no predictions, nobody's name."""
    own = own_annotations(content.get("annotations") or [], user)
    return {
        **_keep(content, _TASK),
        "annotations": own,
        "drafts": own_drafts(content.get("drafts") or [], user),
        "predictions": [],
        "annotators": [user.pk] if own else [],
        "updated_by": [],
        "total_annotations": len(own),
        "total_predictions": 0,
        "is_labeled": False,
        "meta": {},
    }


def columns(content: Json, user: Any) -> Json:  # noqa: ARG001 - all narrowing functions have one form
    """Columns of a task, of which the page builds its task; none is shown and none lists people."""
    hidden = {"visibility_defaults": {"explore": False, "labeling": False}}
    known = [item for item in content["columns"] if item["id"] in _COLUMNS or item.get("parent") == "data"]
    return {"columns": [{**_keep(item, _COLUMN), **hidden} for item in known]}


def own_annotations(content: Sequence[Json], user: Any) -> list[Json]:
    """One's own of a list."""
    return [annotation(item, user) for item in content if _id(item.get("completed_by")) == user.pk]


def annotation(content: Json, user: Any) -> Json:
    """One's own annotation; whether it is one that others are measured by is not told."""
    return {
        **_keep(content, _ANNOTATION),
        "completed_by": user.pk,
        "created_username": user.first_name,
        "ground_truth": False,
        "parent_prediction": None,
        "parent_annotation": None,
    }


def own_drafts(content: Sequence[Json], user: Any) -> list[Json]:
    """One's own of a list; Label Studio names the author of a draft by e-mail, or by id."""
    own = {str(user), user.email, str(user.pk)}
    return [draft(item, user) for item in content if str(item.get("user")) in own]


def draft(content: Json, user: Any) -> Json:
    """One's own draft."""
    return {**_keep(content, _DRAFT), "user": user.email, "created_username": user.first_name}


def person(content: Json, user: Any) -> Json:  # noqa: ARG001 - all narrowing functions have one form
    """Oneself, without the e-mail of the administrator and rights that the fence does not grant."""
    return {**_keep(content, _PERSON), "active_organization_meta": {"title": "", "email": ""}, "permissions": []}


def _keep(content: Mapping[str, Json], keys: frozenset[str]) -> dict[str, Json]:
    return {key: value for key, value in content.items() if key in keys}


def _id(who: Json) -> Any:
    return who.get("id") if isinstance(who, Mapping) else who
