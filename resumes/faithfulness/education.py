"""Education: level, institution, speciality, year, honours, courses and certificates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.rules import Claim, Objection, Rule
from resumes.faithfulness.schools import (
    LEVEL_PATTERNS,
    NICKNAMES,
    SCHOOLS,
    Course,
    courses_of,
    fits_acronym,
    fits_field,
    fits_word,
    knows,
)

# Without one of these a school is a place of work or somebody else's.
CUE = re.compile(
    r"(?<!\w)(?:окончил|закончил|окончан|окончив|закончив|выпускни|выпуск(?!ал|аю)|учусь|учился|училась|обучаюсь|обучался|обучалась|студент(?!ам|ов|ами|ы)|диплом(?!ати)"
    r"|образован|отучил|специальност|бакалавр|магистр|аспирант|получил|поступил|образов|курса|курсе)"
)
FINISHED = re.compile(
    r"(?<!\w)(?:окончил|закончил|окончив|закончив|выпускни|отучил|дипломирован|оконченн|законченн|получил)"
)
STUDYING = re.compile(
    r"(?<!\w)(?:учусь (?:на(?! (?:ошибк|опыт|практик|своих|чужих))|в(?!с)|по(?! ходу)|очно|заочно)|обучаюсь (?:на|в|по|очно|заочно)|студент(?:ка|ом|кой)?(?!\w)(?! не)"
    r"|получаю (?:высшее|второе|образование)|(?:на )?(?:\d|перв\w+|втор\w+|треть\w+|четверт\w+|пят\w+|последн\w+)(?:-?\w{1,2})? курсе(?!\w))"
)
LEARNING = re.compile(
    r"(?:быстро|легко|всегда|постоянно|с удовольствием|охотно|активно|сам\w?) (?:учусь|обучаюсь)|(?:учусь|обучаюсь) (?:быстро|легко|новому|постоянно|всему)"
)
WISHED = re.compile(
    r"(?:хочу|хотел[а]?(?: бы)?|планирую|мечтаю|собираюсь|готовлюсь|намерен[а]?|буду|думаю|хотелось бы)\s+(?:\w+\s+){0,2}?(?:поступ\w+|получ\w+|окончить|закончить|учиться|пойти|пройти)"
    r"|готовлюсь к поступлению"
)
OTHERS = re.compile(
    r"(?<!\w)(?:сын|дочь|дочка|муж|жена|дети|детей|клиент\w*|ученик\w*|студентам|студентов|абитуриент\w*|коллег\w*|сотрудник\w*|персонал\w*|помог\w+|готовил[а]? к)(?!\w)"
)
NO_EDUCATION = re.compile(
    r"(?P<kind>высшего |специального |профильного |медицинского |среднего )?образования(?: у меня)?(?: пока)? (?:нет|не имею|не получил[а]?)(?!\w)"
    r"|без (?P<kind2>высшего |специального |профильного )?образования(?!\w)|нет(?: пока)? (?P<kind3>высшего |специального |профильного )?образования(?!\w)"
    r"|вуз\w* не (?:окончил|заканчивал|оканчивал)\w*|(?P<none>диплома(?: пока| еще)? нет)"
)
HONOURS = re.compile(
    r"(?<!\w)(?:красн\w+ диплом\w*|диплом\w* с отличием|с отличием|золот\w+ медал\w+|серебрян\w+ медал\w+|отличниц?\w* учебы)"
)
COURSES = re.compile(
    r"(?<!\w)mba(?!\w)|(?<!\w)(?:окончил[а]?|прошел|прошла|закончил[а]?|проходил[а]?|завершил[а]?|имею|есть|получил[а]?|отучил(?:ся|ась) на)\s+(?:[а-я]+\s+){0,3}?"
    r"(?P<what>курс(?:ы|ов|ах|а|)|сертификат\w*|тренинг\w*|стажировк\w*|переподготовк\w*|повышение квалификации|аттестаци\w*|удостоверени[ея]|мб[аa]|mba)(?!\w)"
    r"(?P<topic>(?:\s+(?:по|для)?\s*[«\"]?[а-яa-z]+){0,2})"
    r"|(?<!\w)(?:сертифицированн\w+|дипломированн\w+)\s+\w+|(?<!\w)(?:перв\w+|втор\w+|высш\w+)\s+(?:квалификационн\w+\s+)?категори\w+"
)
BY_TRADE = re.compile(
    r"(?<!\w)по (?:(?:первому |второму |высшему |своему |основному )?(?:образованию|диплому)|(?:специальности)(?= (?!и )))\s*(?:[—–:-]\s*)?(?:я\s+)?(?:[—–-]\s*)?[«\"]?"
    r"(?P<name>(?:[а-я]+(?:ый|ой|ий|ая|ого|его)\s+)?[а-я-]{3,})"
)
FOR_TRADE = re.compile(
    r"(?:учусь|обучаюсь|учил(?:ся|ась)|отучил(?:ся|ась)|выучил(?:ся|ась)|студент(?:ка)?)(?:\s+[а-я]+){0,2}?\s+на\s+(?P<name>(?:[а-я]+(?:ого|ей|ой|ую|ом|ем)\s+)?[а-я]{4,})"
)
NO_TRADE = ("курс", "отличн", "перв", "втор", "трет", "четв", "пят", "шест", "последн", "заочн", "очн", "вечерн", "дневн", "бюджет", "ошибк", "практик",
            "факульт", "своих", "чужих", "опыт", "работ", "месте", "предпри", "тему", "кафедр", "дистанц", "отделен")  # fmt: skip
SPECIALITY = re.compile(
    r"(?:по специальности|специальност[ьи]\W{1,3}|по направлению|направление\W{1,3}|факультет\w*|с квалификацией)\s*[—–:-]?\s*[«\"]?(?P<name>[а-я][а-я -]{3,60})"
    r"|(?:бакалавр|магистр|диплом|кандидат)\w*\s+(?P<degree>(?:[а-я]+(?:ого|их|ых|ой)\s+)?[а-я]{4,})(?!\w)"
)
KIND = re.compile(
    r"(?<!\w)(?P<name>[а-я-]{4,}(?:ическое|еское|ское|ное|овое|ическим|ским|ным|овым|ического|ского|ного))\s+(?:высшее\s+|среднее\s+)?образовани\w+"
    r"|образовани\w+\W{1,3}(?:высшее |среднее специальное |среднее |два высших\W+)?(?P<after>[а-я-]{4,}(?:ическое|ское|ное|овое))(?!\w)(?:\s+и\s+(?P<second>[а-я]+(?:ое|ее)))?"
    r"|высш\w+ (?P<mid>[а-я]{4,}(?:ическ|ск|н)(?:ое|им|ого))(?!\w)"
)
NO_KIND = ("высш", "средн", "специальн", "профессиональн", "профильн", "полн", "общ", "неоконченн", "незаконченн", "неполн", "дополнительн", "соответствующ",
           "базов", "основн", "хорош", "отличн", "собственн", "начальн", "вузовск", "университетск", "школьн", "качественн", "нужн", "так", "очн", "заочн", "дистанционн")  # fmt: skip
GENERIC = ("государственн", "национальн", "исследовательск", "федеральн", "местн", "престижн", "свой", "наш", "высш", "средн", "специальн", "перв", "лучш", "областн",
           "республиканск", "городск", "профильн", "хорош", "этот", "тот", "крупн", "профессиональн", "столичн", "родн", "любим", "данн", "весь", "сам", "один", "мой", "втор")  # fmt: skip
YEAR = re.compile(r"(?<![\d.])(?P<year>(?:19|20)\d\d)(?!\d)")
YEAR_CUE = re.compile(
    r"окончил|закончил|окончив|диплом|выпуск|выпущ|получил|образован|университет|институт|колледж|техникум"
)
_SCHOOL = re.compile(
    r"(?<!\w)(?P<pre>мед|пед|сельхоз|юр|муз|строй)?(?P<noun>"
    + "|".join(noun for noun, _ in SCHOOLS)
    + r")[а-я]{0,4}(?!\w)"
)
_NICKNAME = re.compile(r"(?<!\w)(?P<nick>" + "|".join(sorted(NICKNAMES, key=len, reverse=True)) + r")[а-я]{0,3}(?!\w)")
_ACRONYM = re.compile(
    r"(?<![\w-])(?=[А-ЯЁа-яё]{3,9}(?!\w))[А-ЯЁ][а-яё]{0,4}[А-ЯЁ]{2,}и?[А-ЯЁ]*(?![\w-])|(?<![\w-])[А-ЯЁ]{3,8}(?![\w-])"
)
_NO_ACRONYM = frozenset(
    {
        "огэ",
        "егэ",
        "спо",
        "впо",
        "мба",
        "сро",
        "пк",
        "фгос",
        "ндс",
        "вэд",
        "зуп",
        "осаго",
        "мчс",
        "мвд",
        "фсб",
        "рф",
        "ссср",
        "сми",
    }
)
DENIED = {"высшего": "higher", "": "any", "среднего": "secondary"}
STEM = 5


@dataclass(frozen=True, slots=True)
class LevelClaim(Claim):
    """A level of education, finished if the text says so; ``denied``: the author has none of that level."""

    level: str
    finished: bool = False
    denied: bool = False


@dataclass(frozen=True, slots=True)
class SchoolClaim(Claim):
    """A school by level, stems of its name, acronym or nickname."""

    level: str
    stems: tuple[str, ...] = ()
    acronym: str | None = None
    nickname: str | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class FieldClaim(Claim):
    """A field of study: one of ``words`` must be the résumé's; if not ``exact``, a word of the same field will do."""

    words: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class YearClaim(Claim):
    """A year of graduation."""

    year: int


