"""Tables of what people do: tasks, who gets them, rankings, consensus and pairs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, UniqueConstraint, func
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row, one_of

RANKING_STATUSES = ("active", "withdrawn", "rejected")
STRATEGIES = ("all", "adjacent", "best_worst")
TASK_KINDS = ("regular", "gold", "repeat")
SELECTIONS = ("random", "active", "control")


class RankingTask(Row, Base):
    """A Label Studio task. ``shown_order`` holds candidate ids in the order in which people see them.

    ``gold`` tasks have an order that is known beforehand, ``repeat`` tasks show an earlier one again in another order:
    both measure annotators and never give pairs.
    """

    __tablename__ = "ranking_task"
    __table_args__ = (
        Index(
            "uq_ranking_task_resume_kind",
            "round_id",
            "resume_id",
            "kind",
            unique=True,
            postgresql_where=sql_text("kind <> 'repeat'"),
        ),
        Index(
            "uq_ranking_task_label_studio",
            "project_id",
            "task_id",
            unique=True,
            postgresql_where=sql_text("task_id IS NOT NULL"),
        ),
        CheckConstraint("cardinality(shown_order) = 4", name="four_candidates"),
        CheckConstraint(one_of("kind", TASK_KINDS), name="kind"),
        CheckConstraint(one_of("selection", SELECTIONS), name="selection"),
        CheckConstraint("(kind = 'repeat') = (original_id IS NOT NULL)", name="original_of_repeat"),
        CheckConstraint("(kind = 'gold') = (known_order IS NOT NULL)", name="known_order_of_gold"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    resume_id: Mapped[int] = mapped_column(ForeignKey("resume.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(unique=True, comment="data.external_id of the task, opaque")
    project_id: Mapped[int | None]
    task_id: Mapped[int | None] = mapped_column(comment="null until pushed")
    shown_order: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    data: Mapped[dict[str, Any]] = mapped_column(comment="exactly what Label Studio shows")
    kind: Mapped[str] = mapped_column(server_default="regular")
    original_id: Mapped[int | None] = mapped_column(
        ForeignKey("ranking_task.id", ondelete="CASCADE"), unique=True, comment="the task that a repeat shows again"
    )
    known_order: Mapped[list[Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="of a gold task: best first, a tie is several candidate ids in one"
    )
    known_flags: Mapped[list[Any]] = mapped_column(
        server_default=sql_text("'[]'"), comment="of a gold task: ids of candidates with false information"
    )
    selection: Mapped[str] = mapped_column(server_default="random", comment="how its résumé came into the round")
    task_updated_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]


class Annotator(Row, Base):
    """A Label Studio user by pseudonym; no name or e-mail is kept."""

    __tablename__ = "annotator"
    __table_args__ = (
        UniqueConstraint("label_studio_url", "label_studio_user_id"),
        CheckConstraint("weight >= 0 AND weight < 'Infinity'", name="weight"),
    )

    label_studio_url: Mapped[str]
    label_studio_user_id: Mapped[int]
    pseudonym: Mapped[str] = mapped_column(unique=True)
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    weight: Mapped[float] = mapped_column(
        Float, server_default="1", comment="of this person's vote in the consensus; 0 excludes it"
    )
    disabled_at: Mapped[dt.datetime | None] = mapped_column(comment="gets no more tasks and cannot log in")


class Ranking(Row, Base):
    """A ranking by one annotator: ``order`` is best first, a list of lists of candidate ids, a tie is several in one.

    ``history`` keeps every earlier state of the row (raw JSON included), newest last.
    """

    __tablename__ = "ranking"
    __table_args__ = (
        UniqueConstraint("label_studio_url", "annotation_id"),
        CheckConstraint(one_of("status", RANKING_STATUSES), name="status"),
        CheckConstraint("status <> 'rejected' OR reason IS NOT NULL", name="reason_of_rejection"),
        CheckConstraint("status <> 'active' OR \"order\" IS NOT NULL", name="order_of_active"),
        Index(
            "uq_ranking_active_annotator",
            "ranking_task_id",
            "annotator_id",
            unique=True,
            postgresql_where=sql_text("status = 'active'"),
        ),
    )

    ranking_task_id: Mapped[int] = mapped_column(ForeignKey("ranking_task.id", ondelete="CASCADE"))
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotator.id"))
    label_studio_url: Mapped[str]
    annotation_id: Mapped[int]
    order: Mapped[list[Any] | None] = mapped_column("order", JSONB(none_as_null=True))
    flags: Mapped[list[Any]] = mapped_column(
        server_default=sql_text("'[]'"), comment="ids of candidates with false information"
    )
    comment: Mapped[str | None]
    lead_time: Mapped[float | None] = mapped_column(Float, comment="seconds")
    submitted_at: Mapped[dt.datetime]
    status: Mapped[str]
    reason: Mapped[str | None]
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    raw: Mapped[dict[str, Any]]
    history: Mapped[list[Any]] = mapped_column(server_default=sql_text("'[]'"))


class PreferencePair(Row, Base):
    """A chosen/rejected pair with its evidence."""

    __tablename__ = "preference_pair"
    __table_args__ = (
        UniqueConstraint("round_id", "chosen_id", "rejected_id"),
        CheckConstraint("chosen_id <> rejected_id", name="distinct"),
        CheckConstraint(one_of("strategy", STRATEGIES), name="strategy"),
        CheckConstraint("weight > 0", name="weight"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    resume_id: Mapped[int] = mapped_column(ForeignKey("resume.id", ondelete="CASCADE"), index=True)
    chosen_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"))
    rejected_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"))
    ranking_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    strategy: Mapped[str]
    agreeing: Mapped[int] = mapped_column(Integer, comment="annotators who prefer chosen")
    disagreeing: Mapped[int] = mapped_column(Integer, comment="annotators who prefer rejected")
    weight: Mapped[float] = mapped_column(Float)
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))


class Assignment(Base):
    """Who is to rank a task. Without any row for a project its tasks are for everybody."""

    __tablename__ = "assignment"

    ranking_task_id: Mapped[int] = mapped_column(ForeignKey("ranking_task.id", ondelete="CASCADE"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotator.id"), primary_key=True, index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class AnnotatorDecision(Row, Base):
    """A change of the weight of an annotator, with its reason. Rows are only added."""

    __tablename__ = "annotator_decision"
    __table_args__ = (CheckConstraint("weight >= 0 AND weight < 'Infinity'", name="weight"),)

    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotator.id"), index=True)
    weight: Mapped[float] = mapped_column(Float)
    former_weight: Mapped[float] = mapped_column(Float)
    reason: Mapped[str]


class TaskConsensus(Base):
    """The Kemeny consensus of the active rankings of a task; renewed with the pairs of its round."""

    __tablename__ = "task_consensus"

    ranking_task_id: Mapped[int] = mapped_column(ForeignKey("ranking_task.id", ondelete="CASCADE"), primary_key=True)
    order: Mapped[list[Any]] = mapped_column("order", comment="best first, a tie is several candidate ids in one")
    cost: Mapped[float] = mapped_column(Float, comment="weighted Kendall distance to the rankings, ties count half")
    optimal: Mapped[int] = mapped_column(Integer, comment="how many strict orders have this cost")
    rankings: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
