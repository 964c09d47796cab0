"""The fence itself: asked before every view, after every answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.http import QueryDict

from annotation.fence import answers, votes
from annotation.fence.allowlist import rule
from annotation.fence.identity import TwoPeopleError, caller
from annotation.fence.refusals import HEADER, LOG_IN, NOT_ALLOWED, TWO_PEOPLE, Refused, RouteRefused, answer
from annotation.fence.rules import Ask, Rule


class FenceMiddleware:
    """Administrators pass; everybody else gets what the allowlist has, and a refusal for the rest.

    The decision is taken in ``process_view``, when the URL has been resolved and before anything of the view runs. A
    path that resolves to nothing has no view to protect.
    """

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Passes the request on and narrows the answer as its rule says."""
        response = self.get_response(request)
        found: tuple[Rule, Any] | None = request.__dict__.pop("_fence", None)
        if found is None:
            return response
        response[HEADER] = "open"
        if found[0].narrow is not None and not response.streaming:
            answers.apply(response, found[0].narrow, found[1])
        return response

    def process_view(self, request: Any, view: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """A refusal, an answer, or ``None``: then Label Studio's view answers."""
        try:
            who = caller(request)
            request.fence_annotator = who.annotator  # templates ask
            if who.administrator:
                return None
            return self._restricted(request, view, arguments, keywords, who.user)
        except TwoPeopleError:
            return answer(request, Refused(TWO_PEOPLE))
        except Refused as refusal:
            return answer(request, refusal)

    def _restricted(self, request: Any, view: Any, arguments: Any, keywords: dict[str, Any], user: Any) -> Any:
        found = rule(request.method, request.resolver_match.route)
        if user is None and (found is None or not found.anybody):
            raise RouteRefused(LOG_IN, 401)
        if found is None:
            raise RouteRefused(NOT_ALLOWED)
        ask = Ask(request, user, keywords)
        with votes.one_at_a_time(user.pk) if found.alone else nullcontext():
            if found.check is not None:
                found.check(ask)
            request._fence = (found, user)
            if found.answer is not None and (answered := found.answer(ask)) is not None:
                return answered
            request.GET = _only(request.GET, found.query)
            return view(request, *arguments, **keywords) if found.alone else None


def _only(query: Any, names: frozenset[str]) -> QueryDict:
    kept = QueryDict(mutable=True)
    kept.update({name: query[name] for name in names if name in query})
    kept._mutable = False
    return kept
