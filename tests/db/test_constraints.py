"""Each rule of the data model is held by the database itself."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import models
from db.session import Database


def model_version(name: str, **values: Any) -> models.ModelVersion:
    defaults: dict[str, Any] = {
        "method": "starter",
        "text_format": "slots",
        "artifact_uri": "file:///models/x",
        "artifact_sha256": "0" * 64,
    }
    return models.ModelVersion(name=name, **(defaults | values))


def resume(external_id: str, **values: Any) -> models.Resume:
    defaults: dict[str, Any] = {"source": "test", "profile": {}, "split": "train", "content_hash": "0"}
    return models.Resume(external_id=external_id, **(defaults | values))


class World:
    """A round with one résumé, four candidates, a task and two annotators."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.model = self.add(model_version("starter"))
        self.resume = self.add(resume("r1"))
        self.round = self.add(models.Round(number=1, policy_model_id=self.model.id, state="annotating"))
        self.run = self.add(models.SamplingRun(model_version_id=self.model.id, decoding={}, engine={}, seed=1))
        self.candidates = [self.add(self.candidate(ordinal)) for ordinal in range(4)]
        self.task = self.add(self.ranking_task("t1"))
        self.annotators = [self.add(self.annotator(number)) for number in (1, 2)]

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def candidate(self, ordinal: int) -> models.Candidate:
        return models.Candidate(
            sampling_run_id=self.run.id,
            resume_id=self.resume.id,
            ordinal=ordinal,
            model_input="i",
            raw_output="o",
            text="t",
            token_count=1,
            log_probability=-1.0,
            seed=1,
            latency_ms=1.0,
        )

    def ranking_task(self, external_id: str, **values: Any) -> models.RankingTask:
        defaults: dict[str, Any] = {
            "round_id": self.round.id,
            "resume_id": self.resume.id,
            "shown_order": [candidate.id for candidate in self.candidates],
            "data": {},
        }
        return models.RankingTask(external_id=external_id, **(defaults | values))

    def annotator(self, number: int) -> models.Annotator:
        return models.Annotator(label_studio_url="u", label_studio_user_id=number, pseudonym=f"a{number}")

    def ranking(self, annotation_id: int, **values: Any) -> models.Ranking:
        defaults: dict[str, Any] = {
            "ranking_task_id": self.task.id,
            "annotator_id": self.annotators[0].id,
            "label_studio_url": "u",
            "order": [[candidate.id] for candidate in self.candidates],
            "submitted_at": self.round.created_at,
            "status": "active",
            "raw": {},
        }
        return models.Ranking(annotation_id=annotation_id, **(defaults | values))

    def pair(self, chosen: int, rejected: int, **values: Any) -> models.PreferencePair:
        defaults: dict[str, Any] = {
            "ranking_ids": [1],
            "strategy": "all",
            "agreeing": 1,
            "disagreeing": 0,
            "weight": 1.0,
        }
        return models.PreferencePair(
            round_id=self.round.id,
            resume_id=self.resume.id,
            chosen_id=self.candidates[chosen].id,
            rejected_id=self.candidates[rejected].id,
            **(defaults | values),
        )


VIOLATIONS = {
    "the same external id twice in a source": lambda w: [resume("r1")],
    "an unknown split": lambda w: [resume("r2", split="holdout")],
    "an unknown role": lambda w: [model_version("m", role="judge")],
    "an unknown model status": lambda w: [model_version("m", status="best")],
    "two promoted models of a role": lambda w: [model_version(n, status="promoted") for n in ("m", "n")],
    "two open rounds": lambda w: [models.Round(number=2, policy_model_id=w.model.id, state="training")],
    "a round number twice": lambda w: [models.Round(number=1, policy_model_id=w.model.id, state="failed")],
    "a round without overlap": lambda w: [
        models.Round(number=2, policy_model_id=w.model.id, state="failed", overlap=0)
    ],
    "the same ordinal twice": lambda w: [w.candidate(3)],
    "a fifth candidate": lambda w: [w.candidate(4)],
    "a second task for a résumé in a round": lambda w: [w.ranking_task("t2")],
    "three candidates in a task": lambda w: [
        w.ranking_task("t2", resume_id=w.add(resume("r2")).id, shown_order=[1, 2, 3])
    ],
    "an annotation id twice": lambda w: [w.ranking(7), w.ranking(7, annotator_id=w.annotators[1].id)],
    "two active rankings of a task by a person": lambda w: [w.ranking(7), w.ranking(8)],
    "a rejection without a reason": lambda w: [w.ranking(7, status="rejected")],
    "an active ranking without an order": lambda w: [w.ranking(7, order=None)],
    "a pair of a text with itself": lambda w: [w.pair(0, 0)],
    "a pair twice": lambda w: [w.pair(0, 1), w.pair(0, 1)],
    "an unknown strategy": lambda w: [w.pair(0, 1, strategy="some")],
    "a pair without weight": lambda w: [w.pair(0, 1, weight=0.0)],
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_the_database_refuses(name: str, database: Database) -> None:
    with database.session() as session:
        world = World(session)
        session.flush()
        savepoint = session.begin_nested()
        session.add_all(VIOLATIONS[name](world))
        with pytest.raises(IntegrityError):
            session.flush()
        savepoint.rollback()


def test_a_withdrawn_ranking_makes_room_for_the_next(database: Database) -> None:
    with database.session() as session:
        world = World(session)
        session.add_all([world.ranking(7, status="withdrawn"), world.ranking(8)])
        session.flush()


def test_a_closed_round_makes_room_for_the_next(database: Database) -> None:
    with database.session() as session:
        world = World(session)
        world.round.state = "promoted"
        session.flush()
        session.add(models.Round(number=2, policy_model_id=world.model.id))
        session.flush()


def test_erasing_a_resume_takes_all_that_was_made_of_it(database: Database) -> None:
    with database.session() as session:
        world = World(session)
        session.add_all([world.ranking(7), world.pair(0, 1)])
        session.flush()
        session.delete(world.resume)
        session.flush()
        for table in (models.Candidate, models.RankingTask, models.Ranking, models.PreferencePair):
            assert session.query(table).count() == 0
