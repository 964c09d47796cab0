"""The fence's own API in Label Studio: who gets which task, and who may log in. For the administrator's key only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

import httpx

from annotation.client import LabelStudioClient
from annotation.errors import LabelStudioRefusedError, NotLabelStudioError
from db.errors import ConflictError

# A request of this size takes well under a second; the server replaces the people of its tasks in one transaction.
TASKS_PER_REQUEST = 5_000


class UnfencedError(ConflictError):
    """Label Studio runs without our fence: assignments are unknown there and annotators can harm one another's work."""

    title = "Label Studio is not fenced"


def is_fenced(client: LabelStudioClient) -> bool:
    """Whether the fence stands in the Label Studio of ``client``."""
    try:
        status = client.get("api/raisontext/status")
    except LabelStudioRefusedError as error:
        if error.status == httpx.codes.NOT_FOUND:
            return False
        raise
    except NotLabelStudioError:  # a page instead of JSON: the path is nobody's
        return False
    return isinstance(status, dict) and "fence" in status


def put_assignments(client: LabelStudioClient, project_id: int, mapping: Mapping[int, Sequence[int]]) -> None:
    """Replaces the people of the named tasks; other tasks of the project keep theirs. May be repeated.

    Args:
        mapping: Label Studio's task id → its user ids; an empty sequence takes the task from everybody, and the project
            stays one of assigned tasks. The overlap (``maximum_annotations``) of each task becomes their number.

    Raises:
        UnfencedError: the server has no fence.
        LabelStudioRefusedError: a task that is not of the project, or a user who is not of the organisation (400).
    """
    items = iter(mapping.items())
    while part := dict(islice(items, TASKS_PER_REQUEST)):
        body = {str(task_id): list(user_ids) for task_id, user_ids in part.items()}
        with _needs_fence(client):
            client.put("api/raisontext/assignments", body, {"project": project_id})


def get_assignments(client: LabelStudioClient, project_id: int) -> dict[int, list[int]]:
    """User ids (ascending) by task id for each task of the project that is assigned to somebody.

    Raises:
        UnfencedError: the server has no fence.
    """
    with _needs_fence(client):
        answer = client.get("api/raisontext/assignments", {"project": project_id})
    return {int(task_id): [int(user_id) for user_id in user_ids] for task_id, user_ids in answer.items()}


def set_active(client: LabelStudioClient, user_id: int, active: bool) -> None:
    """Lets a person in, or out at once: no login, sessions and tokens are dead from the next request on.

    Raises:
        UnfencedError: the server has no fence.
        LabelStudioRefusedError: no such person in the organisation (404), or an administrator (400).
    """
    with _needs_fence(client):
        client.patch(f"api/raisontext/people/{user_id}", {"active": active})


@contextmanager
def _needs_fence(client: LabelStudioClient) -> Iterator[None]:
    try:
        yield
    except (LabelStudioRefusedError, NotLabelStudioError) as error:
        if is_fenced(client):
            raise
        raise UnfencedError(
            f"Expected the fence (annotation.fence.settings) in Label Studio at {client.url}, found none; "
            "start it with `raisontext up` or our docker-compose.yml, see docs/fence.md"
        ) from error
