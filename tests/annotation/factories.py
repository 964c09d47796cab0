"""Rows that a round has when its candidates are sampled."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from db.models import Candidate, ModelVersion, Resume, Round, SamplingItem, SamplingRun
from db.session import Database

# As different from each other as sampled texts are: near-identical ones are never paired.
TEXTS = [
    "Образец 0. Внимательный продавец с опытом работы в рознице. Спокойно разбираю спорные ситуации, веду учёт товара, "
    "принимаю поставки и участвую в инвентаризации. Уверенно работаю с кассой и 1С.",
    "Образец 1. Люблю порядок на полках и в документах. За годы в магазине научилась слушать покупателя, советовать "
    "по делу и не навязывать лишнего. Легко вхожу в новый коллектив, помогаю стажёрам.",
    "Образец 2. Старший продавец: отвечаю за смену, графики и выручку. Знаю кассовую дисциплину, составляю заявки "
    "поставщикам, слежу за сроками годности. Ищу работу рядом с домом, готова выходить по выходным.",
    "Образец 3. Быстро считаю, грамотно говорю, не теряюсь в очереди. Выкладка, ценники, возвраты — всё это делала "
    "сама. Хочу расти до администратора и учиться управлять людьми.",
]
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
    "skills": ["1С", "кассовая дисциплина", "выкладка товара", "учёт товара", "инвентаризация"],
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
    varied: bool = False,
    config: dict[str, Any] | None = None,
) -> int:
    """A round with ``resumes`` résumés of four candidates each; returns its id.

    ``varied``: no two of them alike, and no text of one is true of another.
    """
    with database.session() as session:
        model = ModelVersion(
            name="starter", method="starter", text_format="slots", artifact_uri="file:///nowhere", artifact_sha256="0"
        )
        session.add(model)
        session.flush()
        round_ = Round(
            number=1,
            overlap=overlap,
            simulated=simulated,
            policy_model_id=model.id,
            state="annotating",
            config=config or {},
        )
        session.add(round_)
        session.flush()
        run = SamplingRun(model_version_id=model.id, round_id=round_.id, decoding={}, engine={}, seed=1)
        session.add(run)
        session.flush()
        for position in range(resumes):
            own, says = varied_resume(position) if varied else (profile or PROFILE, texts or TEXTS)
            _add_resume(session, run.id, position, says, own)
        return round_.id


def varied_resume(position: int) -> tuple[dict[str, Any], list[str]]:
    """A profile and four true texts; town and age are those of few others."""
    towns = [("Казань", "Казани"), ("Омск", "Омске"), ("Пермь", "Перми"), ("Самара", "Самаре"), ("Тула", "Туле")]
    (town, in_town), age = towns[position % len(towns)], 25 + position % 19 * 2
    years = f"{age} {'год' if age % 10 == 1 else 'года' if age % 10 in (2, 3, 4) else 'лет'}"
    praise = ("Внимательна к людям.", "Люблю порядок.", "Быстро учусь новому.", "Спокойна в спорах.")
    texts = [f"Продавец-консультант. Мне {years}, живу в {in_town}. Веду учёт в 1С. {end}" for end in praise]
    return {**PROFILE, "city": town, "age": age}, texts


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
