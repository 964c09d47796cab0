"""A crowd of annotators with known habits, straight in the database: what quality and agreement have to find."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.models import Annotator, Assignment, Candidate, ModelVersion, Ranking, RankingTask, Resume, Round, SamplingRun

URL = "http://label-studio.test"
BEGIN = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
TEXT = "Опытный специалист: внимательно работаю с документами и людьми. " * 4
PROFILES: list[dict[str, Any]] = [
    {"title": "Медсестра", "gender": "female", "experience": [{"position": "Медсестра", "start": "2012-01"}]},
    {"title": "Программист", "city": "Казань", "country": "Россия", "gender": "male", "age": 41, "skills": ["Python"]},
    {
        "title": "Бухгалтер", "gender": "female", "age": 52, "city": "Пермь", "country": "Россия", "has_car": True,
        "marital_status": "married", "skills": ["1С"], "driving_licences": ["B"],
        "experience": [{"position": "Бухгалтер", "start": "2019-01", "end": "2023-05"}],
        "education": [{"level": "Высшее", "year": 2001}], "desired_salary": {"amount": 90000},
    },
    {"title": "Водитель", "gender": "male", "age": 27, "experience": [{"position": "Водитель", "start": "2026-01"}]},
]  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """How somebody ranks. ``noise``: of the standard deviation of the texts' true quality. ``reverse``: worst first.

    ``pull``: how much better the text shown first seems to him or her than the last. ``pace``: median seconds.
    ``flags``: probability of a flag on a right text; false texts are always flagged.
    """

    name: str
    noise: float = 0.6
    reverse: bool = False
    pull: float = 0.0
    pace: float = 60.0
    flags: float = 0.0
    ties: float = 0.1
    weight: float = 1.0


@dataclass
class Crowd:
    """Rounds ranked by people with ``habits``; ``overlap``: how many of them get a task."""

    session: Session
    habits: Sequence[Habit]
    seed: int = 1
    simulated: bool = False
    people: dict[str, Annotator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)
        self._numbers = itertools.count(1)
        for user, habit in enumerate(self.habits, start=1):
            self.people[habit.name] = Annotator(
                label_studio_url=URL, label_studio_user_id=user, pseudonym=habit.name, weight=habit.weight
            )
        self.model = ModelVersion(
            name="start", method="starter", text_format="slots", artifact_uri="file:///m", artifact_sha256="0"
        )
        self.session.add_all([*self.people.values(), self.model])
        self.session.flush()

    def round(self, number: int, tasks: int, *, overlap: int = 3, gold: int = 0, repeats: int = 0) -> Round:
        """A round: regular tasks ranked by ``overlap`` people drawn at random, gold ones by everybody."""
        state = "rejected" if number > 1 else "promoted"
        round_ = Round(number=number, policy_model_id=self.model.id, simulated=self.simulated, state=state)
        self.session.add(round_)
        self.session.flush()
        run = SamplingRun(model_version_id=self.model.id, round_id=round_.id, decoding={}, engine={}, seed=1)
        self.session.add(run)
        self.session.flush()
        for at in range(tasks):
            task, qualities = self._task(round_, run, "regular", at)
            people = [self.habits[who] for who in self._rng.permutation(len(self.habits))[:overlap]]
            self._rank(task, qualities, people, at)
            if at < repeats:
                shown = [task.shown_order[place] for place in self._rng.permutation(4)]
                again = self._added(task.round_id, task.resume_id, "repeat", shown, original_id=task.id)
                self._rank(again, qualities, people, at + tasks)
        for at in range(gold):
            task, qualities = self._task(round_, run, "gold", at)
            self._rank(task, qualities, self.habits, at + tasks)
        return round_

    def refuse(self, round_: Round, name: str, status: str, reason: str, times: int = 1) -> None:
        """Submissions that are no rankings."""
        task = self.session.query(RankingTask).filter_by(round_id=round_.id).first()
        assert task is not None
        self.session.execute(
            insert(Ranking), [self._row(task, self.people[name], [], [], 5.0, status, reason) for _ in range(times)]
        )

    def _task(self, round_: Round, run: SamplingRun, kind: str, at: int) -> tuple[RankingTask, dict[int, float]]:
        number = next(self._numbers)
        profile = PROFILES[int(self._rng.integers(len(PROFILES)))]
        resume = Resume(source="t", external_id=str(number), profile=profile, split="train", content_hash=str(number))
        self.session.add(resume)
        self.session.flush()
        ids = self.session.scalars(
            insert(Candidate).returning(Candidate.id),
            [
                {
                    "sampling_run_id": run.id, "resume_id": resume.id, "ordinal": ordinal, "model_input": "вход",
                    "raw_output": "сырой", "text": TEXT, "token_count": 9, "log_probability": -1.0, "seed": 1,
                    "latency_ms": 1.0,
                }
                for ordinal in range(4)
            ],
        ).all()  # fmt: skip
        shown = [ids[place] for place in self._rng.permutation(4)]
        qualities = dict(zip(ids, self._rng.normal(size=4).tolist(), strict=True))
        if kind != "gold":
            return self._added(round_.id, resume.id, kind, shown), qualities
        qualities = dict(zip(ids, [1.0, 1.0, -1.5, -1.5], strict=True))
        known = [list(ids[:2]), list(ids[2:])]
        return self._added(round_.id, resume.id, kind, shown, known_order=known, known_flags=list(ids[2:])), qualities

    def _added(self, round_id: int, resume_id: int, kind: str, shown: list[int], **more: Any) -> RankingTask:
        task = RankingTask(
            round_id=round_id, resume_id=resume_id, kind=kind, external_id=f"x{next(self._numbers)}",
            shown_order=shown, data={}, **more,
        )  # fmt: skip
        self.session.add(task)
        self.session.flush()
        return task

    def _rank(self, task: RankingTask, qualities: dict[int, float], people: Sequence[Habit], at: int) -> None:
        rows = []
        for habit in people:
            seen = {
                item: (-1 if habit.reverse else 1) * qualities[item]
                + habit.noise * float(self._rng.normal())
                - habit.pull * place
                for place, item in enumerate(task.shown_order)
            }
            order = _grouped(sorted(seen, key=seen.__getitem__, reverse=True), habit.ties, self._rng)
            false = [] if task.kind != "gold" else [item for item in task.known_flags if habit.noise < 1]
            flags = sorted({*false, *(item for item in task.shown_order if self._rng.random() < habit.flags)})
            seconds = habit.pace * float(np.exp(self._rng.normal(0, 0.5)))
            rows.append(self._row(task, self.people[habit.name], order, flags, seconds, "active", None, at))
        self.session.execute(insert(Ranking), rows)
        self.session.execute(
            insert(Assignment),
            [{"ranking_task_id": task.id, "annotator_id": self.people[habit.name].id} for habit in people],
        )

    def _row(
        self, task: RankingTask, person: Annotator, order: list[list[int]], flags: list[int], seconds: float,
        status: str, reason: str | None, at: int = 0,
    ) -> dict[str, Any]:  # fmt: skip
        return {
            "ranking_task_id": task.id, "annotator_id": person.id, "label_studio_url": URL,
            "annotation_id": next(self._numbers), "order": order, "flags": flags, "lead_time": seconds,
            "submitted_at": BEGIN + dt.timedelta(minutes=20 * at), "status": status, "reason": reason,
            "simulated": self.simulated, "raw": {},
        }  # fmt: skip


def _grouped(ordered: Sequence[int], ties: float, rng: np.random.Generator) -> list[list[int]]:
    """``ordered`` with each item tied to the one before it at a probability."""
    groups: list[list[int]] = []
    for item in ordered:
        if groups and rng.random() < ties:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups
