"""Tables of the blind evaluation: people compare texts of two models without knowing which is whose."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from db.annotation_models import RANKING_STATUSES
from db.base import Base, Row, one_of

BLIND_STATES = ("open", "closed")
BLIND_VERDICTS = ("model", "opponent", "tie")


class BlindEvaluation(Row, Base):
    """People compare ``model`` with ``opponent`` (its parent, as a rule); at most one is open at a time for a model."""

    __tablename__ = "blind_evaluation"
    __table_args__ = (
        CheckConstraint(one_of("state", BLIND_STATES), name="state"),
        CheckConstraint("model_id <> opponent_id", name="two_models"),
        CheckConstraint("overlap >= 1", name="overlap"),
        Index("uq_blind_evaluation_open", "model_id", unique=True, postgresql_where=sql_text("state = 'open'")),
    )

    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    opponent_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    state: Mapped[str] = mapped_column(server_default="open")
    overlap: Mapped[int] = mapped_column(server_default="1")
    seed: Mapped[int] = mapped_column(BigInteger)
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    project_id: Mapped[int | None] = mapped_column(comment="Label Studio project")
    project_url: Mapped[str | None]
    synced_until: Mapped[dt.datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))


class BlindTask(Row, Base):
    """One résumé with a text of either model; which side is whose stays here."""

    __tablename__ = "blind_task"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "resume_id"),
        Index(
            "uq_blind_task_label_studio",
            "project_id",
            "task_id",
            unique=True,
            postgresql_where=sql_text("task_id IS NOT NULL"),
        ),
    )

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("blind_evaluation.id", ondelete="CASCADE"))
    resume_id: Mapped[int] = mapped_column(ForeignKey("resume.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(unique=True, comment="data.external_id of the task, opaque")
    project_id: Mapped[int | None]
    task_id: Mapped[int | None] = mapped_column(comment="null until pushed")
    model_text: Mapped[str]
    opponent_text: Mapped[str]
    model_is_left: Mapped[bool]
    data: Mapped[dict[str, Any]] = mapped_column(comment="exactly what Label Studio shows")
    deleted_at: Mapped[dt.datetime | None]


class BlindVote(Row, Base):
    """One person's verdict on one pair of texts; ``history`` keeps every earlier state of the row, newest last."""

    __tablename__ = "blind_vote"
    __table_args__ = (
        UniqueConstraint("label_studio_url", "annotation_id"),
        CheckConstraint(one_of("status", RANKING_STATUSES), name="status"),
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', BLIND_VERDICTS)}", name="verdict"),
        CheckConstraint("status <> 'rejected' OR reason IS NOT NULL", name="reason_of_rejection"),
        CheckConstraint("status <> 'active' OR verdict IS NOT NULL", name="verdict_of_active"),
        Index(
            "uq_blind_vote_active_annotator",
            "blind_task_id",
            "annotator_id",
            unique=True,
            postgresql_where=sql_text("status = 'active'"),
        ),
    )

    blind_task_id: Mapped[int] = mapped_column(ForeignKey("blind_task.id", ondelete="CASCADE"))
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotator.id"))
    label_studio_url: Mapped[str]
    annotation_id: Mapped[int]
    verdict: Mapped[str | None]
    comment: Mapped[str | None]
    lead_time: Mapped[float | None] = mapped_column(Float, comment="seconds")
    submitted_at: Mapped[dt.datetime]
    status: Mapped[str]
    reason: Mapped[str | None]
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    raw: Mapped[dict[str, Any]]
    history: Mapped[list[Any]] = mapped_column(server_default=sql_text("'[]'"))
