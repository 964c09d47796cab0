"""Cleaning: noise goes, meaning stays, personal data goes nowhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from resumes.cleaning import age_on, clean
from resumes.coercion import coerce
from resumes.places import clean_place
from resumes.schema import Profile, ResumeInput

TODAY = dt.date(2026, 11, 23)


def cleaned(**fields: Any) -> Profile:
    return clean(ResumeInput.model_validate(coerce({"external_id": "r1", **fields})), TODAY).profile


@pytest.mark.parametrize(
    ("written", "city", "country"),
    [
        ("г. Казань", "Казань", None),
        ("г.Казань", "Казань", None),
        ("Мытищи (Московская область)", "Мытищи", None),
        ("yaroslavl", "Ярославль", None),
        ("ekaterinburg", "Екатеринбург", None),
        ("Yekaterinburg", "Екатеринбург", None),
        ("Moscow", "Москва", None),
        ("Nizhniy Novgorod", "Нижний Новгород", None),
        ("Rostov-on-Don", "Ростов-на-Дону", None),
        ("Almaty", "Алматы", None),
        ("Springfield", "Springfield", None),
        ("МОСКВА", "Москва", None),
        ("ростов-на-дону", "Ростов-на-Дону", None),
        ("Армения", None, "Армения"),
        ("Россия, Московская область, г. Мытищи", "Мытищи", None),
        ("Город", "Город", None),
    ],
)
def test_cities(written: str, city: str | None, country: str | None) -> None:
    assert clean_place(written, None) == (city, country)


def test_a_country_given_beside_a_country_as_city_wins() -> None:
    assert clean_place("Кипр", "РФ") == (None, "Россия")


@pytest.mark.parametrize(
    ("written", "categories"),
    [(["B, C"], ("B", "C")), (["B "], ("B",)), (["ВС"], ("B", "C")),
     ("категории В и СЕ", ("B", "CE")), (["c1", "B"], ("B", "C1"))],
)  # fmt: skip
def test_licences(written: object, categories: tuple[str, ...]) -> None:
    assert cleaned(driving_licences=written).driving_licences == categories


def test_a_licence_of_no_category_is_refused() -> None:
    with pytest.raises(ValueError, match=r"driving_licences.*есть"):
        cleaned(driving_licences=["есть"])


@pytest.mark.parametrize(
    ("written", "skills"),
    [
        (["Python", "python ", "Git"], ("Python", "Git")),
        (["управление  финансами , управление персоналом, риск менеджмент"],
         ("управление финансами", "управление персоналом", "риск менеджмент")),
        (["Внутривенные,внутримышечные,подкожные инъекции"], ("Внутривенные,внутримышечные,подкожные инъекции",)),
        (["выполнение в/в. в/м. п/к. инъекции"], ("выполнение в/в. в/м. п/к. инъекции",)),
        (["MS Office (Word,Excel)"], ("MS Office (Word,Excel)",)),
        (["Sap,excel,axapta"], ("Sap", "excel", "axapta")),
        (["Регистрация исходящей корреспонденции;", "-Ведение учёта", "Data science Technologies:"],
         ("Регистрация исходящей корреспонденции", "Ведение учёта", "Data science Technologies")),
        (["C", "R", "s", "C++", "C#", "..."], ("C", "R", "C++", "C#")),
        (["Смена 12 ч."], ("Смена 12 ч.",)),
        (["Python, тел. 8 916 123-45-67"], ("Python",)),
    ],
)  # fmt: skip
def test_skills(written: list[str], skills: tuple[str, ...]) -> None:
    assert cleaned(skills=written).skills == skills


def test_jobs_are_told_once_and_latest_first() -> None:
    old = {"position": "Санитар.", "start": "2010-01", "end": "2012-05"}
    present = {"position": "Медбрат ", "start": "2012-06"}
    jobs = cleaned(experience=[old, {"position": ""}, present, {**old, "position": "санитар"}]).experience
    assert jobs is not None
    assert [(job.position, job.end) for job in jobs] == [("Медбрат", None), ("Санитар", "2012-05")]


def test_languages_have_russian_names_and_bare_levels() -> None:
    languages = cleaned(
        languages=[
            {"name": "English", "level": "B2 - Upper Intermediate"},
            {"name": "Russian", "level": "Native"},
            {"name": "Немецкий", "level": "со словарём"},
            {"name": "английский"},
        ]
    ).languages
    assert languages is not None
    assert [(one.name, one.level) for one in languages] == [
        ("Английский", "B2"), ("Русский", "Родной"), ("Немецкий", "со словарём"),
    ]  # fmt: skip


def test_personal_data_does_not_survive() -> None:
    resume = ResumeInput.model_validate(
        {
            "external_id": "r1", "name": "Иванова Анна Петровна", "email": "anna@mail.ru", "phone": "+7 916 123-45-67",
            "birth_date": "1990-11-24", "age": 20, "title": "Бухгалтер, тел. 8 916 123 45 67",
            "skills": ["1С", "пишите anna@mail.ru"], "about": "Меня зовут Анна.\n\nВеду учёт.  Звоните +79161234567",
            "recommendation_letter": "Анна Иванова вела учёт. Ивановой доверяли.",
            "experience": [{"company": "ИП Иванова", "description": "Учёт, anna@mail.ru"}],
        }
    )  # fmt: skip
    result = clean(resume, TODAY)
    kept = f"{result.profile.model_dump_json()} {result.about} {result.recommendation_letter}"
    for secret in ("Анна", "Иванов", "916", "anna", "@", "1990"):
        assert secret not in kept
    assert result.profile.age == 35
    assert result.profile.title == "Бухгалтер"
    assert result.about == "Веду учёт."
    assert result.profile.skills == ("1С",)


@pytest.mark.parametrize(("birth", "age"), [("1990-11-23", 36), ("1990-11-24", 35), ("2000-02-29", 26)])
def test_age(birth: str, age: int) -> None:
    assert age_on(dt.date.fromisoformat(birth), TODAY) == age


def test_markup_and_invisible_characters_go() -> None:
    resume = ResumeInput(
        external_id="r\x00 1", about="<p>Веду&nbsp;учёт</p><ul><li>1С\u200b 8.3</li></ul>", title="a\x07b"
    )
    result = clean(resume)
    assert result.about == "Веду учёт\n1С 8.3"
    assert result.profile.external_id == "r 1"
    assert result.profile.title == "ab"


def test_a_text_of_contacts_alone_becomes_null() -> None:
    assert clean(ResumeInput(external_id="r1", about="Тел. 8 916 123-45-67")).about is None


@pytest.mark.parametrize(
    ("field", "written", "expected"),
    [
        ("gender", "Женский", "female"),
        ("marital_status", "Не замужем", "single"),
        ("has_car", "да", True),
        ("has_car", "нет", False),
        ("age", "34.0", 34),
        ("desired_salary", "от 60 000 руб.", (60000, "RUB")),
        ("desired_salary", 45000, (45000, "RUB")),
        ("desired_salary", {"amount": "2 000", "currency": "$"}, (2000, "USD")),
        ("desired_salary", {"amount": 0, "currency": "RUB"}, None),
        ("title", "  ", None),
        ("skills", "Git; Linux", ("Git", "Linux")),
        ("languages", "Английский — B2; Немецкий (A1), Русский",
         [("Английский", "B2"), ("Немецкий", "A1"), ("Русский", None)]),
    ],
)  # fmt: skip
def test_forms_that_exports_use(field: str, written: object, expected: object) -> None:
    found = getattr(cleaned(**{field: written}), field)
    if field == "desired_salary" and found is not None:
        found = (found.amount, found.currency)
    if field == "languages":
        found = [(one.name, one.level) for one in found]
    assert found == expected


@pytest.mark.parametrize(
    ("start", "end"), [("03.2019", "01.2022"), ("2019/3", "2022-01-31"), ("2019-03-01", "2022.01")]
)
def test_months_in_other_forms(start: str, end: str) -> None:
    jobs = cleaned(experience=[{"position": "Повар", "start": start, "end": end}]).experience
    assert jobs is not None
    assert (jobs[0].start, jobs[0].end) == ("2019-03", "2022-01")
