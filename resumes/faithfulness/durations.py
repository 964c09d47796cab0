"""Years and months in a text, and what they measure: an age, work experience, driving, or nothing of the person's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from resumes.faithfulness.document import Document
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.numerals import Comparison, Number, find_numbers, years_prefix

Meaning = Literal["age", "experience", "driving", "other"]

UNIT = re.compile(r"\s*(?:-?х\s+|-?ти\s+|-?и\s+)?(?:полных\s+|календарных\s+)?(?:(?P<half>с половиной)\s+)?"
                  r"(?:(?P<year>лет|год(?:а|у|ам|ами|ах|ов)?|г\.?(?!\w))|(?P<month>месяц\w*"
                  r"|мес\b\.?))(?!\w)")  # fmt: skip
COMPOUND = re.compile(
    r"(?<!\w)(?P<prefix>[а-я]*\d*(?:-|–|\s(?=летн))?[а-я]{0,24}?)летн(?P<end>ий|яя|его|ей|ему|им|ем|юю|ие|их|ими)(?!\w)"
)
INVERTED = re.compile(r"(?<!\w)лет\s+(?P<number>\w+)(?!\w)")
# Durations that have no number of years in front.
WORDED: tuple[tuple[str, float, Comparison], ...] = (
    (r"более (?:чем )?(?:одного )?года|больше (?:одного )?года|свыше года", 12, "more"),
    (r"не менее года", 12, "at_least"),
    (r"около (?:одного )?года|почти год(?!\w|а)|примерно год(?!\w|а)", 12, "about"),
    (r"менее (?:одного )?года|меньше (?:одного )?года", 12, "less"),
    (r"полтора года|полутора лет|полуторагодов\w+|полуторалетн\w+", 18, "exactly"),
    (r"более полугода|больше полугода", 6, "more"),
    (r"полгода|полугода|полугодов(?:ой|ым|ого) (?:опыт|стаж)\w*", 6, "exactly"),
    (r"(?:опыт|стаж)(?: работы)?\W{1,3}(?:один )?год(?!\w|а)|год (?:опыта|стажа)|годовой (?:опыт|стаж)", 12, "exactly"),
    (r"десятилети[ея] (?:опыта|стажа|работы)", 120, "exactly"),
)

# «Замужем тридцать лет».
NO_MEASURE = re.compile(r"замужем|в браке|женат|(?:живу|проживаю) (?:в|на|здесь|тут)")
# What one does for years without its being work.
NO_WORK = frozenset({
    "жить", "проживать", "учиться", "обучаться", "хотеть", "планировать", "мочь", "знать", "искать", "уметь",
    "иметь", "быть", "исполниться", "родиться", "переехать", "получить", "окончить", "закончить"
})  # fmt: skip
# More than this is a calendar year («2012 год»).
LONGEST = 1000

WORK = (
    r"опыт|стаж|работ|труд|профес|отрасл|сфер|област|карьер|деятельн|практик|за плечами|должност|специальн|"
    r"служ|заним|тружусь|руковож|обслуж|веду |вел|управл|продаж|строительств|торговл|медицин|бухгалт|производств"
)
WORK_CUE = re.compile(rf"(?<!\w)(?:{WORK})")
AGE_BEFORE = re.compile(
    r"(?:(?<!\w)мне(?:\s+(?:сейчас|уже|всего|лишь|пока|полных|недавно|исполнилось|исполнится|скоро|будет|нет|и|еще"
    r"|только|на данный момент|—|-))*"
    r"|возраст\w*(?:\s*[:—–-]|\s+составляет|\s+—)?|исполнилось|(?:^|[.!?]\s)в|в (?:свои|мои)|достиг(?:ла)? возраста"
    r"|лет от роду)\s*$"
)
AGE_AFTER = re.compile(r"\s*(?:от роду|возраста?(?!\w))")
CHILD = re.compile(r"(?<!\w)(?:сын\w*|доч\w*|дет(?:и|ей|ям|ьми)|ребен\w+|внук\w*|внуч\w*)(?!\w)")
DRIVING = re.compile(r"вожден|водительск\w+ стаж|стаж\w* вод|за рулем|безаварийн")
UNRELATED_AFTER = re.compile(r"\s*(?:назад|гаранти|подписк|спустя|вперед|обучения|учебы|учился|училась)")
UNRELATED_BEFORE = re.compile(
    r"(?:через|спустя|ближайши\w+|следующи\w+|раз в|назад|каждые|на срок|сроком|вперед на|компани\w+|курс\w*|детям"
    r"|для детей|от)\s*$"
)
PAST = re.compile(r"(?<!\w)(?:было|была|был|когда)(?!\w)")


@dataclass(frozen=True, slots=True)
class Duration:
    """``months``–``high`` months at ``start:end`` and what they measure."""

    months: float
    high: float
    start: int
    end: int
    comparison: Comparison
    meaning: Meaning


MENTIONED = re.compile(r"лет|год|мес|г\.")


def find_durations(doc: Document) -> tuple[Duration, ...]:
    """Every duration of the text, each place once."""
    return _durations(doc) if MENTIONED.search(doc.low) else ()


@lru_cache(maxsize=8)
def _durations(doc: Document) -> tuple[Duration, ...]:
    found: list[Duration] = []
    for months, high, start, end, comparison in _raw(doc.low):
        if any(start < other.end and other.start < end for other in found):
            continue
        found.append(Duration(months, high, start, end, comparison, _meaning(doc, months, start, end, comparison)))
    return tuple(found)


def _raw(low: str) -> Iterator[tuple[float, float, int, int, Comparison]]:
    numbers = find_numbers(low)
    for match in COMPOUND.finditer(low):
        years = years_prefix(match["prefix"]) if match["prefix"] else None
        if years is not None:
            yield years * 12, years * 12, *match.span(), _hedge(low, match.start())
    position = 0
    while position < len(numbers):
        number = numbers[position]
        position += 1
        unit = UNIT.match(low, number.end)
        if unit is None or number.value > LONGEST:
            continue
        months, high = _in_months(number, unit)
        end = unit.end()
        following = numbers[position] if position < len(numbers) else None
        rest = following and UNIT.match(low, following.end)
        if (
            unit["year"]
            and following
            and rest
            and rest["month"]
            and re.fullmatch(r"\s*(?:и\s*)?", low[end : following.start])
        ):
            months, high, end = months + following.value, high + following.value, rest.end()
            position += 1
        comparison = number.comparison
        if re.match(r"\s*(?:с лишним|с небольшим|и более)", low[end:]):
            comparison = "more"
        yield months, high, number.start, end, comparison
    for pattern, months, comparison in WORDED:
        for match in re.finditer(rf"(?<!\w)(?:{pattern})", low):
            yield months, months, *match.span(), comparison
    for match in INVERTED.finditer(low):
        named = next(iter(find_numbers(match["number"])), None)
        if named:
            yield named.value * 12, named.value * 12, *match.span(), "about"


def _hedge(low: str, start: int) -> Comparison:
    """Comparison in front of «…летний»: «более чем десятилетний»."""
    before = low[max(0, start - 14) : start]
    return (
        "more"
        if re.search(r"(?:более|больше)(?: чем)?\s$", before)
        else "almost"
        if re.search(r"почти\s$", before)
        else "exactly"
    )


def _in_months(number: Number, unit: re.Match[str]) -> tuple[float, float]:
    if unit["month"]:
        return number.value, number.high
    half = 6 if unit["half"] else 0
    return number.value * 12 + half, number.high * 12 + half


def _meaning(doc: Document, months: float, start: int, end: int, comparison: Comparison) -> Meaning:
    low = doc.low
    clause_start, clause_end = doc.clause_span((start + end) // 2)
    clause = low[clause_start:clause_end]
    before, after = low[max(0, start - 40) : start], low[end:]
    sentence_start, sentence_end = doc.sentence_span(start)
    sentence = low[sentence_start:sentence_end]
    if DRIVING.search(clause):
        return "driving"
    if UNRELATED_AFTER.match(after) or UNRELATED_BEFORE.search(before):
        return "other"
    if CHILD.search(low[clause_start:start]) or CHILD.match(after.lstrip(" ,")):
        return "other"
    if NO_MEASURE.search(clause):
        return "other"
    years = months / 12
    if AGE_BEFORE.search(before) or AGE_AFTER.match(after):
        return "other" if PAST.search(clause) else "age"
    if low[start:end].endswith(("летний", "летняя")) and not WORK_CUE.match(after.lstrip()):
        return "age" if years >= 14 else "other"
    if WORK_CUE.search(clause):
        return "experience"
    alone = not re.search(r"[а-я]", low[clause_start:start] + low[end:clause_end])
    if (
        alone
        and 14 <= years <= 100
        and comparison == "exactly"
        and not re.search(r"(?:опыт|стаж)[^.]*$", low[sentence_start:start])
    ):
        return "age"
    if re.match(r"\s*(?:в|на|по|со?)\s", after) or WORK_CUE.search(sentence):
        return "experience"
    if years >= 14 and start - sentence_start < 25 and not re.match(r"\s*[а-я]", after):
        return "age"
    if _first_person(clause):
        return "experience"
    return "experience" if comparison != "exactly" and years < 50 else "other"


def _first_person(clause: str) -> bool:
    """«Пишу на Go десять лет»: the author does it, whatever it is; but living somewhere is no work."""
    return any(
        reading.pos == "VERB" and (reading.has("1per") or reading.has("past", "sing")) and reading.lemma not in NO_WORK
        for word in re.findall(r"[а-я]+", clause)
        for reading in readings(word)[:1]
    )
