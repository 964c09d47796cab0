"""Whether a request is about the person's own work. Each check raises Refused when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from organizations.models import Organization

from annotation.fence import bodies, reach
from annotation.fence.refusals import (
    BAD_INVITATION,
    MALFORMED,
    NOT_ALLOWED,
    NOT_YOUR_WORK,
    NOT_YOURS,
    SECOND_VOTE,
    Refused,
)
from annotation.fence.rules import Ask

MAX_DRAFTS = 20  # of one person and task; the page needs one or two


def project(ask: Ask) -> None:
    """A project with work for the person: by path or by query."""
    reached_project(ask)


def reached_project(ask: Ask) -> int:
    """The project that a request names."""
    named = str(ask.arguments.get("pk") or ask.query.get("project"))
    number = int(named) if named.isdecimal() and len(named) < 10 else 0
    if not reach.may_see_project(ask.user, number):
        raise Refused(NOT_ALLOWED)
    return number


def read_task(ask: Ask) -> None:
    """A task that was handed to the person."""
    _task(ask, ask.arguments["pk"])


def next_task(ask: Ask) -> None:
    """The action ``next_task``, without a filter."""
    if ask.query.get("id") != "next_task":
        raise Refused(NOT_ALLOWED)
    bodies.check(ask.body, bodies.neutral_queue(reached_project(ask)))


def read_annotation(ask: Ask) -> None:
    """One's own annotation of a task that one still has."""
    _own_annotation(ask, ask.arguments["pk"])


def create_annotation(ask: Ask) -> None:
    """The first annotation of a task of one's own; a skip with its reason."""
    task_id = ask.arguments["pk"]
    project_id = _task(ask, task_id)
    bodies.check(ask.body, {**_answer(ask, project_id, task_id), "was_cancelled": bodies.boolean})
    if reach.has_voted(ask.user, task_id):
        raise Refused(SECOND_VOTE, 409)
    # Label Studio takes a skip from the query as well.
    if ask.body.get("was_cancelled") or ask.query.get("was_cancelled", "0") not in ("0", "false"):
        bodies.require_reason(ask.body, project_id)
    elif "result" not in ask.body:
        raise Refused(f"{MALFORMED} (result)", 400)


def change_annotation(ask: Ask) -> None:
    """A change of one's own annotation, which may become a skip but never another task's or person's."""
    annotation = _own_annotation(ask, ask.arguments["pk"])
    project_id = _task(ask, annotation.task_id)
    keys = _answer(ask, project_id, annotation.task_id)
    bodies.check(ask.body, {**keys, "id": bodies.same(annotation.pk), "was_cancelled": bodies.true})
    if ask.body.get("was_cancelled"):
        bodies.require_reason(ask.body, project_id)


def take_back_skip(ask: Ask) -> None:
    """Deletes one's own skip, which is how the page gives a skipped task back to its owner; nothing else is deleted."""
    annotation = _own_annotation(ask, ask.arguments["pk"])
    if not annotation.was_cancelled:
        raise Refused(NOT_ALLOWED)


def create_draft(ask: Ask) -> None:
    """A draft for a task of one's own, or for one's own annotation of it."""
    task_id = ask.arguments["pk"]
    project_id = _task(ask, task_id)
    annotation_id = ask.arguments.get("annotation_id")
    if annotation_id is not None and _own_annotation(ask, annotation_id).task_id != task_id:
        raise Refused(NOT_YOUR_WORK)
    _draft_body(ask, project_id, task_id)
    if reach.count_drafts(ask.user, task_id) >= MAX_DRAFTS:
        raise Refused(NOT_ALLOWED)


def change_draft(ask: Ask) -> None:
    """A change of one's own draft."""
    draft = reach.own_draft(ask.user, ask.arguments["pk"])
    if draft is None:
        raise Refused(NOT_YOUR_WORK)
    _draft_body(ask, _task(ask, draft.task_id), draft.task_id)


def invitation(ask: Ask) -> None:
    """Whoever signs up has the invitation that only administrators can read."""
    organization = Organization.objects.first()
    if organization is None or not ask.query.get("token") or ask.query["token"] != organization.token:
        raise Refused(BAD_INVITATION)


def _task(ask: Ask, task_id: int) -> int:
    project_id = reach.may_open(ask.user, task_id)
    if project_id is None:
        raise Refused(NOT_YOURS)
    return project_id


def _own_annotation(ask: Ask, annotation_id: int) -> Any:
    annotation = reach.own_annotation(ask.user, annotation_id)
    if annotation is None:
        raise Refused(NOT_YOUR_WORK)
    _task(ask, annotation.task_id)
    return annotation


def _draft_body(ask: Ask, project_id: int, task_id: int) -> None:
    own = {"was_postponed": bodies.boolean, "annotation": bodies.nothing}
    bodies.check(ask.body, {**_answer(ask, project_id, task_id), **own})


def _answer(ask: Ask, project_id: int, task_id: int) -> Mapping[str, bodies.Check]:
    def own_draft(value: Any) -> bool:
        if value in (None, 0) and not isinstance(value, bool):
            return True
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        draft = reach.own_draft(ask.user, value)
        return draft is not None and draft.task_id == task_id

    return bodies.answer_keys(project_id, own_draft)
