"""The fence as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class FenceConfig(AppConfig):
    """Replaces the queue of Label Studio by one that knows assignments; answers without delay."""

    name = "annotation.fence"
    label = "raisontext_fence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Runs when all models are loaded."""
        from django.core.servers.basehttp import WSGIRequestHandler

        from annotation.fence.queue import register

        register()
        # An answer goes out in two small packets: without this the second waits 40 ms for the first to be acknowledged.
        WSGIRequestHandler.disable_nagle_algorithm = True
