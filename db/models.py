"""All tables. A constraint here is the guard; code only maps its violation to a typed error.

Times are UTC, ``timestamptz``. Primary keys are integers made by the database.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy import (
    text as sql_text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SPLITS = ("train", "validation", "test")
ROLES = ("policy", "reward")
METHODS = ("starter", "sft", "dpo", "reward")
TEXT_FORMATS = ("plain", "slots")
MODEL_STATUSES = ("candidate", "promoted", "retired", "rejected")
ROUND_STATES = (
    "sampling",
    "annotating",
    "training",
    "evaluating",
    "promoted",
    "rejected",
    "failed",
    "cancelled",
)
ROUND_OPEN_STATES = ("sampling", "annotating", "training", "evaluating")
RUN_STATUSES = ("running", "complete", "cancelled")
OUTCOMES = ("complete", "short", "failed")
RANKING_STATUSES = ("active", "withdrawn", "rejected")
STRATEGIES = ("all", "adjacent", "best_worst")
VERDICTS = ("accepted", "edited", "rejected")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Base(DeclarativeBase):
    """Declarative base; the naming convention lets migrations name every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read once by SQLAlchemy, never changed
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        str: String,
        dt.datetime: DateTime(timezone=True),
    }


class _Row:
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-1)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), sort_order=99)


class Resume(_Row, Base):
    """A cleaned résumé without contact data. ``profile`` follows ``resumes.schema.Profile``."""

    __tablename__ = "resume"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint(_one_of("split", SPLITS), name="split"),
    )

    source: Mapped[str]
    external_id: Mapped[str]
    profile: Mapped[dict[str, Any]]
    about: Mapped[str | None]
    recommendation_letter: Mapped[str | None]
    split: Mapped[str]
    content_hash: Mapped[str]
    synthetic: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class ModelVersion(_Row, Base):
    """A trained model. ``artifact_uri`` is an fsspec URI of a directory; ``artifact_sha256`` hashes its contents."""

    __tablename__ = "model_version"
    __table_args__ = (
        CheckConstraint(_one_of("role", ROLES), name="role"),
        CheckConstraint(_one_of("method", METHODS), name="method"),
        CheckConstraint(_one_of("text_format", TEXT_FORMATS), name="text_format"),
        CheckConstraint(_one_of("status", MODEL_STATUSES), name="status"),
        Index("uq_model_version_promoted_role", "role", unique=True, postgresql_where=sql_text("status = 'promoted'")),
    )

    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(server_default="policy")
    method: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("model_version.id"))
    base: Mapped[str | None]
    text_format: Mapped[str]
    artifact_uri: Mapped[str]
    artifact_sha256: Mapped[str]
    data_hash: Mapped[str | None]
    config: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="candidate")
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    promoted_at: Mapped[dt.datetime | None]

    parent: Mapped[ModelVersion | None] = relationship(remote_side="ModelVersion.id")


class Round(_Row, Base):
    """One loop sample → rank → sync → pairs → train → evaluate → promote. At most one round is open at a time."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint(_one_of("state", ROUND_STATES), name="state"),
        CheckConstraint("overlap >= 1", name="overlap"),
        Index(
            "uq_round_open",
            sql_text("(true)"),
            unique=True,
            postgresql_where=sql_text(_one_of("state", ROUND_OPEN_STATES)),
        ),
    )

    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default="sampling")
    overlap: Mapped[int] = mapped_column(server_default="1")
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    policy_model_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    trained_model_id: Mapped[int | None] = mapped_column(ForeignKey("model_version.id"))
    project_id: Mapped[int | None] = mapped_column(comment="Label Studio project")
    project_url: Mapped[str | None]
    synced_until: Mapped[dt.datetime | None] = mapped_column(comment="largest task.updated_at read so far")
    snapshot_hash: Mapped[str | None]
    config: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))
    report: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))


class SamplingRun(_Row, Base):
    """One run of a model version over a set of résumés with fixed decoding parameters and seed."""

    __tablename__ = "sampling_run"
    __table_args__ = (CheckConstraint(_one_of("status", RUN_STATUSES), name="status"),)

    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    decoding: Mapped[dict[str, Any]]
    engine: Mapped[dict[str, Any]] = mapped_column(comment="name, version, compute type")
    seed: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="running")
    finished_at: Mapped[dt.datetime | None]


class SamplingItem(Base):
    """One résumé of a run: the unit that a worker claims with SKIP LOCKED, and its outcome with a reason."""

    __tablename__ = "sampling_item"
    __table_args__ = (
        CheckConstraint(f"outcome IS NULL OR {_one_of('outcome', OUTCOMES)}", name="outcome"),
        Index("ix_sampling_item_open", "run_id", "position", postgresql_where=sql_text("outcome IS NULL")),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("sampling_run.id", ondelete="CASCADE"), primary_key=True)
    resume_id: Mapped[int] = mapped_column(ForeignKey("resume.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]


class Candidate(_Row, Base):
    """One sampled text. People see ``text``; training sees ``raw_output``."""

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("sampling_run_id", "resume_id", "ordinal"),
        CheckConstraint("ordinal BETWEEN 0 AND 3", name="ordinal"),
    )

    sampling_run_id: Mapped[int] = mapped_column(ForeignKey("sampling_run.id", ondelete="CASCADE"))
    resume_id: Mapped[int] = mapped_column(ForeignKey("resume.id", ondelete="CASCADE"), index=True)
    ordinal: Mapped[int]
    model_input: Mapped[str]
    raw_output: Mapped[str]
    text: Mapped[str]
    token_count: Mapped[int]
    log_probability: Mapped[float] = mapped_column(comment="sum over tokens, natural logarithm")
    seed: Mapped[int] = mapped_column(BigInteger)
    violations: Mapped[list[Any]] = mapped_column(server_default=sql_text("'[]'"))
    latency_ms: Mapped[float]


class RankingTask(_Row, Base):
    """A Label Studio task. ``shown_order`` holds candidate ids in the order in which people see them."""

    __tablename__ = "ranking_task"
    __table_args__ = (
        UniqueConstraint("round_id", "resume_id"),
        Index(
            "uq_ranking_task_label_studio",
            "project_id",
            "task_id",
            unique=True,
            postgresql_where=sql_text("task_id IS NOT NULL"),
        ),
        CheckConstraint("cardinality(shown_order) = 4", name="four_candidates"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    resume_id: Mapped[int] = mapped_column(ForeignKey("resume.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(unique=True, comment="data.external_id of the task, opaque")
    project_id: Mapped[int | None]
    task_id: Mapped[int | None] = mapped_column(comment="null until pushed")
    shown_order: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    data: Mapped[dict[str, Any]] = mapped_column(comment="exactly what Label Studio shows")
    task_updated_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]


class Annotator(_Row, Base):
    """A Label Studio user by pseudonym; no name or e-mail is kept."""

    __tablename__ = "annotator"
    __table_args__ = (UniqueConstraint("label_studio_url", "label_studio_user_id"),)

    label_studio_url: Mapped[str]
    label_studio_user_id: Mapped[int]
    pseudonym: Mapped[str] = mapped_column(unique=True)
    simulated: Mapped[bool] = mapped_column(server_default=sql_text("false"))


class Ranking(_Row, Base):
    """A ranking by one annotator: ``order`` is best first, a list of lists of candidate ids, a tie is several in one.

    ``history`` keeps every earlier state of the row (raw JSON included), newest last.
    """

    __tablename__ = "ranking"
    __table_args__ = (
        UniqueConstraint("label_studio_url", "annotation_id"),
        CheckConstraint(_one_of("status", RANKING_STATUSES), name="status"),
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


class PreferencePair(_Row, Base):
    """A chosen/rejected pair with its evidence."""

    __tablename__ = "preference_pair"
    __table_args__ = (
        UniqueConstraint("round_id", "chosen_id", "rejected_id"),
        CheckConstraint("chosen_id <> rejected_id", name="distinct"),
        CheckConstraint(_one_of("strategy", STRATEGIES), name="strategy"),
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


class Experiment(_Row, Base):
    """An A/B test of two model versions on the demo page."""

    __tablename__ = "experiment"
    __table_args__ = (CheckConstraint("share BETWEEN 0 AND 1", name="share"),)

    name: Mapped[str] = mapped_column(unique=True)
    control_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    treatment_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    share: Mapped[float] = mapped_column(Float, comment="share of traffic that sees the treatment, 0 to 1")
    ended_at: Mapped[dt.datetime | None]


class Impression(_Row, Base):
    """Texts shown once to a job seeker: no résumé, no personal data, only what was offered and by whom."""

    __tablename__ = "impression"

    generation_id: Mapped[str] = mapped_column(unique=True)
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiment.id"))
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    candidate_count: Mapped[int]


class Feedback(_Row, Base):
    """What a job seeker did with the texts of an impression."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint(_one_of("verdict", VERDICTS), name="verdict"),)

    impression_id: Mapped[int] = mapped_column(ForeignKey("impression.id", ondelete="CASCADE"), unique=True)
    verdict: Mapped[str]
    text: Mapped[str | None] = mapped_column(comment="edited text, contact data removed")
