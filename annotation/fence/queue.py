"""The queue where tasks are assigned: each person gets his or her own tasks, whoever else has them open."""

from __future__ import annotations

from typing import Any

from data_manager.actions import register_action
from data_manager.actions.next_task import actions
from data_manager.actions.next_task import next_task as stock_next_task
from projects.functions.next_task import get_next_task
from projects.functions.stream_history import add_stream_history
from rest_framework.exceptions import NotFound
from tasks.serializers import NextTaskSerializer

from annotation.fence import reach
from annotation.fence.identity import is_administrator
from annotation.fence.refusals import NO_TASKS


def register() -> None:
    """Takes the place of Label Studio's action of the same name, with its other properties."""
    stock = next(action for action in actions if action["entry_point"] is stock_next_task)
    register_action(**{**stock, "entry_point": next_task})


def next_task(project: Any, queryset: Any, **kwargs: Any) -> dict[str, Any]:
    """The next task of the one who asks.

    Without locks and without regard to overlap: an assignment is a task's place in a person's queue until that person
    has ranked or skipped it. In a project without assignments Label Studio's own queue answers.

    Raises:
        NotFound: nothing is left for this person.
    """
    request = kwargs["request"]
    user = request.user
    if is_administrator(user) and not reach.assigns(project.pk):
        answer: dict[str, Any] = stock_next_task(project, queryset, **kwargs)
        return answer
    task, how = _assigned(user, project) if reach.assigns(project.pk) else _stock(user, project, queryset)
    if task is None:
        raise NotFound(NO_TASKS)
    context = {"request": request, "project": project, "resolve_uri": True, "annotations": False}
    return {**NextTaskSerializer(task, context=context).data, "queue": how}


def _assigned(user: Any, project: Any) -> tuple[Any, str]:
    task = reach.open_tasks(user, project.pk).first()
    add_stream_history(task, user, project)
    return task, "Assigned"


def _stock(user: Any, project: Any, queryset: Any) -> tuple[Any, str]:
    # The page sends an empty filter, which Label Studio takes for one: it would then look at no locks.
    task, how = get_next_task(user, queryset, project, dm_queue=False)
    return task, how
