"""The résumé as annotators read it."""

from __future__ import annotations

import re

import pytest

from annotation.resume_view import resume_html, years_word
from resumes.schema import Profile
from tests.annotation.factories import PROFILE


def text_of(profile: Profile) -> str:
    return re.sub(r"<[^>]+>", "\n", resume_html(profile))


def test_every_field_is_told_in_russian() -> None:
    shown = text_of(Profile.model_validate({"external_id": "secret-7", **PROFILE}))

    for part in (
        "Продавец-консультант",
        "Женщина, 34 года, замужем · Казань, Россия",
        "Водительские права: B · есть автомобиль",
        "Желаемая зарплата: 60\N{NO-BREAK SPACE}000 ₽ в месяц",
        "Старший продавец, Ромашка",
        "март 2019 – январь 2022",
        "1С, кассовая дисциплина, выкладка товара",
        "Среднее специальное · Товароведение · 2012",
        "Английский – B2",
    ):
        assert part in shown
    assert "secret-7" not in shown


def test_missing_fields_leave_nothing_behind() -> None:
    assert resume_html(Profile(external_id="r1")) == "<div></div>"
    assert resume_html(Profile(external_id="r1", title="Водитель")) == "<div><b>Водитель</b></div>"
    only_city = Profile(external_id="r1", city="Омск")
    assert resume_html(only_city) == "<div><b>Резюме</b><p>Омск</p></div>"


def test_marital_status_without_gender_is_neutral() -> None:
    assert "в браке" in resume_html(Profile(external_id="r1", marital_status="married"))


def test_a_job_that_goes_on_and_one_with_an_end_only() -> None:
    profile = Profile.model_validate(
        {"external_id": "r1", "experience": [{"position": "Повар", "start": "2020-05"}, {"end": "2019-12"}]}
    )

    shown = text_of(profile)

    assert shown.index("Повар") < shown.index("май 2020 – по настоящее время")
    assert "до декабрь 2019" not in shown
    assert "по декабрь 2019" in shown


def test_markup_in_a_resume_is_shown_not_run() -> None:
    attack = "<script>alert(1)</script>"
    job = {"position": attack, "company": attack, "description": f"первое\n{attack}"}
    shown = resume_html(Profile.model_validate({"external_id": "r1", "title": attack, "experience": [job]}))

    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") == 4
    assert "первое<br>" in shown


@pytest.mark.parametrize(
    ("count", "word"),
    [(1, "год"), (2, "года"), (5, "лет"), (11, "лет"), (14, "лет"), (21, "год"), (34, "года"), (100, "лет")],
)
def test_years_agree_with_their_number(count: int, word: str) -> None:
    assert years_word(count) == word
