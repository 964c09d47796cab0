"""Numbers as Russian texts write them: digits, words in any case, «пятнадцатилетний», ranges and comparisons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from resumes.faithfulness.morphology import analyzer

Comparison = Literal["exactly", "more", "at_least", "almost", "about", "less"]

CARDINALS: dict[str, float] = {
    "один": 1, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9,
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20, "тридцать": 30,
    "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80, "девяносто": 90,
    "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700,
    "восемьсот": 800, "девятьсот": 900, "тысяча": 1000, "миллион": 1_000_000, "полтора": 1.5,
    "двое": 2, "трое": 3, "четверо": 4, "пятеро": 5,
}  # fmt: skip
MULTIPLIERS: dict[str, float] = {"тыс": 1000, "т": 1000, "к": 1000, "k": 1000, "млн": 1_000_000}

# First part of «…летний».
YEAR_PREFIXES: dict[str, float] = {
    "одно": 1, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9,
    "десяти": 10, "одиннадцати": 11, "двенадцати": 12, "тринадцати": 13, "четырнадцати": 14, "пятнадцати": 15,
    "шестнадцати": 16, "семнадцати": 17, "восемнадцати": 18, "девятнадцати": 19, "двадцати": 20, "тридцати": 30,
    "сорока": 40, "пятидесяти": 50, "шестидесяти": 60, "полутора": 1.5,
}  # fmt: skip

COMPARISONS_BEFORE: tuple[tuple[Comparison, str], ...] = (
    ("at_least", r"не (?:менее|меньше)(?: чем)?|минимум|от|как минимум"),
    ("more", r"(?:чуть |немного |уже |гораздо |намного )?(?:более|больше|свыше|старше)(?: чем)?"),
    ("almost", r"(?:уже )?(?:почти|без малого|скоро|нет и)|скоро будет"),
    ("about", r"около|порядка|примерно|приблизительно|где-то|в районе"),
    ("less", r"(?:чуть |немного )?(?:менее|меньше|младше)(?: чем)?|не (?:более|больше)|до"),
)
COMPARISONS_AFTER: tuple[tuple[Comparison, str], ...] = (("more", r"\+|с лишним|с небольшим|и более|и больше"),)


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a range ``value``–``high`` at ``start:end``; ``comparison`` says how the text hedges it."""

    value: float
    high: float
    start: int
    end: int
    comparison: Comparison = "exactly"


@lru_cache(maxsize=1)
def number_words() -> dict[str, float]:
    """Every case form of every cardinal."""
    words: dict[str, float] = {}
    for word, value in CARDINALS.items():
        for parse in analyzer().parse(word):
            if parse.normal_form == word:
                words.update({form.word.replace("ё", "е"): value for form in parse.lexeme})
    words["полутора"] = words["полторы"] = 1.5
    for ambiguous in ("тьма", "раз", "пятью", "семью", "стам", "стами"):
        words.pop(ambiguous, None)
    return words


@lru_cache(maxsize=1)
def _number_pattern() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, number_words()), key=len, reverse=True))
    digits = r"\d{1,3}(?:[ ]\d{3})+(?!\d)|\d{1,3}(?:\.\d{3})+(?!\d)|\d+(?:[.,]\d+)?"
    one = rf"(?:{digits}|(?<![\w-])(?:{words})(?:\s+(?:{words}))*(?!\w))"
    scale = r"(?:\s*(?:тыс(?:яч[аиу]?|\.)?|т\.(?=\s?р)|[kк](?![\w-])|млн\.?|миллион(?:а|ов)?))?"
    before = "|".join(rf"(?P<{name}>(?<!\w)(?:{pattern})\s+)" for name, pattern in COMPARISONS_BEFORE)
    after = "|".join(pattern for _, pattern in COMPARISONS_AFTER)
    return re.compile(
        rf"(?:{before})?(?P<low>(?<![\w.,-]){one})(?P<scale>{scale})"
        rf"(?:\s*(?:[-–—]|до)\s*(?P<high>{one})(?P<high_scale>{scale}))?(?P<after>\s*(?:{after}))?"
    )


def value_of(text: str) -> float:
    """Value of digits or number words: ``"60 000"``, ``"тридцать четыре"``, ``"сто двадцать тысяч"``."""
    compact = text.replace(" ", "")
    if compact[0].isdigit():
        grouped = re.fullmatch(r"\d{1,3}(?:\.\d{3})+", compact)
        return float(compact.replace(".", "")) if grouped else float(compact.replace(",", "."))
    total = part = 0.0
    for word in text.split():
        value = number_words()[word]
        if value >= 1000:
            total, part = total + (part or 1) * value, 0.0
        else:
            part += value
    return total + part


def _scale(text: str | None) -> float:
    word = (text or "").strip().rstrip(".")
    if not word:
        return 1
    if word.startswith("миллион"):
        return 1_000_000
    return next(value for key, value in sorted(MULTIPLIERS.items(), reverse=True) if word.startswith(key))


@lru_cache(maxsize=256)
def find_numbers(low: str) -> tuple[Number, ...]:
    """Numbers of a normalised text, with hedges; ``start`` is where the hedge begins."""
    return tuple(_numbers(low))


def _numbers(low: str) -> Iterator[Number]:
    for match in _number_pattern().finditer(low):
        scale = _scale(match["scale"])
        value = value_of(match["low"]) * scale
        high = value
        if match["high"]:
            high_scale = _scale(match["high_scale"])
            high = value_of(match["high"]) * high_scale
            if scale == 1 and high_scale > 1 and value < 1000:
                value *= high_scale
        comparison: Comparison = next((name for name, _ in COMPARISONS_BEFORE if match[name]), "exactly")
        if match["after"]:
            comparison = COMPARISONS_AFTER[0][0]
        yield Number(value, high, match.start(), match.end(), comparison)


def years_prefix(prefix: str) -> float | None:
    """Years in the first part of «…летний»: ``"34-"``, ``"пятнадцати"``, ``"двадцатипяти"``; ``None`` if no number."""
    prefix = prefix.rstrip("-– ")
    if prefix.isdigit():
        return float(prefix)
    total, rest = 0.0, prefix
    while rest:
        part = max((word for word in YEAR_PREFIXES if rest.startswith(word)), key=len, default=None)
        if part is None:
            return None
        total, rest = total + YEAR_PREFIXES[part], rest[len(part) :]
    return total or None
