"""Numbers as Russian texts write them: digits, words in any case, «60к», «полтора десятка», ranges and hedges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from resumes.faithfulness.morphology import analyzer

Comparison = Literal["exactly", "more", "bit_more", "odd", "at_least", "almost", "about", "bit_less", "less"]

CARDINALS: dict[str, float] = {
    "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30,
    "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80, "девяносто": 90,
    "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700,
    "восемьсот": 800, "девятьсот": 900, "полтора": 1.5, "полтораста": 150,
    "двое": 2, "трое": 3, "четверо": 4, "пятеро": 5,
    "шестеро": 6, "семеро": 7, "пара": 2,
}  # fmt: skip
ORDINALS: dict[str, float] = {
    "первый": 1, "второй": 2, "третий": 3, "четвертый": 4, "пятый": 5, "шестой": 6, "седьмой": 7, "восьмой": 8,
    "девятый": 9, "десятый": 10, "одиннадцатый": 11, "двенадцатый": 12, "тринадцатый": 13, "четырнадцатый": 14,
    "пятнадцатый": 15, "шестнадцатый": 16, "семнадцатый": 17, "восемнадцатый": 18, "девятнадцатый": 19,
    "двадцатый": 20, "тридцатый": 30, "сороковой": 40, "пятидесятый": 50, "шестидесятый": 60,
}  # fmt: skip
# Words that multiply the number in front, or stand for one themselves.
MULTIPLIERS: dict[str, float] = {"десяток": 10, "сотня": 100, "тысяча": 1000, "миллион": 1_000_000}
SHORT_MULTIPLIERS: dict[str, float] = {
    "тыс": 1000, "т": 1000, "тр": 1000, "к": 1000, "k": 1000, "штук": 1000, "млн": 1_000_000,
}  # fmt: skip
# Forms that mean something else more often: «семью» (family), «раз», «пара» is counted in one form only.
AMBIGUOUS = ("тьма", "раз", "пятью", "семью", "стам", "стами", "пар", "парам", "парами", "парах", "паре", "пары")

# First part of «…летний».
YEAR_PREFIXES: dict[str, float] = {
    "одно": 1, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9,
    "десяти": 10, "одиннадцати": 11, "двенадцати": 12, "тринадцати": 13, "четырнадцати": 14, "пятнадцати": 15,
    "шестнадцати": 16, "семнадцати": 17, "восемнадцати": 18, "девятнадцати": 19, "двадцати": 20, "тридцати": 30,
    "сорока": 40, "пятидесяти": 50, "шестидесяти": 60, "семидесяти": 70, "полутора": 1.5,
}  # fmt: skip

# Hedges in front of a number; the first row that fits is taken.
HEDGES_BEFORE: tuple[tuple[Comparison, str], ...] = (
    ("at_least", r"не (?:менее|меньше|ниже|младше)(?: чем)?|(?:как )?минимум|от|начиная (?:от|с)|по меньшей мере"),
    ("less", r"не (?:более|больше|выше|старше)(?: чем)?|(?:еще )?нет(?: еще)?(?: и)?|не исполнилось(?: и)?|максимум"),
    ("bit_more", r"(?:чуть|немного|чуточку|немногим|слегка)(?: \w+)? (?:более|больше|свыше|выше|старше|за)(?: чем)?"),
    ("bit_less", r"(?:чуть|немного|немногим|слегка)(?: \w+)? (?:менее|меньше|младше)(?: чем)?"),
    ("more", r"(?:более|больше|свыше|старше|выше)(?: чем)?|превышает|перевалил[оа]? за"),
    ("almost", r"почти(?: что)?|без малого|скоро(?: будет| исполнится)?|практически|чуть ли не|под"),
    ("about", r"около|порядка|примерно|приблизительно|где-то|в районе|~|≈|ориентировочно|так|эдак|плюс-минус"),
    ("less", r"(?:менее|меньше|младше)(?: чем)?|до"),
)  # fmt: skip
# Hedges behind a number or behind its unit.
HEDGES_AFTER: tuple[tuple[Comparison, str], ...] = (
    ("odd", r"с лишним|с гаком|с лишком"),
    ("bit_more", r"с небольшим|с хвостиком|с копейками"),
    ("at_least", r"\+|и более|и больше|и выше|и свыше|плюс(?!-)"),
)
_BEFORE = tuple((name, re.compile(rf"(?<!\w)(?:{pattern})\s*$")) for name, pattern in HEDGES_BEFORE)
_AFTER = tuple((name, re.compile(rf"\s*(?:{pattern})(?!\w)")) for name, pattern in HEDGES_AFTER)
_LONGEST_HEDGE = 32
# Last words of the hedges in front of a number; behind any other word there is none.
_HEDGE_ENDS = frozenset({
    "более", "больше", "будет", "выше", "где-то", "до", "еще", "за", "и", "исполнилось", "исполнится", "максимум",
    "малого", "менее", "меньше", "мере", "минимум", "младше", "не", "нет", "ниже", "около", "ориентировочно", "от",
    "под", "плюс-минус", "порядка", "почти", "практически", "превышает", "приблизительно", "примерно", "районе", "с",
    "свыше", "скоро", "старше", "так", "чем", "что", "эдак",
})  # fmt: skip
_LAST_WORD = re.compile(r"([а-я-]+|[~≈])$")
_HEDGE_LAST = (*sorted(_HEDGE_ENDS), "~", "≈")
# What every hedge behind a number begins with.
_AFTER_BEGINS = re.compile(r"\s*(?:с |\+|и |плюс)")

# A digit first, so that the search leaps to it.
_DIGITS = re.compile(r"\d(?:\d{0,2}(?:[ ]\d{3})+(?!\d)|\d{0,2}(?:\.\d{3})+(?!\d)|\d*(?:[.,]\d+)?(?!\d))")
_ATOM = re.compile(rf"{_DIGITS.pattern}|[а-я]+|(?<=\d)k(?![a-z])|(?<=\d )k(?![a-z])")
# Digits that are part of a name, a date, a time or a schedule: «С-300», «12.05.2020», «9:00», «2/2».
_NO_NUMBER_BEFORE = re.compile(r"(?:\w|[\d][.,:/]|[a-z]-|[№#/]\s?)$")
_NO_NUMBER_AFTER = re.compile(r"\.\d|[:/]\d")
_ORDINAL_SUFFIX = re.compile(r"-?(?:ый|ой|ий|й|ого|го|ом|м)(?!\w)")
_PARTS = re.compile("[-–'’]")
_RANGE = re.compile(r"\s*(?:[-–—]|до|или)\s*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a range ``value``–``high`` at ``start:end`` (hedge included); ``comparison`` says how it is hedged.

    ``first`` is where the number itself begins.
    """

    value: float
    high: float
    start: int
    end: int
    comparison: Comparison = "exactly"
    ordinal: bool = False
    first: int = 0


