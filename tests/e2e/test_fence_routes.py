"""Every route × method of Label Studio's own table, as nobody and as an annotator by session, token and web token.

What the fence lets through must be ``fence_reachable.txt``, line by line, with a reason for each. After an upgrade of
Label Studio a new line in this test's failure is something to review, see docs/fence.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e import fence_world
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.fence_world import WAYS, Person

pytestmark = pytest.mark.e2e

REVIEWED = Path(__file__).with_name("fence_reachable.txt")
HEADER = "X-RaisonText-Fence"
FORM_TOKEN = "0" * 32
# Tables whose rows come and go with requests that are allowed: drafts, what was shown to whom, sessions, locks.
BUSY = {"tasks_annotationdraft", "projects_labelstreamhistory", "django_session", "tasks_tasklock"}
Route = Mapping[str, Any]


@dataclass(frozen=True)
class Own:
    """Things of the annotator, by which the way into a view is the widest."""

    person: Person
    ids: Mapping[str, int]

    def path(self, route: Route) -> str:
        """A path of the route about the annotator's own work."""
        kind = next((name for name in self.ids if f"/{name}/" in route["path"]), "projects")
        values = dict.fromkeys(route["arguments"], "1") | {"annotation_id": str(self.ids["annotations"])}
        if kind in self.ids:
            values |= {name: str(self.ids[kind]) for name in ("pk", "project_id", "task_pk", "id")}
        return str(route["path"] % {name: values[name] for name in route["arguments"]})


@pytest.fixture(scope="module")
def own(label_studio: LabelStudioUnderTest) -> Own:
    fence_world.allow_web_tokens(label_studio)
    person = fence_world.person(label_studio, "fence-walker")
    project, tasks = fence_world.make_project(label_studio, {1: [person.account], 2: [person.account]}, "Обход")
    annotation = person.submit(tasks[0])
    assert annotation.status_code == 201, annotation.text
    draft = person.ask("POST", f"/api/tasks/{tasks[1]}/drafts", {"result": [], "lead_time": 1})
    assert draft.status_code == 201, draft.text
    ids = {"annotations": annotation.json()["id"], "drafts": draft.json()["id"], "tasks": tasks[1]}
    return Own(person, {**ids, "projects": project, "users": person.account.user_id})


def test_each_way_of_authentication_is_taken_for_the_annotator(own: Own) -> None:
    for way in WAYS:
        answer = own.person.ask("GET", "/api/current-user/whoami", way=way)
        assert answer.json()["id"] == own.person.account.user_id, way


def test_what_is_reachable_is_what_was_reviewed(label_studio: LabelStudioUnderTest, own: Own) -> None:
    table: list[Route] = label_studio.client.get("api/raisontext/routes")
    assert len(table) > 300, "the table of URLs is not whole"
    before = _counts(label_studio)

    with ThreadPoolExecutor(4) as walkers:
        found = list(walkers.map(lambda who: _walk(label_studio.url, who, own, table), ("nobody", *WAYS)))

    annotator = found[1]
    assert found[2] == annotator, "token and session differ"
    assert found[3] == annotator, "web token and session differ"
    reviewed = _reviewed()
    assert found[0] == reviewed["anybody"]
    assert annotator == reviewed["anybody"] | reviewed["annotator"]
    assert _counts(label_studio) == before


def test_the_reviewed_list_is_as_narrow_as_it_was(own: Own) -> None:
    reviewed = _reviewed()
    changing = {line for line in reviewed["annotator"] if not line.startswith("GET ")}
    assert len(changing) == 7
    assert len(reviewed["anybody"] | reviewed["annotator"]) == 41


def _walk(url: str, who: str, own: Own, table: list[Route]) -> set[str]:
    """Routes and methods that the fence does not refuse as such."""
    headers = {} if who == "nobody" else dict(own.person.headers[who])
    # With what Django's guard of forms wants to see, which would else refuse before the fence is asked.
    headers = {**headers, "X-CSRFToken": FORM_TOKEN, "Cookie": f"{headers.get('Cookie', '')}; csrftoken={FORM_TOKEN}"}
    through = set()
    with httpx.Client(base_url=url, timeout=300, trust_env=False) as client:
        for route in table:
            path = own.path(route)
            for method in route["methods"]:
                client.cookies.clear()
                body = {} if method == "GET" else {"json": {}}
                answer = client.request(method, path, headers=headers, **body)
                mark = answer.headers.get(HEADER)
                if mark in ("open", "object"):
                    through.add(f"{method} {route['shadowed_by'] or route['route']}")
                elif mark == "route":
                    assert answer.status_code in (302, 401, 403), (method, path, answer.status_code)
                else:  # the fence was not asked, for the path is none
                    assert answer.status_code == 404, (method, path, answer.status_code)
    return through


def _reviewed() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in REVIEWED.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        entry, _, why = line.partition("  # ")
        assert why.strip(), f"no reason is given for {entry}"
        who, _, route = entry.strip().partition(" ")
        found[who].add(route)
    return found


def _counts(label_studio: LabelStudioUnderTest) -> dict[str, int]:
    tables = label_studio.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    names = [name for (name,) in tables if name not in BUSY]
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
    return dict(label_studio.rows(counts))
