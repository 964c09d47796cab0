"""The ``plain`` rendering of a profile: labelled Russian lines, the input of models that read ordinary text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from resumes.experience import whole_years
from resumes.schema import Education, Job, Language, Profile, Salary

_GENDERS = {"male": "мужской", "female": "женский"}
_MARITAL = {"married": "в браке", "single": "не в браке"}
_CURRENCIES = {"RUB": "руб.", "USD": "долл. США", "EUR": "евро"}


def render_plain(profile: Profile, today: dt.date | None = None) -> str:
    """Return the fields that are filled in, one a line; jobs and studies one a line under their label.

    «Стаж» ends on ``today`` (default: the present day) where a job goes on; ``external_id`` is not rendered.
    """
    return "\n".join(_lines(profile, today))


def format_amount(salary: Salary) -> str:
    """``60000 RUB`` → «60 000 руб.»."""
    return f"{salary.amount:,}".replace(",", " ") + f" {_CURRENCIES.get(salary.currency, salary.currency)}"


def format_years(years: int) -> str:
    """«1 год», «2 года», «5 лет»; «менее года» for 0."""
    if years == 0:
        return "менее года"
    if years % 10 == 1 and years % 100 != 11:
        return f"{years} год"
    return f"{years} года" if 2 <= years % 10 <= 4 and not 12 <= years % 100 <= 14 else f"{years} лет"


def _lines(profile: Profile, today: dt.date | None) -> Iterator[str]:
    years = whole_years(profile, today)
    facts: tuple[tuple[str, str | None], ...] = (
        ("Должность", profile.title),
        ("Пол", _GENDERS.get(profile.gender or "")),
        ("Возраст", None if profile.age is None else format_years(profile.age)),
        ("Город", profile.city),
        ("Страна", profile.country),
        ("Семейное положение", _MARITAL.get(profile.marital_status or "")),
        ("Водительские права", ", ".join(profile.driving_licences or ())),
        ("Автомобиль", None if profile.has_car is None else ("есть" if profile.has_car else "нет")),
        ("Желаемая зарплата", format_amount(profile.desired_salary) if profile.desired_salary else None),
        ("Навыки", "; ".join(profile.skills or ())),
        ("Языки", "; ".join(map(_language, profile.languages or ()))),
        ("Стаж", None if years is None else format_years(years)),
    )
    yield from (f"{label}: {value}" for label, value in facts if value)
    yield from _list("Опыт работы", [_job(job) for job in profile.experience or ()])
    yield from _list("Образование", [_course(course) for course in profile.education or ()])
    yield from _list("Недавние отклики", profile.recent_responses or ())


def _list(label: str, items: tuple[str, ...] | list[str]) -> Iterator[str]:
    if items:
        yield f"{label}:"
        yield from (f"- {item}" for item in items)


def _language(language: Language) -> str:
    return f"{language.name} ({language.level})" if language.level else language.name


def _job(job: Job) -> str:
    head = ", ".join(part for part in (job.position, job.company, _period(job)) if part)
    description = " ".join((job.description or "").split())
    return ". ".join(part for part in (head, description) if part)


def _period(job: Job) -> str | None:
    if job.start is None:
        return None if job.end is None else f"до {_month(job.end)}"
    return f"{_month(job.start)} — {_month(job.end) if job.end else 'настоящее время'}"


def _month(month: str) -> str:
    year, number = month.split("-")
    return f"{number}.{year}"


def _course(course: Education) -> str:
    year = None if course.year is None else str(course.year)
    return ", ".join(part for part in (course.level, course.institution, course.speciality, year) if part)
