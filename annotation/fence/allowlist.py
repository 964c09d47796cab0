"""All that an annotator, or nobody at all, can reach. What is not here is refused, whatever a later version brings.

Keys are the method and the route as Django's resolver names it (``resolver_match.route``); the test
``tests/e2e/test_fence_routes.py`` holds this list against Label Studio's whole table of URLs.
"""

from __future__ import annotations

from collections.abc import Mapping

from annotation.fence import answers, checks, pages, stubs
from annotation.fence.rules import Rule

_PROJECT = frozenset(("project",))
_FILES = Rule("styles, scripts and pictures of the pages", anybody=True)

_OPEN: Mapping[tuple[str, str], Rule] = {
    ("GET", "^label-studio-frontend/(?P<path>.*)$"): _FILES,
    ("GET", "^react-app/(?P<path>.*)$"): _FILES,
    ("GET", "^static/(?P<path>.*)$"): _FILES,
    ("GET", "^static/fonts/roboto/roboto.css$"): _FILES,
    ("GET", "^favicon\\.ico$"): _FILES,
    ("GET", "^sw\\.js$"): _FILES,
    ("GET", "^sw-fallback\\.js$"): _FILES,
    ("GET", "raisontext/static/<path:path>"): _FILES,
    ("GET", "health/"): Rule("is it up?", anybody=True),
    ("GET", "version/"): Rule(
        "is it Label Studio? (api/version is this route, too)", answer=stubs.version, anybody=True
    ),
    ("GET", "^user/login/"): Rule("log in", query=frozenset(("next",)), anybody=True),
    ("POST", "^user/login/"): Rule("log in", query=frozenset(("next",)), anybody=True),
    ("GET", "^user/signup/"): Rule(
        "accept an invitation", check=checks.invitation, query=frozenset(("token", "next")), anybody=True
    ),
    ("POST", "^user/signup/"): Rule(
        "accept an invitation", check=checks.invitation, query=frozenset(("token", "next")), anybody=True
    ),
    ("GET", "^logout/?$"): Rule("log out", anybody=True),
    ("POST", "^api/token/refresh/"): Rule("an access token for a personal one, which is checked", anybody=True),
}

_PAGES: Mapping[tuple[str, str], Rule] = {
    ("GET", "^$"): Rule("to the queue, or the end page", answer=pages.home),
    ("GET", "^projects/"): Rule("to the queue, or the end page", answer=pages.home),
    ("GET", "^projects/<int:pk>/"): Rule("to the queue of the project", answer=pages.queue),
    ("GET", "^projects/<int:pk>/data/"): Rule("the labelling page", answer=pages.queue),
}

_READ: Mapping[tuple[str, str], Rule] = {
    ("GET", "^api/current-user/whoami"): Rule("oneself", narrow=answers.person),
    ("GET", "^api/users/$"): Rule("oneself alone", answer=stubs.myself_alone),
    ("GET", "^api/projects/"): Rule("names of projects with work", answer=stubs.projects),
    ("GET", "^api/projects/<int:pk>/"): Rule(
        "the page and its instruction", check=checks.project, narrow=answers.project
    ),
    ("GET", "^api/projects/<int:pk>/label-stream-history/"): Rule("one's own last tasks", check=checks.project),
    ("GET", "^api/dm/project/"): Rule(
        "the page and its instruction", check=checks.project, query=_PROJECT, narrow=answers.project
    ),
    ("GET", "^api/dm/columns/"): Rule("fields of a task", check=checks.project, query=_PROJECT, narrow=answers.columns),
    ("GET", "^api/dm/views/$"): Rule("the page asks; answered by the fence", answer=stubs.tabs),
    ("GET", "^api/tasks/"): Rule("the page asks; an empty list of the fence", answer=stubs.no_tasks),
    ("GET", "^api/ml/"): Rule("the page asks; an empty list of the fence", answer=stubs.nothing_listed),
    ("GET", "^api/label_links/$"): Rule("the page asks; an empty list of the fence", answer=stubs.empty_page),
    ("GET", "^api/tasks/<int:pk>/"): Rule("a task handed out", check=checks.read_task, narrow=answers.task),
    ("GET", "^api/tasks/<int:pk>/drafts"): Rule(
        "one's own drafts of it", check=checks.read_task, narrow=answers.own_drafts
    ),
    ("GET", "^api/annotations/<int:pk>/"): Rule(
        "one's own annotation", check=checks.read_annotation, narrow=answers.annotation
    ),
}

_WRITE: Mapping[tuple[str, str], Rule] = {
    ("POST", "^api/dm/actions/"): Rule(
        "the next task; no other action",
        check=checks.next_task,
        query=frozenset(("id", "project")),
        narrow=answers.task,
    ),
    ("POST", "^api/tasks/<int:pk>/annotations/"): Rule(
        "submit or skip, once",
        check=checks.create_annotation,
        query=frozenset(("was_cancelled",)),
        narrow=answers.annotation,
        alone=True,
    ),
    ("PATCH", "^api/annotations/<int:pk>/"): Rule(
        "change one's own annotation", check=checks.change_annotation, narrow=answers.annotation
    ),
    ("DELETE", "^api/annotations/<int:pk>/"): Rule("take back one's own skip", check=checks.take_back_skip),
    ("POST", "^api/tasks/<int:pk>/drafts"): Rule(
        "save a draft", check=checks.create_draft, narrow=answers.draft, alone=True
    ),
    ("POST", "^api/tasks/<int:pk>/annotations/<int:annotation_id>/drafts"): Rule(
        "save a draft of a change", check=checks.create_draft, narrow=answers.draft, alone=True
    ),
    ("PATCH", "^api/drafts/<int:pk>/"): Rule("save a draft again", check=checks.change_draft, narrow=answers.draft),
}

RULES: Mapping[tuple[str, str], Rule] = {**_OPEN, **_PAGES, **_READ, **_WRITE}


def rule(method: str, route: str) -> Rule | None:
    """What applies to a request; ``None`` refuses it. A HEAD request is a GET without its body."""
    return RULES.get(("GET" if method == "HEAD" else method, route))
