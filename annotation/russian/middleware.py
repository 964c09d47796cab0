"""The Django middleware that puts ``page.js`` into the pages of Label Studio."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

_HEAD = b"</head>"


class RussianPages:
    """Innermost in ``MIDDLEWARE``: pages come by before anything compresses them."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self._get_response(request)
        if _is_page(response):
            nonce = str(getattr(request, "csp_nonce", "") or "")
            response.content = translated(response.content, nonce)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response


def translated(page: bytes, nonce: str) -> bytes:
    """An HTML page with the script in its head; a page without a head stays as it is."""
    script = f'<script nonce="{nonce}">{_script()}</script>'.encode()
    return page.replace(_HEAD, script + _HEAD, 1)


def _is_page(response: Any) -> bool:
    return not response.streaming and str(response.get("Content-Type", "")).startswith("text/html")


@cache
def _script() -> str:
    return (files("annotation.russian") / "page.js").read_text(encoding="utf-8")
