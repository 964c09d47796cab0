"""The résumé as this project knows it.

``Profile`` is what is stored, rendered and checked. Personal data (name, e-mail, phone, birth date) is accepted on
input by ``ResumeInput`` and does not survive the turn into a ``Profile``.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Month = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Salary(_Part):
    """Desired salary per month."""

    amount: Annotated[int, Field(gt=0)]
    currency: Literal["RUB", "USD", "EUR", "KZT", "BYN", "UAH", "UZS", "KGS", "GEL", "AZN", "AMD"] = "RUB"


class Job(_Part):
    """One place of work; months as ``YYYY-MM``, ``end`` null while it goes on."""

    position: Text | None = None
    company: Text | None = None
    start: Month | None = None
    end: Month | None = None
    description: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self


class Education(_Part):
    """One course of study; ``year`` is that of graduation."""

    level: Text | None = None
    institution: Text | None = None
    speciality: Text | None = None
    year: Annotated[int, Field(ge=1950, le=2100)] | None = None


class Language(_Part):
    """A language and how well it is known (CEFR level or words)."""

    name: Text
    level: Text | None = None


class Profile(_Part):
    """A résumé without contact data. Every field but ``external_id`` may be null or missing."""

    external_id: Text
    title: Text | None = None
    gender: Literal["male", "female"] | None = None
    age: Annotated[int, Field(ge=14, le=100)] | None = None
    city: Text | None = None
    country: Text | None = None
    marital_status: Literal["married", "single"] | None = None
    driving_licences: tuple[Text, ...] | None = None
    has_car: bool | None = None
    desired_salary: Salary | None = None
    skills: tuple[Text, ...] | None = None
    experience: tuple[Job, ...] | None = None
    education: tuple[Education, ...] | None = None
    languages: tuple[Language, ...] | None = None
    recent_responses: tuple[Text, ...] | None = None


class ResumeInput(Profile):
    """A résumé as it comes in: a profile, the texts to learn from, and personal data that goes no further.

    ``resumes.cleaning.clean`` turns ``birth_date`` into ``age``, uses the name to strip it from all texts, and drops
    ``birth_date``, ``email``, ``phone`` and ``name``.
    """

    about: Text | None = None
    recommendation_letter: Text | None = None
    birth_date: dt.date | None = None
    email: Text | None = None
    phone: Text | None = None
    name: Text | None = None


# How the identifiers of invented people begin; such a row counts as synthetic whatever file it comes from.
SYNTHETIC_PREFIX = "synthetic-"
PERSONAL_FIELDS = frozenset({"birth_date", "email", "phone", "name"})
