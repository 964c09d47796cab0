"""Age: «мне 34 года», «тридцатичетырёхлетняя», «возраст — 34», «1990 года рождения», «на четвёртом десятке»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resumes.faithfulness.careers import all_months, holds
from resumes.faithfulness.document import Document
from resumes.faithfulness.durations import Duration, counts_time, find_durations, names_time
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.numerals import Comparison, find_numbers, ordinal_words, years_prefix
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.stance import is_own_act

# How far the true age may lie from the age named: (least, most) years to be added to the latter.
TOLERANCE: dict[Comparison, tuple[int, int]] = {
    "exactly": (0, 0),
    "more": (1, 9),
    "bit_more": (1, 4),
    "odd": (1, 9),
    "at_least": (0, 9),
    "almost": (-2, 0),
    "about": (-2, 2),
    "bit_less": (-3, -1),
    "less": (-10, -1),
}
_TIMES = (
    r"(?:\s+(?:сейчас|уже|всего|всего лишь|лишь|пока|скоро|будет|исполнилось|исполнится|стукнуло|недавно|еще"
    r"|только))*"
)
BARE = re.compile(
    rf"(?<!\w)(?:мне{_TIMES}(?:\s*[—–-])?|по паспорту|по документам|возраст(?:\s*[:—–-]|\s+мой|\s+составляет)?)\s*$"
)
BARE_AFTER = re.compile(r"\s*(?:[.,;!)\n]|$|(?:и|но|а|—|–|-)\s)")
# «В свои сорок пять».
OWN = re.compile(r"(?<!\w)(?:в|для|на|к|под|несмотря на)\s+(?:свои[хм]?|мои[хм]?)\s*$")
OWN_AFTER = re.compile(r"(?!\s*(?:год|лет|\d|тысяч|руб|процент|%|смен|час|недел|месяц))")
BIRTH_YEAR = re.compile(
    r"родил(?:ся|ась)\s+(?:[а-я0-9 .]{0,20}?\s)?в\s+(?P<a>(?:19|20)\d\d)"
    r"|родил(?:ся|ась)\s+[\d.]{0,6}(?P<d>(?:19|20)\d\d)"
    r"|(?P<b>(?:19|20)\d\d)\s*(?:г\.?\s?р\.?(?!\w)|года? рождения|г\. рождения)"
    r"|(?:год|дата) рождения\W{0,3}(?:[\d.]{0,6})(?P<c>(?:19|20)\d\d)"
)
BORN = re.compile(r"р(?:ожд|одил|\.)")
# «Мне за тридцать», «мне слегка за сорок».
PAST_ROUND = re.compile(
    rf"(?<!\w)мне{_TIMES}\s+(?:(?:слегка|чуть|немного|уже|хорошо|далеко) )?за\s+(?P<number>[а-я]+|\d+)(?!\w)"
)
AGED = re.compile(
    r"по паспорту|по документам|мне(?<!\wмне)(?!\w)|возраст|свои(?<!\wсвои)[хм]?(?!\w)|мои(?<!\wмои)[хм]?(?!\w)|исполн"
    r"|стукн"
)
# «Скоро исполнится пятьдесят», nobody else being named.
TURNING = re.compile(
    r"(?:^|[.!?,;:]\s*|(?<!\w)(?:но|и|а)\s+)(?:(?:скоро|недавно|только(?: что)?|вот|вот-вот|уже|весной|летом|осенью"
    r"|зимой|в этом году|на днях)\s+)*"
    r"(?:исполнится|исполнилось|исполняется|стукнуло|стукнет)\s*$"
)
# Majority, said in words: from 18, or below.
MINOR = re.compile(
    r"(?<!\w)(?:совершеннолетия (?:\w+ )?не достиг(?:ла)?|не достиг(?:ла)? (?:\w+ )?совершеннолетия"
    r"|несовершеннолетн(?:ий|яя)(?= (?:парень|девушка|работник|соискатель|студент)|\s*[,.;!]|$)"
    r"|до совершеннолетия (?:мне|еще))"
)
ADULT = re.compile(
    r"(?<!\w)(?:(?<!не )достиг(?:ла)? совершеннолетия|совершеннолетн(?:ий|яя)(?=\s*[,.;!]|$)"
    r"|я (?:уже )?совершеннолетн(?:ий|яя))"
)
MAJORITY = 18
# «Отметила тридцатилетие», «скоро отмечу пятидесятилетие»; «двадцатилетие фирмы» is hers.
JUBILEE = re.compile(
    r"(?<!\w)(?:(?P<past>отметил|отпраздновал|справил|встретил|отмечал|праздновал)а?|(?P<next>отмечу|отпраздную|справлю"
    r"|встречу|отмечаю|праздную))\s+(?:(?:недавно|уже|скоро|весной|летом|осенью|зимой)\s+)*(?:свое\s+)?"
    r"(?P<number>[а-я0-9-]+?)-?летие(?!\w)(?!\s+(?:[а-я]+(?:ого|ей|ой|ого|их|ых)\s+)?(?:компан|фирм|завод|школ|магаз|салон"
    r"|клиник|больниц|предпр|организ|город|свадьб|бизнес|карьер|работ|служ|труд|брак|выпуск|побед|коллег|клиент|сын|доч|муж"
    r"|жен|мам|пап|в професс|в компан|на завод))"
)
# «На четвёртом десятке», «разменял пятый десяток»: the fourth begins at thirty.
DECADE = re.compile(r"(?<!\w)(?:на|пошел|идет|разменя(?:л[а]?|в))\s+(?P<ordinal>[а-я]+)\s+десят(?:ке|ок)(?!\w)")
YOUNGEST, OLDEST = 10, 100
# «Перешагнула сорокалетний рубеж», «27 y.o.», «52, женат».
OTHERWISE = re.compile(
    r"(?<!\w)(?P<rubicon>[а-я0-9-]+?)-?летний\s+рубеж|(?<!\d)(?P<years>\d\d)\s*y\.?\s?o(?!\w)"
    r"|^(?P<first>[1-7]\d)\s*,\s*(?=(?:не\s)?(?:женат|замужем|холост|разведен|не замужем))"
)
OTHERWISE_CUE = re.compile(r"рубеж|y\.?\s?o|женат|замужем|холост|развед")


@dataclass(frozen=True, slots=True)
class AgeClaim(Claim):
    """An age between ``least`` and ``most`` years, or (if ``birth_year``) a year of birth.

    ``vague``: the duration that may be meant as well («логистика, 16 лет»).
    """

    least: float
    most: float
    birth_year: int | None = None
    vague: Duration | None = None


def triggers(word: str) -> bool:
    """Words of age and time."""
    return (
        names_time(word)
        or word in ("мне", "свои", "своих", "своим", "мои", "моих", "моим")
        or word.endswith("летие")
        or word in ("y", "yo", "рубеж")
        or word.startswith(
            (
                "возраст",
                "женат",
                "замужем",
                "холост",
                "развед",
                "паспорт",
                "документам",
                "рожден",
                "родил",
                "десятке",
                "десяток",
                "исполн",
                "стукн",
                "совершеннолет",
                "несоверш",
            )
        )
    )


def tells_age(word: str) -> bool:
    """Numbers and what stands for them: «тридцатилетие», «совершеннолетний»."""
    return counts_time(word) or word.endswith("летие") or "совершеннолет" in word


def find(doc: Document) -> Iterator[AgeClaim]:
    """Ages and years of birth."""
    for duration in find_durations(doc):
        if duration.meaning == "age":
            least, most = TOLERANCE[duration.comparison]
            low, high = duration.months / 12, duration.high / 12
            if duration.high - duration.months == 12 and "год" in doc.low[duration.start : duration.end]:
                high = low
            either = duration if duration.vague else None
            yield AgeClaim(duration.start, duration.end, low + least, high + most, None, either)
    for match in BIRTH_YEAR.finditer(doc.low) if BORN.search(doc.low) else ():
        yield AgeClaim(*match.span(), 0, 0, int(next(filter(None, match.groups()))))
    for match in DECADE.finditer(doc.low) if "десят" in doc.low else ():
        ordinal = ordinal_words().get(match["ordinal"])
        if ordinal and 2 <= ordinal <= 9 and not re.search(r"опыт|стаж|работ", doc.low) and _own_decade(doc, match):
            yield AgeClaim(*match.span(), ordinal * 10 - 10, ordinal * 10 - 1)
    for match in JUBILEE.finditer(doc.low) if "летие" in doc.low else ():
        years = years_prefix(match["number"])
        if years is not None and years >= MAJORITY:
            yield AgeClaim(*match.span(), *((years, years + 1) if match["past"] else (years - 1, years)))
    if "совершеннолет" in doc.low:
        for match in MINOR.finditer(doc.low):
            yield AgeClaim(*match.span(), 0, MAJORITY - 1)
        for match in ADULT.finditer(doc.low):
            yield AgeClaim(*match.span(), MAJORITY, OLDEST)
    for match in OTHERWISE.finditer(doc.low) if OTHERWISE_CUE.search(doc.low) else ():
        if match["rubicon"]:
            years = years_prefix(match["rubicon"]) or 0
            yield AgeClaim(*match.span(), years, years + 9)
        else:
            years = float(match["years"] or match["first"])
            yield AgeClaim(*match.span("years" if match["years"] else "first"), years, years)
    if AGED.search(doc.low):
        yield from _bare(doc)


def _own_decade(doc: Document, match: re.Match[str]) -> bool:
    """«Мне пошёл пятый десяток», not «бабушки, летевшие на восьмом десятке»."""
    if not match.group().startswith("на "):
        return True
    start, end = doc.clause_span(match.start())
    words = [token for token in doc.tokens if start <= token.start < end]
    own = any(token.low in ("я", "мне", "сам", "сама") or is_own_act(token) for token in words)
    return own or not re.search(r"[а-я]", doc.low[start : match.start()])


def _bare(doc: Document) -> Iterator[AgeClaim]:
    """«Мне тридцать», «возраст: 34»: numbers without a word of time."""
    for match in PAST_ROUND.finditer(doc.low):
        number = next(iter(find_numbers(match["number"])), None)
        if number and not re.match(r"\s*(?:год|лет)", doc.low[match.end() :]):
            yield AgeClaim(*match.span(), number.value + 1, number.value + 9)
    for number in find_numbers(doc.low):
        before, after = doc.low[: number.start], doc.low[number.end :]
        fits = ((BARE.search(before) or TURNING.search(doc.low[: number.first])) and BARE_AFTER.match(after)) or (
            OWN.search(before) and OWN_AFTER.match(after)
        )
        if fits and not number.ordinal and YOUNGEST <= number.value <= OLDEST:
            least, most = TOLERANCE[number.comparison]
            yield AgeClaim(number.start, number.end, number.value + least, number.high + most)


def judge(claim: AgeClaim, facts: Facts) -> Objection | None:
    """Objects unless the résumé has an age, and it fits."""
    age = facts.profile.age
    if age is not None:
        if claim.birth_year is not None:
            if 0 <= facts.today.year - claim.birth_year - age <= 1:
                return None
        elif claim.least <= age <= claim.most:
            return None
    if claim.vague is not None and any(holds(claim.vague, months) for months in all_months(facts)):
        return None
    return Objection("age", claim.start, claim.end, None if age is None else str(age))


RULE = Rule(triggers, find, judge, needs=(tells_age,))
