"""Label Studio's URLs with ours before them: some of its patterns match anywhere in a path."""

from __future__ import annotations

from pathlib import Path

from core.urls import urlpatterns as label_studio
from django.urls import path
from django.views.static import serve

from annotation.fence import imports, views

_STATIC = str(Path(__file__).resolve().parent / "static")

urlpatterns = [
    path("api/raisontext/status", views.status, name="raisontext-status"),
    path("api/raisontext/routes", views.routes, name="raisontext-routes"),
    path("api/raisontext/assignments", views.assignments, name="raisontext-assignments"),
    path("api/raisontext/tasks", imports.tasks, name="raisontext-tasks"),
    path("api/raisontext/people/<int:user_id>", views.person, name="raisontext-person"),
    path("raisontext/static/<path:path>", serve, {"document_root": _STATIC}, name="raisontext-static"),
    *label_studio,
]
