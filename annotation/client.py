"""Label Studio's HTTP API through its SDK, with errors that fit on one line."""

from __future__ import annotations

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
        return self._request("POST", path, params=params, body=body)

    def put(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        """JSON of a PUT request."""
        return self._request("PUT", path, params=params, body=body)

    def patch(self, path: str, body: Any) -> Any:
        """JSON of a PATCH request."""
        return self._request("PATCH", path, body=body)

    def delete(self, path: str) -> None:
        """A DELETE request; something that is gone already is fine."""
        try:
            self._request("DELETE", path)
        except LabelStudioRefusedError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def import_tasks(self, project_id: int, tasks: Sequence[Mapping[str, Any]]) -> list[int]:
        """Imports all of ``tasks`` or none; ids in the order of ``tasks``. Not idempotent."""
        answer = self.post(f"api/projects/{project_id}/import", list(tasks), {"return_task_ids": "true"})
        ids: list[int] = answer.get("task_ids") or []
        if len(ids) != len(tasks):
            raise LabelStudioRefusedError(
                f"Expected the ids of {len(tasks)} imported tasks from Label Studio, found {len(ids)}", 201
            )
        return ids

    def _request(self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        with self._errors(f"{method} {path}"):
            # The SDK's own way to a raw answer: it has the key in whatever form Label Studio wants it.
            http = self.sdk._client_wrapper.httpx_client
            answer = http.request(path, method=method, params=dict(params or {}), json=body)
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


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInputError(f"Expected the address of Label Studio like http://host:8080, found {url!r}")
    return url.rstrip("/")
