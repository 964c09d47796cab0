"""All tables: those of people's work, of blind evaluations and of jobs stand in files of their own, the rest here.

A constraint is the guard; code only maps its violation to a typed error.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.annotation_models import (
    RANKING_STATUSES,
    SELECTIONS,
    STRATEGIES,
    TASK_KINDS,
    Annotator,
    AnnotatorDecision,
    Assignment,
    PreferencePair,
    Ranking,
    RankingTask,
    TaskConsensus,
)
from db.base import Base, Row, one_of
from db.blind_models import BLIND_STATES, BLIND_VERDICTS, BlindEvaluation, BlindTask, BlindVote
from db.job_models import JOB_OPEN_STATES, JOB_STATES, Job

__all__ = [
    "BLIND_STATES",
    "BLIND_VERDICTS",
    "JOB_OPEN_STATES",
    "JOB_STATES",
    "METHODS",
    "MODEL_STATUSES",
    "OUTCOMES",
    "RANKING_STATUSES",
    "ROLES",
    "ROUND_OPEN_STATES",
    "ROUND_STATES",
    "RUN_STATUSES",
    "SELECTIONS",
    "SHARD_STATES",
    "SPLITS",
    "STRATEGIES",
    "TASK_KINDS",
    "TEXT_FORMATS",
    "VERDICTS",
    "Annotator",
    "AnnotatorDecision",
    "Assignment",
    "Base",
    "BlindEvaluation",
    "BlindTask",
    "BlindVote",
    "Candidate",
    "Experiment",
    "Feedback",
    "Impression",
    "Job",
    "ModelVersion",
    "PreferencePair",
    "Ranking",
    "RankingTask",
    "Resume",
    "Round",
    "SamplingItem",
    "SamplingRun",
    "SamplingShard",
    "TaskConsensus",
]

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
SHARD_STATES = ("open", "done", "failed")
OUTCOMES = ("complete", "short", "failed")
VERDICTS = ("accepted", "edited", "rejected")


class Resume(Row, Base):
    """A cleaned résumé without contact data. ``profile`` follows ``resumes.schema.Profile``."""

    __tablename__ = "resume"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint(one_of("split", SPLITS), name="split"),
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


class ModelVersion(Row, Base):
    """A trained model. ``artifact_uri`` is an fsspec URI of a directory; ``artifact_sha256`` hashes its contents."""

    __tablename__ = "model_version"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint(one_of("method", METHODS), name="method"),
        CheckConstraint(one_of("text_format", TEXT_FORMATS), name="text_format"),
        CheckConstraint(one_of("status", MODEL_STATUSES), name="status"),
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


class Round(Row, Base):
    """One loop sample → rank → sync → pairs → train → evaluate → promote. At most one round is open at a time."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint(one_of("state", ROUND_STATES), name="state"),
        CheckConstraint("overlap >= 1", name="overlap"),
        Index(
            "uq_round_open",
            sql_text("(true)"),
            unique=True,
            postgresql_where=sql_text(one_of("state", ROUND_OPEN_STATES)),
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


class SamplingRun(Row, Base):
    """One run of a model version over a set of résumés with fixed decoding parameters and seed."""

    __tablename__ = "sampling_run"
    __table_args__ = (CheckConstraint(one_of("status", RUN_STATUSES), name="status"),)

    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    decoding: Mapped[dict[str, Any]]
    engine: Mapped[dict[str, Any]] = mapped_column(comment="name, version, compute type")
    seed: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(server_default="0", comment="résumés put into the queue")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="running")
    finished_at: Mapped[dt.datetime | None]


class SamplingShard(Base):
    """Neighbouring résumés of a run: what a worker leases, samples and stores as a whole. All times are the server's.

    A shard is free while it is open and ``leased_until`` is null or past. An owner that a new claim still finds there
    has died.
    """

    __tablename__ = "sampling_shard"
    __table_args__ = (
        CheckConstraint(one_of("state", SHARD_STATES), name="state"),
        Index("ix_sampling_shard_open", "run_id", "number", postgresql_where=sql_text("state = 'open'")),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("sampling_run.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, comment="its positions divided by the shard size")
    state: Mapped[str] = mapped_column(server_default="open")
    owner: Mapped[str | None] = mapped_column(comment="worker that has it, or has done it")
    leased_until: Mapped[dt.datetime | None]
    token: Mapped[int] = mapped_column(server_default="0", comment="grows with each claim; only the newest may store")
    crashes: Mapped[int] = mapped_column(server_default="0", comment="owners that died with it")
    errors: Mapped[int] = mapped_column(server_default="0", comment="attempts that ended with an error")
    error: Mapped[str | None] = mapped_column(comment="the last one")


class SamplingItem(Base):
    """One résumé of a run, at a position of its queue, and its outcome with a reason."""

    __tablename__ = "sampling_item"
    __table_args__ = (
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', OUTCOMES)}", name="outcome"),
        Index("ix_sampling_item_open", "run_id", "position", postgresql_where=sql_text("outcome IS NULL")),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("sampling_run.id", ondelete="CASCADE"), primary_key=True)
    resume_id: Mapped[int] = mapped_column(ForeignKey("resume.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]


class Candidate(Row, Base):
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
    temperature: Mapped[float | None] = mapped_column(comment="at which it was drawn; null for old ones")
    violations: Mapped[list[Any]] = mapped_column(server_default=sql_text("'[]'"))
    latency_ms: Mapped[float]


class Experiment(Row, Base):
    """An A/B test of two model versions on the demo page."""

    __tablename__ = "experiment"
    __table_args__ = (CheckConstraint("share BETWEEN 0 AND 1", name="share"),)

    name: Mapped[str] = mapped_column(unique=True)
    control_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    treatment_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    share: Mapped[float] = mapped_column(Float, comment="share of traffic that sees the treatment, 0 to 1")
    ended_at: Mapped[dt.datetime | None]


class Impression(Row, Base):
    """Texts shown once to a job seeker: no résumé, no personal data, only what was offered and by whom."""

    __tablename__ = "impression"

    generation_id: Mapped[str] = mapped_column(unique=True)
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiment.id"))
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    candidate_count: Mapped[int]


class Feedback(Row, Base):
    """What a job seeker did with the texts of an impression."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint(one_of("verdict", VERDICTS), name="verdict"),)

    impression_id: Mapped[int] = mapped_column(ForeignKey("impression.id", ondelete="CASCADE"), unique=True)
    verdict: Mapped[str]
    text: Mapped[str | None] = mapped_column(comment="edited text, contact data removed")
