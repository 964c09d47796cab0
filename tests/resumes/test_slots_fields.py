"""Field values as they stand inside sentences: cases, letter case, numbers, prepositions."""

from __future__ import annotations

import datetime as dt

import pytest

from resumes.schema import Education, Language, Salary
from resumes.slots import details
from resumes.slots.morphology import enumerate_items, inflect_phrase, plural
from resumes.slots.places import parse_city, parse_country
from resumes.slots.skills import parse_skills
from resumes.slots.titles import parse_position, parse_title


@pytest.mark.parametrize(
    ("raw", "ablt"),
    [
        ("Продавец-консультант", "продавцом-консультантом"),
        ("медицинский брат", "медицинским братом"),
        ("Медицинская сестра палатная", "медицинской сестрой палатной"),
        ("Старший системный администратор", "старшим системным администратором"),
        ("Junior Python разработчик", "Junior Python-разработчиком"),
        ("Python разработчик/программист (Junior Python Developer)", "Python-разработчиком"),
        ("PHP/ Python программист", "PHP/Python-программистом"),
        ("UX/UI дизайнер", "UX/UI-дизайнером"),
        ("Програмист Python", "программистом Python"),
        ("Медецинская сестра", "медицинской сестрой"),
        ("Junior программист Python,Стажёр в школу программирования", "Junior программистом Python"),
        ("руководитель, помощник руководителя", "руководителем"),
        ("Корреспондент новостной редакции", "корреспондентом новостной редакции"),
        ("Заведующая ФАП", "заведующей ФАП"),
        ("Шеф-повар", "шеф-поваром"),
        ("Арт-директор", "арт-директором"),
        ("Водитель категории В", "водителем категории В"),
        ("Рабочий склада", "рабочим склада"),
        ("палатная мед.сестра", "палатной медсестрой"),
        ("Зам. директора", "заместителем директора"),
        ("кассир 5/2", "кассиром"),
        ("1С-программист", "1С-программистом"),
        ("Продавец консультант", "продавцом-консультантом"),
        ("Full stack разработчик", "Full-stack-разработчиком"),
    ],
)
def test_a_title_is_cleaned_and_inflected(raw: str, ablt: str) -> None:
    title = parse_title(raw)

    assert title is not None
    assert title.ablt == ablt


@pytest.mark.parametrize(
    ("raw", "quot"),
    [("Data Science", "«Data Science»"), ("Frontend developer", "«Frontend developer»"), ("Лор мс", "«Лор мс»")],
)
def test_a_title_that_cannot_be_inflected_is_quoted(raw: str, quot: str) -> None:
    title = parse_title(raw)

    assert title is not None
    assert not title.inflectable
    assert title.quot == quot


@pytest.mark.parametrize("raw", ["Фриланс", "Домохозяйка", "Консультанта 1C по технологическим вопросам", "...", "-"])
def test_an_entry_that_is_no_clean_position_is_left_out(raw: str) -> None:
    assert parse_position(raw) is None


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ("Казань", "в Казани"),
        ("kazan", "в Казани"),
        ("г. Тверь", "в Твери"),
        ("Владивосток", "во Владивостоке"),
        ("Фрязино", "во Фрязине"),
        ("Мытищи (Московская область)", "в Мытищах"),
        ("Нижний Новгород", "в Нижнем Новгороде"),
        ("Набережные Челны", "в Набережных Челнах"),
        ("Ростов-на-Дону", "в Ростове-на-Дону"),
        ("Санкт-Петербург", "в Санкт-Петербурге"),
        ("Петропавловск-Камчатский", "в Петропавловске-Камчатском"),
        ("Улан-Удэ", "в Улан-Удэ"),
        ("Алматы", "в Алматы"),
        ("Королёв", "в Королёве"),
        ("Кипр", "на Кипре"),
        ("с. Ивановка", "в селе Ивановка"),
        ("Иннополис", "в городе Иннополис"),
        ("Springfield", "в городе Springfield"),
        ("нижний новгород", "в Нижнем Новгороде"),
        ("МОСКВА", "в Москве"),
        ("Московская обл.", "в Московской области"),
        ("Республика Татарстан", "в Республике Татарстан"),
        ("Санкт-Петербург и область", "в Санкт-Петербурге"),
        ("Крым", "в Крыму"),
    ],
)
def test_a_city_answers_where(raw: str, place: str) -> None:
    city = parse_city(raw)

    assert city is not None
    assert city.place == place


@pytest.mark.parametrize("raw", ["Удалённо", "любой", "123", "г.", "Москва5"])
def test_an_entry_that_is_no_city_is_left_out(raw: str) -> None:
    assert parse_city(raw) is None


@pytest.mark.parametrize("raw", ["Ищу работу", "Любая работа", "Рассмотрю все предложения", "!!!"])
def test_a_title_that_names_no_position_is_left_out(raw: str) -> None:
    assert parse_title(raw) is None


