"""Calendar years of work: «работаю с 2015 года», «с 2017 по 2022»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resumes.faithfulness.lexicon import professions
from resumes.faithfulness.measures import NO_WORK, clause_bounds
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.rules import Claim

CALENDAR_YEAR = re.compile(r"(?:19|20)\d\d")
_WORKING = r"(?:работа\w*|тружусь|занимаюсь|стаж\w*|опыт\w*|в професси\w*|в отрасли|в сфере|карьер\w*)"
SINCE = re.compile(
    rf"{_WORKING}[^.]{{0,40}}?\sс\s+(?:[а-я]+\s+)?(?P<a>(?:19|20)\d\d)(?!\d)"
    rf"|(?<!\w)с\s+(?:[а-я]+\s+)?(?P<b>(?:19|20)\d\d)(?:-?го)?\s*(?:года?|г\.)?[^.\d]{{0,40}}?(?:работаю|тружусь"
    rf"|занимаюсь|в професси|веду|руковожу|преподаю|служу)"
    r"|(?:приш(?:ел|ла)|начал[а]?|устроил(?:ся|ась)|перешел|перешла|стал[а]?|уволил(?:ся"
    r"|ась))[^.]{0,40}?\sв\s+(?:[а-я]+\s+)?(?P<c>(?:19|20)\d\d)(?!\d)"
    r"|(?<!\w)в\s+(?:[а-я]+\s+)?(?P<d>(?:19|20)\d\d)(?:-?м)?\s*(?:году|г\.)?\s(?:я )?(?:приш(?:ел|ла)|начал[а]?"
    r"|устроил(?:ся|ась)|перешел|перешла|уволил(?:ся|ась)) (?!учи)"
)
BETWEEN = re.compile(
    r"(?<!\w)с\s+(?:[а-я]+\s+)?(?P<a>(?:19|20)\d\d)(?:-?го)?\s*(?:года?|г\.)?\s*(?:по|до)\s+(?:[а-я]+\s+)?(?P<b>(?:19"
    r"|20)\d\d)"
    r"|(?<!\d)(?P<c>(?:19|20)\d\d)\s*[–—-]\s*(?P<d>(?:19|20)\d\d)(?!\d)"
)
# «В разработке с 2018 года», «С 2016 года — HR BP в МТС», «бухгалтер с 2010-го»: the year alone says since when.
SINCE_YEAR = re.compile(r"(?<!\w)с\s+(?:[а-я]+\s+)?(?P<year>(?:19|20)\d\d)(?!\d)(?:-?го)?(?:\s*(?:года?|г\.))?")
FIELD_BEFORE = re.compile(
    r"(?<!\w)в[о]?\s+[«\"]?(?P<field>(?:[а-яa-z-]+\s+){0,2}?[а-яa-z-]+)[»\"]?\s+(?:я\s+)?(?:уже\s+)?$"
)
NO_JOB = re.compile(
    r"учу|учил|учеб|обуча|студент|жив[ую]|жил|прожив|брак|замуж|женат|прав[аоы]?(?!\w)|вожу|вожден|рул"
    r"|не (?:курю|пью)"
    r"|мам[аы]|пап[аы]|пенси|увлека|хобби|спорт|катаюсь|играю|бегаю|путешеств|переех|перебра|родил|гражданств"
    r"|компания|фирма"
    r"|пользуюсь|веган|знаю|знаком|изуча|окончи|закончи|городе|стране|по \d{4}"
)
STUDY = re.compile(
    r"учил|учеб|обуча|студент|университет|институт|колледж|техникум|окончи|закончи|диплом|факультет|живу|жил"
)


@dataclass(frozen=True, slots=True)
class YearClaim(Claim):
    """Work that starts in ``first`` and, if given, ends in ``last``."""

    first: int
    last: int | None


def find_years(low: str) -> Iterator[YearClaim]:
    """«С 2017 по 2022», «работаю с 2015 года»."""
    if not CALENDAR_YEAR.search(low):
        return
    between = [] if STUDY.search(low) else list(BETWEEN.finditer(low))
    for match in between:
        yield YearClaim(*match.span(), int(match["a"] or match["c"]), int(match["b"] or match["d"]))
    for match in SINCE.finditer(low):
        if not any(other.start() < match.end() and match.start() < other.end() for other in between):
            group = next(name for name, value in match.groupdict().items() if value)
            between.append(match)
            yield YearClaim(match.start(), match.end(group), int(match[group]), None)
    for match in () if NO_JOB.search(low) else SINCE_YEAR.finditer(low):
        free = not any(other.start() < match.end() and match.start() < other.end() for other in between)
        if free and _at_work_since(low, match):
            yield YearClaim(match.start(), match.end("year"), int(match["year"]), None)


def _at_work_since(low: str, match: re.Match[str]) -> bool:
    """Whether «с 2015 года» tells since when the author does a job: a field, a post or an occupation is next to it."""
    start, end = clause_bounds(low, match.start(), match.end())
    before, after = low[start : match.start()], low[match.end() :]
    field = FIELD_BEFORE.search(before)
    if field:
        return not any(reading.has("Geox") for word in field["field"].split() for reading in readings(word))
    if re.match(r"\s*[—–-]\s", after):
        return not low[: match.start()].strip() or any(
            readings(word)[0].lemma in professions() for word in re.findall(r"[а-я]+", after)[:4]
        )
    if re.match(r"\s*(?:я\s+)?(?:в|на)\s+[«\"]", after):
        return True
    last = re.findall(r"[а-я]+", before)[-1:]
    if last and readings(last[0])[0].lemma in professions():
        return True
    words = re.findall(r"[а-я]+", low[start : match.start()] + " " + low[match.end() : end])
    return any(
        reading.pos == "VERB" and reading.has("1per") and reading.lemma not in NO_WORK
        for word in words
        for reading in readings(word)
    )
