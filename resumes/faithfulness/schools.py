"""Names of schools and fields of study: «КФУ» is the Казанский федеральный университет, «Бауманка» МГТУ им. Баумана."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from resumes.faithfulness.document import normalise
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.gazetteer import latin_key
from resumes.faithfulness.roots import roots

# Level → how texts and résumés call it. Order matters: the first that fits is meant.
LEVELS: tuple[tuple[str, str], ...] = (
    ("incomplete", r"(?:не|незаконченн|неокончен|неоконченн|неполн)\w*\s+высш\w+|incomplete higher"),
    ("several", r"(?:два|2|второе|двумя|три) высш\w+|двух высших"
                r"|(?:два|двух|оба|три) (?:вуза|университета|института|диплома о высш\w+|вузов)"),
    ("degree", r"кандидат\w* (?:\w+\s)?наук|доктор\w* (?:\w+\s)?наук|аспирантур\w*|аспирант(?:ка)?(?!\w)"
               r"|учен\w+ степен\w+|phd|[кд]\.\s?[а-я]{1,4}\.\s?н(?!\w)|[кд](?:мн|тн|эн|пн|юн|фн)(?!\w)"),
    ("master", r"магистр(?:а|ом|ант\w*|атур\w+|ы)?(?!\w)|master(?:.?s)?(?!\w)"),
    ("higher", r"в/о(?!\w)"
               r"|высш\w+ (?:[а-я]+\s+){0,2}образовани\w+|образовани\w+(?:\W{1,3}|\s+у меня\s+)высш\w+|(?:одно|есть"
               r"|имею|получил[а]?) высшее(?! \w+)|высшее(?=\s*(?:[,.;(]|$))|(?<!средн\w\w )бакалавр\w*"
               r"|специалитет\w*|bachelor\w*|^higher|^высш\w+"),
    ("vocational", r"средн\w+[ -–]+(?:специальн|професс|техн)\w+|среднее проф|начальн\w+ профес\w+|(?<!\w)спо(?!\w)"
                   r"|vocational"),
    ("basic", r"(?:9|девять) классов|основн\w+ общ\w+"),
    ("secondary", r"средн\w+ (?:общ\w+ |полн\w+ )?образовани\w+|образовани\w+\W{1,3}(?:полное )?средн\w+(?! спец"
                  r"| проф)|^среднее(?: общее| полное)?$"
                  r"|(?:(?:11|одиннадцать) классов)|secondary"),
)  # fmt: skip
LEVEL_PATTERNS = tuple((level, re.compile(rf"(?<!\w)(?:{pattern})")) for level, pattern in LEVELS)
# What each wording of a level has.
LEVEL_CUES = {
    level: re.compile(cue)
    for level, cue in (
        ("incomplete", "высш|incomplete"), ("several", "высш|вуз|университета|института"),
        ("degree", r"наук|аспирант|степен|phd|[кд][мтэпюф]н|[кд]\."),
        ("master", "магистр|master"), ("higher", "высш|в/о|бакалавр|специалитет|bachelor|higher"),
        ("vocational", "средн|профес|спо|vocational"), ("basic", "классов|основн"),
        ("secondary", "средн|классов|secondary"),
    )
}  # fmt: skip
# A résumé with the first also bears out the second.
IMPLIED: dict[str, frozenset[str]] = {
    "degree": frozenset({"higher", "master"}),
    "master": frozenset({"higher"}),
    "several": frozenset({"higher"}),
    "secondary": frozenset({"basic"}),
}
# Beginning of a school's noun → level of its graduates.
SCHOOLS: tuple[tuple[str, str], ...] = (
    ("университет", "higher"), ("институт", "higher"), ("академи", "higher"), ("консерватори", "higher"), ("вуз",
     "higher"),
    ("колледж", "vocational"), ("техникум", "vocational"), ("училищ", "vocational"), ("пту", "vocational"),
    ("лицей", "any"), ("лице", "any"), ("гимнази", "any"), ("школ", "any"), ("семинари", "any"), ("факультет", "any"),
)  # fmt: skip
# Nicknames and what a résumé calls the school.
NICKNAMES: dict[str, str] = {
    "бауманк": "бауман", "гнесинк": "гнесин", "плешк": "плеханов", "вышк": "высшая школа экономики|вшэ",
    "физтех": "мфти|физико-техн",
    "тимирязевк": "тимирязев", "строгановк": "строганов", "керосинк": "губкин", "менделеевк": "менделеев",
    "щук": "щукин",
    "щепк": "щепкин", "политех": "политехн|пту|гпу|пу(?!\\w)", "мухинк": "штиглиц|мухин", "репинк": "репин",
    "сеченовк": "сеченов",
    "пироговк": "пирогов", "корабелк": "кораблестр|морской технич", "военмех": "военмех|механический",
    "лэти": "лэти|электротехн",
    "мехмат": "механик|математ|мехмат", "юрфак": "юр|право|правовед", "истфак": "истор", "филфак": "филолог",
    "журфак": "журнал",
    "физфак": "физ", "химфак": "хими", "биофак": "биолог", "эконфак": "эконом", "матфак": "матем",
    "медколледж": "медиц",
    "медучилищ": "медиц", "мединститут": "медиц|му(?!\\w)", "медуниверситет": "медиц|му(?!\\w)",
    "медакадеми": "медиц|ма(?!\\w)", "пединститут": "педаг|пу(?!\\w)|пи(?!\\w)", "педколледж": "педаг",
    "педуниверситет": "педаг|пу(?!\\w)", "педучилищ": "педаг", "сельхозакадеми": "аграр|сельско|сха",
    "сельхозинститут": "аграр|сельско|сха|гау",
    "стройколледж": "строит", "музучилищ": "музык", "стромынк": "стромынк",
}  # fmt: skip
# Stems of one field: a résumé with any of them bears out the adjective of the field («экономическое образование»).
FIELDS: tuple[tuple[str, str], ...] = (
    (r"эконом|финанс", r"econom|financ|account|business"
                         r"|эконом|финанс|бухгалт|банк|аудит|налог|менедж|товаровед|коммер|маркет|учет"),
    (r"бухуч|учет|бухгалт", r"account|бухгалт|учет|аудит"),
    (r"технич|инженер|техник", r"engineer|techn|comput|mechan"
                               r"|техн|инжен|механ|машин|электр|энерг|строит|радио|прибор|информ|автомат|программ"
                               r"|вычисл|физик|транспорт|автомоб|сварк|металл|нефт|геолог|горн|теплоэн|констр|связ"
                               r"|ту(?!\w)|сапр|эксплуат"),
    (r"медицин|врач|медик", r"medic|nurs|pharm|медиц|лечеб|сестр|фармац|стомат|педиатр|фельдш|акуш|врач|клинич"),
    (r"юрид|юрист|правов", r"law|legal|юрид|юрис|прав[оа]|закон|правовед|юрфак"),
    (r"педагог|учител|преподав|воспитат", r"pedagog|teach|educat"
                                           r"|педаг|учит|начальн|дошкол|воспит|дефект|преподав|образован"),
    (r"гуманит", r"истор|филол|филос|журнал|культур|лингв|социол|психол|полит|юр|педаг|язык|гуманит|перевод"),
    (r"психолог", r"psycholog|психол"),
    (r"филолог|лингвист|переводч", r"philolog|linguist|translat|филол|лингв|язык|перевод|словесн"),
    (r"программ|айти|информатик|информационн|компьют|вычислит",
     r"comput|software|informat|program|информ|программ|вычисл|компьют|кибер|разработ"),
    (r"строител|инженерно-строит", r"строит|пгс|архит|гражданск"),
    (r"художеств|дизайн|творческ", r"design|art(?!\w)|дизайн|худож|искус|архит|творч|живоп|график"),
    (r"музык", r"музык|консерв|фортеп|вокал|хор|пени"),
    (r"аграрн|сельскохоз", r"агро|аграр|сельск|сельхоз|зоотех|ветер|гау|сха"),
    (r"агроном", r"агро|растени|земледел|садовод|плодо"),
    (r"зоотех", r"зоотех|животновод|зооинж"),
    (r"ветерин", r"ветер"),
    (r"торгов|товаровед|коммерч", r"торг|товар|коммер|продав"),
    (r"кулинар|повар|кондитер|технолог", r"повар|кулин|кондит|пищев|питани|продукт|технолог"),
    (r"естествен|химич|биолог", r"хими|биол|физ|матем|геогр|эколог|естеств"),
    (r"управлен|менедж|государственн", r"manag|administ|business|менедж|управл|гму|администр"),
    (r"логопед|дефектолог", r"логопед|дефектол"),
    (r"маркетолог|рекламист", r"market|advertis|маркет|реклам"),
    (r"логист", r"логист|транспорт|перевоз"),
    (r"фельдшер", r"фельдш|лечебн"),
    (r"медсестр|сестра", r"сестр"),
    (r"авто(?!мат)|транспортн", r"автомоб|автотранс|автомех|транспорт"),
    (r"швейн|портн|закройщ", r"швей|одежд|закрой|портн|пошив"),
    (r"парикмахер|косметолог|стилист", r"парикмах|космет|красот|стилист|визаж"),
    (r"энергетич|энергетик|электр", r"энерг|электр"),
    (r"железнодорожн", r"железнодорож|путей сообщ|локомотив|подвижн|вагон"),
    (r"туристич|гостинич", r"турис|туризм|гостин|сервис|отел"),
    (r"театральн|актер", r"театр|актер|режисс"),
    (r"фармацевт|провизор", r"фарм|провизор"),
    (r"спортивн|физкультурн|тренер", r"спорт|физическ\w+ культ|физкульт|тренер"),
    (r"металлург|слесарн|токарн", r"металл"),
)  # fmt: skip
_FIELDS = tuple(
    (re.compile(said), re.compile(rf"(?<!\w)(?:{listed})|(?:{listed})\w*(?!\w)")) for said, listed in FIELDS
)


# The shortest word that may be the last part of a compound.
COMPOUNDED = 6


@dataclass(frozen=True, slots=True)
class Course:
    """A course of study: levels, words as one string, acronyms and initials of the school, initials of the field."""

    levels: frozenset[str]
    text: str
    school: str
    initials: tuple[str, ...]
    field: str
    year: int | None
    finished: bool


@lru_cache(maxsize=512)
def courses_of(facts: Facts) -> tuple[Course, ...]:
    """The résumé's education."""
    found = []
    for course in facts.profile.education or ():
        text = normalise(" ".join(filter(None, (course.institution, course.speciality, course.level))))
        levels = levels_of_text(course.level) or levels_of_text(course.institution)
        finished = "incomplete" not in levels and (course.year is None or course.year <= facts.today.year)
        names = tuple(
            normalise(name)
            for name in re.findall(
                r"(?<!\w)(?=[а-яё]*[А-ЯЁ][А-ЯЁа-яё]*[А-ЯЁ])[А-ЯЁа-яё]+(?!\w)", course.institution or ""
            )
        )
        found.append(
            Course(
                levels,
                text,
                normalise(course.institution or ""),
                (*names, _initials(course.institution or "")),
                _initials(course.speciality or ""),
                course.year,
                finished,
            )
        )
    return tuple(found)