def test_a_country_that_is_not_known_is_not_told() -> None:
    known = parse_country("Казахстан")

    assert known is not None
    assert known.place == "в Казахстане"
    assert parse_country("Зубровка") is None


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ('ООО "Ромашка"', "в ООО «Ромашка»"),
        ("ПАО Сбербанк", "в ПАО «Сбербанк»"),
        ("Магнит", "в компании «Магнит»"),
        ("Городская больница № 3", "в городской больнице № 3"),
        ("Медицинский центр «Тихая гавань»", "в медицинском центре «Тихая гавань»"),
        ("Детский сад № 83", "в детском саду № 83"),
        ("Казанский авиационный завод", "на Казанском авиационном заводе"),
        ("IT-компания «Магистраль»", "в IT-компании «Магистраль»"),
        ("ИП Петров", None),
        ("нет", None),
        ("самозанятость", None),
    ],
)
def test_an_employer_answers_where(raw: str, place: str | None) -> None:
    assert details.company_place(raw) == place


def test_skills_are_sorted_and_garbage_is_left_out() -> None:
    skills = parse_skills(
        [
            "Python", "python", "Git1", "s", "Data science Technologies:", "Пользователь ПК", "Программист python",
            "Кассовая дисциплина", "ведение переговоров", "Ответственность", "Организаторские навыки",
            "выполнение в/в. в/м. п/к. инъекции", "Водительское удостоверение категории B", "Яндекс Документы",
            "управление  финансами , управление персоналом, риск менеджмент", "1С: Бухгалтерия",
        ]
    )  # fmt: skip

    assert skills.tools == ("Python",)
    assert skills.subjects == (
        "кассовая дисциплина", "ведение переговоров", "«Яндекс Документы»", "«1С: Бухгалтерия»"
    )  # fmt: skip
    assert skills.doings == ("ведения переговоров",)
    assert skills.qualities == ("ответственность",)
    assert skills.quality_forms == ("ответственностью",)


def test_long_lists_are_bounded_and_varied() -> None:
    skills = parse_skills([f"Организация {what}" for what in ("встреч", "выставок", "конференций")] + ["SQL"] * 3)

    assert skills.subjects == ("организация встреч", "организация выставок")
    assert skills.tools == ("SQL",)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (60000, "RUB", "60 000 рублей"),
        (1600, "RUB", "1600 рублей"),
        (61, "RUB", "61 рубль"),
        (2000, "USD", "2000 долларов США"),
        (3500, "EUR", "3500 евро"),
        (150000, "KZT", "150 000 тенге"),
        (2, "BYN", "2 белорусских рубля"),
    ],
)
def test_a_salary_is_written_out(amount: int, currency: str, text: str) -> None:
    salary = Salary.model_validate({"amount": amount, "currency": currency})

    assert details.salary_phrase(salary) == text


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1 год"), (11, "11 лет"), (21, "21 год"), (32, "32 года"), (28, "28 лет")]
)
def test_years_agree_with_their_number(number: int, text: str) -> None:
    assert details.years_phrase(number) == text
    assert plural(112, "год", "года", "лет") == "лет"


def test_the_best_education_is_told() -> None:
    courses = [
        Education(level="Среднее", year=2005),
        Education(level="Высшее", institution='КФУ "Центр"', speciality="экономика", year=2012),
    ]

    short, full = details.education_phrases(courses, dt.date(2026, 1, 1)) or ("", "")

    assert short == "высшее образование"
    assert full == "высшее образование по специальности «Экономика» (КФУ «Центр», 2012 год)"
    assert details.education_phrases([Education(institution="КФУ")], dt.date(2026, 1, 1)) is None
    future = details.education_phrases([Education(level="Бакалавр", year=2027)], dt.date(2026, 1, 1))
    assert future == ("высшее образование", "высшее образование")


def test_languages_lose_the_native_one_and_keep_levels_apart() -> None:
    languages = [
        Language(name="Русский", level="Родной"),
        Language(name="Испанский"),
        Language(name="English", level="B2 - Upper Intermediate"),
        Language(name="Эльфийский язык", level="C1"),
    ]

    assert details.languages_phrases(languages) == (
        "английским языком на уровне B2, эльфийским на уровне C1 и испанским",
        "английский язык на уровне B2, эльфийский на уровне C1 и испанский",
    )
    assert details.languages_phrases(languages[:1]) is None


def test_licences_and_family_status() -> None:
    assert details.licence_phrase(["В "]) == "категории B"  # a Cyrillic letter
    assert details.licence_phrase(["C", "B"]) == "категорий B и C"
    assert details.licence_phrase(["есть"]) is None
    assert details.marital_phrase("married", "female") == "замужем"
    assert details.marital_phrase("single", None) == "в браке не состою"


def test_lists_and_phrases() -> None:
    assert enumerate_items(["1С", "Excel", "учет"]) == "1С, Excel и учет"
    assert enumerate_items(["прием и выдача", "учет"]) == "прием и выдача, а также учет"
    assert inflect_phrase("прием и распределение звонков", "gent") is None
    assert inflect_phrase("кассовая дисциплина", "ablt") == "кассовой дисциплиной"
