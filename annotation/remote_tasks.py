"""Reading tasks of a project from Label Studio."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from annotation.client import LabelStudioClient

PAGE_SIZE = 500
# The answer leaves out every field that is not named, in annotations too: names and addresses of people among them.
_WITH_ANNOTATIONS = (
    "id,data,updated_at,annotations,result,completed_by,was_cancelled,ground_truth,created_at,lead_time,"
    "last_action,import_id,parent_annotation,parent_prediction"
)


def tasks_after(client: LabelStudioClient, project_id: int, task_id: int) -> dict[str, int]:
    """``data.external_id`` → task id of the tasks with a greater id than ``task_id``; the first one where doubled."""
    found: dict[str, int] = {}
    for task in _pages(client, project_id, "id,data", [_filter("id", "greater", "Number", task_id)]):
        found.setdefault(str(task["data"].get("external_id")), task["id"])
    return found


def all_tasks(client: LabelStudioClient, project_id: int) -> Iterator[dict[str, Any]]:
    """``id`` and ``data`` of every task."""
    return _pages(client, project_id, "id,data", [])


def task_ids(client: LabelStudioClient, project_id: int) -> set[int]:
    """Ids of every task."""
    return {task["id"] for task in _pages(client, project_id, "id", [])}


def count_drafts(client: LabelStudioClient, project_id: int) -> int:
    """Tasks on which somebody's work is begun and not submitted. A draft does not move ``updated_at``."""
    query = {"filters": {"conjunction": "and", "items": [_filter("draft_exists", "equal", "Boolean", True)]}}
    params = {"project": project_id, "page_size": 1, "include": "id", "query": json.dumps(query)}
    total: int = client.get("api/tasks/", params)["total"]
    return total


def changed_tasks(
    client: LabelStudioClient, project_id: int, since: str | None, page_size: int = PAGE_SIZE
) -> Iterator[list[dict[str, Any]]]:
    """Pages of tasks with annotations that changed at ``since`` (as Label Studio writes it) or later.

    Ordered by ``updated_at``. Each page starts at the time at which the last one ended, not at a page number: a task
    that changes meanwhile moves to the end, and with numbered pages one other task would slip through.
    """
    seen: set[tuple[int, str]] = set()
    page = 1
    while True:
        filters = [_filter("updated_at", "greater_or_equal", "Datetime", since)] if since else []
        tasks = _page(client, project_id, _WITH_ANNOTATIONS, filters, page, page_size, "tasks:updated_at")
        fresh = [task for task in tasks if (task["id"], task["updated_at"]) not in seen]
        seen.update((task["id"], task["updated_at"]) for task in fresh)
        if fresh:
            yield fresh
        if len(tasks) < page_size:
            return
        last = tasks[-1]["updated_at"]
        # A whole page of one and the same moment: only then is the next number the way on.
        page = page + 1 if last == since else 1
        since = last


def _pages(
    client: LabelStudioClient, project_id: int, include: str, filters: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    page = 1
    while True:
        tasks = _page(client, project_id, include, filters, page, PAGE_SIZE, "tasks:id")
        yield from tasks
        if len(tasks) < PAGE_SIZE:
            return
        page += 1


def _page(
    client: LabelStudioClient,
    project_id: int,
    include: str,
    filters: Sequence[dict[str, Any]],
    page: int,
    page_size: int,
    ordering: str,
) -> list[dict[str, Any]]:
    query = {"ordering": [ordering], "filters": {"conjunction": "and", "items": list(filters)}}
    params = {
        "project": project_id,
        "page": page,
        "page_size": page_size,
        "include": include,
        "fields": "all" if "annotations" in include else "task_only",
        "query": json.dumps(query),
    }
    tasks: list[dict[str, Any]] = client.get("api/tasks/", params)["tasks"]
    return tasks


def _filter(field: str, operator: str, kind: str, value: object) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{field}", "operator": operator, "type": kind, "value": value}
