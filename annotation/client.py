"""Label Studio's HTTP API through its SDK, with errors that fit on one line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from annotation.errors import LabelStudioDownError, LabelStudioRefusedError, NotLabelStudioError, WrongKeyError
from annotation.web_session import is_local
from db.errors import InvalidInputError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

READ_TIMEOUT_SECONDS = 120.0
CONNECT_TIMEOUT_SECONDS = 10.0


def connect(url: str, api_key: str) -> LabelStudioClient:
    """A client that has been seen to work.

    Raises:
        LabelStudioDownError: nothing answers.
        NotLabelStudioError: what answers is no Label Studio.
        WrongKeyError: the key is not accepted.
        InvalidInputError: ``url`` is no HTTP address.
    """
    client = LabelStudioClient(url, api_key)
    client.check()
    return client


class LabelStudioClient:
    """Thin layer over the SDK: JSON in and out, one request per method, errors typed.

    Nothing is tried again here: only the caller knows whether a request may be repeated.
    """

    def __init__(self, url: str, api_key: str) -> None:
        self.url = _checked(url)
        self._api_key = api_key
        timeout = httpx.Timeout(READ_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
        self.imports_at_once = True  # through the fence; until Label Studio says that it cannot
        self._http = httpx.Client(timeout=timeout, follow_redirects=True, trust_env=not is_local(self.url))

    def close(self) -> None:
        """Closes connections that are kept open between requests."""
        self._http.close()

    @cached_property
    def sdk(self) -> LabelStudio:
        """The SDK's client; it takes API tokens and personal access tokens alike."""
        from label_studio_sdk import LabelStudio

        with self._errors(self.url):
            return LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.url, api_key=self._api_key, httpx_client=self._http, max_retries=0
            )

    @cached_property
    def instance(self) -> str:
        """Names this installation; unlike the URL it stays the same on another port or under another name."""
        organization = self.get(f"api/organizations/{self.user['active_organization']}")
        created = organization.get("created_at") if isinstance(organization, dict) else None
        return f"label-studio:{organization['id']}@{created}" if created else self.url

    @cached_property
    def user(self) -> dict[str, Any]:
        """The user of the key."""
        user: dict[str, Any] = self.get("api/current-user/whoami")
        return user

    def check(self) -> None:
        """Raises what :func:`connect` raises."""
        try:
            version = self.get("api/version")
        except LabelStudioRefusedError as error:
            raise NotLabelStudioError(
                f"Expected a Label Studio at {self.url}, found another service (HTTP {error.status} on GET api/version)"
            ) from error
        if not isinstance(version, dict) or "label-studio-os-package" not in version:
            raise NotLabelStudioError(f"Expected a Label Studio at {self.url}, found another service")
        if "active_organization" not in self.user:
            raise NotLabelStudioError(f"Expected a Label Studio at {self.url}, found another service")

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """JSON of a GET request."""
        return self._request("GET", path, params=params)

    def post(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """JSON of a POST request."""
        return self._request("POST", path, params=params, content=_json(body).encode())

    def put(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """JSON of a PUT request."""
        return self._request("PUT", path, params=params, content=_json(body).encode())

    def patch(self, path: str, body: Any) -> Any:
        """JSON of a PATCH request."""
        return self._request("PATCH", path, content=_json(body).encode())

    def delete(self, path: str) -> None:
        """A DELETE request; something that is gone already is fine."""
        try:
            self._request("DELETE", path)
        except LabelStudioRefusedError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def import_tasks(self, project_id: int, tasks: Sequence[Mapping[str, Any]]) -> list[int]:
        """Imports all of ``tasks`` (``{"data": …}`` each) or none; ids in the order of ``tasks``. Not idempotent."""
        return self.import_documents(project_id, [_json(task["data"]) for task in tasks])

    def import_documents(
        self, project_id: int, documents: Sequence[str], people: Sequence[Sequence[int]] | None = None
    ) -> list[int]:
        """The same, with the data of each task as JSON text already, each for its people (user ids) alone.

        Through the fence's import, which takes a fifth of the time. Without it through Label Studio's own, and then
        ``people`` is not heard: :attr:`imports_at_once` tells.
        """
        answer = self._import_at_once(project_id, documents, people)
        if answer is None:
            body = ",".join(f'{{"data": {document}}}' for document in documents)
            path, params = f"api/projects/{project_id}/import", {"return_task_ids": "true"}
            answer = self._request("POST", path, params=params, content=f"[{body}]".encode())
        ids: list[int] = answer.get("task_ids") or []
        if len(ids) != len(documents):
            raise LabelStudioRefusedError(
                f"Expected the ids of {len(documents)} imported tasks from Label Studio, found {len(ids)}", 201
            )
        return ids

    def _import_at_once(
        self, project_id: int, documents: Sequence[str], people: Sequence[Sequence[int]] | None
    ) -> dict[str, Any] | None:
        """None where that cannot be: nothing has been imported then."""
        if not self.imports_at_once:
            return None
        assigned = f',"people":{_json(people)}' if people is not None else ""
        content = f'{{"tasks":[{",".join(documents)}]{assigned}}}'.encode()
        try:
            answer = self._request("POST", "api/raisontext/tasks", params={"project": project_id}, content=content)
        except LabelStudioRefusedError as error:
            if error.status not in (httpx.codes.NOT_FOUND, httpx.codes.CONFLICT):
                raise
            self.imports_at_once = False
            return None
        return dict(answer)

    def _request(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, content: bytes | None = None
    ) -> Any:
        headers = {"Content-Type": "application/json"} if content is not None else None
        with self._errors(f"{method} {path}"):
            # The SDK's own way to a raw answer: it has the key in whatever form Label Studio wants it.
            http = self.sdk._client_wrapper.httpx_client
            answer = http.request(path, method=method, params=dict(params or {}), content=content, headers=headers)
        return self._read(answer, f"{method} {path}")

    def _read(self, answer: httpx.Response, request: str) -> Any:
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise WrongKeyError(
                f"Label Studio at {self.url} does not accept the API key (HTTP {answer.status_code} on {request})"
            )
        if answer.is_error:
            detail = " ".join(answer.text.split())[:300]
            raise LabelStudioRefusedError(
                f"Label Studio at {self.url} answered {request} with HTTP {answer.status_code}: {detail}",
                answer.status_code,
            )
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise NotLabelStudioError(
                f"Expected a Label Studio at {self.url}, found a service that answers {request} without JSON"
            ) from error

    @contextmanager
    def _errors(self, request: str) -> Iterator[None]:
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except httpx.TimeoutException as error:
            raise LabelStudioDownError(f"Label Studio at {self.url} did not answer {request} in time") from error
        except httpx.TransportError as error:
            raise LabelStudioDownError(f"Label Studio does not answer at {self.url}: {error}") from error
        except ApiError as error:
            # Only the exchange of a personal access token gets here.
            raise WrongKeyError(f"Label Studio at {self.url} does not accept the API key: {error.body}") from error


def _json(body: Any) -> str:
    """JSON as it goes out: the SDK would first copy every value of it."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInputError(f"Expected the address of Label Studio like http://host:8080, found {url!r}")
    return url.rstrip("/")
