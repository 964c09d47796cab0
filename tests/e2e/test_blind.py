"""Blind evaluation on a real Label Studio: people vote in the browser, scripts over HTTP, and it can be killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from annotation.blind.push import push
from annotation.blind.simulated import evaluation_profiles, vote_all
from annotation.blind.sync import sync
from annotation.errors import LabelStudioDownError
from annotation.people import ensure_annotator
from annotation.rankings import SECONDS_PER_CHARACTER
from app import blind
from app.settings import Settings
from db.models import BlindTask, BlindVote, Round
from db.session import Database
from resumes.ingest import ingest_profiles
from resumes.synthetic import generate_profiles
from tests.annotation.blind_world import GOOD, PLAIN, make_evaluation
from tests.e2e import ranking_page
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e

SCREENSHOTS = os.environ.get("RAISONTEXT_TEST_SCREENSHOTS")
# A vote that comes sooner than these two texts can be read is rejected.
READING_MS = round(1000 * (len(GOOD) + len(PLAIN)) * SECONDS_PER_CHARACTER) + 200


def test_people_vote_with_one_key_and_learn_nothing_of_the_models(
    database: Database, label_studio: LabelStudioUnderTest, page: Page, tmp_path: Path
) -> None:
    evaluation_id = make_evaluation(database, 2, seed=1)
    pushed = push(database, label_studio.client, evaluation_id)
    page.add_init_script("localStorage.setItem('raisontext.instruction-read', 'yes')")
    ranking_page.log_in(page, label_studio.url, label_studio.account("blind-reader"))
    page.goto(pushed.project_url)
    chosen = []

    for key, card in (("1", 0), ("3", 1)):
        ranking_page.wait_for_task(page, cards=2)
        chosen.append(ranking_page.shown_texts(page)[card])
        page.wait_for_timeout(READING_MS)
        page.keyboard.press(key)
        page.locator(".rt-verdict .ant-radio-checked").wait_for()
        everything = ranking_page.everything(page)
        for secret in ("new-model", "parent-model", "starter", *_external_ids(database)):
            assert secret not in everything
        assert ranking_page.english(page) == []
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        if key == "1":
            page.screenshot(path=(Path(SCREENSHOTS) if SCREENSHOTS else tmp_path) / "blind.png", animations="disabled")
        ranking_page.submit(page)

    report = sync(database, label_studio.client, evaluation_id)
    assert (report.votes, report.rejected) == (2, [])
    with database.session() as session:
        votes = session.scalars(select(BlindVote).order_by(BlindVote.submitted_at)).all()
        expected = ["model" if text == GOOD else "opponent" for text in chosen]
        assert [vote.verdict for vote in votes] == expected
        assert all(vote.lead_time is not None and vote.lead_time > READING_MS / 1000 for vote in votes)
    again = sync(database, label_studio.client, evaluation_id)
    assert (again.added, again.changed, again.votes) == (0, 0, 2)


def test_votes_that_change_or_go_are_followed(database: Database, label_studio: LabelStudioUnderTest) -> None:
    evaluation_id = make_evaluation(database, 3)
    project_id = push(database, label_studio.client, evaluation_id).project_id
    client = label_studio.client
    tasks = _task_ids(database)
    ids = [client.post(f"api/tasks/{task}/annotations/", _vote("А лучше"))["id"] for task in tasks]
    assert sync(database, client, evaluation_id).votes == 3

    client.patch(f"api/annotations/{ids[0]}/", _vote("Б лучше"))
    client.delete(f"api/annotations/{ids[1]}/")
    client.delete(f"api/tasks/{tasks[2]}/")
    report = sync(database, client, evaluation_id)

    assert (report.changed, report.withdrawn, report.deleted_tasks, report.votes) == (1, 2, 1, 1)
    with database.session() as session:
        changed = session.scalars(select(BlindVote).where(BlindVote.annotation_id == ids[0])).one()
        assert changed.history[0]["verdict"] != changed.verdict
    assert client.get(f"api/projects/{project_id}/")["maximum_annotations"] == 1


def test_an_interrupted_push_sends_each_task_once(
    database: Database, label_studio: LabelStudioUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation_id = make_evaluation(database, 5)
    client = label_studio.client
    real = client.import_tasks

    def lost_answer(*arguments: Any) -> list[int]:
        real(*arguments)
        raise LabelStudioDownError("the answer got lost")

    with monkeypatch.context() as patched:
        patched.setattr("annotation.blind.push.CHUNK", 2)
        patched.setattr(client, "import_tasks", lost_answer)
        with pytest.raises(LabelStudioDownError):
            push(database, client, evaluation_id)
    report = push(database, client, evaluation_id)

    assert (report.tasks, report.pushed) == (5, 3)
    assert client.get(f"api/projects/{report.project_id}/")["task_number"] == 5
    assert len(set(_task_ids(database))) == 5


def test_two_models_from_text_to_gate(
    database: Database, label_studio: LabelStudioUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    _two_models(database, settings, tmp_path)
    plan = blind.BlindPlan(resumes=10, overlap=2, seed=3)

    with monkeypatch.context() as patched:  # killed after the first chunk of texts
        patched.setattr(blind, "_CHUNK", 4)
        patched.setattr(blind, "_store", _Once(blind._store))
        with pytest.raises(KeyboardInterrupt):
            blind.start(database, settings, label_studio.client, plan)
    started = blind.start(database, settings, label_studio.client, plan)
    again = blind.start(database, settings, label_studio.client, plan)

    assert started["tasks"] + started["left_out"] == 10
    assert started["pushed"] == started["tasks"] == started["in_label_studio"] > 5
    assert (again["evaluation"], again["tasks"], again["pushed"]) == (started["evaluation"], started["tasks"], 0)
    accounts = [label_studio.account(f"blind-script-{number}") for number in (1, 2)]
    with database.session() as session:
        for account in accounts:
            ensure_annotator(session, label_studio.client, account, simulated=True)
        profiles = evaluation_profiles(session, started["evaluation"])
        texts = session.execute(select(BlindTask.model_text, BlindTask.opponent_text)).all()
    assert all(mine != theirs for mine, theirs in texts)

    project_id = int(started["project_url"].split("/projects/")[1].split("/")[0])
    assert vote_all(label_studio.url, accounts, project_id, profiles) == 2 * started["tasks"]
    report = blind.sync(database, label_studio.client, None)

    assert (report["votes"], report["rejected"]) == (2 * started["tasks"], [])
    with database.session() as session:
        shown = blind.close(session, None)
        gate = blind.gate_of_round(session, session.scalars(select(Round)).one())
    assert shown["state"] == "closed"
    assert shown["report"]["overall"]["votes"] == 2 * started["tasks"]
    assert gate is not None
    assert gate.to_dict() == shown["gate"]


class _Once:
    """Calls a function once; the second call is the kill."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self._called = False

    def __call__(self, *arguments: Any) -> None:
        if self._called:
            raise KeyboardInterrupt
        self._called = True
        self._function(*arguments)


