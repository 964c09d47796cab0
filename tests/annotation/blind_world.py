"""Rows of a blind evaluation."""

from __future__ import annotations

from sqlalchemy.orm import Session

from annotation.blind import service
from db.models import BlindEvaluation, ModelVersion, Resume
from db.session import Database
from tests.annotation.factories import PROFILE

GOOD = (
    "Старший продавец с трёхлетним опытом: веду кассу, знаю 1С и выкладку. По образованию товаровед, "
    "поэтому быстро разбираюсь в новом товаре."
)
PLAIN = (
    "Ответственная, коммуникабельная, стрессоустойчивая. Ищу работу в дружном коллективе с хорошей зарплатой, "
    "легко обучаюсь."
)


def make_models(session: Session) -> tuple[ModelVersion, ModelVersion]:
    """A new model and its parent."""
    parent = ModelVersion(
        name="parent-model", method="starter", text_format="slots", artifact_uri="a", artifact_sha256="0"
    )
    session.add(parent)
    session.flush()
    model = ModelVersion(
        name="new-model", method="dpo", parent_id=parent.id, text_format="slots", artifact_uri="b", artifact_sha256="1"
    )
    session.add(model)
    session.flush()
    return model, parent


def make_evaluation(
    database: Database, resumes: int = 2, *, simulated: bool = False, overlap: int = 1, seed: int = 0
) -> int:
    """An open evaluation with a task per résumé, not pushed; the model's texts are ``GOOD``, its parent's ``PLAIN``."""
    with database.session() as session:
        model, parent = make_models(session)
        return add_evaluation(session, model, parent, resumes, simulated=simulated, overlap=overlap, seed=seed).id


def add_evaluation(
    session: Session,
    model: ModelVersion,
    parent: ModelVersion,
    resumes: int,
    *,
    simulated: bool = False,
    overlap: int = 1,
    seed: int = 0,
    round_id: int | None = None,
) -> BlindEvaluation:
    """The same for models that are there."""
    evaluation = service.open_evaluation(
        session, model, parent, resumes=resumes, overlap=overlap, seed=seed, round_id=round_id, simulated=simulated
    )
    pairs = [service.Texts(_resume(session, number), GOOD, PLAIN) for number in range(resumes)]
    service.add_texts(session, evaluation, pairs)
    return evaluation


def _resume(session: Session, number: int) -> Resume:
    external_id = f"blind-{number}"
    resume = Resume(
        source="test",
        external_id=external_id,
        profile={"external_id": external_id, **PROFILE},
        split="test",
        content_hash=external_id,
    )
    session.add(resume)
    session.flush()
    return resume
