"""Rows that a round has when its candidates are sampled."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from db.models import Candidate, ModelVersion, Resume, Round, SamplingItem, SamplingRun
from db.session import Database

ABOUT = (
    "Внимательный продавец с опытом работы в рознице. Спокойно разбираю спорные ситуации, веду учёт товара, "
    "принимаю поставки и участвую в инвентаризации. Уверенно работаю с кассой и 1С."
)
TEXTS = [f"Образец {number}. {ABOUT}" for number in range(4)]
PROFILE: dict[str, Any] = {
    "title": "Продавец-консультант",
    "gender": "female",
    "age": 34,
    "city": "Казань",
    "country": "Россия",
    "marital_status": "married",
    "driving_licences": ["B"],
    "has_car": True,
    "desired_salary": {"amount": 60000, "currency": "RUB"},
    "skills": ["1С", "кассовая дисциплина", "выкладка товара"],
    "experience": [{"position": "Старший продавец", "company": "Ромашка", "start": "2019-03", "end": "2022-01"}],
    "education": [{"level": "Среднее специальное", "speciality": "Товароведение", "year": 2012}],
    "languages": [{"name": "Английский", "level": "B2"}],
}


def make_round(
    database: Database,
    resumes: int = 2,
    *,
    overlap: int = 1,
    simulated: bool = False,
    texts: list[str] | None = None,
    profile: dict[str, Any] | None = None,
) -> int:
    """A round with ``resumes`` résumés of four candidates each; returns its id."""
    with database.session() as session:
        model = ModelVersion(
            name="starter", method="starter", text_format="slots", artifact_uri="file:///nowhere", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
        round_ = Round(
            number=1, overlap=overlap, simulated=simulated, policy_model_id=model.id, state="annotating", config={}
        )
        session.add(round_)
        session.flush()
        run = SamplingRun(model_version_id=model.id, round_id=round_.id, decoding={}, engine={}, seed=1)
        session.add(run)
        session.flush()
        for position in range(resumes):
            _add_resume(session, run.id, position, texts or TEXTS, profile or PROFILE)
        return round_.id


def _add_resume(session: Session, run_id: int, position: int, texts: list[str], profile: dict[str, Any]) -> None:
    external_id = f"r{position}"
    resume = Resume(
        source="test",
        external_id=external_id,
        profile={"external_id": external_id, **profile},
        split="train",
        content_hash=external_id,
    )
    session.add(resume)
    session.flush()
    session.add(SamplingItem(run_id=run_id, resume_id=resume.id, position=position, outcome="complete"))
    for ordinal, text in enumerate(texts):
        session.add(
            Candidate(
                sampling_run_id=run_id,
                resume_id=resume.id,
                ordinal=ordinal,
                model_input="input",
                raw_output=f"raw {ordinal}",
                text=text,
                token_count=10,
                log_probability=-1.0,
                seed=ordinal,
                latency_ms=1.0,
            )
        )
