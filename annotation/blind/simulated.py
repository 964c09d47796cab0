"""Scripted voters for demonstrations and tests: each compares what the page shows by the rubric, with its own taste.

As with scripted rankers, whatever comes of their work is marked simulated: make their accounts with
``ensure_annotator(..., simulated=True)``. They vote one after the other, so that nobody holds a task of another's.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from annotation.blind import queries
from annotation.blind.verdicts import VERDICTS, Side
from annotation.errors import WrongKeyError
from annotation.people import Account
from annotation.simulated import AnnotatorSession, Taste, judge
from db.models import Resume
from resumes.schema import Profile

_WORDS = {side: word for word, side in VERDICTS.items()}


def evaluation_profiles(session: Session, evaluation_id: int) -> dict[str, Profile]:
    """The résumé of each task by ``data.external_id``, as :func:`vote_all` wants it."""
    tasks = queries.tasks_by_external_id(session, evaluation_id)
    return {
        external_id: Profile.model_validate(session.get_one(Resume, task.resume_id).profile)
        for external_id, task in tasks.items()
    }


def vote_all(
    url: str, accounts: Sequence[Account], project_id: int, profiles: Mapping[str, Profile], *, seed: int = 0
) -> int:
    """Lets each account vote until its queue is empty; answers with the number of votes. Can be called again.

    Raises:
        WrongKeyError: an account cannot log in.
        LabelStudioDownError, LabelStudioRefusedError: the work stopped; what was submitted stays.
    """
    return sum(_vote(url, account, project_id, profiles, seed) for account in accounts)


def _vote(url: str, account: Account, project_id: int, profiles: Mapping[str, Profile], seed: int) -> int:
    taste, votes = Taste.of(account.pseudonym, seed), 0
    with AnnotatorSession(url, project_id) as session:
        if not session.login(account.login, account.password):
            raise WrongKeyError(f"Label Studio at {url} does not accept the login of {account.login}")
        while (task := session.next_task()) is not None:
            started = time.monotonic()
            texts = [str(item["body"]) for item in task["data"]["items"]]
            side = verdict(profiles[task["data"]["external_id"]], texts, taste, seed)
            session.submit(task["id"], page_results(side), time.monotonic() - started)
            votes += 1
    return votes


def verdict(profile: Profile, texts: Sequence[str], taste: Taste, seed: int) -> Side:
    """Which of two texts this taste prefers; the same text wins on either side."""
    left, right = judge(profile, texts, taste, seed).places
    return "tie" if left == right else "left" if left < right else "right"


def page_results(side: Side) -> list[dict[str, Any]]:
    """The result list that the page submits."""
    return [
        {
            "id": "verdict",
            "from_name": "verdict",
            "to_name": "resume",
            "type": "choices",
            "origin": "manual",
            "value": {"choices": [_WORDS[side]]},
        }
    ]
