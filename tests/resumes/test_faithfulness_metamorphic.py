"""A change of the résumé makes a true text false; another inflection or wording of the same fact leaves it true."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from resumes.faithfulness import Checker, check
from resumes.faithfulness.checker import forget_sentences
from resumes.schema import Profile

TODAY = dt.date(2026, 6, 1)
# The first example loads the language tools.
UNHURRIED = settings(deadline=None, max_examples=60)
# City, «в …», «из …»; written by hand, so that the checker's own declension is not its judge.
CITIES = (
    ("Казань", "Казани", "Казани"),
    ("Нижний Новгород", "Нижнем Новгороде", "Нижнего Новгорода"),
    ("Набережные Челны", "Набережных Челнах", "Набережных Челнов"),
    ("Ростов-на-Дону", "Ростове-на-Дону", "Ростова-на-Дону"),
    ("Санкт-Петербург", "Санкт-Петербурге", "Санкт-Петербурга"),
    ("Тверь", "Твери", "Твери"),
    ("Мытищи", "Мытищах", "Мытищ"),
    ("Иваново", "Иванове", "Иванова"),
    ("Череповец", "Череповце", "Череповца"),
    ("Грозный", "Грозном", "Грозного"),
    ("Сочи", "Сочи", "Сочи"),
    ("Химки", "Химках", "Химок"),
    ("Йошкар-Ола", "Йошкар-Оле", "Йошкар-Олы"),
    ("Великие Луки", "Великих Луках", "Великих Лук"),
    ("Орёл", "Орле", "Орла"),
    ("Алматы", "Алматы", "Алматы"),
)
LIVING = ("Живу в {0}.", "Проживаю в {0}, готов к работе.", "Я из {1}.", "Родом из {1}.", "Ищу работу в {0}.")
NUMBER_WORDS = {
    19: "девятнадцать лет", 21: "двадцать один год", 24: "двадцать четыре года", 30: "тридцать лет",
    32: "тридцать два года", 45: "сорок пять лет", 51: "пятьдесят один год", 60: "шестьдесят лет",
}  # fmt: skip
PAIRS = (
    ("работал", "работала"), ("готов", "готова"), ("окончил курсы и начал", "окончила курсы и начала"),
    ("уверен в себе", "уверена в себе"), ("внимателен", "внимательна"), ("привык", "привыкла"),
    ("нацелен на результат", "нацелена на результат"), ("всегда был рад помочь", "всегда была рада помочь"),
)  # fmt: skip


def _kinds(text: str, **fields: Any) -> set[str]:
    profile = Profile.model_validate({"external_id": "r", **fields})
    return {violation.kind for violation in check(profile, text, TODAY)}


@UNHURRIED
@given(own=st.sampled_from(CITIES), other=st.sampled_from(CITIES), wording=st.sampled_from(LIVING))
def test_city(own: tuple[str, str, str], other: tuple[str, str, str], wording: str) -> None:
    text = wording.format(*own[1:])
    assert "city" not in _kinds(text, city=own[0])
    assert "city" not in _kinds(text, city=f"г. {own[0]}")
    assert "city" in _kinds(text)
    if other != own:
        assert "city" in _kinds(text, city=other[0])


@UNHURRIED
@given(age=st.sampled_from(sorted(NUMBER_WORDS)), shift=st.sampled_from([-10, -3, -1, 1, 2, 10]))
def test_age(age: int, shift: int) -> None:
    digits = f"{age} {NUMBER_WORDS[age].rsplit(' ', 1)[1]}"
    for text in (f"Мне {NUMBER_WORDS[age]}.", f"Мне {digits}, ищу работу.", f"Возраст — {digits}."):
        assert _kinds(text, age=age) == set()
        assert _kinds(text, age=max(14, age + shift)) == {"age"}


@UNHURRIED
@given(
    pair=st.sampled_from(PAIRS),
    subject=st.sampled_from(["Я {}.", "Всегда {}.", "В коллективе {}.", "Сразу скажу: {}."]),
)
def test_gender(pair: tuple[str, str], subject: str) -> None:
    for words, own, other in ((pair[0], "male", "female"), (pair[1], "female", "male")):
        text = subject.format(words)
        assert "gender" not in _kinds(text, gender=own)
        assert "gender" in _kinds(text, gender=other)
        assert "gender" not in _kinds(text)


@UNHURRIED
@given(years=st.integers(1, 40), months=st.integers(0, 11), wrong=st.sampled_from([-9, -3, 3, 7]))
def test_experience(years: int, months: int, wrong: int) -> None:
    total = years * 12 + months
    first = TODAY.year * 12 + TODAY.month - 1 - total
    start, end = f"{first // 12}-{first % 12 + 1:02}", f"{(first + total - 1) // 12}-{(first + total - 1) % 12 + 1:02}"
    job = {"position": "Продавец", "start": start, "end": end}
    assert _kinds(f"Опыт работы — {years} лет.", experience=[job]) == set()
    # The same job written twice, or cut in two that overlap, is no longer a life.
    assert _kinds(f"Общий стаж {years} лет.", experience=[job, job]) == set()
    assert _kinds(f"Общий стаж — {max(years + wrong, years + 3)} лет.", experience=[job]) == {"experience_years"}
    more = _kinds(f"Более {years} лет опыта.", experience=[job])
    assert more == (set() if months > 1 else {"experience_years"}) or months == 1


@UNHURRIED
@given(
    amount=st.integers(15, 400).map(lambda thousands: thousands * 1000),
    other=st.integers(15, 400).map(lambda t: t * 1000),
)
def test_salary(amount: int, other: int) -> None:
    for text in (
        f"Рассчитываю на зарплату {amount} рублей.",
        f"Желаемый доход — от {amount:,} руб.".replace(",", " "),
        f"Хочу получать {amount // 1000} тысяч рублей.",
    ):
        assert _kinds(text, desired_salary={"amount": amount}) == set()
        assert _kinds(text) == {"salary"}
        if other != amount:
            assert _kinds(text, desired_salary={"amount": other}) == {"salary"}


@UNHURRIED
@given(held=st.sets(st.sampled_from("ABCD"), min_size=1), named=st.sets(st.sampled_from("ABCD"), min_size=1))
def test_licence(held: set[str], named: set[str]) -> None:
    text = f"Есть водительские права категорий {', '.join(sorted(named))}."
    expected = set() if named <= held else {"licence"}
    assert _kinds(text, driving_licences=sorted(held)) == expected
    assert _kinds(text, driving_licences=[", ".join(sorted(held))]) == expected
    assert _kinds(text, driving_licences=[]) == {"licence"}


SKILLS = (
    ("Excel", "Владею "
              "Excel."), ("1С", "Работаю в 1C."), ("Python", "Знаю питон."), ("сварка", "Владею навыками сварки."),
    ("Adobe Photoshop", "Работаю с фотошопом."), ("Ведение переговоров", "Навыки: ведение переговоров."),
    ("Кассовые операции", "Имею навыки кассовых операций."), ("инвентаризация", "Знаю инвентаризацию."),
)  # fmt: skip


@UNHURRIED
@given(skill=st.sampled_from(SKILLS), change=st.sampled_from([str.lower, str.upper, str.title, str]))
def test_skill(skill: tuple[str, str], change: Any) -> None:
    name, text = skill
    assert "skill" not in _kinds(text, skills=["Работа в команде", change(name)])
    if name not in ("Ведение переговоров",):
        assert "skill" in _kinds(text, skills=["Работа в команде"])


@UNHURRIED
@given(st.text(max_size=300))
def test_any_text_gets_spans_inside_it(text: str) -> None:
    for violation in check(Profile(external_id="r"), text, TODAY):
        assert 0 <= violation.start <= violation.end <= len(text)
        assert violation.text == text[violation.start : violation.end]


ABROAD = (("Минск", "Минске"), ("Ташкент", "Ташкенте"), ("Астана", "Астане"))


@UNHURRIED
@given(own=st.sampled_from(CITIES), wording=st.sampled_from(LIVING), change=st.sampled_from([str.lower, str.upper]))
def test_city_of_a_messy_field(own: tuple[str, str, str], wording: str, change: Any) -> None:
    text = wording.format(*own[1:])
    for field in (change(own[0]), f"Россия, {own[0]}", f"{own[0]} (центр)", f"город {own[0]}", f"{own[0]}, ул. Мира"):
        assert "city" not in _kinds(text, city=field), field


@UNHURRIED
@given(place=st.sampled_from(ABROAD), other=st.sampled_from(CITIES))
def test_country_follows_the_city(place: tuple[str, str], other: tuple[str, str, str]) -> None:
    assert "country" not in _kinds("Гражданин России.", city=other[0]) or other[0] == "Алматы"
    assert "country" in _kinds("Гражданин России.", city=place[0])
    assert "country" not in _kinds("Гражданин России.", city=place[0], country="Россия")
    assert "city" in _kinds(f"Живу в {place[1]}.", city=other[0])


WISHES = (
    "Готова к переезду в {0}.", "Рассматриваю переезд: {0} или область.", "Мечтаю побывать в {1}.",
    "Клиенты у нас были из {2}.", "Отправляли заказы в {0}.", "Хочу однажды пожить в {1}.", "Родители живут в {1}.",
)  # fmt: skip


@UNHURRIED
@given(own=st.sampled_from(CITIES), other=st.sampled_from(CITIES), wording=st.sampled_from(WISHES))
def test_wishes_and_other_people_are_elsewhere(
    own: tuple[str, str, str], other: tuple[str, str, str], wording: str
) -> None:
    accusative = other[0].replace("ая ", "ую ")
    assert "city" not in _kinds(wording.format(accusative, *other[1:]), city=own[0])


FACTS: dict[str, Any] = {
    "gender": "female", "age": 45, "city": "Казань", "marital_status": "married", "driving_licences": ["B"],
    "has_car": False, "desired_salary": {"amount": 60000}, "skills": ["Инвентаризация", "1С"], "title": "Продавец",
    "experience": [{"position": "Продавец", "company": "Ромашка", "start": "2011-06", "end": "2026-05"}],
    "languages": [{"name": "Английский", "level": "B2"}],
}  # fmt: skip
TRUE_SENTENCES = (
    "Мне 45 лет.", "Живу в Казани.", "Замужем.", "Есть права категории B.", "Автомобиля нет.",
    "Рассчитываю на 60 тысяч рублей.", "Умею проводить инвентаризацию.", "Общий опыт — 15 лет.",
    "Работала продавцом в «Ромашке».", "Английский — B2.",
)  # fmt: skip
FALSE_SENTENCES = (
    "Мне 54 года.", "Живу в Перми.", "Не замужем.", "Есть права категории C.", "Есть личный автомобиль.",
    "Рассчитываю на 90 тысяч рублей.", "Владею Photoshop.", "Общий опыт — 25 лет.", "Работала в «Магните».",
    "Свободно говорю по-немецки.", "Пишите на anna@mail.ru.", "Меня зовут Анна.", "Прошу рассмотреть мою кандидатуру.",
)  # fmt: skip
PRAISE = (
    "Ответственная и внимательная.", "Легко обучаюсь новому.", "Люблю порядок во всём.", "Не боюсь трудностей.",
    "Ценю дружный коллектив и честность.", "Всегда довожу начатое до конца.", "Хочу расти и развиваться.",
    "Спокойно работаю в режиме многозадачности.", "Коллеги говорят, что со мной легко.",
)  # fmt: skip


def _wrong(text: str) -> set[tuple[str, str]]:
    profile = Profile.model_validate({"external_id": "r", **FACTS})
    return {(violation.kind, violation.text) for violation in check(profile, text, TODAY)}


@UNHURRIED
@given(
    said=st.lists(st.sampled_from((*TRUE_SENTENCES, *FALSE_SENTENCES)), min_size=1, max_size=6, unique=True),
    praise=st.lists(st.sampled_from(PRAISE), max_size=3, unique=True),
    order=st.randoms(use_true_random=False),
)
def test_order_and_praise_change_nothing(said: list[str], praise: list[str], order: Any) -> None:
    alone = set().union(*map(_wrong, said))
    assert bool(alone) == any(sentence in FALSE_SENTENCES for sentence in said)
    shuffled = [*said, *praise]
    order.shuffle(shuffled)
    assert _wrong(" ".join(shuffled)) == alone
    assert _wrong("\n".join(shuffled)) == alone


@UNHURRIED
@given(said=st.lists(st.sampled_from((*TRUE_SENTENCES, *FALSE_SENTENCES, *PRAISE)), max_size=6))
def test_memory_changes_nothing(said: list[str]) -> None:
    text = " ".join(said)
    checker = Checker(Profile.model_validate({"external_id": "r", **FACTS}), TODAY)
    first = checker.check(text)
    assert checker.check(text) == first
    forget_sentences()
    assert checker.check(text) == first


@UNHURRIED
@given(sentence=st.sampled_from((*TRUE_SENTENCES, *PRAISE)))
def test_a_sentence_said_twice_is_unreadable(sentence: str) -> None:
    if len(sentence) > 12:
        assert {kind for kind, _ in _wrong(f"{sentence} Люблю читать. {sentence}")} == {"unreadable"}


YEARS_IN_WORDS = {2: "два года", 5: "пять лет", 8: "восемь лет", 11: "одиннадцать лет", 24: "двадцать четыре года"}


@UNHURRIED
@given(years=st.sampled_from(sorted(YEARS_IN_WORDS)), claimed=st.sampled_from(sorted(YEARS_IN_WORDS)))
def test_years_in_digits_and_in_words(years: int, claimed: int) -> None:
    job = {"position": "Повар", "start": f"{TODAY.year - years}-06", "end": "2026-05"}
    words = YEARS_IN_WORDS[claimed]
    digits = f"{claimed} {words.rsplit(' ', 1)[1]}"
    assert _kinds(f"Стаж работы — {words}.", experience=[job]) == _kinds(f"Стаж работы — {digits}.", experience=[job])
    assert ("experience_years" in _kinds(f"Стаж работы — {words}.", experience=[job])) == (years != claimed)


@UNHURRIED
@given(amount=st.sampled_from([40, 60, 75, 120]), desired=st.sampled_from([40, 60, 75, 120]))
def test_amounts_in_digits_and_in_words(amount: int, desired: int) -> None:
    words = {40: "сорок", 60: "шестьдесят", 75: "семьдесят пять", 120: "сто двадцать"}[amount]
    fields = {"desired_salary": {"amount": desired * 1000}}
    for said in (
        f"{words} тысяч рублей",
        f"{amount} тыс. руб.",
        f"{amount} 000 рублей",
        f"{amount}к",
        f"{amount} т.р.",
    ):
        assert ("salary" in _kinds(f"Желаемая зарплата — {said}", **fields)) == (amount != desired), said
