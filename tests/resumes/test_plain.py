"""The plain rendering: labelled lines for what is there, nothing for what is not."""

from __future__ import annotations

import pytest

from resumes.plain import format_years, render_plain
from resumes.schema import Education, Job, Language, Profile, Salary


def test_full_profile() -> None:
    profile = Profile(
        external_id="secret-id", title="Продавец", gender="female", age=34, city="Казань", country="Россия",
        marital_status="married", driving_licences=("B", "C"), has_car=False, desired_salary=Salary(amount=60000),
        skills=("1С", "кассовая дисциплина"), languages=(Language(name="Английский", level="B2"),),
        experience=(Job(position="Кассир", company="ООО «Ромашка»",
                        start="2019-03", end="2022-02", description="Учёт"),),
        education=(Education(level="Высшее", institution="Институт", speciality="Торговля", year=2012),),
        recent_responses=("Старший продавец",),
    )  # fmt: skip
    assert render_plain(profile).split("\n") == [
        "Должность: Продавец",
        "Пол: женский",
        "Возраст: 34 года",
        "Город: Казань",
        "Страна: Россия",
        "Семейное положение: в браке",
        "Водительские права: B, C",
        "Автомобиль: нет",
        "Желаемая зарплата: 60 000 руб.",
        "Навыки: 1С; кассовая дисциплина",
        "Языки: Английский (B2)",
        "Стаж: 3 года",
        "Опыт работы:",
        "- Кассир, ООО «Ромашка», 03.2019 — 02.2022. Учёт",
        "Образование:",
        "- Высшее, Институт, Торговля, 2012",
        "Недавние отклики:",
        "- Старший продавец",
    ]


def test_missing_fields_give_no_line() -> None:
    assert render_plain(Profile(external_id="r1", city="Тверь")) == "Город: Тверь"
    assert render_plain(Profile(external_id="r1")) == ""


@pytest.mark.parametrize(
    ("years", "text"), [(0, "менее года"), (1, "1 год"), (3, "3 года"), (5, "5 лет"),
                        (11, "11 лет"), (21, "21 год"), (112, "112 лет")]
)  # fmt: skip
def test_years(years: int, text: str) -> None:
    assert format_years(years) == text
