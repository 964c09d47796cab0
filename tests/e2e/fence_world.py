"""A project of assigned tasks and two people who work in it, each by session, legacy token and JSON web token."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from annotation.fence_client import put_assignments
from annotation.people import Account
from tests.e2e.conftest import LabelStudioUnderTest

WAYS = ("session", "token", "jwt")
REASON = "не знаю эту профессию"
CONFIG = f"""
<View>
  <Text name="resume" value="$text"/>
  <Choices name="place_0" toName="resume"><Choice value="1"/><Choice value="2"/></Choices>
  <Choices name="skip_reason" toName="resume"><Choice value="{REASON}"/></Choices>
</View>
"""


@dataclass(frozen=True)
class Person:
    """An annotator's requests: always with the same headers, whatever cookies the server sends back."""

    url: str
    account: Account
    headers: Mapping[str, Mapping[str, str]]  # by way

    def ask(self, method: str, path: str, body: Any = None, *, way: str = "session") -> httpx.Response:
        """A request with a JSON body."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**self.headers[way], **({} if body is None else {"Content-Type": "application/json"})}
        return httpx.request(method, self.url + path, content=content, headers=headers, timeout=120, trust_env=False)

    def next_task(self, project_id: int) -> int | None:
        """The id of the next task; ``None`` when there is nothing more."""
        found = self.ask("POST", f"/api/dm/actions?id=next_task&project={project_id}", {"project": str(project_id)})
        assert found.status_code in (200, 404), found.text
        return int(found.json()["id"]) if found.status_code == 200 else None

    def submit(self, task_id: int, place: str = "1", **more: Any) -> httpx.Response:
        """An annotation as the page sends it."""
        return self.ask("POST", f"/api/tasks/{task_id}/annotations/", {**answer(place), **more})


def answer(place: str = "1") -> dict[str, Any]:
    """The body of a submission."""
    return {
        "result": [_choice("place_0", place)],
        "lead_time": 12.5,
        "started_at": "2026-01-01T00:00:00.000Z",
        "draft_id": 0,
        "parent_prediction": None,
        "parent_annotation": None,
        "unique_id": str(uuid.uuid4()),
    }


def skip(reason: str | None = REASON) -> dict[str, Any]:
    """The body of a skip."""
    return {**answer(), "result": [_choice("skip_reason", reason)] if reason else [], "was_cancelled": True}


def _choice(control: str, value: str) -> dict[str, Any]:
    chosen = {"choices": [value]}
    return {"from_name": control, "to_name": "resume", "type": "choices", "value": chosen, "id": uuid.uuid4().hex[:10]}


def person(label_studio: LabelStudioUnderTest, pseudonym: str) -> Person:
    """An annotator; the tokens are made behind Label Studio's back, for it gives annotators none."""
    account = label_studio.account(pseudonym)
    with httpx.Client(base_url=label_studio.url, timeout=120, trust_env=False) as browser:
        browser.get("/user/login/")
        form = {
            "email": account.login,
            "password": account.password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post("/user/login/", data=form, headers={"Referer": label_studio.url}).is_redirect
        session = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    token = {"Authorization": f"Token {label_studio.token_of(account)}"}
    bearer = {"Authorization": f"Bearer {_access_token(label_studio, account.user_id)}"}
    return Person(label_studio.url, account, {"session": session, "token": token, "jwt": bearer})


def make_project(
    label_studio: LabelStudioUnderTest, people: Mapping[int, list[Account]], title: str
) -> tuple[int, list[int]]:
    """A project with a task for each key of ``people``, assigned to its accounts; project id and task ids."""
    client = label_studio.client
    project_id = int(client.post("api/projects/", {"title": title, "label_config": CONFIG})["id"])
    tasks = client.import_tasks(project_id, [{"data": {"text": f"Резюме {number}"}} for number in people])
    wanted = zip(tasks, people.values(), strict=True)
    put_assignments(
        client, project_id, {task: [one.user_id for one in accounts] for task, accounts in wanted if accounts}
    )
    return project_id, tasks


def allow_web_tokens(label_studio: LabelStudioUnderTest) -> None:
    """Switches JSON web tokens on, as an administrator may."""
    settings = {"api_tokens_enabled": True, "legacy_api_tokens_enabled": True, "api_token_ttl_days": 30}
    label_studio.client.post("api/jwt/settings", settings)


def _access_token(label_studio: LabelStudioUnderTest, user_id: int) -> str:
    """As Label Studio makes one from a personal access token."""
    now = int(time.time())
    claims = {"token_type": "access", "iat": now, "exp": now + 3600, "jti": uuid.uuid4().hex, "user_id": str(user_id)}
    return jwt.encode(claims, _secret_key(label_studio), algorithm="HS256")


def _secret_key(label_studio: LabelStudioUnderTest) -> str:
    lines = (label_studio.data_dir / "label-studio" / ".env").read_text(encoding="utf-8").splitlines()
    key = next(line.split("=", 1)[1] for line in lines if line.startswith("SECRET_KEY="))
    return key.strip().strip("'\"")