@dataclass(frozen=True, slots=True)
class ListedClaim(Claim):
    """Something that stands on the résumé under one of ``stems`` (honours, a course), and about one of ``topics``."""

    stems: tuple[str, ...]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyingClaim(Claim):
    """The author studies now."""


_STEMS = (
    "образован", "окончи", "закончи", "выпуск", "учусь", "обуча", "студент", "диплом", "бакалавр", "магистр", "специалитет", "кандидат", "доктор", "аспирант", "высш",
    "средне", "курс", "сертифи", "квалифик", "отличи", "медал", "mba", "мба", "специальност", "стажиров", "переподгот", "категори", "учил", "отучил", "аттест", "phd", "тренинг", "медуч", "пед",
)  # fmt: skip


def triggers(word: str) -> bool:
    """Words of study and schools."""
    return word.startswith(_STEMS) or _SCHOOL.match(word) is not None or _NICKNAME.match(word) is not None


def find(doc: Document) -> Iterator[Claim]:
    """Statements on the author's education."""
    low = doc.low
    if WISHED.search(low) and not FINISHED.search(low):
        return
    denied = [match for match in NO_EDUCATION.finditer(low)]
    for match in denied:
        kind = (match["kind"] or match["kind2"] or match["kind3"] or "").strip()
        level = "diploma" if match["none"] else DENIED.get(kind, "special")
        yield LevelClaim(*match.span(), level, denied=True)
    taken = [match.span() for match in denied]
    yield from _levels(low, taken)
    if CUE.search(low) and not OTHERS.search(low):
        yield from _schools(doc)
        yield from _fields(doc)
        yield from _years(doc)
    yield from _listed(low)
    if not LEARNING.search(low):
        for match in STUDYING.finditer(low):
            yield StudyingClaim(*match.span())


