"""Who is to rank which task."""

from __future__ import annotations

from django.db import models


class Assignment(models.Model):
    """One person for one task. Numbers instead of foreign keys: Label Studio deletes tasks in bulk past Django's
    cascades, and a constraint on its tables could make that fail. Rows of tasks that are gone hand out nothing.

    A task taken from everybody has a row of ``NOBODY``: a project whose last person left does not open to all.
    """

    NOBODY = 0

    project_id = models.IntegerField()
    task_id = models.IntegerField()
    user_id = models.IntegerField()

    class Meta:
        """A person has a task once; the queue asks by project and person."""

        app_label = "raisontext_fence"
        constraints = (models.UniqueConstraint(fields=("task_id", "user_id"), name="raisontext_assignment_once"),)
        indexes = (models.Index(fields=("project_id", "user_id"), name="raisontext_assignment_queue"),)
