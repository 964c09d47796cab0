"""The fence as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class FenceConfig(AppConfig):
    """Replaces the queue of Label Studio by one that knows assignments."""

    name = "annotation.fence"
    label = "raisontext_fence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Runs when all models are loaded."""
        from annotation.fence.queue import register

        register()