def _levels(low: str, taken: list[tuple[int, int]]) -> Iterator[LevelClaim]:
    finished = re.search(r"(?<!\w)(?:оконченн|законченн|полное высш|получил)", low) is not None
    for level, pattern in LEVEL_PATTERNS:
        for match in pattern.finditer(low):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            if re.match(
                r"\s+категори|\s+(?:уров|качеств|разряд|сорт|степен|скорост|лиг|математ|школ\w* эконом)",
                low[match.end() :],
            ):
                continue
            if level == "higher" and match.group() == "высшее" and not re.search(r"образован|диплом", low):
                continue
            yield LevelClaim(*match.span(), level, finished)


def _schools(doc: Document) -> Iterator[SchoolClaim]:
    low, finished = doc.low, FINISHED.search(doc.low) is not None
    for match in _NICKNAME.finditer(low):
        yield SchoolClaim(*match.span(), "any", nickname=match["nick"], finished=finished)
    for match in _ACRONYM.finditer(doc.text):
        name = low[match.start() : match.end()]
        if name not in _NO_ACRONYM and _is_school(low, name, match.start()):
            yield SchoolClaim(*match.span(), "any", acronym=name, finished=finished)
    for token in doc.tokens:
        school = _SCHOOL.match(token.low)
        if (
            school is None
            or _NICKNAME.match(token.low)
            or (token.low.startswith("школ") and token.low.startswith("школьн"))
        ):
            continue
        level = next(level for noun, level in SCHOOLS if noun == school["noun"])
        start, stems, end = _name_around(doc, token.index)
        if school["noun"] == "школ" and not re.search(
            r"(?:окончил|закончил|выпускни)\w*\s+(?:[а-яё\W]+\s+)?$", low[:start]
        ):
            continue
        yield SchoolClaim(start, end, level, stems, finished=finished)