def _forms(table: dict[str, float]) -> dict[str, float]:
    words: dict[str, float] = {}
    for word, value in table.items():
        for parse in analyzer().parse(word):
            if parse.normal_form.replace("ё", "е") == word:
                words.update({form.word.replace("ё", "е"): value for form in parse.lexeme})
    return words


@lru_cache(maxsize=1)
def number_words() -> dict[str, float]:
    """Every case form of every cardinal."""
    words = {**_forms(CARDINALS), "полутора": 1.5, "полторы": 1.5, "пару": 2.0, "полсотни": 50.0, "полусотни": 50.0}
    for ambiguous in AMBIGUOUS:
        words.pop(ambiguous, None)
    return words


@lru_cache(maxsize=1)
def ordinal_words() -> dict[str, float]:
    """Every case form of every ordinal."""
    return _forms(ORDINALS)


@lru_cache(maxsize=1)
def _multipliers() -> dict[str, float]:
    return {**_forms(MULTIPLIERS), **SHORT_MULTIPLIERS}


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    """Every word that may open a number."""
    return frozenset((*number_words(), *ordinal_words(), *_multipliers()))


def is_number_word(word: str) -> bool:
    """True if ``word`` (lower case) may be a number or a part of one."""
    return word[0].isdigit() or word in _vocabulary()


def has_number(word: str) -> bool:
    """True if a number may begin with ``word`` (lower case) or inside of it: «пять», «34-летний», «два-три»."""
    return any(
        part[:1].isdigit() or (part in _vocabulary() and part not in SHORT_MULTIPLIERS) for part in _PARTS.split(word)
    )


@dataclass(slots=True)
class _Open:
    """A number that may still grow: «сто» + «двадцать» + «тысяч»."""

    start: int
    end: int
    total: float
    part: float
    step: float
    ordinal: bool = False

    @property
    def value(self) -> float:
        return self.total + self.part


@lru_cache(maxsize=256)
def find_numbers(low: str) -> tuple[Number, ...]:
    """Numbers of a normalised text, with hedges; ``start`` is where the hedge begins."""
    return tuple(_hedged(low, number) for number in _ranges(low, list(_plain(low))))


def _plain(low: str) -> Iterator[_Open]:
    """Numbers without hedges: digits, number words put together, multipliers applied."""
    vocabulary = _vocabulary()
    if vocabulary.isdisjoint(_ATOM.findall(low)):
        for match in _DIGITS.finditer(low):
            number = _digits(low, match)
            if number is not None:
                yield number
        return
    number = None
    for match in _ATOM.finditer(low):
        word = match.group()
        if number is None and word not in vocabulary and not word[0].isdigit():
            continue
        start, end = match.span()
        adjacent = number is not None and not low[number.end : start].strip()
        if word[0].isdigit():
            if number is not None:
                yield number
            number = _digits(low, match)
        elif number is not None and adjacent and _grow(number, word, end, low):
            continue
        elif (
            number is not None
            and low[number.end : start].strip() == "с половиной"
            and _multipliers().get(word, 0) >= 1000
        ):
            number.part += 0.5
            _grow(number, word, end, low)
        elif (
            word in ("с", "половиной")
            and number is not None
            and low.startswith("с половиной", start - (word != "с") * 2)
        ):
            continue
        else:
            if number is not None:
                yield number
            number = _worded(word, start, end)
    if number is not None:
        yield number


