"""Pages of our own around the labelling page, in Russian."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect, render

from annotation.fence import reach
from annotation.fence.rules import Ask


def home(ask: Ask) -> Any:
    """Where an annotator lands: in the queue of a project that has a task for him or her, else at «Заданий больше нет».

    ``?done=1,2`` names projects whose queue has just been found empty: what others hold open there must not send the
    person in circles.
    """
    done = _numbers(ask.query.get("done", ""))
    project_id = reach.next_project(ask.user, done)
    if project_id is None:
        return render(ask.request, "raisontext/done.html")
    suffix = f"&done={','.join(map(str, sorted(done)))}" if done else ""
    return redirect(f"/projects/{project_id}/data?labeling=1{suffix}")


def queue(ask: Ask) -> Any:
    """The labelling page of a project, never its data manager; ``None`` lets Label Studio show it."""
    project_id = int(ask.arguments["pk"])
    if not reach.may_see_project(ask.user, project_id):
        return redirect("/")
    if ask.query.get("labeling") != "1" or "task" in ask.query:
        return redirect(f"/projects/{project_id}/data?labeling=1")
    return None


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.split(",")[:100] if part.isdecimal() and len(part) < 10)
