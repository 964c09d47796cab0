"""What the form holds, and the résumé that it becomes. No Streamlit here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LICENCES = ("A", "B", "C", "D", "BE", "CE", "M")
GENDERS: Mapping[str, str] = {"Женский": "female", "Мужской": "male"}
ONGOING = re.compile(r"(по )?(настоящее время|сейчас|н\. ?в\.?)", re.IGNORECASE)
LABELS: Mapping[str, str] = {
    "title": "Профессия",
    "gender": "Пол",
    "age": "Возраст",
    "city": "Город проживания",
    "driving_licences": "Водительские права",
    "desired_salary": "Желаемая зарплата",
    "skills": "Навыки",
    "experience": "Опыт работы",
}


class FormError(Exception):
    """A field cannot be understood; the message is Russian and fit for the page."""


@dataclass(frozen=True)
class JobFields:
    """One place of work as typed; months as ``03.2019``."""

    position: str = ""
    company: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class FormFields:
    """The form as typed; everything may be empty."""

    title: str = ""
    gender: str | None = None
    age: int | None = None
    city: str = ""
    licences: tuple[str, ...] = ()
    salary: int | None = None
    skills: str = ""
    jobs: tuple[JobFields, ...] = field(default=())


EXAMPLE = FormFields(
    title="Продавец-консультант",
    gender="Женский",
    age=34,
    city="Казань",
    licences=("B",),
    salary=60_000,
    skills="1С, кассовая дисциплина, выкладка товара",
    jobs=(
        JobFields("Старший продавец", "Спортмастер", "02.2022", ""),
        JobFields("Продавец-консультант", "Эльдорадо", "03.2019", "01.2022"),
    ),
)


def month(text: str) -> str | None:
    """``03.2019`` → ``2019-03``; empty or «по настоящее время» → None. Raises :class:`FormError`."""
    value = text.strip()
    if not value or ONGOING.fullmatch(value):
        return None
    found = re.fullmatch(r"(0?[1-9]|1[0-2])[./-]((?:19|20)\d\d)", value)
    if found is None:
        raise FormError(f"Не удалось прочитать дату «{value}». Напишите месяц и год, например 03.2019.")
    return f"{found[2]}-{int(found[1]):02d}"


def _job(fields: JobFields) -> dict[str, Any] | None:
    start, end = month(fields.start), month(fields.end)
    if start and end and end < start:
        raise FormError(f"Работа закончилась ({fields.end}) раньше, чем началась ({fields.start}).")
    job = {"position": fields.position.strip(), "company": fields.company.strip(), "start": start, "end": end}
    return {key: value for key, value in job.items() if value} or None


def resume(form: FormFields, external_id: str) -> dict[str, Any]:
    """The résumé of the API's format; empty fields are left out.

    Raises:
        FormError: a date cannot be read, or nothing was filled in.
    """
    filled = {
        "title": form.title.strip(),
        "gender": GENDERS.get(form.gender or ""),
        "age": form.age,
        "city": form.city.strip(),
        "driving_licences": list(form.licences),
        "desired_salary": {"amount": form.salary, "currency": "RUB"} if form.salary else None,
        "skills": [skill.strip() for skill in re.split(r"[,;\n]", form.skills) if skill.strip()],
        "experience": [job for fields in form.jobs if (job := _job(fields))],
    }
    known = {key: value for key, value in filled.items() if value}
    if not known:
        raise FormError("Заполните хотя бы одно поле: писать пока не о чем.")
    return {"external_id": external_id, **known}
