"""The form of the allowlist: what a request is asked, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from annotation.fence import bodies
from annotation.fence.answers import Narrow


@dataclass
class Ask:
    """A request of a known person (``user`` is ``None`` for nobody) to a route with its arguments."""

    request: Any
    user: Any
    arguments: Mapping[str, Any]

    @property
    def query(self) -> Mapping[str, str]:
        """Query parameters, the last of each name, as Label Studio reads them."""
        found: Mapping[str, str] = self.request.GET.dict()
        return found

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON object of the body.

        Raises:
            Refused: there is none.
        """
        return bodies.parse(self.request)


Check = Callable[[Ask], None]
Answer = Callable[[Ask], Any]


@dataclass(frozen=True)
class Rule:
    """What is done with a request to one route with one method.

    Attributes:
        why: what people need it for.
        check: raises Refused when the request is not about the person's own work.
        query: names of query parameters that reach the view; all others are dropped.
        narrow: what of the view's JSON is shown.
        answer: answers instead of the view.
        alone: only one such request of a person at a time.
        anybody: also without login.
    """

    why: str
    check: Check | None = None
    query: frozenset[str] = field(default_factory=frozenset)
    narrow: Narrow | None = None
    answer: Answer | None = None
    alone: bool = False
    anybody: bool = False
