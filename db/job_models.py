"""Table of background jobs: what people see of them. The queue itself is procrastinate's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, Index, Integer
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row, one_of

JOB_STATES = ("queued", "running", "succeeded", "failed", "cancelled")
JOB_OPEN_STATES = ("queued", "running")


class Job(Row, Base):
    """One piece of long work. ``key`` names work of which only one may wait or run at a time (``sync:3``).

    Work that may have to be done once more because of what came meanwhile gives its key up when it starts.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(one_of("state", JOB_STATES), name="state"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index("uq_job_open_key", "key", unique=True, postgresql_where=sql_text(one_of("state", JOB_OPEN_STATES))),
    )

    name: Mapped[str] = mapped_column(index=True)
    key: Mapped[str | None]
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default=sql_text("'{}'"))
    queue_id: Mapped[int | None] = mapped_column(BigInteger, unique=True, comment="procrastinate's id of the job")
    state: Mapped[str] = mapped_column(server_default="queued")
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    message: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=sql_text("false"))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None]
    started_at: Mapped[dt.datetime | None]
    updated_at: Mapped[dt.datetime | None] = mapped_column(comment="last sign of life of the work")
    finished_at: Mapped[dt.datetime | None]
