"""Label Studio's whole table of URLs as the resolver has it, for holding the allowlist against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import Resolver404, get_resolver, resolve
from django.utils.regex_helper import normalize

from annotation.fence.allowlist import rule

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SAMPLE = "1"


@dataclass(frozen=True, slots=True)
class Route:
    """A route.

    Attributes:
        route: as ``resolver_match.route`` names it.
        path: a path of it, with ``%(name)s`` for each argument.
        arguments: their names.
        view: the view's full name.
        methods: what the view answers to; all that change something, too, where it does not tell.
        shadowed_by: another route that takes its paths first, as far as a sample tells.
        allowed: why, by method: what the allowlist lets an annotator do.
    """

    route: str
    path: str
    arguments: list[str]
    view: str
    methods: list[str]
    shadowed_by: str | None
    allowed: dict[str, str]


def table() -> list[dict[str, Any]]:
    """All routes, sorted; the first of several with one name."""
    found: dict[str, Route] = {}
    for route, regex, view in _walk(get_resolver(), "", ""):
        found.setdefault(route, _describe(route, regex, view))
    return [asdict(found[route]) for route in sorted(found)]


def _describe(route: str, regex: str, view: Any) -> Route:
    path, arguments = normalize(regex)[0]
    allowed = {method: found.why for method in METHODS if (found := rule(method, route)) is not None}
    shadow = _shadow(route, path, arguments)
    return Route(route, "/" + path, list(arguments), _name(view), _methods(view), shadow, allowed)


def _shadow(route: str, path: str, arguments: list[str]) -> str | None:
    try:
        match = resolve("/" + path % dict.fromkeys(arguments, _SAMPLE))
    except Resolver404:
        return None
    return None if match.route == route else match.route


def _walk(resolver: Any, route: str, regex: str) -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        joined = _join(route, str(pattern.pattern))
        whole = regex + pattern.pattern.regex.pattern.removeprefix("^")
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern, joined, whole)
        else:
            yield joined, whole, pattern.callback


def _join(first: str, second: str) -> str:
    """As Django's resolver does."""
    return first + second.removeprefix("^") if first else second


def _methods(view: Any) -> list[str]:
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is None:
        return list(METHODS)
    actions = getattr(view, "actions", None)
    return [method for method in METHODS if (method.lower() in actions if actions else hasattr(cls, method.lower()))]


def _name(view: Any) -> str:
    view = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    return f"{view.__module__}.{getattr(view, '__qualname__', type(view).__qualname__)}"
