"""The page's way to the API. Every failure becomes one Russian sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from app.demo.fields import LABELS

DOWN = "Сервис сейчас не отвечает. Попробуйте ещё раз через минуту — введённые данные останутся на странице."
BUSY = "Сервис ещё готовится к работе. Попробуйте ещё раз через минуту."
UNFAITHFUL = "Не получилось написать текст, в котором всё точно по вашим данным. Уточните или дополните их."
BROKEN = "Сервис не смог написать текст. Попробуйте ещё раз или измените данные."


class ServiceError(Exception):
    """The service is down or says no; the message is Russian and fit for the page."""


@dataclass(frozen=True)
class Generation:
    """What the service wrote."""

    generation_id: str
    texts: tuple[str, ...]


class Client:
    """Calls ``POST /v1/generate`` of the API at ``base_url``."""

    def __init__(self, base_url: str, timeout_seconds: float) -> None:
        self._base_url = base_url
        self._timeout = timeout_seconds

    def generate(self, resume: dict[str, Any], n: int) -> Generation:
        """Up to ``n`` variants. Raises :class:`ServiceError`."""
        try:
            response = httpx.post(
                f"{self._base_url}/v1/generate",
                json={"resume": resume, "n": n},
                timeout=self._timeout,
                trust_env=False,  # a proxy of the environment has no business between the page and its API
            )
        except httpx.HTTPError as error:
            raise ServiceError(DOWN) from error
        if response.status_code != httpx.codes.OK:
            raise ServiceError(refusal(response))
        try:
            body = response.json()
            return Generation(body["generation_id"], tuple(one["text"] for one in body["candidates"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceError(BROKEN) from error


def refusal(response: httpx.Response) -> str:
    """Why the service said no, for people."""
    if _kind(response) == "urn:raisontext:no-faithful-text":
        return UNFAITHFUL
    if response.status_code in (httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE):
        return BUSY
    if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        names = wrong_fields(response)
        return f"Проверьте поля: {', '.join(names)}." if names else BROKEN
    return BROKEN


def _kind(response: httpx.Response) -> str:
    try:
        return str(response.json()["type"])
    except (ValueError, KeyError, TypeError):
        return ""


def wrong_fields(response: httpx.Response) -> list[str]:
    """Labels of the fields that a problem+json answer points at, each once, in the page's words."""
    try:
        pointers = [str(error["pointer"]) for error in response.json()["errors"]]
    except (ValueError, KeyError, TypeError):
        return []
    keys = [pointer.removeprefix("#/resume/").split("/")[0] for pointer in pointers]
    return list(dict.fromkeys(f"«{LABELS[key]}»" for key in keys if key in LABELS))
