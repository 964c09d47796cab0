"""Age: «мне 34 года», «тридцатичетырёхлетняя», «возраст — 34», «1990 года рождения»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document
from resumes.faithfulness.durations import find_durations
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.numerals import Comparison, find_numbers
from resumes.violations import Violation

# How far the true age may lie from the age named: (least, most) years to be added to the latter.
TOLERANCE: dict[Comparison, tuple[int, int]] = {
    "exactly": (0, 0),
    "more": (1, 9),
    "at_least": (0, 9),
    "almost": (-2, 0),
    "about": (-2, 2),
    "less": (-10, -1),
}
BARE = re.compile(r"(?<!\w)(?:мне(?: сейчас| уже| всего)?|возраст\s*[:—–-])\s*$")
BARE_AFTER = re.compile(r"\s*(?:[.,;!)\n]|$|и\s)")
BIRTH_YEAR = re.compile(
    r"родил(?:ся|ась)\s+(?:[а-я0-9 .]{0,20}?\s)?в\s+(?P<a>(?:19|20)\d\d)|(?P<b>(?:19|20)\d\d)\s*(?:г\.?\s*р|года? "
    r"рождения|г\. рождения)"
    r"|(?:год|дата) рождения\W{0,3}(?:[\d.]{0,6})(?P<c>(?:19|20)\d\d)"
)
DECADE = re.compile(r"(?<!\w)мне\s+(?:уже\s+)?(?:за|слегка за|чуть за)\s+(?P<number>[а-я]+)(?!\w)")


def check_age(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Ages that are not the résumé's."""
    age = facts.profile.age
    for value, comparison, start, end in _claims(doc):
        least, most = TOLERANCE[comparison]
        if age is None or not value + least <= age <= value + most:
            yield doc.violation("age", start, end, age)
    for match in BIRTH_YEAR.finditer(doc.low):
        year = int(next(filter(None, match.groups())))
        if age is None or not 0 <= facts.today.year - year - age <= 1:
            yield doc.violation("age", *match.span(), age)


def _claims(doc: Document) -> Iterator[tuple[float, Comparison, int, int]]:
    for duration in find_durations(doc):
        if duration.meaning == "age":
            yield duration.months / 12, duration.comparison, duration.start, duration.end
    if "мне" not in doc.low and "возраст" not in doc.low:
        return
    for match in DECADE.finditer(doc.low):
        number = next(iter(find_numbers(match["number"])), None)
        if number:
            yield number.value, "more", *match.span()
    for number in find_numbers(doc.low):
        bare = BARE.search(doc.low[: number.start]) and BARE_AFTER.match(doc.low[number.end :])
        if bare and 10 <= number.value <= 100:
            yield number.value, number.comparison, number.start, number.end
