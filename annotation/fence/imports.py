"""Many tasks at once: PostgreSQL takes the request's JSON apart and inserts the rows, Python only looks at it.

Label Studio's own import makes an object, several strings of JSON and a statement's share of text of each task; here
one statement does it, with the same rows as the outcome, and what Label Studio does around it is done by its own code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DataError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods
from fsm.utils import is_fsm_enabled
from projects.models import Project
from rest_framework.exceptions import ValidationError
from tasks.models import Task
from tasks.validation import TaskValidator
from webhooks.models import WebhookAction
from webhooks.utils import emit_webhooks_for_instance

from annotation.fence.models import Assignment
from annotation.fence.views import BadRequest, check_members, requested_project

# Columns that differ from task to task; all others are what Label Studio's own model makes of a task without content.
_EACH = {
    "data": "one.data",
    "overlap": "(%s::int[])[one.number::int]",
    "inner_id": "%s + one.number",
    "created_at": "clock_timestamp()",
    "updated_at": "clock_timestamp()",
}


@require_http_methods(["POST"])
def tasks(request: HttpRequest) -> HttpResponse:
    """``?project=ID``, body ``{"tasks": [data, …], "people": [[user id, …], …]}``: imports all of these tasks or none,
    each for its people; → ``{"task_ids": […]}`` in their order.

    A task without people is assigned to nobody and has the overlap of its project; "people" may be left out.

    409 where only Label Studio's own import will do: another database than PostgreSQL, or states of tasks in use.
    """
    try:
        project = requested_project(request)
        if connection.vendor != "postgresql" or is_fsm_enabled():
            raise BadRequest("Expected a plain Label Studio on PostgreSQL; use its own import", 409)
        sent = _sent(request)
        _check(project, sent)
        ids = _import(project, sent)
        emit_webhooks_for_instance(project.organization, project, WebhookAction.TASKS_CREATED, ids)
        return JsonResponse({"task_ids": ids})
    except BadRequest as error:
        return JsonResponse({"detail": str(error)}, status=error.status)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request: the text that came, the data of the tasks in it and the people of each."""

    text: str
    tasks: list[dict[str, Any]]
    people: list[list[int]]


def _sent(request: HttpRequest) -> _Sent:
    # A form of another site could send anything but JSON with an administrator's cookies.
    if request.content_type != "application/json":
        raise BadRequest(f"Expected application/json, found {request.content_type!r}", 415)
    try:
        text = request.body.decode()
        body = json.loads(text)
    except ValueError as error:
        raise BadRequest(f"Expected JSON: {error}") from error
    tasks = body.get("tasks") if isinstance(body, dict) else None
    if not isinstance(tasks, list) or not tasks or not all(isinstance(data, dict) for data in tasks):
        raise BadRequest('Expected {"tasks": [{…}, …]}, the data of one task or more')
    people = body.get("people", [[]] * len(tasks))
    if not isinstance(people, list) or len(people) != len(tasks) or not all(map(_are_ids, people)):
        raise BadRequest('Expected "people": [[user id, …], …], as many as tasks')
    return _Sent(text, tasks, [sorted(set(ids)) for ids in people])


def _are_ids(ids: Any) -> bool:
    return isinstance(ids, list) and all(type(one) is int for one in ids)


def _check(project: Any, sent: _Sent) -> None:
    """What Label Studio's import would not take is not taken."""
    check_members(project, sent.people)
    for number, data in enumerate(sent.tasks):
        if settings.DATA_UNDEFINED_NAME in data:
            raise BadRequest(f"Task {number}: expected named fields, found {settings.DATA_UNDEFINED_NAME}")
        try:
            TaskValidator.check_data(project, data)
        except ValidationError as error:
            raise BadRequest(f"Task {number}: {' '.join(map(str, error.detail))[:300]}") from error


def _import(project: Any, sent: _Sent) -> list[int]:
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)  # numbers within the project go in a row
        try:
            ids = _insert(locked, sent)
        except DataError as error:  # JSON that Python takes and PostgreSQL does not: NaN, \u0000
            raise BadRequest(f"Expected JSON that PostgreSQL takes: {error}") from error
        _assign(locked, ids, sent.people)
        locked._update_tasks_states(
            maximum_annotations_changed=False, overlap_cohort_percentage_changed=False, tasks_number_changed=True
        )
        locked.summary.update_data_columns(sent.tasks)
    return ids


def _insert(project: Any, sent: _Sent) -> list[int]:
    last = Task.objects.filter(project=project).order_by("-inner_id").values_list("inner_id", flat=True).first()
    usual = project.maximum_annotations
    empty = Task(project=project, meta={}, is_labeled=usual <= 0)
    fields = [field for field in Task._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = ", ".join(_EACH.get(field.name, "%s") for field in fields)
    before = {"overlap": [len(people) or usual for people in sent.people], "inner_id": last or 0}
    parameters = [
        before[field.name] if field.name in before else _stored(empty, field)
        for field in fields
        if "%s" in _EACH.get(field.name, "%s")
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Task._meta.db_table} ({columns}) SELECT {values} "
            "FROM jsonb_array_elements(%s::jsonb -> 'tasks') WITH ORDINALITY AS one(data, number) ORDER BY one.number "
            "RETURNING inner_id, id",
            [*parameters, sent.text],
        )
        return [task_id for _, task_id in sorted(cursor.fetchall())]


def _assign(project: Any, task_ids: Sequence[int], people: Sequence[Sequence[int]]) -> None:
    pairs = [(task_id, user_id) for task_id, user_ids in zip(task_ids, people, strict=True) for user_id in user_ids]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Assignment._meta.db_table} (project_id, task_id, user_id) "
            "SELECT %s, one.task, one.person FROM unnest(%s::int[], %s::int[]) AS one(task, person)",
            [project.pk, [task_id for task_id, _ in pairs], [user_id for _, user_id in pairs]],
        )


def _stored(task: Any, field: Any) -> Any:
    return field.get_db_prep_save(getattr(task, field.attname), connection)
