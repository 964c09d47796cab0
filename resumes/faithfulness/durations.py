"""Years and months in a text, and what they measure: an age, work experience, driving, or nothing of the person's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.document import Document
from resumes.faithfulness.measures import OLDEST, Meaning, meaning_of, own_part
from resumes.faithfulness.numerals import Comparison, Number, find_numbers, has_number, hedge_after, years_prefix

UNIT = re.compile(
    r"\s*(?:-?(?:х|ти|и|ми)\s+)?(?:(?P<half>с половиной)\s+)?(?:[а-я]{4,}(?:ых|их)\s+)?"
    r"(?:(?P<year>лет|год(?:а|у|ам|ами|ах|ов|ик|ика|иков)?|л\.|г\.?(?!\w))|(?P<month>месяц\w*|мес\b\.?))(?!\w)"
)
COMPOUND = re.compile(
    r"(?<!\w)(?P<prefix>[а-я]*\d*(?:-|–|\s(?=летн))?[а-я]{0,24}?(?:-|–)?)"
    r"(?P<unit>летн|годов|годичн|месячн)(?P<end>ий|яя|его|ей|ему|им|ем|юю|ие|их|ими|ый|ая|ого|ой|ом|ую|ым|ые"
    r"|ых)(?!\w)"
)
INVERTED = re.compile(
    r"(?<!\w)(?P<unit>лет|года|годика|месяцев|месяца)\s+(?:(?P<hedge>под|за|около|примерно|так|эдак|на)\s+)?$"
)
# Durations without a number in front of the unit.
WORDED: tuple[tuple[str, float, Comparison], ...] = (
    (r"(?:более|больше|свыше) (?:чем )?(?:одного )?года", 12, "more"),
    (r"(?:не менее|не меньше|от) (?:одного )?года", 12, "at_least"),
    (r"(?:около|порядка) (?:одного )?года|(?:примерно|где-то) год(?!\w|а)", 12, "about"),
    (r"(?:почти|без малого) (?:один )?год(?!\w|а)", 12, "almost"),
    (r"(?:менее|меньше) (?:одного )?года|нет и года", 12, "less"),
    (r"год с (?:небольшим|лишним)|чуть (?:больше|более) (?:одного )?года", 12, "bit_more"),
    (r"год с половиной|полуторагод\w+", 18, "exactly"),
    (r"(?:более|больше|свыше) полугода", 6, "more"),
    (r"(?:около|почти) полугода|почти полгода", 6, "about"),
    (r"полгода|полугода|полугодов(?:ой|ым|ого) (?:опыт|стаж)\w*", 6, "exactly"),
    (r"(?:опыт|стаж)(?: работы)?\W{1,3}(?:один )?год(?!\w|а)|годовой (?:опыт|стаж)", 12, "exactly"),
    (r"(?<!\d )(?<!один )(?<!й )год (?:опыта|стажа)", 12, "exactly"),
    (r"(?<!\d )(?<!ин )(?<!й )год (?=(?:про|от)?работ|(?:про|от)?труд|стажир|служ)", 12, "exactly"),
    (r"(?:более|больше|свыше) (?:чем )?(?:четверти века)", 300, "more"),
    (r"(?:почти|без малого|около) (?:четверть|четверти) века", 300, "almost"),
    (r"четверт[ьи] века", 300, "exactly"),
    (r"(?:более|больше|свыше) (?:чем )?полувека", 600, "more"),
    (r"полвека|полувеков\w+", 600, "exactly"),
    (r"(?:более|больше|свыше) (?:чем )?десятилетия", 120, "more"),
    (r"(?:почти|около|без малого) десятилети[ея]", 120, "almost"),
    (r"(?:целое |последнее )?десятилети[ея](?= (?:опыт|стаж|работ|практик))", 120, "exactly"),
    (r"(?:несколько|нескольких|пару) лет|не (?:один|первый) год(?!\w)", 24, "at_least"),
)  # fmt: skip
# One pass for all of them; the group that matched tells the row.
_WORDED = re.compile(r"(?<!\w)(?:" + "|".join(f"({pattern})" for pattern, _, _ in WORDED) + ")")
# All of them have one of these (behind a digit «год» is counted).
WORDED_CUE = re.compile(r"год(?<!\d год)|год с |век|десятилет|лет(?<=[охую] лет)")
DECADES_UNIT = re.compile(r"\s*(?:десятилети[яй]\w*)(?!\w)")
# More than this is a calendar year («2012 год»).
LONGEST = 100
# «Двенадцать лет на заводе и шесть в колледже», «из двадцати лет стажа пять — главным бухгалтером».
ELIDED_AFTER = re.compile(r"\s+(?:[—–-]\s+)?(?:в|на|у)\s+[«\"а-яa-z]|\s+[—–-]\s+[а-я]+(?:ым|им|ом|ем|ой|ей)(?!\w)")
ELIDED_BEFORE = re.compile(
    r"(?:(?<!\w)(?:и|а|до этого|до того|потом|затем|еще|стажа|опыта|работы|них|которых)|,)\s+"
    r"(?:еще\s+|уже\s+|почти\s+)?$"
)
# «98 год», «98 г.» is the year 1998.
CALENDAR = {"год": 13, "году": 13, "г": 60, "г.": 60}
# A masculine ordinal with «год» counts the running year: «шестой год работаю», «идёт тридцать пятый год».
RUNNING = re.compile(r"\s*год(?!\w)")
NO_RUNNING = re.compile(r"(?<!\w)(?:в|во|за|на|по|каждый|через)\s+$")


@dataclass(frozen=True, slots=True)
class Duration:
    """``months``–``high`` months at ``start:end`` and what they measure; ``vague`` if nothing near it says what."""

    months: float
    high: float
    start: int
    end: int
    comparison: Comparison
    meaning: Meaning
    vague: bool = False


ADJECTIVE = re.compile("летн|годов|годичн|месячн")
MENTIONED = re.compile(
    # Each begins with a letter, the look-behind comes after it: so the search leaps from letter to letter.
    rf"{ADJECTIVE.pattern}|л(?<!\wл)ет(?!\w)|г(?<!\wг)од(?:а|у|ам|ами|ах|ов|ик\w*)?(?!\w)|м(?<!\wм)ес(?:яц\w*)?(?!\w)"
    r"|п(?<!\wп)ол(?:год|угод|увек|век|уторагод)|д(?<!\wд)есятилет|в(?<!\wв)ека(?!\w)|[гл](?<!\w[гл])\.|\d[гл](?!\w)"
)
_STEMS = ("годик", "месяц", "полгод", "полугод", "десятилет", "полувек", "полвек", "полуторагод")
_UNITS = frozenset({"лет", "год", "года", "году", "годам", "годами", "годах", "годов", "мес", "века", "г", "л"})


def names_time(word: str) -> bool:
    """True if ``word`` may belong to a duration: «лет», «года», «пятнадцатилетний», «полгода», «века»."""
    return word in _UNITS or word.startswith(_STEMS) or ADJECTIVE.search(word) is not None


def counts_time(word: str) -> bool:
    """True if a duration may be told by ``word``: each has a number, or «год», «полгода», «летний», «несколько»."""
    return (
        has_number(word)
        or word in ("год", "года", "века", "несколько", "нескольких", "пару")
        or word.startswith(("полгод", "полугод", "полуторагод", "десятилет", "полвек", "полувек"))
        or ADJECTIVE.search(word) is not None
    )


@lru_cache(maxsize=8)
def find_durations(doc: Document) -> tuple[Duration, ...]:
    """Every duration of the text, each place once."""
    if not MENTIONED.search(doc.low):
        return ()
    found: list[_Raw] = []
    for raw in _raw(doc.low):
        if not any(raw[2] < other[3] and other[2] < raw[3] for other in found):
            found.append(raw)
    places = sorted((start, end) for _, _, start, end, _ in found)
    return tuple(
        Duration(*raw, *meaning_of(doc.low, raw[0], raw[1], raw[2], raw[3], raw[4], own_part(doc.low, raw[2], places)))
        for raw in found
    )


_Raw = tuple[float, float, int, int, Comparison]


def _raw(low: str) -> Iterator[_Raw]:
    if ADJECTIVE.search(low):
        yield from _compounds(low)
    for match in _WORDED.finditer(low) if WORDED_CUE.search(low) else ():
        _, months, comparison = WORDED[(match.lastindex or 1) - 1]
        yield months, months, *match.span(), comparison
    numbers = find_numbers(low)
    skip = years = False
    for place, number in enumerate(numbers):
        if skip:
            skip = False
            continue
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        if number.ordinal:
            yield from _running(low, number)
            continue
        found, skip = _counted(low, number, following)
        if found is None:
            found = _inverted(low, number)
        if (
            found is None
            and years
            and ELIDED_AFTER.match(low, number.end)
            and ELIDED_BEFORE.search(low, 0, number.start)
        ):
            found = number.value * 12, number.high * 12, number.start, number.end, number.comparison
        years = years or (found is not None and found[0] >= 12)
        if found is not None:
            yield found


def _compounds(low: str) -> Iterator[_Raw]:
    """«Пятнадцатилетний», «34-летняя», «трёхмесячный»."""
    for match in COMPOUND.finditer(low):
        amount = years_prefix(match["prefix"]) if match["prefix"] else None
        if amount is not None:
            months = amount * (1 if match["unit"] == "месячн" else 12)
            yield months, months, *match.span(), _hedge(low, match.start())


def _hedge(low: str, start: int) -> Comparison:
    """Comparison in front of «…летний»: «более чем десятилетний»."""
    before = low[max(0, start - 14) : start]
    if re.search(r"(?:более|больше)(?: чем)?\s$", before):
        return "more"
    return "almost" if re.search(r"почти\s$", before) else "exactly"


def _running(low: str, number: Number) -> Iterator[_Raw]:
    """«Шестой год»: five years are over, the sixth is not."""
    unit = RUNNING.match(low, number.end)
    if unit and 2 <= number.value < CALENDAR["г"] and not NO_RUNNING.search(low, 0, number.first):
        yield (number.value - 1) * 12, number.value * 12, number.start, unit.end(), "exactly"


def _counted(low: str, number: Number, following: Number | None) -> tuple[_Raw | None, bool]:
    """«5 лет», «два года и три месяца» (then the second number is used up), «два десятилетия»."""
    decades = DECADES_UNIT.match(low, number.end)
    if decades and number.high < OLDEST / 10:
        return (number.value * 120, number.high * 120, number.start, decades.end(), number.comparison), False
    unit = UNIT.match(low, number.end)
    if unit is None or (unit["year"] and number.value > LONGEST) or number.value > LONGEST * 12:
        return None, False
    if number.value >= CALENDAR.get(unit["year"] or "", OLDEST + 1) and number.value % 10 != 1:
        return None, False
    months, high = _in_months(number, unit)
    end, used = unit.end(), False
    rest = following and UNIT.match(low, following.end)
    joined = following and re.fullmatch(r"\s*(?:и\s*)?", low[end : following.start])
    if unit["year"] and following and rest and rest["month"] and joined:
        months, high, end, used = months + following.value, high + following.value, rest.end(), True
    hedge, length = hedge_after(low, end)
    if hedge is None and number.comparison == "exactly" and low.startswith(("десятк", "десяток"), number.first):
        hedge = "about"
    return (months, high, number.start, end + length, hedge or number.comparison), used


def _inverted(low: str, number: Number) -> _Raw | None:
    """«Лет пять», «года три», «лет под сорок»: about so many."""
    unit = INVERTED.search(low, 0, number.first)
    if unit is None or number.value > LONGEST:
        return None
    if re.search(r"\d\s*$|(?<!\w)(?:сколько|много|мало|пару|несколько|этих|тех|и)\s+$", low[: unit.start()]):
        return None
    factor = 1 if unit["unit"].startswith("мес") else 12
    hedge: Comparison = {"под": "almost", "за": "odd"}.get(unit["hedge"] or "", "about")  # type: ignore[assignment]
    return number.value * factor, number.high * factor, unit.start(), number.end, hedge


def _in_months(number: Number, unit: re.Match[str]) -> tuple[float, float]:
    if unit["month"]:
        return number.value, number.high
    half = 6 if unit["half"] else 0
    return number.value * 12 + half, number.high * 12 + half
