"""The demo page by Streamlit's own test runner, against a port where nothing listens and against the real API."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import app.demo
from app.demo.client import DOWN
from app.demo.fields import EXAMPLE

PAGE = Path(app.demo.__file__).with_name("page.py")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of a new visitor; no API answers."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("RAISONTEXT_API_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
    return AppTest.from_file(str(PAGE), default_timeout=60).run()


def errors(page: AppTest) -> list[str]:
    assert not page.exception
    return [error.value for error in page.error]


def test_all_fields_of_the_form_are_there(page: AppTest) -> None:
    labels = {widget.label for kind in ("text_input", "number_input", "button_group") for widget in page.get(kind)}
    assert labels >= {"Профессия", "Пол", "Возраст", "Город проживания", "Водительские права"}
    assert labels >= {"Желаемая зарплата, ₽", "Навыки (через запятую)", "Должность", "Компания", "Начало", "Конец"}
    assert errors(page) == []


def test_the_example_fills_every_field(page: AppTest) -> None:
    page.button(key="example").click().run()
    assert page.text_input(key="title").value == EXAMPLE.title
    assert page.number_input(key="age").value == EXAMPLE.age
    assert page.number_input(key="salary").value == EXAMPLE.salary
    assert [widget.value for widget in page.text_input if widget.label == "Компания"] == ["Спортмастер", "Эльдорадо"]
    assert errors(page) == []


def test_jobs_come_and_go(page: AppTest) -> None:
    page.button(key="add_job").click().run()
    page.text_input(key="company_1").input("Вторая").run()
    page.button(key="remove_0").click().run()
    assert [widget.value for widget in page.text_input if widget.label == "Компания"] == ["Вторая"]
    assert errors(page) == []


def test_a_service_that_is_down_is_said_plainly_and_nothing_is_lost(page: AppTest) -> None:
    page.text_input(key="city").input("Пермь")
    page.button(key="write").click().run()
    assert errors(page) == [DOWN]
    assert page.text_input(key="city").value == "Пермь"


def test_an_empty_form_and_a_wrong_date_never_reach_the_service(page: AppTest) -> None:
    page.button(key="write").click().run()
    assert errors(page) == ["Заполните хотя бы одно поле: писать пока не о чем."]
    page.text_input(key="start_0").input("вчера")
    page.button(key="write").click().run()
    assert errors(page) == ["Не удалось прочитать дату «вчера». Напишите месяц и год, например 03.2019."]


def test_variants_can_be_chosen_and_edited(page: AppTest, api_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_API_URL", api_url)
    page.button(key="example").click().run()
    page.button(key="write").click().run()
    assert errors(page) == []
    texts = page.session_state["generation"].texts
    assert len(set(texts)) == len(texts) >= 2
    assert page.text_area(key="final_text").value == texts[0]
    next(button for button in page.button if button.label == "Выбрать вариант 2").click().run()
    assert page.text_area(key="final_text").value == texts[1]
    page.text_area(key="final_text").input("Мой текст").run()
    assert page.text_area(key="final_text").value == "Мой текст"
    assert "9 знаков" in [caption.value for caption in page.caption]
    assert errors(page) == []