def _digits(low: str, match: re.Match[str]) -> _Open | None:
    start, end = match.span()
    if _NO_NUMBER_BEFORE.search(low, max(0, start - 3), start) or _NO_NUMBER_AFTER.match(low, end):
        return None
    compact = match.group().replace(" ", "")
    grouped = "." in compact and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", compact)
    value = float(compact.replace(".", "")) if grouped else float(compact.replace(",", "."))
    suffix = _ORDINAL_SUFFIX.match(low, end)
    return _Open(start, suffix.end() if suffix else end, 0.0, value, 1.0, suffix is not None)


def _worded(word: str, start: int, end: int) -> _Open | None:
    value = number_words().get(word)
    if value is not None:
        return _Open(start, end, 0.0, value, _step(value))
    if word in ordinal_words():
        return _Open(start, end, 0.0, ordinal_words()[word], 1.0, ordinal=True)
    value = _multipliers().get(word)
    if value is not None and word not in SHORT_MULTIPLIERS:
        return _Open(start, end, value if value >= 1000 else 0.0, 0.0 if value >= 1000 else value, 1000.0)
    return None


def _step(value: float) -> float:
    """What may be added behind: less than ten behind tens, less than a hundred behind hundreds."""
    if value >= 100:
        return 100
    return 10 if value >= 20 and value % 10 == 0 else 1


def _grow(number: _Open, word: str, end: int, low: str) -> bool:
    if number.ordinal:
        return False
    factor = _multipliers().get(word)
    if factor is not None and (word not in ("т", "к") or _is_thousand(low, number.end, end)):
        value = number.part or 1
        if factor >= 1000:
            number.total, number.part, number.step = number.total + value * factor, 0.0, 1000
        else:
            number.part, number.step = value * factor, 1
        number.end = end + (low[end : end + 1] == "." and word in ("тыс", "млн"))
        return True
    value = number_words().get(word, 0) if number.step > 1 else 0
    if not 0 < value < number.step:
        value = ordinal_words().get(word, 0) if number.step > 1 else 0
        if not 0 < value < number.step:
            return False
        number.ordinal = True
    number.part, number.end, number.step = number.part + value, end, _step(value)
    return True


def _is_thousand(low: str, before: int, end: int) -> bool:
    """Whether «т» or «к» at ``before:end`` means a thousand: «60к», «60 т.р.», but not «с 5 к 6»."""
    return end - before == 1 or re.match(r"\.?\s?(?:р|$|[.,;)])", low[end:]) is not None


def _ranges(low: str, numbers: list[_Open]) -> Iterator[Number]:
    place = 0
    while place < len(numbers):
        low_end = numbers[place]
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        place += 1
        value, high, end = low_end.value, low_end.value, low_end.end
        if following and not low_end.ordinal and _RANGE.fullmatch(low, end, following.start):
            high, scaled = following.value, value
            if value < 1000 <= high:
                scaled = value * (1_000_000 if high >= 1_000_000 else 1000)
            if scaled < high:
                value, end, place = scaled, following.end, place + 1
            else:
                high = value
        yield Number(value, high, low_end.start, end, "exactly", low_end.ordinal, low_end.start)


def _hedged(low: str, number: Number) -> Number:
    comparison, start, end = number.comparison, number.start, number.end
    window = low[max(0, start - _LONGEST_HEDGE) : start]
    before = window.rstrip()
    if before.endswith(_HEDGE_LAST) and (last := _LAST_WORD.search(before)) and last[1] in _HEDGE_LAST:
        for name, pattern in _BEFORE:
            match = pattern.search(window)
            if match:
                comparison, start = name, number.start - len(window) + match.start()
                break
    after, length = hedge_after(low, end)
    if after:
        comparison, end = after, end + length
    if number.high > number.value and comparison in ("at_least", "less"):
        comparison = "exactly"
    return Number(number.value, number.high, start, end, comparison, number.ordinal, number.first)


def hedge_after(low: str, end: int) -> tuple[Comparison | None, int]:
    """The hedge that begins at ``end`` («с лишним», «+»), and its length."""
    for name, pattern in _AFTER if _AFTER_BEGINS.match(low, end) else ():
        match = pattern.match(low, end)
        if match:
            return name, match.end() - end
    return None, 0


def years_prefix(prefix: str) -> float | None:
    """Years in the first part of «…летний»: ``"34-"``, ``"пятнадцати"``, ``"двадцатипяти"``; ``None`` if no number."""
    prefix = re.sub(r"[-– ]+(?:ти|и|х|ми|ка)?[-– ]*$", "", prefix)
    if prefix.isdigit():
        return float(prefix)
    total, rest = 0.0, prefix.replace("-", "").replace(" ", "")
    while rest:
        part = max((word for word in YEAR_PREFIXES if rest.startswith(word)), key=len, default=None)
        if part is None:
            return None
        total, rest = total + YEAR_PREFIXES[part], rest[len(part) :]
    return total or None
