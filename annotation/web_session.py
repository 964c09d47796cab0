"""What Label Studio offers only to a browser: sign-up, login and the first API token."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx

from annotation.errors import LabelStudioDownError, LabelStudioRefusedError


class LabelStudioSession:
    """A browser-like session: cookies and CSRF tokens.

    Raises (every method):
        LabelStudioDownError: Label Studio does not answer.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=60, follow_redirects=False, trust_env=not is_local(url))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def login(self, login: str, password: str) -> bool:
        """True when the login is accepted; the session then acts for that user."""
        return self._submit("/user/login/", {"email": login, "password": password}).is_redirect

    def sign_up(self, invitation: str, login: str, password: str) -> None:
        """Makes a user by an invitation token and acts for that user from then on.

        Raises:
            LabelStudioRefusedError: the invitation, login or password is not accepted.
        """
        answer = self._submit(f"/user/signup/?token={invitation}", {"email": login, "password": password})
        if not answer.is_redirect:
            raise LabelStudioRefusedError(
                f"Label Studio at {self.url} did not accept the new account {login} (HTTP {answer.status_code})",
                answer.status_code,
            )

    def api_token(self) -> str:
        """The API token of the user of this session."""
        token: str = self._request("GET", "/api/current-user/token").json()["token"]
        return token

    def _submit(self, path: str, form: dict[str, str]) -> httpx.Response:
        self._request("GET", path)
        token = self._http.cookies.get("csrftoken") or ""
        return self._request("POST", path, {**form, "csrfmiddlewaretoken": token})

    def _request(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        try:
            return self._http.request(method, path, data=form, headers={"Referer": self.url})
        except httpx.TransportError as error:
            raise LabelStudioDownError(f"Label Studio does not answer at {self.url}: {error}") from error


def is_local(url: str) -> bool:
    """Whether ``url`` is of this machine: proxies of the environment are not for it."""
    return httpx.URL(url).host in {"localhost", "127.0.0.1", "::1"}
