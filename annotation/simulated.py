"""Scripted annotators for demonstrations: separate Label Studio users who rank by a rubric with noise of their own.

Each logs in by itself and works through the queue as the page does: next task, four places, submit. They rank what the
page shows (the texts of the cards) against the résumé of the task; ids in the task tell them nothing. Whatever comes
of their work must be marked simulated: make their accounts with ``ensure_annotator(..., simulated=True)``.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import httpx
from sqlalchemy.orm import Session

from annotation import queries
from annotation.errors import LabelStudioDownError, LabelStudioRefusedError, NotLabelStudioError, WrongKeyError
from annotation.people import Account
from annotation.web_session import LabelStudioSession
from db.errors import NotFoundError
from resumes.rubric import Parts, explain
from resumes.schema import Profile

logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
FALSE_LABEL = "ложные сведения"
NOISE = (0.02, 0.06)  # of the calmest and the most erratic taste, in units of the rubric's score
LASTING = 0.8  # square root of the correlation between the moods of two occasions
TIE = 0.004  # scores closer than this are one place
PATIENCE = 6  # how often the queue must be found empty while nobody submits anything
PAUSE_SECONDS = 0.5
# Lead times that are submitted; nobody waits for them. Characters of the four texts that are read and weighed a second.
READING = (15.0, 40.0)
SETTLING_SECONDS = 6.0
CARELESS_SECONDS = (0.8, 2.5)


@dataclass(frozen=True, slots=True)
class Taste:
    """How one annotator departs from the rubric.

    ``noise``: standard deviation of the mood of a moment; ``length``: what a text of the best length gains over one of
    the worst; ``vigilance``: how likely a false statement is noticed and flagged.
    """

    name: str
    noise: float
    length: float
    vigilance: float
    careless: bool = False

    @classmethod
    def of(cls, name: str, seed: int, *, careless: bool = False) -> Self:
        """The taste that goes with a name and a seed, always the same."""
        rng = random.Random(f"taste:{seed}:{name}")
        return cls(name, rng.uniform(*NOISE), rng.uniform(-0.03, 0.03), rng.uniform(0.7, 1.0), careless)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is ticked on the page: a place from 1 for each card, and the cards flagged as false."""

    places: list[int]
    flagged: list[int]


def judge(profile: Profile, texts: Sequence[str], taste: Taste, seed: int, occasion: str = "") -> Judgement:
    """The places that ``taste`` gives to ``texts``; the same for the same texts in any order, if it is not careless.

    Moods are part lasting, part of the ``occasion``: nobody agrees entirely with himself when asked again.
    """
    if taste.careless:
        return Judgement([card + 1 for card in range(len(texts))], [])
    scores: list[float] = []
    flagged: list[int] = []
    for card, text in enumerate(texts):
        parts = explain(profile, text)
        rng = random.Random(f"mood:{seed}:{taste.name}:{profile.external_id}:{text}")
        moment = random.Random(f"moment:{seed}:{taste.name}:{profile.external_id}:{text}:{occasion}")
        mood = LASTING * rng.gauss(0.0, taste.noise) + (1 - LASTING**2) ** 0.5 * moment.gauss(0.0, taste.noise)
        scores.append(_score(parts, taste) + mood)
        if parts.violations and rng.random() < taste.vigilance:
            flagged.append(card)
    return Judgement(_places(scores), flagged)


def lead_time(texts: Sequence[str], taste: Taste, seed: int) -> float:
    """Seconds that reading and ranking ``texts`` may well take somebody of ``taste``; always the same."""
    rng = random.Random(f"pace:{seed}:{taste.name}:{'|'.join(texts)}")
    if taste.careless:
        return rng.uniform(*CARELESS_SECONDS)
    return SETTLING_SECONDS + sum(map(len, texts)) / rng.uniform(*READING)


def _score(parts: Parts, taste: Taste) -> float:
    return parts.total + taste.length * (parts.length - 0.5)


