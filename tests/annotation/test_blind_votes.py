"""Votes in PostgreSQL: what each state of a task in Label Studio makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from annotation import queries as people
from annotation.blind import queries, service
from annotation.blind.report import report
from annotation.blind.votes import VoteChanges, VoteReconciler
from db.errors import ConflictError, InvalidInputError
from db.models import BlindTask, BlindVote, ModelVersion
from db.session import Database
from tests.annotation.blind_world import make_evaluation

CREATED = "2026-01-02T03:04:05.000000Z"


def annotation(
    id_: int, word: str | None = "А лучше", *, by: int = 7, seconds: float = 60.0, **more: Any
) -> dict[str, Any]:
    chosen = {"from_name": "verdict", "to_name": "resume", "type": "choices", "value": {"choices": [word]}}
    return {
        "id": id_,
        "result": [chosen] if word else [],
        "completed_by": {"id": by},
        "was_cancelled": False,
        "created_at": CREATED,
        "lead_time": seconds,
        **more,
    }


def apply(
    database: Database, evaluation_id: int, annotations: Sequence[dict[str, Any]], *, items: list[Any] | None = None
) -> VoteChanges:
    """As if Label Studio had just these annotations on the first task."""
    changes = VoteChanges()
    with database.session() as session:
        evaluation = queries.get(session, evaluation_id)
        row = session.scalars(select(BlindTask).order_by(BlindTask.id)).first()
        assert row is not None
        task = {"id": 100, "data": {**row.data, "items": items or row.data["items"]}, "annotations": list(annotations)}
        reconciler = VoteReconciler(
            session, "ls", evaluation.simulated, people.annotators_by_user(session, "ls"), changes
        )
        reconciler.apply(row, task, queries.votes_of_tasks(session, [row.id])[row.id])
    return changes


def votes(database: Database) -> list[BlindVote]:
    with database.session() as session:
        return list(session.scalars(select(BlindVote).order_by(BlindVote.annotation_id)))


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_left_is_whoever_stands_there(database: Database, seed: int) -> None:
    evaluation_id = make_evaluation(database, 1, seed=seed)

    apply(database, evaluation_id, [annotation(1, "А лучше"), annotation(2, "одинаково", by=8)])

    with database.session() as session:
        row = session.scalars(select(BlindTask)).one()
        assert row.data["items"][0]["body"] == (row.model_text if row.model_is_left else row.opponent_text)
    assert [vote.verdict for vote in votes(database)] == ["model" if row.model_is_left else "opponent", "tie"]


def test_a_changed_vote_keeps_its_history_and_a_deleted_one_is_withdrawn(database: Database) -> None:
    evaluation_id = make_evaluation(database)
    apply(database, evaluation_id, [annotation(1, "А лучше")])
    (first,) = votes(database)

    changed = apply(database, evaluation_id, [annotation(1, "Б лучше")])
    (second,) = votes(database)
    again = apply(database, evaluation_id, [annotation(1, "Б лучше")])
    gone = apply(database, evaluation_id, [])
    (last,) = votes(database)

    assert (changed.changed, again.unchanged, again.changed, gone.withdrawn) == (1, 1, 0, 1)
    assert {first.verdict, second.verdict} == {"model", "opponent"}
    assert (last.status, last.reason) == ("withdrawn", "deleted in Label Studio")
    assert [state["verdict"] for state in last.history] == [first.verdict, second.verdict]
    assert last.history[0]["raw"]["result"][0]["value"] == {"choices": ["А лучше"]}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (annotation(1, None), "untouched: "),
        (annotation(1, seconds=0.4), "too_fast: "),
        (annotation(1, "Да"), "foreign_item: "),
    ],
)
def test_what_is_no_vote_is_rejected_with_its_reason(database: Database, found: dict[str, Any], reason: str) -> None:
    apply(database, make_evaluation(database), [found])

    (vote,) = votes(database)
    assert vote.status == "rejected"
    assert (vote.reason or "").startswith(reason)


def test_a_skip_is_no_vote_and_keeps_its_reason(database: Database) -> None:
    skip = {"from_name": "skip_reason", "to_name": "resume", "type": "choices", "value": {"choices": ["другое"]}}

    changes = apply(database, make_evaluation(database), [annotation(1, was_cancelled=True, result=[skip])])

    (vote,) = votes(database)
    assert (changes.skips, vote.status, vote.reason) == (1, "withdrawn", "skipped: другое")


def test_one_vote_per_person_and_task(database: Database) -> None:
    evaluation_id = make_evaluation(database)

    apply(database, evaluation_id, [annotation(1, "А лучше"), annotation(2, "Б лучше")])

    assert [vote.status for vote in votes(database)] == ["active", "rejected"]
    assert (votes(database)[1].reason or "").startswith("duplicate: ")
    # The first is deleted in Label Studio: the second takes its place.
    apply(database, evaluation_id, [annotation(2, "Б лучше")])
    assert [vote.status for vote in votes(database)] == ["withdrawn", "active"]
    second = update(BlindVote).where(BlindVote.annotation_id == 1).values(status="active")
    with database.engine.connect() as connection, pytest.raises(IntegrityError):  # the database itself is the guard
        connection.execute(second)


def test_an_edited_task_gives_no_votes(database: Database) -> None:
    apply(database, make_evaluation(database), [annotation(1)], items=[{"body": "x"}, {"body": "y"}])

    assert (votes(database)[0].reason or "").startswith("task_changed: ")


def test_scripted_votes_count_in_simulated_evaluations_only(database: Database) -> None:
    evaluation_id = make_evaluation(database)
    with database.session() as session:
        people.upsert_annotator(session, "ls", 7, "scripted", simulated=True)
        people.upsert_annotator(session, "ls", 8, "late")

    apply(database, evaluation_id, [annotation(1), annotation(2, by=8)])

    assert [vote.status for vote in votes(database)] == ["rejected", "active"]
    assert (votes(database)[0].reason or "").startswith("simulated: ")
    with database.session() as session:
        assert report(session, [evaluation_id]).overall.votes == 1
        people.upsert_annotator(session, "ls", 8, simulated=True)  # found out later
        assert report(session, [evaluation_id]).overall.votes == 0


def test_excluded_annotators_do_not_count(database: Database) -> None:
    evaluation_id = make_evaluation(database)
    apply(database, evaluation_id, [annotation(1), annotation(2, by=8)])

    with database.session() as session:
        people.annotators_by_user(session, "ls")[8].weight = 0.0
        assert report(session, [evaluation_id]).overall.votes == 1


def test_one_open_evaluation_per_model(database: Database) -> None:
    evaluation_id = make_evaluation(database)
    with database.session() as session:
        evaluation = queries.get(session, evaluation_id)
        model, parent = evaluation.model_id, evaluation.opponent_id
        new, old = session.get_one(ModelVersion, model), session.get_one(ModelVersion, parent)
        assert service.open_evaluation(session, new, old, resumes=5).id == evaluation_id
        with pytest.raises(ConflictError, match=f"blind close {evaluation_id}"):
            service.open_evaluation(session, new, old, resumes=5, simulated=True)
        with pytest.raises(InvalidInputError, match="'new-model' twice"):
            service.open_evaluation(session, new, new, resumes=5)
        service.close(session, evaluation_id)
        assert service.open_evaluation(session, new, old, resumes=5).id != evaluation_id
