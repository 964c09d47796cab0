"""Bodies of requests and answers about rounds and jobs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from db.models import Job

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Step = Literal["sample", "push", "sync", "evaluate"]


class JobOut(BaseModel):
    """A piece of long work."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": 12,
                    "name": "train",
                    "arguments": {"round": 3, "strategy": "all"},
                    "state": "running",
                    "progress": 0.42,
                    "message": "DPO steps: 51 of 300",
                    "cancel_requested": False,
                    "attempts": 1,
                    "result": None,
                    "error": None,
                    "created_at": "2026-01-31T12:00:00Z",
                    "started_at": "2026-01-31T12:00:01Z",
                    "updated_at": "2026-01-31T12:02:10Z",
                    "finished_at": None,
                }
            ]
        },
    )

    id: int
    name: str = Field(description="Kind of work")
    arguments: dict[str, Any]
    state: State
    progress: float = Field(ge=0, le=1, description="Share that is done")
    message: str | None = Field(description="What it is doing, or why it waits")
    cancel_requested: bool = Field(description="It runs and was asked to stop")
    attempts: int = Field(description="How often it was begun")
    result: dict[str, Any] | None = Field(description="Report of the work that succeeded")
    error: str | None = Field(description="Why it failed, in one line")
    created_at: dt.datetime
    started_at: dt.datetime | None
    updated_at: dt.datetime | None = Field(description="Last sign of life of the work")
    finished_at: dt.datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """What people may see of a job."""
        return cls.model_validate(job)


class JobList(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobOut]


class RoundOut(BaseModel):
    """A round: its state, its models, what it has, and what was measured."""

    round: int = Field(description="Its number")
    state: str = Field(examples=["annotating"])
    simulated: bool = Field(description="Ranked by scripted annotators, not by people")
    overlap: int = Field(description="People per task")
    policy_model: str | None = Field(description="Model that wrote the candidates")
    trained_model: str | None = Field(description="Model that was trained on the rankings")
    project_url: str | None = Field(description="Where people rank")
    synced_until: dt.datetime | None = Field(description="Rankings changed until then were fetched")
    snapshot_hash: str | None = Field(description="Hash of the frozen pairs")
    created_at: dt.datetime
    resumes: int
    candidates: int
    tasks: int = Field(description="Tasks in Label Studio")
    rankings: int = Field(description="Rankings in use")
    rejected_rankings: int
    withdrawn_rankings: int
    pairs: int
    report: dict[str, Any] = Field(description="Training, evaluation, gate")


class RoundList(BaseModel):
    """Rounds, oldest first."""

    rounds: list[RoundOut]


Share = Annotated[float, Field(ge=0, le=1, strict=True)]


class StartRequest(BaseModel):
    """A new round."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"resumes": 60, "overlap": 2, "seed": 0}]}
    )

    resumes: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = Field(description="Résumés to sample")
    overlap: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(1, description="People per task")
    seed: Annotated[StrictInt, Field(ge=0, lt=2**63)] = Field(0, description="Decides résumés, texts and shown order")
    overlap_share: Share = Field(1.0, description="Share of the tasks that get them; the others get one person")
    gold_share: Share = Field(0.0, description="Tasks of known order, per task")
    repeat_share: Share = Field(0.0, description="Tasks shown again, per task")
    strategy: Literal["all", "adjacent", "best_worst"] = Field("all", description="Which pairs a ranking gives")
    minimum_agreement: Share = Field(0.0, description="Least share of the votes that take a side")
    select: Literal["random", "active"] = Field("random", description="Any résumés, or the most instructive ones")
    control_share: Share = Field(0.2, description="Taken at random where résumés are chosen")
    pool: Annotated[StrictInt, Field(ge=1, le=4_000_000)] | None = Field(
        None, description="Résumés to sample and choose from; null: four times as many as are ranked"
    )
    allow_violations: Annotated[StrictInt, Field(ge=0, le=4)] = Field(
        1, description="Candidates per résumé that may be unfaithful where no faithful text was found"
    )


class TrainRequest(BaseModel):
    """How to train."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"strategy": "all"}]})

    strategy: Literal["all", "adjacent", "best_worst"] | None = Field(
        None, description="Which pairs a ranking gives; null: as the round was started"
    )


class PromoteRequest(BaseModel):
    """Whether to overrule the gate."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"force": False}]})

    force: StrictBool = Field(False, description="Promote even if the gate says no")