def _is_school(low: str, name: str, start: int) -> bool:
    if name.endswith(("гу", "ту", "фу", "му", "ау", "гпу", "нху", "ниу")):
        return True
    before = low[max(0, start - 50) : start]
    if re.search(r"(?:специальност|направлени)\w*\s*\W?\s*$|№", before):
        return False
    return (
        re.search(
            r"(?:окончил\w*|закончил\w*|выпускни\w*|окончив|учусь в|обучаюсь в|студент\w*|поступил\w* в|училась в|учился в|учебы в|(?:юр|ист|фил|жур|физ|хим|био)фак\w*|факультет\w*|магистратур\w* в?)(?:\s+(?!работ)[а-я]+){0,4}\s*[«\"(]?$",
            before,
        )
        is not None
    )


def _name_around(doc: Document, place: int) -> tuple[int, tuple[str, ...], int]:
    """Where a school's name begins and ends, and stems of its telling words."""
    tokens, noun = doc.tokens, doc.tokens[place]
    stems: list[str] = []
    first = place
    while (
        first > 0
        and tokens[first - 1].clause == noun.clause
        and readings(tokens[first - 1].low)[0].pos in ("ADJF", "PRTF")
    ):
        first -= 1
        stems.extend(_telling(tokens[first].low))
    last, said = place, set[str]()
    for other in tokens[place + 1 : place + 5]:
        said.add(other.low)
        if other.low in ("имени", "им"):
            continue
        if other.sentence != noun.sentence or (
            other.clause != noun.clause and "." in doc.text[tokens[last].end : other.start].replace("им.", "")
        ):
            break
        best = readings(other.low)[0]
        named = "имени" in said or "им" in said or best.has("Surn")
        if best.has("Name") or best.has("Patr") or len(other.low) == 1:
            continue
        if not named and not (
            best.pos in ("NOUN", "ADJF")
            and any(item.has("gent") for item in readings(other.low))
            and other.clause == noun.clause
        ):
            break
        if best.lemma not in ("год", "город"):
            stems.extend(_telling(other.low))
            last = other.index
        if named:
            break
    return tokens[first].start, tuple(stems), tokens[last].end


def _telling(word: str) -> Iterator[str]:
    lemma = readings(word)[0].lemma
    if len(word) > 2 and not lemma.startswith(GENERIC) and not word.startswith(GENERIC):
        for part in word.split("-"):
            if len(part) > 3:
                yield part[: max(4, min(6, len(part) - 3))]


def _fields(doc: Document) -> Iterator[FieldClaim]:
    low = doc.low
    for pattern in (BY_TRADE, FOR_TRADE):
        for match in pattern.finditer(low):
            words = [word for word in match["name"].split() if not word.startswith(NO_TRADE)]
            if len(words) == len(match["name"].split()):
                yield FieldClaim(*match.span("name"), tuple(words[-1:]))
    for match in SPECIALITY.finditer(low):
        group = "name" if match["name"] else "degree"
        words = [word for word in re.findall(r"[а-я]+", match[group]) if len(word) > 3][:3]
        if any(_SCHOOL.match(word) for word in words[:2]):
            continue
        words = [
            word
            for word in words
            if not word.startswith(
                (
                    *GENERIC,
                    "отличи",
                    "красн",
                    "образован",
                    "вуз",
                    "универс",
                    "инстит",
                    "колледж",
                    "наук",
                    "получ",
                    "имеет",
                    "есть",
                    "наход",
                )
            )
        ]
        if group == "degree":
            words = [
                word
                for word in words
                if any(item.has("gent") and item.pos in ("NOUN", "ADJF") for item in readings(word))
            ]
        if words:
            yield FieldClaim(*match.span(group), tuple(words), exact=len(words) > 1)
    for match in KIND.finditer(low):
        for group in ("name", "after", "second", "mid"):
            if match[group] and not match[group].startswith(NO_KIND):
                yield FieldClaim(*match.span(group), (match[group],))