def levels_of_text(text: str | None) -> frozenset[str]:
    """Levels that the words of a course name, with those that they imply."""
    low = normalise(text or "")
    level = next((name for name, pattern in LEVEL_PATTERNS if pattern.search(low)), None) or school_level(low)
    return frozenset({level, *IMPLIED.get(level, ())}) if level and level != "any" else frozenset()


def school_level(low: str) -> str | None:
    """Level of the graduates of the school that ``low`` names."""
    for beginning, level in SCHOOLS:
        if re.search(rf"(?<!\w)\w*{beginning}", low):
            return level
    acronym = re.search(r"(?<!\w)[а-я]{1,5}(?:гу|ту|фу|му|ау|пу|ниу|вшэ|ги|мо|хигс)(?!\w)", low)
    return "higher" if acronym else None


def _initials(institution: str) -> str:
    """First letters of the words of a name, both parts of compounds: «Дальневосточный федеральный» → «двф»."""
    letters = ""
    for word in re.findall(r"[а-яё]+", normalise(institution)):
        if word in ("им", "имени", "и", "при", "г", "в", "на"):
            continue
        compound = re.match(
            r"(?:северо|дальне|тихо|южно|нижне|верхне|западно|восточно|средне|физико|инженерно|историко"
            r"|химико)(?=[а-я]{3})",
            word,
        )
        letters += word[0] + (word[compound.end()] if compound else "")
    return letters


