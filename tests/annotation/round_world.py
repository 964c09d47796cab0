"""A round in the database as tests need it: résumés with four candidates, annotators, rankings."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from db.models import Annotator, Candidate, ModelVersion, Ranking, RankingTask, Resume, Round, SamplingRun

Row = TypeVar("Row")
URL = "http://label-studio.test"
NOW = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)


@dataclass
class RoundWorld:
    """Builds rows in ``session``; ``tasks[i]`` has the candidates ``candidates[i]`` (ids, in order of ordinal)."""

    session: Session
    simulated: bool = False
    number: int = 1
    tasks: list[RankingTask] = field(default_factory=list)
    candidates: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._annotation_ids = itertools.count(1)
        self.model = self._added(
            ModelVersion(
                name=f"start-{self.number}",
                method="starter",
                text_format="slots",
                artifact_uri="file:///m",
                artifact_sha256="0",
            )
        )
        self.round = self._added(Round(number=self.number, policy_model_id=self.model.id, simulated=self.simulated))
        self.run = self._added(
            SamplingRun(model_version_id=self.model.id, round_id=self.round.id, decoding={}, engine={}, seed=1)
        )

    def task(self) -> int:
        """A résumé with four candidates and its task; answers with the index of the task."""
        n = len(self.tasks)
        resume = self._added(
            Resume(source="t", external_id=f"{self.number}-{n}", profile={}, split="train", content_hash=str(n))
        )
        ids = [self._candidate(resume.id, ordinal) for ordinal in range(4)]
        shown = [ids[2], ids[0], ids[3], ids[1]]
        task = RankingTask(
            round_id=self.round.id, resume_id=resume.id, external_id=f"t-{self.number}-{n}", shown_order=shown, data={}
        )
        self.tasks.append(self._added(task))
        self.candidates.append(ids)
        return n

    def annotator(self, name: str, *, simulated: bool = False) -> Annotator:
        """An annotator with a pseudonym."""
        user = sum(map(ord, name)) + 1000 * len(name)
        return self._added(
            Annotator(label_studio_url=URL, label_studio_user_id=user, pseudonym=name, simulated=simulated)
        )

    def ranking(
        self, task: int, annotator: Annotator, order: str, *, flags: str = "", simulated: bool = False
    ) -> Ranking:
        """An active ranking. ``order``: ordinals best first, groups divided by ``>``: ``"0>12>3"``."""
        ids = self.candidates[task]
        return self._added(
            Ranking(
                ranking_task_id=self.tasks[task].id,
                annotator_id=annotator.id,
                label_studio_url=URL,
                annotation_id=next(self._annotation_ids),
                order=[[ids[int(ordinal)] for ordinal in group] for group in order.split(">")],
                flags=[ids[int(ordinal)] for ordinal in flags],
                lead_time=30.0,
                submitted_at=NOW,
                status="active",
                simulated=simulated,
                raw={},
            )
        )

    def move(self, task: int, ordinals: tuple[int, ...], run_id: int) -> None:
        """Gives candidates of a task to another sampling run."""
        for ordinal in ordinals:
            self.session.get_one(Candidate, self.candidates[task][ordinal]).sampling_run_id = run_id
        self.session.flush()

    def _candidate(self, resume_id: int, ordinal: int) -> int:
        return self._added(
            Candidate(
                sampling_run_id=self.run.id,
                resume_id=resume_id,
                ordinal=ordinal,
                model_input=f"вход {resume_id}",
                raw_output=f"сырой {ordinal} <prof:ablt>",
                text=f"Текст {ordinal}.",
                token_count=5,
                log_probability=-3.0,
                seed=1,
                latency_ms=1.0,
            )
        ).id

    def _added(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row