def _places(scores: Sequence[float]) -> list[int]:
    """Places of cards with ``scores``; neighbours closer than ``TIE`` share one, the next place is then left out."""
    best_first = sorted(range(len(scores)), key=lambda card: -scores[card])
    places = [1] * len(scores)
    for position, (better, worse) in enumerate(pairwise(best_first), start=2):
        tied = scores[better] - scores[worse] < TIE
        places[worse] = places[better] if tied else position
    return places


def round_profiles(session: Session, round_id: int) -> dict[str, Profile]:
    """The résumé of each task of a round by ``data.external_id``, as :func:`rank_all` wants it."""
    found = queries.task_profiles(session, round_id)
    return {external_id: Profile.model_validate(profile) for external_id, profile in found.items()}


def rank_all(
    url: str,
    accounts: Sequence[Account],
    project_id: int,
    profiles: Mapping[str, Profile],
    *,
    seed: int = 0,
    careless: Collection[str] = (),
    wanted: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Lets every account rank in its own thread until the queue has nothing more for it; answers with the number of
    rankings submitted. Can be interrupted and called again: Label Studio knows who has ranked what.

    Args:
        profiles: the résumé of each task by ``data.external_id`` (:func:`round_profiles`).
        careless: pseudonyms of those who do not read.
        wanted: rankings in all, as far as known (``PushReport.places``); else the overlap of the project tells.
        progress: is called with (rankings so far, rankings in all), also from other threads, one at a time.

    Raises:
        WrongKeyError: an account cannot log in.
        NotFoundError: a task whose résumé is not in ``profiles``.
        LabelStudioDownError, LabelStudioRefusedError: the work stopped; what was submitted stays.
    """
    tastes = {
        account.pseudonym: Taste.of(account.pseudonym, seed, careless=account.pseudonym in careless)
        for account in accounts
    }
    crew = _Crew(url, project_id, profiles, tastes, seed, wanted or None, progress)
    with ThreadPoolExecutor(max_workers=max(1, len(accounts)), thread_name_prefix="annotator") as threads:
        futures = [threads.submit(crew.work, account) for account in accounts]
        try:
            for future in futures:
                future.result()
        finally:
            crew.stop.set()
    return crew.submitted


class _Crew:
    """What the threads of one call share."""

    def __init__(
        self,
        url: str,
        project_id: int,
        profiles: Mapping[str, Profile],
        tastes: Mapping[str, Taste],
        seed: int,
        wanted: int | None,
        progress: Progress | None,
    ) -> None:
        self.stop = threading.Event()
        self.submitted = 0
        self._url, self._project_id, self._profiles, self._tastes = url, project_id, profiles, tastes
        self._seed, self._wanted, self._progress = seed, wanted, progress
        self._lock = threading.Lock()
        self._before: tuple[int, int] | None = None  # rankings that were there, rankings in all

    def work(self, account: Account) -> None:
        """Ranks as ``account`` until the queue is empty or somebody fails."""
        taste = self._tastes[account.pseudonym]
        try:
            with AnnotatorSession(self._url, self._project_id) as session:
                if not session.login(account.login, account.password):
                    raise WrongKeyError(f"Label Studio at {self._url} does not accept the login of {account.login}")
                self._look_around(session)
                while (task := self._next_task(session)) is not None:
                    texts = _texts(task)
                    judgement = judge(self._profile(task), texts, taste, self._seed, "|".join(texts))
                    session.submit(task["id"], page_results(judgement), lead_time(texts, taste, self._seed))
                    self._count()
        except BaseException:
            self.stop.set()  # the others need not go on; what they submitted stays
            raise

    def _next_task(self, session: AnnotatorSession) -> dict[str, Any] | None:
        """The next task; ``None`` to stop.

        While a colleague submits, Label Studio passes over that task, so an empty queue is believed only when all
        rankings are there or when it stays empty while nobody submits anything.
        """
        empty, seen = 0, self.submitted
        while not self.stop.is_set():
            task = session.next_task()
            if task is not None:
                return task
            empty, seen = (empty + 1 if seen == self.submitted else 1), self.submitted
            if self._complete() or empty >= PATIENCE:
                return None
            self.stop.wait(PAUSE_SECONDS)
        return None

    def _complete(self) -> bool:
        with self._lock:
            return self._before is not None and self._before[0] + self.submitted >= self._before[1]

    def _profile(self, task: Mapping[str, Any]) -> Profile:
        external_id = task["data"].get("external_id")
        if external_id not in self._profiles:
            raise NotFoundError(f"Expected the résumé of task {task['id']}, found none for {external_id!r}")
        return self._profiles[external_id]

    def _look_around(self, session: AnnotatorSession) -> None:
        with self._lock:
            if self._before is None:
                done, asked = session.workload()
                self._before = done, self._wanted or asked

    def _count(self) -> None:
        with self._lock:
            self.submitted += 1
            if self._progress is not None and self._before is not None:
                self._progress(self._before[0] + self.submitted, self._before[1])


class AnnotatorSession(LabelStudioSession):
    """What the labelling page asks of Label Studio on behalf of the user who is logged in."""

    def __init__(self, url: str, project_id: int) -> None:
        super().__init__(url)
        self._project_id = project_id

    def workload(self) -> tuple[int, int]:
        """Rankings in the project so far, and rankings that it asks for."""
        project = self._json("GET", f"/api/projects/{self._project_id}/")
        done = int(project.get("total_annotations_number") or 0)
        return done, max(done, int(project["task_number"]) * int(project["maximum_annotations"]))

    def next_task(self) -> dict[str, Any] | None:
        """The next task of the queue; ``None`` when there is nothing more for this user."""
        try:
            task: dict[str, Any] = self._json(
                "POST", "/api/dm/actions", params={"id": "next_task", "project": self._project_id}, body={}
            )
        except LabelStudioRefusedError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise
        return task

    def submit(self, task_id: int, result: Sequence[Mapping[str, Any]], lead_time: float) -> None:
        """Submits an annotation; ``lead_time`` in seconds."""
        body = {
            "result": list(result),
            "lead_time": round(lead_time, 3),
            "draft_id": 0,
            "parent_prediction": None,
            "parent_annotation": None,
        }
        self._json("POST", f"/api/tasks/{task_id}/annotations/", params={"project": self._project_id}, body=body)

    def _json(self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        answer = self._send(method, path, params, body)
        if answer.is_error:
            raise LabelStudioRefusedError(
                f"Label Studio at {self.url} answered {method} {path} with HTTP {answer.status_code}",
                answer.status_code,
            )
        try:
            return answer.json()
        except ValueError as error:
            raise NotLabelStudioError(f"Expected JSON from {self.url} on {method} {path}, found none") from error

    def _send(self, method: str, path: str, params: Mapping[str, Any] | None, body: Any) -> httpx.Response:
        headers = {"Referer": self.url, "X-CSRFToken": self._http.cookies.get("csrftoken") or ""}
        try:
            return self._http.request(method, path, params=dict(params or {}), json=body, headers=headers)
        except httpx.TransportError as error:
            raise LabelStudioDownError(f"Label Studio does not answer at {self.url}: {error}") from error


def page_results(judgement: Judgement) -> list[dict[str, Any]]:
    """The result list that the page submits for ``judgement``."""
    ticked = [(f"place_{card}", card, str(place)) for card, place in enumerate(judgement.places)]
    ticked += [(f"false_{card}", card, FALSE_LABEL) for card in judgement.flagged]
    return [
        {
            "id": secrets.token_urlsafe(8)[:10],
            "from_name": name,
            "to_name": f"text_{card}",
            "type": "choices",
            "origin": "manual",
            "value": {"choices": [value]},
        }
        for name, card, value in ticked
    ]


def _texts(task: Mapping[str, Any]) -> list[str]:
    return [str(item["body"]) for item in task["data"]["items"]]
