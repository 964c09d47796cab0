"""Desired pay: «от 60 000 рублей», «шестьдесят тысяч», «70 т.р.», «300 рублей в час»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.numerals import Comparison, Number, find_numbers, is_number_word
from resumes.faithfulness.rules import Claim, Objection, Rule

CURRENCIES: tuple[tuple[str, str], ...] = (
    ("BYN", r"белорусск\w+ рубл\w*|бел\.?\s?руб\w*|byn"),
    ("RUB", r"(?:российск\w+ )?руб(?:л\w*|\.)?(?!\w)|₽|р\.(?!\w)|р(?!\w)|rub(?!\w)|деревянн\w+"),
    ("USD", r"(?:американск\w+ )?доллар\w*|\$|usd|у\.\s?е|бакс\w*"),
    ("EUR", r"евро(?!\w)|€|eur"),
    ("KZT", r"тенге|₸|kzt|тг(?!\w)"),
    ("UAH", r"грив\w*|₴|uah"),
    ("UZS", r"(?:узбекск\w+ )?сум(?:ов|ы|ах)?(?!\w)|uzs"),
    ("KGS", r"сом(?:ов|ы|ах)?(?!\w)|kgs"),
    ("GEL", r"лари(?!\w)|gel(?!\w)"),
    ("AZN", r"манат\w*|azn"),
    ("AMD", r"драм(?:ов|ы)?(?!\w)|amd"),
)
CURRENCY = re.compile(r"\.?\s*(?:" + "|".join(f"(?P<{code}>{pattern})" for code, pattern in CURRENCIES) + ")")
# «$1500», «₽ 60 000».
SIGN_BEFORE = re.compile(r"(?P<USD>\$)\s?$|(?P<EUR>€)\s?$|(?P<RUB>₽)\s?$")
PAY = re.compile(
    r"зарплат|заработ|з/п|з\.п|(?<!\w)зп(?!\w)|доход|оклад|оплат|вознагражден|ожида|рассчитыва|претенду|желаем"
    r"|на руки"
    r"|получать|хочу|хотел|устро(?:ит|ят)|ориентир|готов\w* рассм|ставк|жалован|планк|вилк|гросс|gross|net(?!\w)"
    r"|хватит|работ\w+ за(?!\w)|чистыми|рассматрива|предложени|ваканси|не (?:выхожу|выйду|возьмусь|согл)"
    r"|(?:по|о|про|насчет) (?:деньг|финанс|материальн)|(?<!\w)(?:в деньгах|денег"
    r"|цена моего|ценю себя|прошу|оценива|соглас(?:ен|на)(?: и)? на(?!\w)|готова? выйти|выйти на работу)"
)
# Said of nothing but pay: «вознаграждением считаю сумму от …».
PAY_ALONE = re.compile(r"зарплат|заработн|оклад|жаловань|вознагражд|(?<!\w)з/?п(?!\w)|(?<!\w)получать(?!\w)")
# «Четверть миллиона», «полмиллиона».
FRACTION = re.compile(
    r"(?P<hedge>(?:от|около|не менее|не меньше|примерно|до)\s)?"
    r"(?:(?P<quarter>четверт\w+)|(?P<most>три четверти)|(?P<half>пол(?:у)?(?=[- ]?(?:мил|лям|лим))|половин\w+))[- ]?\s?"
    r"(?:миллион\w*|лям\w*|лимон\w*|млн)"
)
HEDGES: dict[str, Comparison] = {"от": "at_least", "не менее": "at_least", "не меньше": "at_least", "до": "less"}

SALARY_JUST_BEFORE = re.compile(
    r"(?:зарплат\w*|зарплатн\w+ ожидани\w+|заработ\w+ плат\w*|заработ\w+|оклад\w*|доход\w*|з/п|(?<!\w)зп"
    r"|ожидани[ея]\w* по (?:зарплате|доходу)"
    r"|хочу|получать)(?:\W+[а-я]+){0,3}\W*$"
)
# Parts of the words of all those; and large figures, of which nothing need be said.
MONEY = re.compile(
    r"(?<![а-яa-z])(?:" + "|".join(pattern for _, pattern in CURRENCIES) + r")"
    r"|зарплат|заработ|^з$|^зп$|доход|оклад|оплат|вознагражд|ожида|рассчитыва|претенду|желаем|руки$|получать|хочу|хотел"
    r"|устро(?:ит|ят)|ориентир|рассм|ставк|жалован|планк|вилк|гросс|gross|net$|хватит|^за$|чистыми|предложени|ваканси"
    r"|выхожу|выйду|возьмусь|согл|деньг|денег|финанс|материальн|прошу|оценива|ты[сщ]|^пол|лям|выйти$|\d[кk]$"
    r"|^[кkт]$|\dт|\d{4}|^\d{3}$|миллион|млн"
)
# Money that is not the author's pay.
OTHER_MONEY = re.compile(
    r"бюджет|оборот|выручк|сумм[аоуы]|прибыл|(?<!\w)чек|контракт|сделк|проект\w* на|экономи|сэконом|объем"
    r"|продаж\w* на|продал|штраф|договор"
    r"|стоимост|цен[аоуы](?!\w)|(?<!\w)цен(?!\w)|касс|инкассац|недостач|излишк|портфел|закуп|долг|ущерб|компенсац"
    r"|платеж|выпла[тч]|смет|фонд"
    r"|заработ\w* (?:компани|фирм|организац|для|магазин|бизнес|предприят)"
    r"|привлек|принес|собрал|взыскал|грант|инвестиц|кредит|займ|налог|товар|остатк|мошенни|партнер|клиент"
)
OTHER_BEHIND = re.compile(
    r"\s*(?:чист\w+ )?(?:выручк|прибыл|оборот|бюджет|продаж|экономи|долг|убытк|инвестиц|задолженн|товар|недостач"
    r"|ущерб|контракт|клиент)"
)
PERIOD = re.compile(r"\s*(?:/|в|за|на)\s*(?P<unit>час|смен|сутк|день|недел|год|выход)|\s*(?:руб\w*\s*)?(?:/|в )час")
# «Ещё лет десять», «человек двадцать»: about so many of something.
COUNTED_BEFORE = re.compile(
    r"(?<!\w)(?:лет|года|годков|месяц(?:а|ев)|недел[ьи]|дней|дня|часов|часа|минут|человек|раз|штук|процентов|километров"
    r"|метров|смен|этаж(?:а|ей))\s+$"
)
# «998 90 123 45 67» is no amount.
IN_DIGITS_BEFORE = re.compile(r"\d[ -]$")
IN_DIGITS_AFTER = re.compile(r"[ -]\d{2}(?!\d)")
# A small sum is pay only by the hour or the like: «веточка за триста рублей».
PER_UNIT = re.compile(r"(?<!\w)(?:в|за) (?:час|смен|день|сут|выход|заказ|урок)|/ ?(?:ч|смен|день|сут)|часов|т\.|тыс")
BEHIND = re.compile(r"\s*[а-я%]")
ALLOWED_BEHIND = re.compile(
    r"\s*(?:на|в|и|но|не|до|мне|меня|хватит|вполне|устро\w+|достаточно|чистыми|gross|net|гросс|после|готов|минимум|или)"
    r"(?!\w)"
)
# A rate per hour or shift cannot be compared with the desired pay of a month; only one so much off is wrong.
MINIMUM = 5000
APPROXIMATE = 0.1
# «Свыше двухсот тысяч» may be 220 thousand.
ABOVE = 1.25


@dataclass(frozen=True, slots=True)
class PayClaim(Claim):
    """``amount`` in ``currency`` (null: not said) per month, or per hour, shift, year if ``period`` names that."""

    amount: Number
    currency: str | None
    period: str | None


def triggers(word: str) -> bool:
    """Digits, number words, thousands."""
    if word[0].isdigit():
        return True
    return len(word) > 1 and (is_number_word(word) or (word.startswith("пол") and FRACTION.match(word) is not None))


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.startswith(("19", "20"))


@lru_cache(maxsize=50_000)
def _is_of_money(word: str) -> bool:
    """True for words of money and of asking for it, and for figures so large that they may stand alone."""
    return not _is_year(word) and MONEY.search(word) is not None


def find(doc: Document) -> Iterator[PayClaim]:
    """Amounts of money that the author asks for."""
    for number in _numbers(doc.low):
        if number.ordinal or number.high < 10:
            continue
        after = CURRENCY.match(doc.low, number.end)
        sign = None if after else SIGN_BEFORE.search(doc.low[: number.first])
        code = after.lastgroup if after else sign.lastgroup if sign else None
        if _is_pay(doc, number, code) and not (after and OTHER_BEHIND.match(doc.low, after.end())):
            end = after.end() if after else number.end
            period = PERIOD.match(doc.low, end)
            yield PayClaim(number.start, end, number, code, period.group().strip() if period else None)


def _numbers(low: str) -> Iterator[Number]:
    """Numbers, parts of a million among them."""
    parts = [_part(match) for match in FRACTION.finditer(low)] if "мил" in low or "лям" in low or "лим" in low else []
    for number in find_numbers(low):
        if not any(part.start < number.end and number.start < part.end for part in parts):
            yield number
    yield from parts


def _part(match: re.Match[str]) -> Number:
    amount = 250_000.0 if match["quarter"] else 750_000.0 if match["most"] else 500_000.0
    hedge = (match["hedge"] or "").strip()
    first = match.end("hedge") if hedge else match.start()
    comparison: Comparison = HEDGES.get(hedge, "about" if hedge else "exactly")
    return Number(amount, amount, match.start(), match.end(), comparison, False, first)


def _is_pay(doc: Document, number: Number, currency: str | None) -> bool:
    low = doc.low
    if IN_DIGITS_BEFORE.search(low, 0, number.first) or IN_DIGITS_AFTER.match(low, number.end):
        return False
    if currency is None and COUNTED_BEFORE.search(low, 0, number.start):
        return False
    before = low[max(0, number.start - 60) : number.start]
    clause = re.split(r"[.;!?]", before)[-1]
    if OTHER_MONEY.search(clause) and not PAY_ALONE.search(clause):
        return False
    if currency is not None:
        small = currency == "RUB" and number.high < 1000 and not PER_UNIT.search(low, number.end, number.end + 30)
        return not small or SALARY_JUST_BEFORE.search(before) is not None or PAY_ALONE.search(clause) is not None
    ended = low[number.end - 1] == "." and doc.text[number.end :].lstrip()[:1].isupper()  # «от 55 тыс. Речь грамотная»
    if not ended and BEHIND.match(low, number.end) and not ALLOWED_BEHIND.match(low, number.end):
        return False
    if number.value < 1000:
        return number.value >= 10 and SALARY_JUST_BEFORE.search(before) is not None
    alone = not re.search(r"[а-я]{3,}", low[: number.start] + low[number.end :])
    return number.value >= MINIMUM and (alone or PAY.search(low) is not None)


def judge(claim: PayClaim, facts: Facts) -> Objection | None:
    """Objects to another amount or currency than that of the desired salary."""
    salary = facts.profile.desired_salary
    if salary is not None:
        same_currency = claim.currency in (None, salary.currency)
        if claim.period and not claim.period.endswith(("мес", "месяц")):
            return (
                None
                if same_currency and claim.period.endswith(("час", "смен", "сутк", "день"))
                else _objection(claim, facts)
            )
        if same_currency and _equals(claim.amount, salary.amount):
            return None
    return _objection(claim, facts)


def _objection(claim: PayClaim, facts: Facts) -> Objection:
    salary = facts.profile.desired_salary
    return Objection("salary", claim.start, claim.end, f"{salary.amount} {salary.currency}" if salary else None)


def _equals(number: Number, amount: int) -> bool:
    """Whether ``amount`` fits; «60» may stand for 60 thousand."""
    return any(_fits(number, factor, amount) for factor in ((1, 1000) if number.high < 1000 else (1,)))


def _fits(number: Number, factor: int, amount: int) -> bool:
    low, high = number.value * factor, number.high * factor
    if number.comparison in ("about", "almost", "bit_less", "bit_more"):
        return abs(low - amount) <= APPROXIMATE * amount
    if number.comparison == "more":
        return low < amount <= ABOVE * low
    return low <= amount <= high


RULE = Rule(triggers, find, judge, marks="$€₽", needs=(_is_of_money,))
