"""Reading tasks of a project from Label Studio."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from annotation.client import LabelStudioClient

PAGE_SIZE = 500
# How long an import that its sender has given up may still take inside Label Studio.
SETTLE_SECONDS = 3.0
IDS_PER_REQUEST = 100  # they go into the address, which servers cut at about 4,000 characters
# The answer leaves out every field that is not named, in annotations too: names and addresses of people among them.
_WITH_ANNOTATIONS = (
    "id,data,updated_at,annotations,result,completed_by,was_cancelled,ground_truth,created_at,lead_time,"
    "last_action,import_id,parent_annotation,parent_prediction"
)
# With `fields=all` Label Studio also computes every column of its data manager, unless the request is a `review`; and
# it looks for files of cloud storages in every value of a task, of which ours have none. Half the time of a page.
_LEAN = {"review": "true", "resolve_uri": "false"}
# Columns that are computed for each task unless hidden; that of annotation ids is wanted.
_HIDDEN = [
    f"tasks:{name}"
    for name in ("completed_at", "annotators", "annotations_results", "predictions_score", "predictions_results")
] + [
    f"tasks:{name}"
    for name in ("predictions_model_versions", "file_upload", "storage_filename", "avg_lead_time", "draft_exists")
]
_CUT = 500  # Label Studio cuts the list of annotation ids at so many characters


Page = TypeVar("Page")


@dataclass(frozen=True, slots=True)
class RemoteStamp:
    """A task without its content. ``annotation_ids`` is None where Label Studio has too many to list."""

    task_id: int
    updated_at: dt.datetime
    annotation_ids: frozenset[int] | None


def tasks_after(client: LabelStudioClient, project_id: int, task_id: int) -> dict[str, int]:
    """``data.external_id`` → task id of the tasks with a greater id than ``task_id``; the first one where doubled."""
    found: dict[str, int] = {}
    for page in _by_id(client, project_id, "id,data", after=task_id):
        for task in page:
            found.setdefault(str(task["data"].get("external_id")), task["id"])
    return found


def arrived_tasks(client: LabelStudioClient, project_id: int, after: int, claimed: Mapping[str, int]) -> dict[int, int]:
    """Row → task id of those of ``claimed`` (``data.external_id`` → row) that an interrupted push did bring in."""
    found = tasks_after(client, project_id, after)
    if not claimed.keys() <= found.keys():
        time.sleep(SETTLE_SECONDS)
        found = tasks_after(client, project_id, after)
    return {row: found[external_id] for external_id, row in claimed.items() if external_id in found}


def all_tasks(client: LabelStudioClient, project_id: int) -> Iterator[dict[str, Any]]:
    """``id`` and ``data`` of every task."""
    for page in _by_id(client, project_id, "id,data"):
        yield from page


def task_stamps(client: LabelStudioClient, project_id: int) -> Iterator[list[RemoteStamp]]:
    """Every task of the project, without its content, in pages by id."""
    hidden = {"hiddenColumns": {"explore": _HIDDEN, "labeling": _HIDDEN}}
    for page in _by_id(client, project_id, "id,updated_at,annotations_ids", more=hidden):
        yield [_stamp(task) for task in page]


def tasks_by_id(client: LabelStudioClient, project_id: int, ids: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
    """Pages of those tasks, with annotations; what is not there (any more) is left out."""
    remaining = iter(ids)
    while part := list(islice(remaining, IDS_PER_REQUEST)):
        query = {"selectedItems": {"all": False, "included": part}, "ordering": ["tasks:id"]}
        yield _page(client, project_id, _WITH_ANNOTATIONS, query, 1, len(part))


def count_drafts(client: LabelStudioClient, project_id: int) -> int:
    """Tasks on which somebody's work is begun and not submitted. A draft does not move ``updated_at``."""
    query = {"filters": {"conjunction": "and", "items": [_filter("draft_exists", "equal", "Boolean", True)]}}
    params = {"project": project_id, "page_size": 1, "include": "id", "query": json.dumps(query)}
    total: int = client.get("api/tasks/", params)["total"]
    return total


def changed_tasks(
    client: LabelStudioClient, project_id: int, since: dt.datetime | None, page_size: int = PAGE_SIZE
) -> Iterator[list[dict[str, Any]]]:
    """Pages of tasks with annotations that changed at ``since`` (on Label Studio's clock) or later.

    Ordered by ``updated_at``. Each page starts at the time at which the last one ended, not at a page number: a task
    that changes meanwhile moves to the end, and with numbered pages one other task would slip through.
    """
    seen: set[tuple[int, str]] = set()
    page = 1
    while True:
        filters = [_filter("updated_at", "greater_or_equal", "Datetime", _moment(since))] if since else []
        query = {"ordering": ["tasks:updated_at"], "filters": {"conjunction": "and", "items": filters}}
        tasks = _page(client, project_id, _WITH_ANNOTATIONS, query, page, page_size)
        fresh = [task for task in tasks if (task["id"], task["updated_at"]) not in seen]
        if fresh:
            yield fresh
        if len(tasks) < page_size:
            return
        last = tasks[-1]["updated_at"]
        # Only tasks of that very moment can come again.
        seen = {key for key in seen | {(task["id"], task["updated_at"]) for task in fresh} if key[1] == last}
        # A whole page of one and the same moment: only then is the next number the way on.
        page = page + 1 if dt.datetime.fromisoformat(last) == since else 1
        since = dt.datetime.fromisoformat(last)


def ahead(pages: Iterator[Page]) -> Generator[Page, None, None]:
    """The same pages; the next one is being fetched while the last one is dealt with."""
    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as thread:
        following = thread.submit(next, pages, None)
        while (page := following.result()) is not None:
            following = thread.submit(next, pages, None)
            yield page


def _by_id(
    client: LabelStudioClient,
    project_id: int,
    include: str,
    *,
    after: int = 0,
    more: Mapping[str, Any] | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """Pages by ascending id. Each starts after the last id of the one before: tasks that are deleted meanwhile do not
    move others out of sight."""
    while True:
        filters = [_filter("id", "greater", "Number", after)]
        query = {"ordering": ["tasks:id"], "filters": {"conjunction": "and", "items": filters}, **(more or {})}
        tasks = _page(client, project_id, include, query, 1, PAGE_SIZE)
        if tasks:
            yield tasks
            after = tasks[-1]["id"]
        if len(tasks) < PAGE_SIZE:
            return


def _page(
    client: LabelStudioClient, project_id: int, include: str, query: Mapping[str, Any], page: int, page_size: int
) -> list[dict[str, Any]]:
    whole = "annotations," in include
    params = {
        "project": project_id,
        "page": page,
        "page_size": page_size,
        "include": include,
        "fields": "all" if whole else "task_only",
        "query": json.dumps(query),
        **(_LEAN if whole else {"resolve_uri": "false"}),
    }
    tasks: list[dict[str, Any]] = client.get("api/tasks/", params)["tasks"]
    return tasks


def _stamp(task: Mapping[str, Any]) -> RemoteStamp:
    listed = str(task.get("annotations_ids") or "")
    ids = None if len(listed) >= _CUT else frozenset(int(item) for item in listed.split(",") if item.strip())
    return RemoteStamp(task["id"], dt.datetime.fromisoformat(task["updated_at"]), ids)


def _moment(time: dt.datetime) -> str:
    """As Label Studio reads times: always with a fraction, which it leaves out itself where it is zero."""
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _filter(field: str, operator: str, kind: str, value: object) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{field}", "operator": operator, "type": kind, "value": value}
