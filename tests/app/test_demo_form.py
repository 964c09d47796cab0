"""The form of the demo page becomes a résumé of the API's format."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from app.demo.client import BROKEN, BUSY, UNFAITHFUL, refusal
from app.demo.fields import EXAMPLE, FormError, FormFields, JobFields, month, resume


def test_the_example_as_a_resume() -> None:
    assert resume(EXAMPLE, "demo-1") == {
        "external_id": "demo-1",
        "title": "Продавец-консультант",
        "gender": "female",
        "age": 34,
        "city": "Казань",
        "driving_licences": ["B"],
        "desired_salary": {"amount": 60000, "currency": "RUB"},
        "skills": ["1С", "кассовая дисциплина", "выкладка товара"],
        "experience": [
            {"position": "Старший продавец", "company": "Спортмастер", "start": "2022-02"},
            {"position": "Продавец-консультант", "company": "Эльдорадо", "start": "2019-03", "end": "2022-01"},
        ],
    }


def test_empty_fields_are_left_out() -> None:
    assert resume(FormFields(city=" Пермь ", jobs=(JobFields(), JobFields(end="сейчас"))), "demo-2") == {
        "external_id": "demo-2",
        "city": "Пермь",
    }


def test_an_empty_form_is_nothing_to_write_about() -> None:
    with pytest.raises(FormError, match="хотя бы одно поле"):
        resume(FormFields(title="  ", skills=" , ;"), "demo-3")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("03.2019", "2019-03"),
        (" 3/2019 ", "2019-03"),
        ("12-1999", "1999-12"),
        ("", None),
        ("по настоящее время", None),
        ("н.в.", None),
        ("Сейчас", None),
    ],
)
def test_months(typed: str, meant: str | None) -> None:
    assert month(typed) == meant


@pytest.mark.parametrize("typed", ["2019", "13.2019", "март 2019", "03.19"])
def test_a_month_that_cannot_be_read_is_named(typed: str) -> None:
    with pytest.raises(FormError, match=f"«{typed}».*например 03"):
        month(typed)


def test_a_job_cannot_end_before_it_starts() -> None:
    with pytest.raises(FormError, match="раньше, чем началась"):
        resume(replace(EXAMPLE, jobs=(JobFields(start="05.2020", end="04.2020"),)), "demo-4")


def test_refusals_in_the_words_of_the_page() -> None:
    errors = [
        {"pointer": "#/resume/age", "detail": "too young"},
        {"pointer": "#/resume/experience/0/start", "detail": "no month"},
        {"pointer": "#/resume/experience/1/start", "detail": "no month"},
    ]
    assert refusal(httpx.Response(422, json={"errors": errors})) == "Проверьте поля: «Возраст», «Опыт работы»."
    assert refusal(httpx.Response(422, text="no JSON")) == BROKEN
    assert refusal(httpx.Response(500)) == BROKEN
    assert refusal(httpx.Response(503)) == BUSY
    assert refusal(httpx.Response(503, json={"type": "urn:raisontext:no-faithful-text"})) == UNFAITHFUL