def _years(doc: Document) -> Iterator[YearClaim]:
    for match in YEAR.finditer(doc.low):
        start, end = doc.clause_span(match.start())
        clause, sentence = doc.low[start:end], doc.low
        if not YEAR_CUE.search(sentence) or re.search(r"работ|опыт|тружусь|стаж|поступ|начал|приш|практик", clause):
            continue
        if re.search(r"(?<!\w)(?:с|до|после|по|на)\s+(?:[а-я]+\s+)?$", doc.low[: match.start()]) and not re.search(
            r"окончил|закончил|выпуск", clause
        ):
            continue
        yield YearClaim(*match.span(), int(match["year"]))


def _listed(low: str) -> Iterator[ListedClaim]:
    for match in HONOURS.finditer(low):
        yield ListedClaim(*match.span(), ("отлич", "медал", "красный дипл"))
    for match in COURSES.finditer(low):
        if "водительск" in match.group():
            continue
        what = match["what"] or match.group().split()[-1]
        topics = tuple(
            word[:STEM]
            for word in re.findall(r"[а-яa-z]{4,}", match["topic"] or "")
            if not word.startswith(("повыш", "квалиф", "курс", "перв", "разн", "различ", "ваш"))
        )
        yield ListedClaim(match.start(), match.end("what") if match["what"] else match.end(), (what[:STEM],), topics)


def judge(claim: Claim, facts: Facts) -> Objection | None:
    """Objects to statements on education that no course of the résumé bears out."""
    courses = courses_of(facts)
    match claim:
        case LevelClaim():
            fits = _has_level(claim, courses, facts)
        case SchoolClaim():
            fits = any(_is_of(claim, course) for course in courses)
        case FieldClaim():
            fits = any(
                fits_field(word, facts, claim.exact) or (not courses and knows(word[:STEM], facts))
                for word in claim.words
            )
        case YearClaim():
            fits = claim.year in {course.year for course in courses}
        case ListedClaim():
            fits = any(stem in facts.blob for stem in claim.stems) and (
                not claim.topics or any(topic in facts.blob for topic in claim.topics)
            )
        case _:
            fits = (
                any(not course.finished or course.year == facts.today.year for course in courses)
                or "студент" in facts.blob
            )
    return None if fits else Objection("education", claim.start, claim.end, _summary(facts))


def _summary(facts: Facts) -> str | None:
    courses = facts.profile.education or ()
    parts = [", ".join(str(part) for part in (c.level, c.institution, c.speciality, c.year) if part) for c in courses]
    return "; ".join(filter(None, parts)) or None


def _has_level(claim: LevelClaim, courses: tuple[Course, ...], facts: Facts) -> bool:
    known = frozenset(level for course in courses for level in course.levels)
    if claim.denied:
        if claim.level in ("any", "special"):
            return claim.level == "special" or (not courses and facts.profile.education is not None)
        if claim.level == "diploma":
            return not any(course.finished for course in courses)
        return facts.profile.education is not None and claim.level not in known
    if claim.level == "several":
        return sum(1 for course in courses if "higher" in course.levels) >= 2 or "several" in known
    if (
        claim.finished
        and claim.level == "higher"
        and not any(course.finished and "higher" in course.levels for course in courses)
    ):
        return False
    if claim.level == "incomplete":
        return "incomplete" in known or any("higher" in course.levels and not course.finished for course in courses)
    if claim.level == "secondary":
        return "secondary" in known
    return claim.level in known or (claim.level == "master" and knows("магистр", facts))


def _is_of(claim: SchoolClaim, course: Course) -> bool:
    if claim.finished and not course.finished:
        return False
    if claim.nickname:
        return re.search(NICKNAMES[claim.nickname], course.text) is not None
    if claim.acronym:
        return fits_acronym(claim.acronym, course)
    if claim.level == "higher" and not course.levels & {"higher", "incomplete"}:
        return False
    if claim.level == "vocational" and course.levels and "vocational" not in course.levels:
        return False
    return all(fits_word(stem, course) for stem in claim.stems)


RULE = Rule(triggers, find, judge)
