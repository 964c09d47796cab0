"""Rows of a round's tasks: regular, gold and repeated ones, each once, whatever happens on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from annotation import preparation
from annotation.gold import Text, gold_task
from annotation.preparation import prepare
from annotation.queries import task_documents
from annotation.queue_order import repeatable
from db.errors import ConflictError
from db.models import Candidate, ModelVersion, RankingTask, Resume, Round, SamplingItem, SamplingRun
from db.session import Database
from resumes.faithfulness import check
from resumes.schema import Profile
from tests.annotation.factories import PROFILE, TEXTS, make_round, varied_resume

SHARES = {"seed": 3, "gold_share": 0.2, "repeat_share": 0.25}


def tasks(database: Database, kind: str) -> list[RankingTask]:
    with database.session() as session:
        return list(session.scalars(select(RankingTask).where(RankingTask.kind == kind).order_by(RankingTask.id)))


def test_gold_and_repeated_tasks_have_their_shares_and_a_second_time_adds_nothing(database: Database) -> None:
    round_id = make_round(database, 20, varied=True, config=SHARES)

    for _ in range(2):
        prepare(database, round_id)
        assert [len(tasks(database, kind)) for kind in ("regular", "gold", "repeat")] == [20, 4, 5]


def test_gold_tasks_are_known_by_construction_and_look_like_any_other(database: Database) -> None:
    round_id = make_round(database, 20, varied=True, config=SHARES)
    prepare(database, round_id)
    regular = tasks(database, "regular")[0]
    with database.session() as session:
        for task in tasks(database, "gold"):
            profile = Profile.model_validate(session.get_one(Resume, task.resume_id).profile)
            shown = {id_: session.get_one(Candidate, id_) for id_ in task.shown_order}
            assert task.known_order is not None
            best, worst = task.known_order
            assert sorted([*best, *worst]) == sorted(task.shown_order)
            assert [item["body"] for item in task.data["items"]] == [shown[id_].text for id_ in task.shown_order]
            assert all(shown[id_].resume_id == task.resume_id and not check(profile, shown[id_].text) for id_ in best)
            assert len({task.resume_id, *(shown[id_].resume_id for id_ in worst)}) == 3
            assert all(len(check(profile, shown[id_].text)) >= 2 for id_ in worst)
            assert task.known_flags == worst
            assert shape(task) == shape(regular)
    places = {tuple(id_ in task.known_flags for id_ in task.shown_order) for task in tasks(database, "gold")}
    assert len(places) > 1, "the false ones are not always in the same places"


def test_what_label_studio_shows_tells_nothing_of_how_a_text_came_about(database: Database) -> None:
    """Not the violation that the check found, nor order, seed, temperature, probability, raw output or model."""
    round_id = make_round(database, 1)
    secrets = {
        "violations": [{"kind": "ТАЙНА-вид", "span": [0, 3], "text": "ТАЙНА-текст", "expected": "ТАЙНА-ждали"}],
        "raw_output": "ТАЙНА-сырой",
        "model_input": "ТАЙНА-вход",
        "seed": 4_815_162_342,
        "log_probability": -77.125,
        "latency_ms": 31.4159,
        "token_count": 1_234_567_891,
    }
    with database.session() as session:
        session.execute(update(Candidate).where(Candidate.ordinal == 2).values(secrets))
        session.execute(update(ModelVersion).values(name="ТАЙНА-модель"))
        session.execute(
            update(SamplingRun).values(seed=9_876_543_211, decoding={"temperature": 0.7125, "top_k": 987_651_234})
        )
        candidate = session.scalars(select(Candidate).where(Candidate.ordinal == 2)).one()
    prepare(database, round_id)
    (task,) = tasks(database, "regular")

    with database.session() as session:
        (document,) = task_documents(session, [task.id])

    assert candidate.text in document
    for secret in (
        "ТАЙНА",
        "4815162342",
        "77.125",
        "31.4159",
        "1234567891",
        "9876543211",
        "0.7125",
        "987651234",
        "ordinal",
        "seed",
    ):
        assert secret not in document
    order = [str(item["body"]) for item in task.data["items"]]
    assert sorted(order) == sorted(TEXTS)
    assert not [word for word in ("violation", "model", "temperature", "probab", "starter") if word in document]


def shape(task: RankingTask) -> object:
    return sorted(task.data), [sorted(item) for item in task.data["items"]], len(task.external_id)


def test_repetitions_show_the_same_texts_each_in_another_place(database: Database) -> None:
    round_id = make_round(database, 20, varied=True, config=SHARES)
    prepare(database, round_id)
    regular = {task.id: task for task in tasks(database, "regular")}
    first_ones = list(regular)[: repeatable(20)]
    for task in tasks(database, "repeat"):
        assert task.original_id in first_ones
        original = regular[task.original_id]
        assert task.resume_id == original.resume_id
        assert sorted(task.shown_order) == sorted(original.shown_order)
        assert all(new != old for new, old in zip(task.shown_order, original.shown_order, strict=True))
        bodies = {candidate: item["body"] for candidate, item in zip(task.shown_order, task.data["items"], strict=True)}
        assert [bodies[id_] for id_ in original.shown_order] == [item["body"] for item in original.data["items"]]
        assert shape(task) == shape(original)
        ids = {item["id"] for item in (*task.data["items"], *original.data["items"])}
        assert len(ids) == 8
        assert task.external_id != original.external_id


def test_shares_hold_when_resumes_are_sampled_later(database: Database) -> None:
    round_id = make_round(database, 20, varied=True, config=SHARES)
    with database.session() as session:
        late = session.scalars(select(SamplingItem.resume_id).order_by(SamplingItem.position).offset(10)).all()
        session.execute(update(SamplingItem).where(SamplingItem.resume_id.in_(late)).values(outcome=None))
    prepare(database, round_id)
    early = {task.id for kind in ("regular", "gold", "repeat") for task in tasks(database, kind)}
    assert [len(tasks(database, kind)) for kind in ("regular", "gold", "repeat")] == [10, 2, 2]

    with database.session() as session:
        session.execute(update(SamplingItem).values(outcome="complete"))
    prepare(database, round_id)

    found = {kind: tasks(database, kind) for kind in ("regular", "gold", "repeat")}
    assert {kind: len(rows) for kind, rows in found.items()} == {"regular": 20, "gold": 4, "repeat": 5}
    assert early <= {task.id for rows in found.values() for task in rows}
    assert len({task.resume_id for task in found["gold"]}) == 4
    assert len({task.original_id for task in found["repeat"]}) == 5


def test_interrupted_at_any_batch_it_goes_on_to_the_same_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = make_round(database, 20, varied=True, config=SHARES)
    monkeypatch.setattr(preparation, "BATCH", 6)
    monkeypatch.setattr(preparation, "GOLD_BATCH", 1)
    real = preparation.add_tasks
    calls = 0

    def die_at_every_second_batch(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        nonlocal calls
        real(session, rows)
        calls += bool(rows)
        if rows and calls % 2 == 0:
            raise KeyboardInterrupt  # before the commit

    monkeypatch.setattr(preparation, "add_tasks", die_at_every_second_batch)
    deaths = 0
    while True:
        try:
            prepare(database, round_id)
            break
        except KeyboardInterrupt:
            deaths += 1
    assert deaths >= 7
    assert [len(tasks(database, kind)) for kind in ("regular", "gold", "repeat")] == [20, 4, 5]


def test_without_plainly_false_texts_there_are_fewer_gold_tasks(database: Database) -> None:
    round_id = make_round(database, 8, config=SHARES)  # all résumés alike: no text is false for any of them
    prepare(database, round_id)
    assert [len(tasks(database, kind)) for kind in ("regular", "gold", "repeat")] == [8, 0, 2]


def test_a_foreign_text_with_one_false_statement_is_the_last_resort() -> None:
    profile = Profile.model_validate({"external_id": "r", **PROFILE})
    own = [Text(number, 1, text) for number, text in enumerate(TEXTS)]
    same_age, same_town, neither = (Text(10 + n, 10 + n, varied_resume(n)[1][0]) for n in (1, 0, 3))
    assert [len(check(profile, text.text)) for text in (same_town, neither)] == [1, 2]

    made = gold_task(profile, own, iter([same_town, neither, same_age]), "seed")
    assert made is not None
    assert made.flags == [neither.id, same_age.id] or made.flags == [same_age.id, neither.id]

    with_doubtful = gold_task(profile, own, iter([same_town, neither]), "seed")
    assert with_doubtful is not None
    assert with_doubtful.flags == [same_town.id, neither.id]
    assert gold_task(profile, own[:1], iter([neither, same_age]), "seed") is None
    assert gold_task(profile, own, iter([neither, own[3]]), "seed") is None


def test_active_choice_waits_for_the_whole_pool_and_is_made_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotation import selection

    config = {**SHARES, "select": "active", "resumes": 6, "control_share": 0.5}
    round_id = make_round(database, 15, varied=True, config=config)
    with database.session() as session:
        last = session.scalar(select(SamplingItem.resume_id).order_by(SamplingItem.position.desc()).limit(1))
        session.execute(update(SamplingItem).where(SamplingItem.resume_id == last).values(outcome=None))
    with pytest.raises(ConflictError, match="found 1 résumés still to be sampled"):
        prepare(database, round_id)
    with database.session() as session:
        session.execute(update(SamplingItem).values(outcome="complete"))

    prepare(database, round_id)
    chosen = {task.resume_id: task.selection for task in tasks(database, "regular")}
    assert Counter(chosen.values()) == {"active": 3, "control": 3}
    monkeypatch.setattr(selection, "choose", None)
    prepare(database, round_id)
    assert {task.resume_id: task.selection for task in tasks(database, "regular")} == chosen
    assert [len(tasks(database, kind)) for kind in ("gold", "repeat")] == [1, 2]
    assert {task.resume_id for task in tasks(database, "gold")} <= set(chosen)


@pytest.mark.parametrize("state", ["training", "cancelled"])
def test_a_round_that_is_past_ranking_gets_no_tasks(database: Database, state: str) -> None:
    round_id = make_round(database, 2)
    with database.session() as session:
        session.get_one(Round, round_id).state = state
    with pytest.raises(ConflictError, match=f"found it {state}"):
        prepare(database, round_id)
