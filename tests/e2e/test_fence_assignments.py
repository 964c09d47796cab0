"""Who gets which task, and who is let in at all."""

from __future__ import annotations

import httpx
import pytest

from annotation.errors import LabelStudioRefusedError
from annotation.fence_client import get_assignments, is_fenced, put_assignments, set_active
from annotation.web_session import LabelStudioSession
from tests.e2e import fence_world
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.fence_world import WAYS, Person

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def people(label_studio: LabelStudioUnderTest) -> tuple[Person, Person]:
    fence_world.allow_web_tokens(label_studio)
    return fence_world.person(label_studio, "queue-anna"), fence_world.person(label_studio, "queue-boris")


def test_each_gets_exactly_what_is_assigned(label_studio: LabelStudioUnderTest, people: tuple[Person, Person]) -> None:
    anna, boris = people
    hers, his = [anna.account], [boris.account]
    project, tasks = fence_world.make_project(
        label_studio, {1: hers, 2: his, 3: hers + his, 4: hers + his, 5: []}, "Очередь"
    )

    # Both have the same task open: neither hides it from the other.
    assert anna.next_task(project) == tasks[0]
    assert boris.next_task(project) == tasks[1]
    assert anna.submit(tasks[0]).status_code == boris.submit(tasks[1]).status_code == 201
    assert anna.next_task(project) == boris.next_task(project) == tasks[2]
    assert anna.next_task(project) == tasks[2], "asked twice, the same task"
    assert anna.submit(tasks[2]).status_code == boris.submit(tasks[2]).status_code == 201

    assert anna.ask("GET", f"/api/tasks/{tasks[1]}/").status_code == 403
    assert boris.ask("GET", f"/api/tasks/{tasks[0]}/").status_code == 403
    assert anna.submit(tasks[4]).status_code == 403, "nobody's task"
    assert anna.submit(tasks[3]).status_code == boris.submit(tasks[3]).status_code == 201
    assert anna.next_task(project) is None
    assert boris.next_task(project) is None
    rows = label_studio.rows("SELECT overlap, is_labeled FROM task WHERE project_id = %s ORDER BY id", project)
    assert rows == [(1, True), (1, True), (2, True), (2, True), (1, False)]


def test_assignments_are_replaced_task_by_task(
    label_studio: LabelStudioUnderTest, people: tuple[Person, Person]
) -> None:
    client = label_studio.client
    anna, boris = (person.account.user_id for person in people)
    project, tasks = fence_world.make_project(label_studio, {1: [people[0].account], 2: []}, "Замена")
    assert get_assignments(client, project) == {tasks[0]: [anna]}

    for _ in range(2):
        put_assignments(client, project, {tasks[1]: [boris, anna]})
        assert get_assignments(client, project) == {tasks[0]: [anna], tasks[1]: sorted((anna, boris))}
    put_assignments(client, project, {tasks[0]: [], tasks[1]: [boris]})
    assert get_assignments(client, project) == {tasks[1]: [boris]}
    assert people[0].ask("GET", f"/api/projects/{project}/").status_code == 403

    for wrong in ({tasks[0]: [999_999]}, {tasks[0] + 999_999: [anna]}):
        with pytest.raises(LabelStudioRefusedError, match="HTTP 400"):
            put_assignments(client, project, {tasks[1]: [anna], **wrong})
    assert get_assignments(client, project) == {tasks[1]: [boris]}, "all or nothing"
    put_assignments(client, project, {tasks[1]: []})
    assert get_assignments(client, project) == {}
    assert people[1].ask("GET", f"/api/projects/{project}/").status_code == 403, "without people it is open to nobody"
    put_assignments(client, project, {tasks[1]: [boris]})
    client.delete(f"api/tasks/{tasks[1]}/")
    assert get_assignments(client, project) == {}


def test_thousands_of_tasks_in_one_request(label_studio: LabelStudioUnderTest, people: tuple[Person, Person]) -> None:
    client, ids = label_studio.client, [person.account.user_id for person in people]
    project, tasks = fence_world.make_project(label_studio, {number: [] for number in range(2_000)}, "Много")
    wanted = {task: sorted(ids[: 1 + number % 2]) for number, task in enumerate(tasks)}

    put_assignments(client, project, wanted)

    assert get_assignments(client, project) == wanted
    assert people[0].next_task(project) == tasks[0]
    assert people[1].next_task(project) == tasks[1]


def test_without_assignments_the_queue_is_label_studios(
    label_studio: LabelStudioUnderTest, people: tuple[Person, Person]
) -> None:
    anna, boris = people
    project, tasks = fence_world.make_project(label_studio, {1: [], 2: []}, "Без назначений")

    assert anna.ask("GET", f"/api/tasks/{tasks[0]}/").status_code == 403, "not handed out yet"
    got = [anna.next_task(project), boris.next_task(project)]

    assert sorted(task or 0 for task in got) == tasks, "a task that is open elsewhere is passed over"
    assert got[0] is not None
    assert anna.ask("GET", f"/api/tasks/{got[0]}/").status_code == 200
    assert boris.submit(got[0]).status_code == 403
    assert anna.submit(got[0]).status_code == 201
    assert anna.submit(got[0]).status_code == 409


def test_a_disabled_person_is_out_at_once(label_studio: LabelStudioUnderTest) -> None:
    client = label_studio.client
    person = fence_world.person(label_studio, "queue-leaver")
    account = person.account
    project, _ = fence_world.make_project(label_studio, {1: [account]}, "Уход")
    assert [person.ask("GET", "/api/current-user/whoami", way=way).status_code for way in WAYS] == [200, 200, 200]

    set_active(client, account.user_id, False)

    assert [person.ask("GET", "/api/current-user/whoami", way=way).status_code for way in WAYS] == [401, 401, 401]
    assert person.ask("POST", f"/api/dm/actions?id=next_task&project={project}", {}).status_code == 401
    with LabelStudioSession(label_studio.url) as session:
        assert not session.login(account.login, account.password)

    set_active(client, account.user_id, True)
    with LabelStudioSession(label_studio.url) as session:
        assert session.login(account.login, account.password)
    assert person.ask("GET", "/api/current-user/whoami", way="token").status_code == 401, "the old token stays dead"


def test_administrators_are_not_disabled_and_nobody_unknown(label_studio: LabelStudioUnderTest) -> None:
    client = label_studio.client
    assert is_fenced(client)
    with pytest.raises(LabelStudioRefusedError, match="HTTP 400"):
        set_active(client, client.user["id"], False)
    with pytest.raises(LabelStudioRefusedError, match="HTTP 404"):
        set_active(client, 999_999, False)
    token = {"Authorization": f"Token {label_studio.server.credentials.token}"}
    form = httpx.put(
        f"{label_studio.url}/api/raisontext/assignments?project=1", data={"1": "[]"}, headers=token, trust_env=False
    )
    assert form.status_code in (404, 415)
