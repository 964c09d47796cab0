"""What a job can be: a name, the function that does it, and which other jobs it may not run beside."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.errors import InvalidInputError

WorkFunction = Callable[..., dict[str, Any]]
"""``(context, **arguments) -> result``; arguments and result are JSON."""


@dataclass(frozen=True)
class Work:
    """One kind of job.

    ``lane``: jobs of one lane and one round run one after the other. ``repeats``: asked for while it runs, it runs
    once more afterwards, for the run under way may have missed what it was asked for; otherwise the one that runs is
    the answer.
    """

    name: str
    function: WorkFunction
    lane: str
    repeats: bool = False

    def key(self, arguments: Mapping[str, Any]) -> str:
        """Names work of which one waits at most: ``sync:3``, or the same work on the same arguments."""
        if arguments and arguments.get("round") is None:
            text = json.dumps(dict(arguments), sort_keys=True, ensure_ascii=False)
            return f"{self.name}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        return _of_round(self.name, arguments)

    def lock(self, arguments: Mapping[str, Any]) -> str:
        """Names the lane of a round: ``round:3``."""
        return _of_round(self.lane, arguments)

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Raises :class:`InvalidInputError` unless the function takes exactly these arguments."""
        try:
            inspect.signature(self.function).bind(None, **arguments)
        except TypeError as error:
            raise InvalidInputError(f"Job {self.name!r}: {error}") from error


REGISTRY: dict[str, Work] = {}


def work(name: str, *, lane: str = "round", repeats: bool = False) -> Callable[[WorkFunction], WorkFunction]:
    """Registers the decorated function as the work of jobs called ``name``."""

    def register(function: WorkFunction) -> WorkFunction:
        REGISTRY[name] = Work(name, function, lane, repeats)
        return function

    return register


def find_work(name: str) -> Work:
    """The work of that name.

    Raises:
        InvalidInputError: there is none; the message lists all.
    """
    import app.jobs.work  # noqa: F401 - fills the registry

    found = REGISTRY.get(name)
    if found is None:
        raise InvalidInputError(f"Expected a job of {', '.join(sorted(REGISTRY))}, found {name!r}")
    return found


def _of_round(name: str, arguments: Mapping[str, Any]) -> str:
    number = arguments.get("round")
    return name if number is None else f"{name}:{number}"
