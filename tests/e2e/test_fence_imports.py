"""Tasks that came through the fence's import are those that Label Studio's own import makes, in every place."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from annotation.errors import LabelStudioRefusedError
from annotation.fence_client import get_assignments
from annotation.project import label_config
from tests.e2e import fence_world
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.sample_task import LONG_TEXTS

pytestmark = pytest.mark.e2e

PATH = "api/raisontext/tasks"
# What differs between any two tasks.
OWN = {"id", "project", "project_id", "created_at", "updated_at"}


def test_tasks_are_those_of_the_stock_import(label_studio: LabelStudioUnderTest) -> None:
    stock, ours = _project(label_studio), _project(label_studio)
    documents = [json.dumps(data, ensure_ascii=False) for data in _content(3)]
    for part in (documents[:2], documents[2:]):  # numbers within the project go on
        body = [{"data": json.loads(document)} for document in part]
        label_studio.client.post(f"api/projects/{stock}/import", body)
        ids = label_studio.client.import_documents(ours, part)
    assert label_studio.client.imports_at_once
    assert ids == [_rows(label_studio, ours)[-1]["id"]]

    assert _without_own(_rows(label_studio, ours)) == _without_own(_rows(label_studio, stock))
    for path in ("api/tasks/?fields=all&project={}", "api/projects/{}/export?exportType=JSON&download_all_tasks=true"):
        pages = [label_studio.client.get(path.format(project)) for project in (ours, stock)]
        rows = [page["tasks"] if isinstance(page, dict) else page for page in pages]
        shown = [sorted(row, key=lambda task: task["id"]) for row in rows]  # Label Studio promises no order
        assert len(shown[0]) == 3
        assert _without_own(shown[0]) == _without_own(shown[1])
    assert _summary(label_studio, ours) == _summary(label_studio, stock)
    counts = [label_studio.client.get(f"api/projects/{project}/")["task_number"] for project in (ours, stock)]
    assert counts == [3, 3]


def test_people_come_along_with_their_tasks(label_studio: LabelStudioUnderTest) -> None:
    fence_world.allow_web_tokens(label_studio)
    anna = fence_world.person(label_studio, "import-anna")
    boris = fence_world.person(label_studio, "import-boris")
    both = sorted([anna.account.user_id, boris.account.user_id])
    project = _project(label_studio)

    documents = [json.dumps(data) for data in _content(3)]
    ids = label_studio.client.import_documents(project, documents, [[boris.account.user_id], both, []])

    assert get_assignments(label_studio.client, project) == {ids[0]: [boris.account.user_id], ids[1]: both}
    assert [row["overlap"] for row in _rows(label_studio, project)] == [1, 2, 1]
    assert (anna.next_task(project), boris.next_task(project)) == (ids[1], ids[0])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ([], "Expected"),
        ({"tasks": []}, "one task or more"),
        ({"tasks": [{"resume": "x"}]}, "key is expected"),
        ({"tasks": [1]}, "one task or more"),
        ({"people": [[]]}, "one task or more"),
    ],
)
def test_what_the_page_cannot_show_is_refused(label_studio: LabelStudioUnderTest, body: Any, found: str) -> None:
    project = _project(label_studio)
    with pytest.raises(LabelStudioRefusedError, match=found) as refusal:
        label_studio.client.post(PATH, body, {"project": project})
    assert refusal.value.status == httpx.codes.BAD_REQUEST
    assert _rows(label_studio, project) == []


def test_all_or_nothing(label_studio: LabelStudioUnderTest) -> None:
    project = _project(label_studio)
    good, bad = _content(2)
    bad["resume"] = "\0"  # JSON may have it, PostgreSQL cannot
    for body in (
        {"tasks": [good, bad]},
        {"tasks": [good, {}]},
        {"tasks": [good], "people": [[10**6]]},
        {"tasks": [good], "people": []},
    ):
        with pytest.raises(LabelStudioRefusedError) as refusal:
            label_studio.client.post(PATH, body, {"project": project})
        assert refusal.value.status == httpx.codes.BAD_REQUEST, body
    assert _rows(label_studio, project) == []


def test_annotators_cannot_import(label_studio: LabelStudioUnderTest) -> None:
    fence_world.allow_web_tokens(label_studio)
    anna = fence_world.person(label_studio, "import-anna")
    project = _project(label_studio)
    for way in fence_world.WAYS:
        answer = anna.ask("POST", f"/{PATH}?project={project}", {"tasks": _content(1)}, way=way)
        assert answer.status_code == httpx.codes.FORBIDDEN, way
    assert _rows(label_studio, project) == []


def _project(label_studio: LabelStudioUnderTest) -> int:
    body = {"title": "Импорт", "label_config": label_config()}
    return int(label_studio.client.post("api/projects/", body)["id"])


def _content(count: int) -> list[dict[str, Any]]:
    items = [{"id": f"{place:08x}", "title": f"Вариант {place}", "body": text} for place, text in enumerate(LONG_TEXTS)]
    return [
        {"external_id": f"import-{number}", "resume": '<b>Кассир</b><p>"1\\2"</p>', "items": items}
        for number in range(count)
    ]


def _rows(label_studio: LabelStudioUnderTest, project: int) -> list[dict[str, Any]]:
    """Every column of the project's tasks."""
    found = label_studio.rows("SELECT to_jsonb(task) FROM task WHERE project_id = %s ORDER BY id", project)
    return [row for (row,) in found]


def _summary(label_studio: LabelStudioUnderTest, project: int) -> dict[str, Any]:
    statement = "SELECT to_jsonb(summary) FROM projects_projectsummary summary WHERE project_id = %s"
    ((row,),) = label_studio.rows(statement, project)
    return _without_own([row])[0]


def _without_own(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in OWN} for row in rows]
