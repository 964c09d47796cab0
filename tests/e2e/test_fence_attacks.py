"""What an annotator might try against others, over real HTTP: refused, and nothing has changed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.e2e import fence_world
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.fence_world import WAYS, Person, answer, skip

pytestmark = pytest.mark.e2e

REFUSED = {400, 401, 403, 404, 405, 409, 413, 415}
# What must be the same afterwards, without moments of a person's last activity.
UNTOUCHED = {
    "annotations": "SELECT * FROM task_completion ORDER BY id",
    "tasks": "SELECT id, data::text, meta::text, overlap, is_labeled, project_id FROM task ORDER BY id",
    "projects": "SELECT id, title, label_config, maximum_annotations, created_by_id FROM project ORDER BY id",
    "people": "SELECT id, email, password, is_superuser, is_staff, is_active, first_name FROM htx_user ORDER BY id",
    "tokens": "SELECT key, user_id FROM authtoken_token ORDER BY key",
    "web tokens": "SELECT id FROM token_blacklist_outstandingtoken ORDER BY id",
    "organisation": "SELECT id, title, token, created_by_id FROM organization ORDER BY id",
    "members": "SELECT * FROM organizations_organizationmember ORDER BY id",
    "tabs": "SELECT * FROM data_manager_view ORDER BY id",
    "drafts": "SELECT id, task_id, user_id, annotation_id, result::text FROM tasks_annotationdraft ORDER BY id",
    "predictions": "SELECT id FROM prediction ORDER BY id",
    "webhooks": "SELECT id FROM webhook ORDER BY id",
    "storages": "SELECT count(*) FROM io_storages_localfilesimportstorage",
    "exports": "SELECT id FROM data_export_export ORDER BY id",
    "assignments": "SELECT * FROM raisontext_fence_assignment ORDER BY id",
}


@dataclass(frozen=True)
class World:
    """Anna attacks. Boris has ranked ``his_task``; Anna ``her_task``, and ``open_task`` waits for both."""

    label_studio: LabelStudioUnderTest
    anna: Person
    boris: Person
    project: int
    his_task: int
    her_task: int
    open_task: int
    his_annotation: int
    her_annotation: int
    his_draft: int
    tab: int


@pytest.fixture(scope="module")
def world(label_studio: LabelStudioUnderTest) -> World:
    fence_world.allow_web_tokens(label_studio)
    anna, boris = (fence_world.person(label_studio, name) for name in ("fence-anna", "fence-boris"))
    both = [anna.account, boris.account]
    project, tasks = fence_world.make_project(label_studio, {1: [boris.account], 2: both, 3: both}, "Атаки")
    his, hers = boris.submit(tasks[0]).json()["id"], anna.submit(tasks[1]).json()["id"]
    draft = boris.ask("POST", f"/api/tasks/{tasks[2]}/drafts", {"result": answer()["result"]}).json()["id"]
    tab = label_studio.client.post("api/dm/views/", {"project": project, "data": {"title": "Все"}})["id"]
    return World(label_studio, anna, boris, project, *tasks, his, hers, draft, tab)


def attacks(w: World) -> list[tuple[str, str, Any]]:
    """Method, path and body of each."""
    me, him, admin = w.anna.account.user_id, w.boris.account.user_id, w.label_studio.client.user["id"]
    project, task, own, his = (
        f"/api/projects/{w.project}",
        f"/api/tasks/{w.open_task}",
        w.her_annotation,
        w.his_annotation,
    )
    change, vote = f"/api/annotations/{own}/", f"{task}/annotations/"
    action = f"/api/dm/actions?project={w.project}&id="
    everything = {"selectedItems": {"all": True, "excluded": []}, "filters": {"conjunction": "and", "items": []}}
    peek = {"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:annotations_results"}]}}
    return [
        # another's work
        ("GET", f"/api/annotations/{his}/", None),
        ("PATCH", f"/api/annotations/{his}/", answer("2")),
        ("PUT", f"/api/annotations/{his}/", answer("2")),
        ("DELETE", f"/api/annotations/{his}/", None),
        ("POST", f"/api/annotations/{his}/convert-to-draft", {}),
        ("GET", f"/api/drafts/{w.his_draft}/", None),
        ("PATCH", f"/api/drafts/{w.his_draft}/", {"result": []}),
        ("DELETE", f"/api/drafts/{w.his_draft}/", None),
        ("POST", vote, {**answer(), "draft_id": w.his_draft}),
        ("POST", f"/api/tasks/{w.his_task}/annotations/{his}/drafts", {"result": []}),
        ("POST", f"{task}/annotations/{his}/drafts", {"result": []}),
        # another's task
        ("GET", f"/api/tasks/{w.his_task}/", None),
        ("GET", f"/api/tasks/{w.his_task}/?project={w.project}&review=true", None),
        ("GET", f"/api/tasks/{w.his_task}/annotations/", None),
        ("GET", f"/api/tasks/{w.his_task}/agreement/", None),
        ("GET", f"{task}/annotations/", None),
        ("POST", f"/api/tasks/{w.his_task}/annotations/", answer()),
        ("POST", f"/api/tasks/{w.his_task}/annotations/", skip()),
        ("POST", f"/api/tasks/{w.his_task}/drafts", {"result": []}),
        ("GET", f"/tasks/{w.his_task}/resolve/?fileuri=eA==", None),
        # one's own annotation, moved, forged or made twice
        *[("PATCH", change, {"task": other}) for other in (w.his_task, w.open_task, w.her_task)],
        *[("PATCH", change, {name: him}) for name in ("completed_by", "updated_by", "last_created_by")],
        *[("PATCH", change, {name: 1}) for name in ("project", "import_id", "parent_annotation", "parent_prediction")],
        *[("PATCH", change, {name: True}) for name in ("ground_truth", "bulk_created")],
        ("PATCH", change, {"was_cancelled": False}),
        ("PATCH", change, {"was_cancelled": True}),
        ("PATCH", change, {"id": his}),
        ("PATCH", change, {"created_at": "2020-01-01T00:00:00Z"}),
        ("PATCH", change, {"result": "[]"}),
        ("PATCH", change, {"result": [[]]}),
        ("PATCH", change, [answer()]),
        ("PUT", change, answer("2")),
        ("DELETE", change, None),
        ("POST", f"/api/annotations/{own}/convert-to-draft", {}),
        ("POST", f"/api/tasks/{w.her_task}/annotations/", answer("2")),
        ("POST", f"/api/tasks/{w.her_task}/annotations/", skip()),
        # a first vote in another's name, or as a measure for others
        ("POST", vote, {**answer(), "completed_by": him}),
        ("POST", vote, {**answer(), "ground_truth": True}),
        ("POST", vote, {**answer(), "task": w.his_task}),
        ("POST", vote, {**answer(), "project": w.project + 1}),
        ("POST", vote, {**answer(), "parent_annotation": his}),
        ("POST", vote, {**answer(), "lead_time": -1}),
        ("POST", vote, {**answer(), "lead_time": 1e12}),
        ("POST", vote, {**answer(), "unique_id": "1"}),
        ("POST", vote, {**answer(), "result": [{}] * 500}),
        ("POST", vote, {**answer(), "comment": "x" * 500_000}),
        ("POST", vote, {}),
        ("POST", vote, skip(None)),
        ("POST", vote, skip("  ")),
        ("POST", vote + "?was_cancelled=1", {**answer(), "was_cancelled": False}),
        ("POST", vote + "?was_cancelled=true", answer()),
        # the data manager
        *[("POST", action + name, everything) for name in ("delete_tasks", "delete_tasks_annotations")],
        *[("POST", action + name, everything) for name in ("predictions_to_annotations", "retrieve_tasks_predictions")],
        *[("POST", action + name, everything) for name in ("delete_tasks_predictions", "propagate_annotations")],
        *[
            ("POST", action + name, everything)
            for name in ("cache_labels", "rename_labels", "add_data_field", "nothing")
        ],
        ("POST", action + "next_task", everything),
        ("POST", action + "next_task", peek),
        ("POST", action + "next_task&id=delete_tasks", {}),
        ("POST", action + "next_task", {"ordering": ["-tasks:annotations_results"]}),
        ("GET", "/api/dm/actions?project=" + str(w.project), None),
        ("POST", "/api/dm/views/", {"project": w.project, "data": {}}),
        ("PATCH", f"/api/dm/views/{w.tab}/", {"data": {"title": "x"}}),
        ("DELETE", f"/api/dm/views/{w.tab}/", None),
        ("DELETE", f"/api/dm/views/reset/?project={w.project}", {"project": w.project}),
        # tasks and project
        ("PATCH", f"{task}/", {"data": {"text": "x"}}),
        ("DELETE", f"{task}/", None),
        ("POST", "/api/tasks/", {"project": w.project, "data": {"text": "x"}}),
        ("POST", f"{project}/import", [{"data": {"text": "x"}}]),
        ("POST", f"{project}/reimport", {}),
        ("GET", f"{project}/export?exportType=JSON", None),
        ("GET", f"{project}/exports/", None),
        ("POST", f"{project}/exports/", {}),
        ("PATCH", f"{project}/", {"title": "x"}),
        ("PATCH", f"{project}/", {"label_config": "<View/>"}),
        ("DELETE", f"{project}/", None),
        ("DELETE", f"{project}/tasks/", None),
        ("POST", "/api/projects/", {"title": "x"}),
        ("GET", f"/projects/{w.project}/settings", None),
        ("GET", f"/projects/{w.project}/data/export", None),
        ("GET", f"{project}/summary/", None),
        ("POST", "/api/predictions/", {"task": w.open_task, "result": []}),
        ("GET", "/api/predictions/", None),
        ("POST", "/api/webhooks/", {"url": "http://127.0.0.1:9/", "project": w.project}),
        ("GET", "/api/webhooks/", None),
        ("POST", "/api/storages/localfiles", {"project": w.project, "path": "/etc"}),
        ("GET", f"/api/storages?project={w.project}", None),
        ("POST", "/api/ml/", {"project": w.project, "url": "http://127.0.0.1:9/"}),
        ("GET", "/data/upload/1/x.json", None),
        ("GET", "/data/local-files/?d=etc/passwd", None),
        # people, keys, organisation
        ("GET", "/api/current-user/token", None),
        ("POST", "/api/current-user/reset-token/", {}),
        ("GET", "/api/token/", None),
        ("POST", "/api/token/", {}),
        ("POST", "/api/token/rotate/", {"refresh": "x"}),
        ("POST", "/api/jwt/settings", {"api_tokens_enabled": False}),
        ("GET", "/user/account/", None),
        ("GET", f"/api/users/{him}/", None),
        *[("PATCH", f"/api/users/{who}/", {"email": "x@example.org"}) for who in (me, him, admin)],
        *[("PATCH", f"/api/users/{who}/", {"password": "longer than eight"}) for who in (me, him, admin)],
        *[("PATCH", f"/api/users/{who}/", {"is_superuser": True, "first_name": "x"}) for who in (me, him)],
        ("DELETE", f"/api/users/{him}/", None),
        ("POST", "/api/users/", {"email": "x@example.org", "password": "longer than eight"}),
        ("POST", f"/api/users/{him}/avatar/", {}),
        ("GET", "/api/invite", None),
        ("POST", "/api/invite/reset-token", {}),
        ("GET", "/api/organizations/", None),
        ("PATCH", "/api/organizations/1", {"title": "x"}),
        ("GET", "/api/organizations/1/memberships", None),
        ("DELETE", f"/api/organizations/1/memberships/{him}/", None),
        ("GET", "/people", None),
        ("GET", "/admin/", None),
        # the fence's own API
        ("GET", "/api/raisontext/status", None),
        ("GET", "/api/raisontext/routes", None),
        ("GET", f"/api/raisontext/assignments?project={w.project}", None),
        ("PUT", f"/api/raisontext/assignments?project={w.project}", {str(w.his_task): [me]}),
        ("PATCH", f"/api/raisontext/people/{him}", {"active": False}),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_attacks_are_refused_and_nothing_changes(world: World, way: str) -> None:
    before = _state(world.label_studio)

    with ThreadPoolExecutor(4) as attackers:
        answers = attackers.map(lambda attack: (attack, world.anna.ask(*attack, way=way)), attacks(world))
        succeeded = [(attack[:2], found.status_code) for attack, found in answers if found.status_code not in REFUSED]

    assert succeeded == []
    after = _state(world.label_studio)
    assert [name for name in UNTOUCHED if after[name] != before[name]] == []


def test_nobody_without_a_login_can_do_anything(world: World) -> None:
    stranger = Person(world.anna.url, world.anna.account, {"session": {}})
    before = _state(world.label_studio)

    with ThreadPoolExecutor(4) as attackers:
        answers = list(attackers.map(lambda attack: stranger.ask(*attack), attacks(world)))

    # Pages lead to the login.
    assert {found.status_code for found in answers} <= {302, 401}
    assert all(found.headers["location"].startswith("/user/login/") for found in answers if found.is_redirect)
    assert _state(world.label_studio) == before
    assert stranger.ask("GET", "/user/signup/?token=wrong").status_code == 403
    assert stranger.ask("GET", "/user/signup/").status_code == 403


def test_bodies_that_are_no_json_are_refused(world: World) -> None:
    url = f"{world.anna.url}/api/tasks/{world.open_task}/annotations/"
    headers = world.anna.headers["session"]

    form = httpx.post(url, data={"result": "[]", "completed_by": "1"}, headers=headers, trust_env=False)
    broken = httpx.post(
        url, content=b'{"result": [', headers={**headers, "Content-Type": "application/json"}, trust_env=False
    )
    endless = b'{"lead_time": NaN, "result": []}'
    no_json = httpx.post(url, content=endless, headers={**headers, "Content-Type": "application/json"}, trust_env=False)

    assert [form.status_code, broken.status_code, no_json.status_code] == [415, 400, 400]


def test_a_request_signed_by_two_people_is_refused(world: World) -> None:
    admin = {"Authorization": f"Token {world.label_studio.server.credentials.token}"}
    both = Person(world.anna.url, world.anna.account, {"session": {**world.anna.headers["session"], **admin}})

    assert both.ask("GET", "/api/organizations/").status_code == 403


def test_what_an_annotator_reads_tells_nothing_of_others(world: World) -> None:
    w = world
    secrets = (w.boris.account.login, w.boris.account.pseudonym, w.label_studio.server.credentials.login)
    paths = [
        *("/api/current-user/whoami", "/api/users/", "/api/projects/", f"/api/projects/{w.project}/", "/api/version"),
        *(
            f"/api/{name}?project={w.project}"
            for name in ("dm/project", "dm/columns", "dm/views", "tasks", "users", "ml")
        ),
        *(f"/api/tasks/{w.open_task}/", f"/api/tasks/{w.open_task}/drafts", f"/api/tasks/{w.her_task}/?fields=all"),
        *(f"/api/annotations/{w.her_annotation}/", f"/api/projects/{w.project}/label-stream-history"),
        *("/api/label_links?expand=label", f"/projects/{w.project}/data?labeling=1"),
    ]
    for path in paths:
        found = w.anna.ask("GET", path)
        assert found.status_code == 200, (path, found.text[:200])
        assert [secret for secret in secrets if secret in found.text] == [], path
    his_result = w.boris.ask("GET", f"/api/annotations/{w.his_annotation}/").json()["result"][0]["id"]
    task = w.anna.ask("GET", f"/api/tasks/{w.open_task}/").json()
    assert (task["annotations"], task["predictions"], task["drafts"]) == ([], [], [])
    assert all(his_result not in w.anna.ask("GET", path).text for path in paths)


def test_the_own_work_can_be_done(label_studio: LabelStudioUnderTest) -> None:
    person = fence_world.person(label_studio, "fence-worker")
    project, (first, second, third) = fence_world.make_project(
        label_studio, {number: [person.account] for number in range(3)}, "Работа"
    )
    assert person.next_task(project) == first
    draft = person.ask("POST", f"/api/tasks/{first}/drafts?project={project}", {**answer(), "project": str(project)})
    again = person.ask("PATCH", f"/api/drafts/{draft.json()['id']}/", {**answer("2"), "project": str(project)})
    assert (draft.status_code, again.status_code) == (201, 200)
    created = person.submit(first, draft_id=draft.json()["id"], project=str(project))
    assert created.status_code == 201, created.text
    changed = person.ask(
        "PATCH", f"/api/annotations/{created.json()['id']}/", {**answer("2"), "id": created.json()["id"]}
    )
    assert changed.status_code == 200
    assert changed.json()["result"][0]["value"] == {"choices": ["2"]}
    assert changed.json()["completed_by"] == person.account.user_id

    assert person.next_task(project) == second
    no_reason = person.ask("POST", f"/api/tasks/{second}/annotations/", skip(None))
    assert no_reason.status_code == 400
    assert "причину" in no_reason.json()["detail"]
    skipped = person.ask("POST", f"/api/tasks/{second}/annotations/", skip())
    assert skipped.status_code == 201
    assert person.next_task(project) == third, "a skipped task is done"
    assert person.ask("DELETE", f"/api/annotations/{skipped.json()['id']}/").status_code == 204
    assert person.next_task(project) == second, "a skip that was taken back is not"
    assert [person.submit(task).status_code for task in (second, third)] == [201, 201]
    assert person.next_task(project) is None

    # Sent back to its annotator: the administrator deletes it.
    label_studio.client.delete(f"api/annotations/{created.json()['id']}/")
    assert person.next_task(project) == first


def test_of_many_votes_at_once_one_counts(label_studio: LabelStudioUnderTest) -> None:
    person = fence_world.person(label_studio, "fence-hasty")
    _, (task,) = fence_world.make_project(label_studio, {1: [person.account]}, "Наперегонки")
    start = threading.Barrier(6)

    def vote(number: int) -> int:
        start.wait()
        return person.submit(task, place=str(number % 2 + 1)).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(vote, range(6))) == [201, 409, 409, 409, 409, 409]
    assert label_studio.rows("SELECT count(*) FROM task_completion WHERE task_id = %s", task) == [(1,)]


def _state(label_studio: LabelStudioUnderTest) -> dict[str, str]:
    return {name: str(label_studio.rows(statement)) for name, statement in UNTOUCHED.items()}
