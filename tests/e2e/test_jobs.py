"""From the annotator's click to the ranking, with nobody asking: webhook → API → job → sync, all real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from annotation.client import connect
from app import keys, services, webhooks
from app.jobs import client as jobs
from app.jobs import service
from app.processes import Supervisor, free_port
from app.settings import Settings
from db.models import Ranking, RankingTask, Round
from db.session import Database
from tests.annotation.factories import make_round
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.test_sync import places
from trainer.registry import ensure_starter

pytestmark = pytest.mark.e2e

PATIENCE = 60.0
# The clock must not do what the webhook is to do: the 29th of February.
NEVER = "0 0 29 2 *"


@pytest.fixture
def number(database: Database, tmp_path: Path) -> int:
    """A round with two tasks, and a model for the API."""
    with database.session() as session:
        ensure_starter(session, Settings(data_dir=tmp_path).store_uri()).name = "served"
    round_id = make_round(database, 2)
    with database.session() as session:
        return session.get_one(Round, round_id).number


@pytest.fixture
def api(number: int, database: Database, label_studio: LabelStudioUnderTest, tmp_path: Path) -> Iterator[httpx.Client]:
    """The API with a scientist's key, and a worker that knows where the API is."""
    settings = Settings(data_dir=tmp_path, host="127.0.0.1", sync_cron=NEVER)
    api = services.api(settings, free_port(settings.host, 0, set()), database.url)
    place = (label_studio.url, label_studio.server.credentials.token)
    worker = services.worker(settings, database.url, place)
    worker.child.environment |= {
        "RAISONTEXT_WEBHOOK_URL": f"{api.url}{webhooks.PATH}",
        "RAISONTEXT_SYNC_CRON": NEVER,
    }
    with Supervisor() as supervisor:
        for started in (api, worker):
            supervisor.start(started.child)
        for started in (api, worker):
            started.wait(supervisor.dead)
        token = keys.add_key(settings.keys_path(), "scientist")[1]
        with httpx.Client(base_url=api.url or "", headers={"X-API-Key": token}, trust_env=False) as client:
            yield client


def test_a_submission_becomes_a_ranking_by_itself(
    number: int, database: Database, label_studio: LabelStudioUnderTest, api: httpx.Client
) -> None:
    pushed = api.post(f"/v1/rounds/{number}/push")
    assert pushed.status_code == 202
    report = jobs.wait(database, pushed.json()["id"])
    assert (report["total"], report["webhook"]) == (2, True)

    anna = label_studio.account("expert-anna")
    with database.session() as session:
        task = session.scalars(select(RankingTask).order_by(RankingTask.id)).first()
    assert task is not None
    began = time.monotonic()
    with closing(connect(label_studio.url, label_studio.server.credentials.token)) as administrator:
        administrator.post(
            f"api/tasks/{task.task_id}/annotations/",
            {"result": places(2, 1, 4, 3), "lead_time": 60.0, "completed_by": anna.user_id},
        )
    ranking = None
    while ranking is None and time.monotonic() - began < PATIENCE:
        time.sleep(0.05)
        with database.session() as session:
            ranking = session.scalars(select(Ranking)).one_or_none()
    assert ranking is not None, "the webhook woke nobody"
    print(f"from submission to ranking: {time.monotonic() - began:.2f} s")
    shown = task.shown_order
    assert ranking.order == [[shown[1]], [shown[0]], [shown[3]], [shown[2]]]

    with database.session() as session:
        syncs = [job.id for job in service.listing(session) if job.name == "sync"]
    reports = [jobs.wait(database, job_id) for job_id in syncs]
    assert sum(one["added"] for one in reports) == 1
    assert api.get(f"/v1/rounds/{number}").json()["rankings"] == 1
