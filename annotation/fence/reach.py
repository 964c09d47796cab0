"""What is within a person's reach: the tasks handed to him or her, and what he or she made of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now
from organizations.models import OrganizationMember
from projects.models import Project
from tasks.models import Annotation, AnnotationDraft, Task, TaskLock

from annotation.fence.models import Assignment


def assigns(project_id: int) -> bool:
    """Whether the tasks of a project are assigned to people; if not, Label Studio's own queue hands them out."""
    return bool(Assignment.objects.filter(project_id=project_id).exists())


def open_tasks(user: Any, project_id: int) -> QuerySet:
    """Assigned tasks that the person has neither ranked nor skipped: begun ones first, postponed ones last, in the
    order of their import otherwise."""
    drafts = AnnotationDraft.objects.filter(task=OuterRef("pk"), user=user)
    return (
        Task.objects.filter(project_id=project_id, pk__in=_assigned(user, project_id))
        .exclude(Exists(Annotation.objects.filter(task=OuterRef("pk"), completed_by=user)))
        .annotate(postponed=Exists(drafts.filter(was_postponed=True)), begun=Exists(drafts))
        .order_by("postponed", "-begun", "id")
    )


def projects(user: Any) -> QuerySet:
    """Projects that have, or may have, work for a person."""
    assigned = Assignment.objects.filter(project_id=OuterRef("pk"))
    return Project.objects.filter(
        Q(Exists(assigned.filter(user_id=user.pk))) | ~Q(Exists(assigned)), organization=user.active_organization
    ).order_by("id")


def next_project(user: Any, done: frozenset[int]) -> int | None:
    """The oldest project that still has a task for a person, but for those ``done``; what is assigned comes first."""
    found = list(projects(user).exclude(pk__in=done).values_list("id", flat=True))
    assigned = {project_id for project_id in found if assigns(project_id)}
    for project_id in sorted(found, key=lambda one: (one not in assigned, one)):
        if project_id in assigned:
            waiting = open_tasks(user, project_id)
        else:
            mine = Annotation.objects.filter(task=OuterRef("pk"), completed_by=user)
            waiting = Task.objects.filter(project_id=project_id, is_labeled=False).exclude(Exists(mine))
        if waiting.exists():
            return int(project_id)
    return None


def may_see_project(user: Any, project_id: int) -> bool:
    """Whether a project is one of :func:`projects`."""
    return bool(projects(user).filter(pk=project_id).exists())


def may_open(user: Any, task_id: int) -> int | None:
    """The project of a task that a person may read and annotate; ``None`` if it is not for him or her.

    Where tasks are assigned, the assignment decides. Elsewhere a task is mine while I hold its lock, that is from the
    moment when the queue gave it to me, and when it has an annotation or a draft of mine.
    """
    found = Task.objects.filter(pk=task_id, project__organization=user.active_organization)
    project_id = found.values_list("project_id", flat=True).first()
    if project_id is None:
        return None
    if assigns(project_id):
        mine = Assignment.objects.filter(task_id=task_id, user_id=user.pk).exists()
    else:
        mine = (
            TaskLock.objects.filter(task_id=task_id, user=user, expire_at__gt=now()).exists()
            or Annotation.objects.filter(task_id=task_id, completed_by=user).exists()
            or AnnotationDraft.objects.filter(task_id=task_id, user=user).exists()
        )
    return int(project_id) if mine else None


def own_annotation(user: Any, annotation_id: int) -> Annotation | None:
    """The annotation if this person made it."""
    return Annotation.objects.filter(pk=annotation_id, completed_by=user).only("id", "task", "was_cancelled").first()


def own_draft(user: Any, draft_id: int) -> AnnotationDraft | None:
    """The draft if this person made it."""
    return AnnotationDraft.objects.filter(pk=draft_id, user=user).only("id", "task", "annotation").first()


def has_voted(user: Any, task_id: int) -> bool:
    """Whether the task has an annotation of this person, be it a skip."""
    return bool(Annotation.objects.filter(task_id=task_id, completed_by=user).exists())


def count_drafts(user: Any, task_id: int) -> int:
    """Drafts of this person for a task."""
    return int(AnnotationDraft.objects.filter(task_id=task_id, user=user).count())


def members(organization: Any) -> set[int]:
    """User ids of an organisation."""
    found = OrganizationMember.objects.filter(organization=organization, deleted_at__isnull=True)
    return set(found.values_list("user_id", flat=True))


def _assigned(user: Any, project_id: int) -> QuerySet:
    return Assignment.objects.filter(project_id=project_id, user_id=user.pk).values("task_id")
