"""The fence's own API: state, assignments, people. Not on the allowlist, therefore for administrators alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods
from organizations.models import OrganizationMember
from projects.models import Project
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from tasks.functions import bulk_update_is_labeled_by_overlap
from tasks.models import Task, TaskLock
from users.models import User

from annotation.fence import reach
from annotation.fence.identity import caller, is_administrator
from annotation.fence.models import Assignment
from annotation.fence.routes import table

FENCE = 1  # version of this API
BATCH = 1_000


class BadRequest(Exception):  # noqa: N818 - becomes an answer
    """What is wrong with a request; becomes HTTP 400, or ``status``."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


@require_http_methods(["GET"])
def status(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """``{"fence": 1}``."""
    return JsonResponse({"fence": FENCE})


@require_http_methods(["GET"])
def routes(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The table of URLs with what annotators may do, for the review after an upgrade of Label Studio."""
    return JsonResponse(table(), safe=False)


@require_http_methods(["GET", "PUT"])
def assignments(request: HttpRequest) -> HttpResponse:
    """``?project=ID``; GET: people by task. PUT ``{"<task id>": [user id, …]}``: replaces the people of these tasks and
    sets the overlap of each to their number, all or nothing; → ``{"tasks": n}``."""
    try:
        project = requested_project(request)
        if request.method == "GET":
            return JsonResponse(_people_by_task(project))
        wanted = _wanted(_json(request))
        with transaction.atomic():
            Project.objects.select_for_update().get(pk=project.pk)  # one replacement at a time
            _check(project, wanted)
            _replace(project, wanted)
        return JsonResponse({"tasks": len(wanted)})
    except BadRequest as error:
        return JsonResponse({"detail": str(error)}, status=error.status)


@require_http_methods(["PATCH"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """``{"active": bool}``: lets a person in, or out at once."""
    try:
        body = _json(request)
        if set(body) != {"active"} or not isinstance(body["active"], bool):
            raise BadRequest('Expected {"active": true} or {"active": false}')
        organization = caller(request).user.active_organization
        if not OrganizationMember.objects.filter(user_id=user_id, organization=organization).exists():
            raise BadRequest(f"Expected a member of the organisation, found no user {user_id}", 404)
        user = User.objects.get(pk=user_id)
        if is_administrator(user):
            raise BadRequest(f"Expected an annotator, found user {user_id} to be an administrator")
        with transaction.atomic():
            _set_active(user, body["active"])
        return JsonResponse({"id": user.pk, "active": user.is_active})
    except BadRequest as error:
        return JsonResponse({"detail": str(error)}, status=error.status)


def _set_active(user: Any, active: bool) -> None:
    User.objects.filter(pk=user.pk).update(is_active=active)
    user.is_active = active
    if active:
        return
    # A session ends by is_active, which is looked at with every request; tokens must not come back to life later.
    user.reset_token()
    outstanding = OutstandingToken.objects.filter(user=user, blacklistedtoken__isnull=True)
    BlacklistedToken.objects.bulk_create([BlacklistedToken(token=token) for token in outstanding])
    TaskLock.objects.filter(user=user).delete()


def requested_project(request: HttpRequest) -> Any:
    """The project of ``?project=ID``.

    Raises:
        BadRequest: there is no such number (400), or no such project in the caller's organisation (404).
    """
    number = request.GET.get("project", "")
    if not number.isdecimal():
        raise BadRequest(f"Expected ?project=ID, found {number!r}")
    project = Project.objects.filter(pk=number, organization=caller(request).user.active_organization).first()
    if project is None:
        raise BadRequest(f"Expected a project of the organisation, found no project {number}", 404)
    return project


def _people_by_task(project: Any) -> dict[str, list[int]]:
    people: defaultdict[str, list[int]] = defaultdict(list)
    there = Task.objects.filter(project=project).values("id")
    rows = Assignment.objects.filter(project_id=project.pk, task_id__in=there).order_by("task_id", "user_id")
    rows = rows.exclude(user_id=Assignment.NOBODY)
    for task_id, user_id in rows.values_list("task_id", "user_id"):
        people[str(task_id)].append(user_id)
    return dict(people)


def _json(request: HttpRequest) -> dict[str, Any]:
    # A form of another site could send anything but JSON with an administrator's cookies.
    if request.content_type != "application/json":
        raise BadRequest(f"Expected application/json, found {request.content_type!r}", 415)
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadRequest(f"Expected JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest(f"Expected a JSON object, found {type(body).__name__}")
    return body


def _wanted(body: Mapping[str, Any]) -> dict[int, list[int]]:
    wanted: dict[int, list[int]] = {}
    for task_id, user_ids in body.items():
        if not task_id.isdecimal() or not isinstance(user_ids, list) or not all(type(one) is int for one in user_ids):
            raise BadRequest(f'Expected {{"<task id>": [user id, …]}}, found {task_id!r}: {str(user_ids)[:80]}')
        wanted[int(task_id)] = sorted(set(user_ids))
    return wanted


def _check(project: Any, wanted: Mapping[int, list[int]]) -> None:
    there = set(Task.objects.filter(project=project, pk__in=wanted).values_list("id", flat=True))
    if missing := sorted(wanted.keys() - there):
        raise BadRequest(f"Expected tasks of project {project.pk}, found none with the ids {missing[:10]}")
    check_members(project, wanted.values())


def check_members(project: Any, people: Iterable[Iterable[int]]) -> None:
    """Raises BadRequest where somebody does not belong to the organisation of the project."""
    named = {user_id for user_ids in people for user_id in user_ids}
    if strangers := sorted(named - reach.members(project.organization)):
        raise BadRequest(f"Expected members of the organisation, found none with the ids {strangers[:10]}")


def _replace(project: Any, wanted: Mapping[int, list[int]]) -> None:
    Assignment.objects.filter(task_id__in=wanted).delete()
    Assignment.objects.bulk_create(
        [
            Assignment(project_id=project.pk, task_id=task_id, user_id=user_id)
            for task_id, user_ids in wanted.items()
            for user_id in user_ids or [Assignment.NOBODY]
        ],
        batch_size=BATCH,
    )
    by_overlap: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, user_ids in wanted.items():
        by_overlap[max(1, len(user_ids))].append(task_id)
    for overlap, task_ids in by_overlap.items():
        Task.objects.filter(pk__in=task_ids).exclude(overlap=overlap).update(overlap=overlap)
    bulk_update_is_labeled_by_overlap(list(wanted), project)