def fits_acronym(acronym: str, course: Course, parts: Sequence[str] = ()) -> bool:
    """True if ``acronym`` (lower case) may stand for the school of ``course``.

    ``parts`` are its capitals with the small letters behind them: «ЮУрГУ» → «ю», «ур», «г», «у».
    """
    if course.school.isascii() and len(course.school.split()) > 1:
        # The initials of an English name are not those of the Russian one.
        return True
    if len(parts) < len(acronym) and parts:
        words = iter(re.findall(r"[а-я]+", course.text))
        if all(any(word.startswith(part) for word in words) for part in parts):
            return True
    if acronym in course.text or _within(acronym, course.field):
        return True
    full = course.initials[-1]
    if len(acronym) >= 3 and (_within(acronym, full) or _within(_plain(acronym), full)):
        return True
    # «ПетрГУ», «ВлГУ»: the beginning of the first word and then initials.
    # «Орловский ГАУ»: the end of the initials, the town being named in full.
    if len(acronym) >= 3 and full.endswith(acronym):
        return True
    first = next(iter(re.findall(r"[а-я]+", course.text)), "")
    for size in range(2, len(acronym) - 1):
        if first.startswith(acronym[:size]) and _within(acronym[size:], full[1:]):
            return True
    return "спб" in acronym and "петербург" in course.text and _within(acronym.replace("спб", ""), full)


