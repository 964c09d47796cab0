"""A round with many tasks and rankings, made fast: what ``bench.label_studio`` measures on.

Résumés are generated; texts are put together from a few hundred sentences, 400 to 600 characters each, since only
their size matters here. Annotations are written into Label Studio's own database (table ``task_completion``): its API
takes about twenty a second. They are what its API would have stored, and reading them is what is measured.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, insert, make_url, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from db.session import Database

SENTENCES = (
    "Работаю внимательно и доводю начатое до конца",
    "Опыт в рознице приучил меня к порядку и спокойному разговору с людьми",
    "Уверенно веду кассу, приёмку и выкладку товара",
    "Легко нахожу общий язык с коллегами и покупателями",
    "Умею распределять время и не забываю о мелочах",
    "Хочу расти в профессии и брать на себя больше ответственности",
    "Знаю 1С, кассовую дисциплину и правила хранения товара",
    "Прихожу вовремя, отвечаю за сказанное, помогаю новичкам",
)


def make_round(database: Database, resumes: int, seed: int = 1) -> int:
    """A round of ``resumes`` résumés with four candidates each; returns its id."""
    from db.models import ModelVersion, Round

    with database.session() as session:
        model = ModelVersion(
            name="bench", method="starter", text_format="slots", artifact_uri="file:///nowhere", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
        round_ = Round(number=1, overlap=2, policy_model_id=model.id, state="annotating", config={})
        session.add(round_)
        session.flush()
        _sample(session, round_.id, model.id, resumes, seed)
        return round_.id


def _sample(session: Session, round_id: int, model_id: int, resumes: int, seed: int) -> None:
    from db.models import Candidate, Resume, SamplingItem, SamplingRun
    from resumes.synthetic import generate_profiles

    run = SamplingRun(model_version_id=model_id, round_id=round_id, decoding={}, engine={}, seed=seed)
    session.add(run)
    session.flush()
    rng = random.Random(seed)
    rows = [
        {
            "source": "bench",
            "external_id": f"bench-{number}",
            "profile": profile.model_dump(mode="json"),
            "split": "train",
            "content_hash": f"bench-{number}",
        }
        for number, profile in enumerate(generate_profiles(resumes, seed=seed))
    ]
    ids = list(session.scalars(insert(Resume).returning(Resume.id), rows))
    session.execute(
        insert(SamplingItem),
        [
            {"run_id": run.id, "resume_id": resume, "position": position, "outcome": "complete"}
            for position, resume in enumerate(ids)
        ],
    )
    session.execute(
        insert(Candidate),
        [_candidate(run.id, resume, ordinal, _text(rng)) for resume in ids for ordinal in range(4)],
    )


def _candidate(run_id: int, resume_id: int, ordinal: int, about: str) -> dict[str, Any]:
    return {
        "sampling_run_id": run_id,
        "resume_id": resume_id,
        "ordinal": ordinal,
        "model_input": "",
        "raw_output": about,
        "text": about,
        "token_count": 60,
        "log_probability": -1.0,
        "seed": ordinal,
        "latency_ms": 1.0,
    }


def _text(rng: random.Random) -> str:
    return " ".join(f"{sentence}." for sentence in rng.sample(SENTENCES, rng.randint(6, 8)))


def rank_everything(label_studio_database: str, project_id: int, user_ids: list[int], seed: int = 1) -> int:
    """One annotation per person on each task of the project; returns their number."""
    engine = create_engine(make_url(label_studio_database).set(drivername="postgresql+psycopg2"))
    rng = random.Random(seed)
    with engine.begin() as connection:
        tasks = text("SELECT id FROM task WHERE project_id = :project ORDER BY id")
        found = connection.execute(tasks, {"project": project_id})
        rows = [
            {"task": task, "user": user, "project": project_id, "result": json.dumps(_places(rng), ensure_ascii=False)}
            for (task,) in found
            for user in user_ids
        ]
        connection.execute(text(_INSERT), rows)
        connection.execute(text(_UPDATE), {"project": project_id, "people": len(user_ids)})
    engine.dispose()
    return len(rows)


_INSERT = """
INSERT INTO task_completion (task_id, project_id, completed_by_id, updated_by_id, result, result_count, lead_time,
    was_cancelled, ground_truth, created_at, updated_at, unique_id, prediction)
VALUES (:task, :project, :user, :user, CAST(:result AS jsonb), 4, 95.5, false, false, now(), now(),
    gen_random_uuid(), '{}')
"""
# One task every ten seconds, up to now: the pace of a busy team.
_UPDATE = """
UPDATE task SET total_annotations = :people, is_labeled = true,
    updated_at = now() - ((SELECT max(id) FROM task WHERE project_id = :project) - id) * interval '10 seconds'
WHERE project_id = :project
"""


def _places(rng: random.Random) -> list[dict[str, Any]]:
    """What the page submits: a place for each of the four cards."""
    return [
        {
            "id": f"{rng.getrandbits(48):012x}",
            "from_name": f"place_{card}",
            "to_name": f"text_{card}",
            "type": "choices",
            "origin": "manual",
            "value": {"choices": [str(place)]},
        }
        for card, place in enumerate(rng.sample(range(1, 5), 4))
    ]
