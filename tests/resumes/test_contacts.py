"""Contacts and the person's own name go; everything that only looks like them stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resumes.contacts import redact

GONE = [
    ("Пишите на ivan.petrov@mail.ru, отвечу быстро", "отвечу быстро"),
    ("Мой e-mail: ivan@ya.ru", ""),
    ("ivan (собака) mail.ru", ""),
    ("Тел.: 8 (916) 123-45-67", ""),
    ("тел +7 916 123 45 67 звоните", "звоните"),
    ("89161234567", ""),
    ("Звоните: 8-800-555-35-35.", ""),
    ("8 (8462) 22-33-44", ""),
    ("Тел. 22-33-44", ""),
    ("Почта hr@x.ru; тел. 8.916.123.45.67", ""),
    ("Опыт 5 лет, +375 29 123-45-67", "Опыт 5 лет"),
    ("+380501234567", ""),
    ("9161234567", ""),
    ("Telegram: @ivan_petrov", ""),
    ("Работаю быстро (tg @ivanp77).", "Работаю быстро."),
    ("skype ivan.petrov82 по будням", "по будням"),
    ("Мой телеграм — @vasya_1990, пишите", "пишите"),
    ("WhatsApp/Viber: +7-999-123-45-67", ""),
    ("https://t.me/vasya", ""),
    ("Портфолио: https://behance.net/vasya, примеры работ", "примеры работ"),
    ("код: github.com/vasya", "код"),
    ("вк id1234567", ""),
    ("мой сайт: vasya-design.ru", ""),
    ("паспорт 4510 123456", ""),
    ("Меня зовут Иван Петров. Ищу работу водителем.", "Ищу работу водителем."),
    ("Ответственная.\nС уважением, Анна Иванова", "Ответственная."),
]

KEPT = [
    "Работаю с 2015-2017, 2018-2020 и 2021 годов",
    "Оклад 80 000-120 000 руб.",
    "зарплата от 80 000 до 100 000 рублей",
    "зарплата 80 000 100 000 рублей",
    "рост выручки на +150 000 000 рублей",
    "Управление бюджетом 1 500 000 000 руб.",
    "1С 8.3, 1С: Предприятие 8.3.10.2252",
    "Parus 8.5.6.0, SAP R/3 4.6",
    "Опыт 5 лет 3 месяца, смена 12 ч., график 2/2",
    "с 01.02.2019 по 31.12.2020",
    "2010 2011 2012 2013",
    "ГОСТ 12345-2010, СНиП 3.03.01-87, ISO 9001:2015",
    "44-ФЗ, 223-ФЗ",
    "Skype for Business, Zoom",
    "Ведение Telegram каналов, Telegram-боты на Python",
    "VK, OK, Telegram: посты и сторис",
    "Instagram, Facebook",
    "ASP.NET, Node.js, @angular/core",
    "GitHub Actions, GitLab CI",
    "продавал на avito.ru и hh.ru",
    "Email-маркетинг, почта, связь с клиентами",
    "телефонных звонков 100-150 в день",
    "станок 16К20, 6Р12",
    "8 800 рублей в день",
    "любовь к работе и вера в людей",
    "C++17, C# 8, TCP/IP",
]


@pytest.mark.parametrize(("text", "left"), GONE)
def test_contacts_are_removed(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_contacts_stays(text: str) -> None:
    assert redact(text, "Надеждина Вера Романовна") == text


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Иванова Анна Сергеевна", "Рекомендую Иванову Анну Сергеевну.", "Рекомендую."),
        ("Иванова Анна Сергеевна", "Ивановой доверяли кассу", "доверяли кассу"),
        ("Петров Иван Сергеевич", "Петров И.С. работал водителем", "работал водителем"),
        ("Петров Иван Сергеевич", "Водитель И. С. Петров аккуратен", "Водитель аккуратен"),
        ("Петров Иван Сергеевич", "ПЕТРОВ ИВАН, водитель", "водитель"),
        ("Мороз Любовь", "Любовь Мороз пришла к нам в 2010", "пришла к нам в 2010"),
        ("Роман Козлов", "Роман работал у нас", "работал у нас"),
        ("Роман Козлов", "Прочёл роман о козлах", "Прочёл роман о козлах"),
        ("Надежда", "Надежда на лучшее", "Надежда на лучшее"),
        ("Зюзюкин Пётр", "Зюзюкину поручили склад", "поручили склад"),
        ("Смирнов Олег", "Олегом довольны", "довольны"),
    ],
)
def test_own_name_is_removed_in_every_case(name: str, text: str, left: str) -> None:
    assert redact(text, name) == left


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["+7", "8", "+7 ", "8 "]),
    st.sampled_from(["{}{}{}{}", "({}) {}-{}-{}", " {} {} {} {}", "-{}-{}-{}-{}", "({}){}{}{}"]),
    st.integers(900, 999),
    st.integers(100, 999),
    st.integers(10, 99),
    st.integers(10, 99),
)
def test_no_digit_of_a_mobile_number_is_left(prefix: str, shape: str, a: int, b: int, c: int, d: int) -> None:
    text = f"Опыт работы кассиром, {prefix}{shape.format(a, b, c, d)}, ищу работу"
    assert redact(text) == "Опыт работы кассиром, ищу работу"


@settings(max_examples=200, deadline=None)
@given(st.integers(1990, 2026), st.integers(1990, 2026), st.integers(10, 999), st.integers(1, 12))
def test_years_and_amounts_always_stay(first: int, second: int, thousands: int, months: int) -> None:
    text = (
        f"{first}-{second}: оклад {thousands} 000 руб., {months} мес., с {months:02d}.{first} по {months:02d}.{second}"
    )
    assert redact(text) == text
