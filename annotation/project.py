"""The Label Studio project of a round: made from ``label_config.xml``, the only copy of the ranking page."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx

from annotation.client import LabelStudioClient
from annotation.errors import LabelStudioRefusedError
from annotation.instruction import instruction_html
from db.errors import ConflictError, NotFoundError

PAGE_SIZE = 100
_SETTINGS: dict[str, Any] = {
    "show_instruction": False,
    "show_skip_button": True,
    "enable_empty_annotation": False,
    "show_annotation_history": False,
    "show_collab_predictions": False,
    "evaluate_predictions_automatically": False,
    "sampling": "Sequential sampling",
    "skip_queue": "REQUEUE_FOR_OTHERS",
    "color": "#4B5FAA",
}
# Columns of task data would show candidate ids beside the texts.
_HIDDEN_COLUMNS = [
    f"tasks:{name}"
    for name in ("data.items", "data.resume", "data.external_id", "file_upload", "storage_filename", "annotators")
]


@dataclass(frozen=True, slots=True)
class Project:
    """A project in Label Studio; ``url`` opens the queue of tasks. ``annotation_count``: skips count, drafts do not."""

    id: int
    url: str
    task_count: int
    annotation_count: int = 0


def label_config() -> str:
    """The ranking page.

    Raises:
        NotFoundError: the installation is damaged.
    """
    packaged = files("annotation") / "label_config.xml"
    checkout = Path(__file__).resolve().parent.parent / "label_config.xml"
    source = packaged if packaged.is_file() else checkout
    if not source.is_file():
        raise NotFoundError(f"Expected the ranking page in {checkout}, found no such file")
    return source.read_text(encoding="utf-8").strip()  # as Label Studio gives it back


def ensure_project(client: LabelStudioClient, round_number: int, overlap: int, key: str) -> Project:
    """The project of a round, with its settings as they should be; made when it is not there.

    Args:
        overlap: how many people rank each task.
        key: names the round beyond doubt (numbers repeat in another database); kept in the project's description.
    """
    return ensure_project_with(
        client,
        title=f"Раунд {round_number}: «О себе»",
        description=f"Код раунда: {key}",
        label_config=label_config(),
        expert_instruction=instruction_html(),
        overlap=overlap,
    )


def ensure_project_with(
    client: LabelStudioClient,
    *,
    title: str,
    description: str,
    label_config: str,
    expert_instruction: str,
    overlap: int,
) -> Project:
    """The project with this description, made when it is not there, its settings as given.

    Args:
        description: names it for ever; anything else may change.
    """
    wanted = {
        **_SETTINGS,
        "title": title,
        "description": description,
        "label_config": label_config,
        "expert_instruction": expert_instruction,
        "maximum_annotations": overlap,
    }
    found = _find(client, description)
    if found is None:
        found = client.post("api/projects/", wanted)
    elif _differs(found, wanted):
        found = client.patch(f"api/projects/{found['id']}/", wanted)
    _ensure_tab(client, found["id"])
    return _project(client, found)


def get_project(client: LabelStudioClient, project_id: int) -> Project:
    """A project by its id.

    Raises:
        LabelStudioRefusedError: there is none (status 404).
    """
    return _project(client, client.get(f"api/projects/{project_id}/"))


def require_project(client: LabelStudioClient, project_id: int, round_number: int) -> Project:
    """The project that a round was pushed to.

    Raises:
        ConflictError: Label Studio does not have it (any more).
    """
    try:
        return get_project(client, project_id)
    except LabelStudioRefusedError as error:
        if error.status != httpx.codes.NOT_FOUND:
            raise
        raise ConflictError(
            f"Expected project {project_id} of round {round_number} in Label Studio at {client.url}, found none; "
            "is this another Label Studio? If the project was deleted, close the round"
        ) from error


def _project(client: LabelStudioClient, data: dict[str, Any]) -> Project:
    url = f"{client.url}/projects/{data['id']}/data?labeling=1"
    annotations = (data.get("total_annotations_number") or 0) + (data.get("skipped_annotations_number") or 0)
    return Project(data["id"], url, data.get("task_number") or 0, annotations)


def _find(client: LabelStudioClient, description: str) -> dict[str, Any] | None:
    page = 1
    while True:
        answer = client.get("api/projects/", {"page": page, "page_size": PAGE_SIZE, "ordering": "-id"})
        for project in answer["results"]:
            if project["description"] == description:
                return dict(project)
        if not answer.get("next"):
            return None
        page += 1


def _differs(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return any(found.get(name) != value for name, value in wanted.items() if name in found)


def _ensure_tab(client: LabelStudioClient, project_id: int) -> None:
    """Without a tab the queue shows an error to people who may not make one."""
    if client.get("api/dm/views/", {"project": project_id}):
        return
    hidden = {"explore": _HIDDEN_COLUMNS, "labeling": _HIDDEN_COLUMNS}
    client.post("api/dm/views/", {"project": project_id, "data": {"title": "Задания", "hiddenColumns": hidden}})
