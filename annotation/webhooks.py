"""Makes Label Studio tell us that something changed in a project. A webhook is a hint: the truth is what sync reads."""

from __future__ import annotations

from typing import Any

from annotation.client import LabelStudioClient

SECRET_HEADER = "X-RaisonText-Webhook-Secret"
ACTIONS = (
    "ANNOTATION_CREATED",
    "ANNOTATIONS_CREATED",
    "ANNOTATION_UPDATED",
    "ANNOTATIONS_DELETED",
    "TASKS_CREATED",
    "TASKS_DELETED",
)


def ensure_webhook(client: LabelStudioClient, project_id: int, url: str, secret: str) -> int:
    """The project's one webhook of ours, as it should be; returns its id. May be called at any time, by anybody.

    Webhooks are ours when they carry our header, so that a new address replaces the old one. No content of tasks or
    annotations is sent along: Label Studio posts ``{"action": …}``, inside the annotator's own request, for one second
    at most and without a second attempt.

    Raises:
        LabelStudioRefusedError: Label Studio does not take the address; it refuses private ones unless its SSRF
            protection is off.
    """
    wanted: dict[str, Any] = {
        "project": project_id,
        "url": url,
        "send_payload": False,
        "send_for_all_actions": False,
        "is_active": True,
        "headers": {SECRET_HEADER: secret},
        "actions": sorted(ACTIONS),
    }
    found = client.get("api/webhooks/", {"project": project_id})
    ours = [hook for hook in found if hook["project"] == project_id and SECRET_HEADER in (hook["headers"] or {})]
    for doubled in ours[1:]:
        client.delete(f"api/webhooks/{doubled['id']}/")
    if not ours:
        made: int = client.post("api/webhooks/", wanted)["id"]
        return made
    webhook = ours[0]
    if any(_comparable(webhook[name]) != value for name, value in wanted.items()):
        client.patch(f"api/webhooks/{webhook['id']}/", wanted)
    return int(webhook["id"])


def _comparable(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
