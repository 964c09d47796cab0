"""Desired salary: «от 60 000 рублей», «шестьдесят тысяч», «70 т.р.»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.numerals import Number, find_numbers
from resumes.violations import Violation

CURRENCIES: tuple[tuple[str, str], ...] = (
    ("RUB", r"руб\w*|₽|р\.(?!\w)|р(?!\w)"),
    ("USD", r"доллар\w*|\$|usd|у\.\s?е"),
    ("EUR", r"евро|€|eur"),
    ("KZT", r"тенге|₸"),
    ("BYN", r"белорусск\w+ рубл\w*"),
    ("UAH", r"грив\w*|₴"),
    ("UZS", r"сум(?:ов|ы)?(?!\w)"),
    ("KGS", r"сом(?:ов|ы)?(?!\w)"),
    ("GEL", r"лари(?!\w)"),
    ("AZN", r"манат\w*"),
    ("AMD", r"драм\w*"),
)
CURRENCY = re.compile(r"\s*(?:" + "|".join(f"(?P<{code}>{pattern})" for code, pattern in CURRENCIES) + ")")
PAY = re.compile(
    r"зарплат|заработн\w+ плат|з/п|(?<!\w)зп(?!\w)|доход|оклад|оплат|вознагражден|ожида|рассчитыва|претенду|желаем"
    r"|на руки"
)
# Money that is not the author's pay.
OTHER_MONEY = re.compile(
    r"бюджет|оборот|выручк|сумм|прибыл|чек|контракт|сделк|проект\w* на|экономи|объем|продаж на|штраф|договор"
)
APPROXIMATE = 0.1


def check_pay(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Amounts of money that are not the desired salary."""
    salary = facts.profile.desired_salary
    expected = f"{salary.amount} {salary.currency}" if salary else None
    for number in find_numbers(doc.low):
        currency = CURRENCY.match(doc.low, number.end)
        code = currency.lastgroup if currency else None
        if not _is_pay(doc, number, code):
            continue
        if salary is None or not _equals(number, salary.amount) or (code and code != salary.currency):
            end = currency.end() if currency else number.end
            yield doc.violation("salary", number.start, end, expected)


def _is_pay(doc: Document, number: Number, currency: str | None) -> bool:
    start, end = doc.sentence_span(number.start)
    sentence = doc.low[start:end]
    if currency is None and (number.value < 1000 or re.match(r"\s*[а-я%]", doc.low[number.end :])):
        return (
            bool(re.search(r"(?:зарплат\w*|оклад\w*|доход\w*|з/п)\W+(?:\w+\W+)?$", doc.low[start : number.start]))
            and number.value >= 10
        )
    if currency is None:
        return bool(PAY.search(sentence)) and number.value >= 5000
    return not OTHER_MONEY.search(doc.low[max(start, number.start - 45) : number.start])


def _equals(number: Number, amount: int) -> bool:
    if number.comparison in ("about", "almost"):
        return abs(number.value - amount) <= APPROXIMATE * amount
    if number.comparison == "more":
        return number.value == amount
    return amount in (number.value, number.high) or amount == number.value * 1000
