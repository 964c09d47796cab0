"""Bodies of requests and answers."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt
from pydantic_core import PydanticCustomError

from resumes.cleaning import clean
from resumes.schema import Profile, ResumeInput

MAX_TEXT = 10_000
MAX_ITEMS = 100
MAX_DEPTH = 4

EXAMPLE_RESUME: dict[str, Any] = {
    "external_id": "r1",
    "title": "Продавец-консультант",
    "gender": "female",
    "age": 34,
    "city": "Казань",
    "driving_licences": ["B"],
    "desired_salary": {"amount": 60000, "currency": "RUB"},
    "skills": ["1С", "кассовая дисциплина"],
    "experience": [{"position": "Продавец", "company": "Ромашка", "start": "2019-03", "end": "2022-01"}],
}


def oversized(value: object, path: str = "resume", depth: int = MAX_DEPTH) -> str | None:
    """Where a résumé is too large to be one, in a sentence; None when it is of bearable size."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return f"{path} has {len(value)} characters, at most {MAX_TEXT} are taken"
    if isinstance(value, list) and len(value) > MAX_ITEMS:
        return f"{path} has {len(value)} items, at most {MAX_ITEMS} are taken"
    if depth == 0:
        return f"{path} is nested too deep"
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return next((found for key, part in parts if (found := oversized(part, f"{path}.{key}", depth - 1))), None)


def strict_resume(data: Any) -> Any:
    """A résumé by the letter of the schema: ``"34"`` or ``true`` is no age. Errors keep their place."""
    if not isinstance(data, dict):
        return data
    if found := oversized(data):
        raise PydanticCustomError("too_long", "{reason}", {"reason": found})
    resume = ResumeInput.model_validate_json(json.dumps(data), strict=True)
    clean(resume)  # refuses what no profile can be made of
    return resume


class GenerateRequest(BaseModel):
    """A résumé to write «О себе» for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"resume": EXAMPLE_RESUME, "n": 4, "seed": 7}]}
    )

    resume: Annotated[ResumeInput, BeforeValidator(strict_resume)] = Field(
        description="Every field but external_id may be null or missing"
    )
    n: Annotated[StrictInt, Field(ge=1, le=4)] = Field(4, description="How many variants to write")
    seed: Annotated[StrictInt, Field(ge=0, lt=2**63)] | None = Field(
        None, description="Same résumé, model and seed: same variants. Null: chosen at random"
    )

    def profile(self) -> Profile:
        """What the model reads: cleaned, without personal data."""
        return clean(self.resume).profile


class ViolationOut(BaseModel):
    """A statement that the résumé does not support."""

    kind: str
    span: tuple[int, int] = Field(description="Characters [start, end) of the text")
    text: str
    expected: str | None


class CandidateOut(BaseModel):
    """One variant; ``violations`` is empty for everything that is served."""

    text: str
    violations: list[ViolationOut]


class GenerateResponse(BaseModel):
    """Variants of «О себе», each checked against the résumé."""

    generation_id: str = Field(description="Name it when you send feedback", examples=["0b6f9c0e8b4b4b0f"])
    model_version: int = Field(description="Id of the model version that wrote them", examples=[1])
    candidates: list[CandidateOut] = Field(description="1 to n distinct texts")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "generation_id": "0b6f9c0e8b4b4b0fa5b7c3d2e1f00112",
                    "model_version": 1,
                    "candidates": [{"text": "Мне 34 года, живу в Казани. Владею навыками: 1С.", "violations": []}],
                }
            ]
        }
    )


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """The process can write texts."""

    status: Literal["ready"] = "ready"
    model_version: int = Field(description="Id of the promoted model that is loaded", examples=[1])
    model_name: str = Field(examples=["starter"])