def _plain(acronym: str) -> str:
    """Without the letters of «национальный исследовательский», which résumés leave out: «ННГУ» → «нгу»."""
    rest = re.sub(r"^ни(?=[а-я]{3})", "", acronym)
    return acronym[0] + acronym[1:].replace("н", "", 1).replace("и", "", 1) if rest == acronym else rest


def _within(short: str, long: str) -> bool:
    """True if the letters of ``short`` come in this order in ``long``, the first one first."""
    if not short or not long or (short[0] != long[0] and len(short) > 2):
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)


def fits_word(stem: str, course: Course, proper: bool = False) -> bool:
    """True if a word of the school's name fits: by its stem, or by its initial in an acronym («НГТУ»).

    A word of its field will do («медицинский колледж»), if ``proper`` only where the name itself has it.
    """
    if stem in course.text or (course.school.isascii() and course.school and latin_key(stem)[:4] in course.school):
        return True
    named = course.school if proper and len(course.school.split()) > 2 else course.text
    for said, listed in _FIELDS:
        if said.search(stem) and listed.search(named):
            return True
    if stem.isdigit():
        return re.search(rf"(?<!\d){stem}(?!\d)", course.text) is not None
    return any(stem[0] in name for name in course.initials[:-1] if len(name) > 2)


@lru_cache(maxsize=512)
def roots_of_courses(facts: Facts) -> frozenset[str]:
    """Roots of the words of all specialities."""
    words = (word for course in facts.profile.education or () for word in words_of(course.speciality or ""))
    return frozenset().union(*map(roots, words))


def fits_field(word: str, facts: Facts, exact: bool = False) -> bool:
    """True if the résumé's education is in the field that ``word`` names («экономическое», «логопед»).

    ``exact``: the word itself must be there, a relative does not do.
    """
    text = " ".join(course.text for course in courses_of(facts))
    if len(word) <= 4 and any(_within(word, course.field) for course in courses_of(facts)):
        return True
    if re.search(rf"(?<!\w){word[: max(4, min(6, len(word) - 3))]}", text):
        return True
    if not exact and roots(word) & roots_of_courses(facts):
        return True
    # «Сварщик» of the résumé's «Электрогазосварщик».
    if len(word) >= COMPOUNDED and re.search(rf"[а-я]{re.escape(word[:-1])}", text):
        return True
    return not exact and any(listed.search(text) for said, listed in _FIELDS if said.match(word))


def knows(stem: str, facts: Facts) -> bool:
    """True if any text of the résumé has ``stem``."""
    return stem in facts.blob or any(word.startswith(stem) for word in words_of(facts.profile.title or ""))