def _two_models(database: Database, settings: Settings, tmp_path: Path) -> None:
    """The starter, and a round that trained a disturbed copy of it."""
    import shutil

    import torch
    from safetensors.torch import load_file, save_file

    from sampler.artifacts import fetch
    from trainer.registry import ensure_starter, register

    with database.session() as session:
        ingest_profiles(session, generate_profiles(80, 5, vocabulary="heldout"), "synthetic", synthetic=True)
        starter = ensure_starter(session, settings.store_uri())
        copy = tmp_path / "disturbed"
        shutil.copytree(fetch(starter.artifact_uri, starter.artifact_sha256, tmp_path / "cache"), copy)
        (weights,) = copy.rglob("*.safetensors")
        generator = torch.Generator().manual_seed(0)
        tensors = {
            name: tensor
            + 0.02 * tensor.float().std().item() * torch.randn(tensor.shape, generator=generator).to(tensor)
            for name, tensor in load_file(weights).items()
        }
        save_file(tensors, weights, metadata={"format": "pt"})
        model = register(
            session,
            copy,
            store=settings.store_uri(),
            name="disturbed",
            method="dpo",
            parent_id=starter.id,
            simulated=True,
        )
        session.flush()
        session.add(
            Round(
                number=1,
                simulated=True,
                policy_model_id=starter.id,
                trained_model_id=model.id,
                state="evaluating",
                config={},
            )
        )


def _vote(word: str) -> dict[str, Any]:
    value = {"choices": [word]}
    result = {"id": "v", "from_name": "verdict", "to_name": "resume", "type": "choices", "value": value}
    return {"result": [result], "lead_time": 60.0}


def _task_ids(database: Database) -> list[int]:
    with database.session() as session:
        return [task_id for task_id in session.scalars(select(BlindTask.task_id).order_by(BlindTask.id)) if task_id]


def _external_ids(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(BlindTask.external_id)))
