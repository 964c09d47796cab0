"""Answers that the labelling page asks for and that no annotator needs: given here without Label Studio's views."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from label_studio import __version__

from annotation.fence import answers, reach
from annotation.fence.rules import Ask

Json = Any


def nothing_listed(ask: Ask) -> JsonResponse:  # noqa: ARG001 - all answers have one form
    """An empty list."""
    return JsonResponse([], safe=False)


def empty_page(ask: Ask) -> JsonResponse:  # noqa: ARG001 - all answers have one form
    """A page of a list that has no entries."""
    return JsonResponse({"count": 0, "next": None, "previous": None, "results": []})


def no_tasks(ask: Ask) -> JsonResponse:  # noqa: ARG001 - all answers have one form
    """The data manager's table: empty. Tasks come from the queue, one by one."""
    return JsonResponse({"total_annotations": 0, "total_predictions": 0, "total": 0, "tasks": []})


def tabs(ask: Ask) -> JsonResponse:
    """One tab; without any the page would try to make one and show an error."""
    number = ask.query.get("project", "")
    data = {"title": "Задания", "hiddenColumns": {"explore": [], "labeling": []}}
    tab = {"id": 1, "project": int(number) if number.isdecimal() else 0, "order": 0, "user": ask.user.pk, "data": data}
    return JsonResponse([tab], safe=False)


def myself_alone(ask: Ask) -> JsonResponse:
    """The list of people."""
    return JsonResponse([_person(ask.user)], safe=False)


def projects(ask: Ask) -> JsonResponse:
    """Names of projects with work for the person."""
    found = [{"id": project.pk, "title": project.title} for project in reach.projects(ask.user).only("id", "title")]
    return JsonResponse({"count": len(found), "next": None, "previous": None, "results": found})


def version(ask: Ask) -> JsonResponse:  # noqa: ARG001 - all answers have one form
    """The release alone, not what else is installed."""
    package = {"version": __version__, "latest_version_upload_time": None, "current_version_is_outdated": False}
    return JsonResponse({"release": __version__, "label-studio-os-package": package})


def _person(user: Any) -> Json:
    fields = {name: getattr(user, name) for name in ("id", "first_name", "last_name", "username", "email")}
    return answers.person({**fields, "initials": user.get_initials(), "avatar": None}, user)
