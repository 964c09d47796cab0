"""Length of experience: «опыт 5 лет», «пятнадцатилетний стаж», «более трёх лет в продажах», «работаю с 2015 года»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document
from resumes.faithfulness.durations import Duration, find_durations
from resumes.faithfulness.facts import Facts
from resumes.violations import Violation

# The named duration is about a part of the working life, so that a single job may be meant.
SPECIFIC = re.compile(r"(?<!\w)(?:в|во|на|по|со?)\s+[а-я«\"]|[а-я]{3,}(?:ом|ем|ой|ей|цей|ью|ым)(?!\w)")
GENERAL = re.compile(r"(?<!\w)(?:общ\w+|суммарн\w+|совокупн\w+|всего|трудов\w+)(?!\w)")
LONG = re.compile(
    r"(?<!\w)(?:много|долго)летн\w+\s+(?:\w+\s+)?(?:опыт|стаж|практик|работ)\w*|(?:опыт|стаж) работы много лет"
)
# «Последние три года»: a stretch of a longer experience.
LATEST = re.compile(r"последни[ех]\s+$")
LONG_MONTHS = 24
NONE = re.compile(
    r"(?<!\w)(?:без опыта(?: работы)?(?!\w)|опыта(?: работы)?(?: пока| еще)? (?:нет|не имею)|нет опыта(?: "
    r"работы)?(?!\s+[вс])|"
    r"не имею опыта(?: работы)?(?!\s+[вс])|(?:пока |еще )?нигде не работал\w*|первое место работы|ищу первую работу)"
)
SOME = re.compile(
    r"(?<!\w)(?:есть|имею|имеется|обладаю|большой|богатый|значительный|солидный|обширный)\s+(?:\w+\s+)?(?:опыт"
    r"|стаж)(?! общения)"
)
SINCE = re.compile(
    r"(?:работа\w*|тружусь|занимаюсь|стаж\w*|опыт\w*|в професси\w*|карьер\w*)[^.]{0,30}?\sс\s+(?P<a>(?:19"
    r"|20)\d\d)(?!\d)"
    r"|(?<!\w)с\s+(?P<b>(?:19|20)\d\d)(?:-?го)?\s*(?:года?|г\.)[^.]{0,30}?(?:работаю|тружусь|занимаюсь|в професси)"
    r"|(?:приш(?:ел|ла)|начал[а]?|устроил(?:ся|ась))[^.]{0,40}?\sв\s+(?P<c>(?:19|20)\d\d)(?!\d)"
)


def check_tenure(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Lengths and starts of experience that the jobs do not bear out."""
    expected = _expected(facts)
    for duration in find_durations(doc):
        if duration.meaning == "experience" and not _supported(doc, duration, facts):
            yield doc.violation("experience_years", duration.start, duration.end, expected)
    for match in LONG.finditer(doc.low):
        if facts.months is None or facts.months < LONG_MONTHS:
            yield doc.violation("experience_years", *match.span(), expected)
    for match in NONE.finditer(doc.low):
        if facts.profile.experience:
            yield doc.violation("experience_years", *match.span(), expected)
    if facts.profile.experience is not None and not facts.profile.experience:
        for match in SOME.finditer(doc.low):
            yield doc.violation("experience_years", *match.span(), expected)
    for match in SINCE.finditer(doc.low):
        if int(next(filter(None, match.groups()))) not in facts.work_years:
            yield doc.violation("experience_years", *match.span(), expected)


def _expected(facts: Facts) -> str | None:
    if facts.months is None:
        return None
    years, months = divmod(facts.months, 12)
    return f"{years} г. {months} мес."


def _supported(doc: Document, duration: Duration, facts: Facts) -> bool:
    if facts.months is None:
        return False
    if holds(duration, facts.months):
        return True
    if LATEST.search(doc.low[: duration.start]):
        return facts.months >= duration.months
    start, end = doc.clause_span((duration.start + duration.end) // 2)
    around = doc.low[start : duration.start] + " … " + doc.low[duration.end : end]
    if GENERAL.search(around) or not SPECIFIC.search(around):
        return False
    return any(holds(duration, months) for months in facts.job_months)


def holds(duration: Duration, actual: int) -> bool:
    """True if ``actual`` months may be called so; whole years may be rounded either way."""
    low, high, slack = duration.months, duration.high, 6 if duration.months >= 12 else 2
    if duration.comparison == "more":
        # Both end months of a job count, so that one month over is still «exactly».
        return actual > low + 1
    if duration.comparison == "at_least":
        return actual >= low - 1
    if duration.comparison == "almost":
        return low - 11 <= actual <= low + 1
    if duration.comparison == "about":
        return abs(actual - low) <= max(12 if low >= 24 else 4, 0.15 * low)
    if duration.comparison == "less":
        return actual < low + 1
    return low - slack <= actual < high + (12 if low >= 12 and low % 12 == 0 else slack + 1)
