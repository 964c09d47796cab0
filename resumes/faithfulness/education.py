"""Education: level, institution, speciality, year, honours, courses and certificates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from resumes.faithfulness import study
from resumes.faithfulness.diplomas import (
    STEM,
    FieldClaim,
    LevelClaim,
    ListedClaim,
    SchoolClaim,
    StudyingClaim,
    YearClaim,
    judge,
)
from resumes.faithfulness.document import Document, normalise
from resumes.faithfulness.morphology import readings
from resumes.faithfulness.numerals import ordinal_words
from resumes.faithfulness.rules import Claim, Rule
from resumes.faithfulness.schools import LEVEL_CUES, LEVEL_PATTERNS, SCHOOLS

DENIED = {"высшего": "higher", "": "any", "среднего": "secondary"}

# «Вышка», «кмн», the last letter of «к. м. н.».
DEGREES = frozenset({"н", "кмн", "дмн", "ктн", "дтн", "кэн", "кпн", "кюн", "кфн"})


_STEMS = (
    "образован", "окончи", "закончи", "выпуск", "учусь", "обуча", "студент", "диплом", "бакалавр", "магистр",
    "специалитет", "кандидат", "доктор", "аспирант", "высш",
    "средне", "курс", "сертифи", "квалифик", "отличи", "медал", "mba", "мба", "мва", "специальност", "стажиров",
    "переподгот", "категори", "учил", "отучил", "аттест", "phd", "тренинг", "ординат", "интернатур", "медуч", "пед",
)  # fmt: skip


def triggers(word: str) -> bool:
    """Words of study and schools."""
    return (
        word.startswith(_STEMS)
        or word in DEGREES
        or "курсни" in word
        or study.SCHOOL_WORD.match(word) is not None
        or study.NICKNAME.match(word) is not None
    )


def find(doc: Document) -> Iterator[Claim]:
    """Statements on the author's education."""
    low = doc.low
    if study.WISHED_CUE.search(low) and study.WISHED.search(low) and not study.FINISHED.search(low):
        return
    denied = list(study.NO_EDUCATION.finditer(low)) if study.NO_EDUCATION_CUE.search(low) else []
    for match in denied:
        kind = (match["kind"] or match["kind2"] or match["kind3"] or "").strip()
        level = "diploma" if match["none"] else "higher" if match["vuz"] else DENIED.get(kind, "special")
        yield LevelClaim(*match.span(), level, denied=True)
    taken = [match.span() for match in denied]
    yield from _levels(low, taken)
    told = study.CUE.search(low) or (study.SCHOOL_ALONE.match(low) and not study.AT_WORK.search(low))
    if told and not study.OTHERS.search(low):
        yield from _schools(doc, taken)
        yield from _fields(doc)
        yield from _years(doc)
    yield from _listed(low)
    for match in study.HAS_DIPLOMA.finditer(low) if "диплом" in low or "отучил" in low else ():
        yield LevelClaim(*match.span(), "graduate")
    if study.STUDYING_CUE.search(low) and not study.LEARNING.search(low):
        for match in study.STUDYING.finditer(low):
            yield StudyingClaim(*match.span())


def _levels(low: str, taken: list[tuple[int, int]]) -> Iterator[LevelClaim]:
    if not study.LEVEL_CUE.search(low):
        return
    finished = study.COMPLETED.search(low) is not None
    for level, pattern in LEVEL_PATTERNS:
        for match in pattern.finditer(low) if LEVEL_CUES[level].search(low) else ():
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            if study.NO_LEVEL.match(low, match.end()):
                continue
            if level == "higher" and match.group() == "высшее" and "образован" not in low and "диплом" not in low:
                continue
            clause_end = re.search(r"[,;.!?]|$", low[match.end() :])
            behind = low[match.end() : match.end() + (clause_end.start() if clause_end else 0)]
            if study.NOT_MEANT.search(behind):
                continue
            if level == "higher" and study.UNFINISHED.search(behind):
                level = "incomplete"
            yield LevelClaim(*match.span(), level, finished and level != "incomplete")


@lru_cache(maxsize=50_000)
def _school_noun(word: str) -> str:
    """Beginning of the noun for a school that ``word`` is a form of; empty if of none."""
    school = study.SCHOOL_WORD.match(word)
    return "" if school is None or study.NICKNAME.match(word) or word.startswith("школьн") else school["noun"]


def _schools(doc: Document, taken: list[tuple[int, int]]) -> Iterator[SchoolClaim | LevelClaim]:
    low, finished = doc.low, study.FINISHED.search(doc.low) is not None
    for match in study.NICKNAME.finditer(low):
        if match["nick"] == "вышк" and (doc.text[match.start()].islower() or not match.start()):
            # «Вышка» is any higher education.
            start, end = doc.clause_span(match.start())
            level = "incomplete" if study.UNFINISHED.search(low[start:end]) else "higher"
            denied = study.NONE_BEFORE.search(low[start : match.start()]) is not None
            yield LevelClaim(*match.span(), level, finished and not denied, denied=denied)
            continue
        first, stems = _epithets(doc, match.start())
        level = "higher" if match["nick"].endswith(HIGHER) else "any"
        yield SchoolClaim(first, match.end(), level, stems, nickname=match["nick"], finished=finished)
    for match in study.SHORT_SCHOOL.finditer(low) if "мед" in low or "пед" in low else ():
        yield SchoolClaim(*match.span("nick"), "any", nickname=match["nick"] + "институт", finished=finished)
    for match in study.ACRONYM.finditer(doc.text):
        name, parts = (
            low[match.start() : match.end()],
            tuple(map(normalise, re.findall(r"[А-ЯЁ][а-яё]*", match.group()))),
        )
        if study.ALIAS.search(doc.text, 0, match.start()):
            continue
        if name not in study.NO_ACRONYM and _is_school(low, name, match.start()):
            yield SchoolClaim(*match.span(), "any", acronym=name, parts=parts, finished=finished)
    for token in doc.tokens:
        noun = _school_noun(token.low)
        if not noun or any(start <= token.start < end for start, end in taken):
            continue
        level = next(level for beginning, level in SCHOOLS if beginning == noun)
        start, stems, end = _name_around(doc, token.index)
        higher = "высш" in low[start : token.start]
        if noun == "школ" and not higher and not study.OF_SCHOOL.search(low[:start]):
            continue
        if _of_pupils(doc, token.start, start, end):
            continue
        proper = doc.text[start].isupper() and start > 0
        yield SchoolClaim(start, end, level, stems, finished=finished, proper=proper)


def _of_pupils(doc: Document, place: int, start: int, end: int) -> bool:
    """«Готовлю дошколят к школе», «университеты жизни»: no school that the author went to."""
    if re.match(r"\s+жизни(?!\w)", doc.low[end:]) or doc.low[start:end].endswith(" жизни"):
        return True
    first, _ = doc.clause_span(place)
    return re.search(r"(?<!\w)(?:под)?гото(?:влю|вил[аи]?|вим|вить)(?!\w)", doc.low[first:start]) is not None


def _is_school(low: str, name: str, start: int) -> bool:
    if name.endswith(("гу", "ту", "фу", "му", "ау", "гпу", "нху", "ниу")):
        return True
    before = low[max(0, start - 50) : start]
    if re.search(r"(?:специальност|направлени)\w*\s*\W?\s*$|№", before):
        return False
    return (
        re.search(
            r"(?:окончил\w*|закончил\w*|выпускни\w*|окончив|учусь|обучаюсь|студент\w*|поступил\w*|училась"
            r"|учился|учебы в|диплом\w*|в/о|высшее|(?:юр|ист|фил|жур|физ|хим|био)фак\w*|факультет\w*"
            r"|магистратур\w* в?)(?:\s+(?!работ)[а-я]+){0,4}\s*[«\"(]?$",
            before,
        )
        is not None
    )


HIGHER = ("университет", "институт", "академи")


def _epithets(doc: Document, place: int) -> tuple[int, tuple[str, ...]]:
    """Where the adjectives with a capital in front of a nickname begin, and their stems («Гродненский мед»)."""
    token = next(token for token in doc.tokens if token.end > place)
    before = doc.tokens[token.index - 1] if token.index else None
    if before is None or before.clause != token.clause or not before.capitalised:
        return place, ()
    if readings(before.low)[0].pos != "ADJF":
        return place, ()
    return before.start, tuple(_telling(before.low))


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
        if other.low[0].isdigit() or (best.pos == "PREP" and not other.capitalised):
            break
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
    if word in ordinal_words():
        yield str(int(ordinal_words()[word]))
        return
    lemma = readings(word)[0].lemma
    if (
        len(word) > 2
        and lemma not in study.PRONOUNS
        and not lemma.startswith(study.GENERIC)
        and not word.startswith(study.GENERIC)
    ):
        for part in word.split("-"):
            if len(part) > 3:
                yield part[: max(4, min(6, len(part) - 3))]


@lru_cache(maxsize=20_000)
def _may_be_field(word: str) -> bool:
    """«На математика», «на туризме», not «на живых»."""
    best = readings(word.split("-")[-1])[0]
    return best.has("sing") or best.pos == ""


def _fields(doc: Document) -> Iterator[FieldClaim | LevelClaim]:
    low = doc.low
    for cue, pattern in ((study.BY_TRADE_CUE, study.BY_TRADE), (study.FOR_TRADE_CUE, study.FOR_TRADE)):
        for match in pattern.finditer(low) if cue.search(low) else ():
            if match["name"].startswith(study.ANY_GRADUATE):
                if field := study.SPECIALIST.match(low, match.end()):
                    yield FieldClaim(
                        *field.span("field"), tuple(w for w in field["field"].split() if len(w) > STEM - 2)
                    )
                continue
            words = [word for word in match["name"].split() if not word.startswith(study.NO_TRADE)]
            if len(words) == len(match["name"].split()) and "фак" not in words[-1] and _may_be_field(words[-1]):
                yield FieldClaim(*match.span("name"), tuple(words[-1:]))
    for match in study.GRADUATE.finditer(low) if "дипломир" in low else ():
        name = match["name"].split("-")[0]
        known = not name.startswith(study.ANY_GRADUATE)
        yield FieldClaim(*match.span("name"), (name,), graduate=True) if known else LevelClaim(*match.span(), "trained")
    for match in study.TRADE_BEFORE.finditer(low) if study.BY_TRADE_CUE.search(low) else ():
        if any(item.has("NOUN", "anim", "nomn") for item in readings(match["name"])):
            yield FieldClaim(*match.span("name"), (match["name"],))
    for match in study.SPECIALITY.finditer(low) if study.SPECIALITY_CUE.search(low) else ():
        group = "name" if match["name"] else "degree"
        if study.ACRONYM.search(doc.text, *match.span(group)):
            continue
        words = re.findall(r"[а-я]+", match[group])
        if not any(item.pos in ("NOUN", "ADJF", "") for item in readings(words[0])):
            continue
        words = [word for word in words if len(word) > 3][:3]
        if any(study.SCHOOL_WORD.match(word) or study.NICKNAME.match(word) for word in words[:2]):
            continue
        words = [word for word in words if not word.startswith((*study.GENERIC, *study.NO_FIELD))]
        if group == "degree":
            words = [
                word
                for word in words
                if any(item.has("gent") and item.pos in ("NOUN", "ADJF") for item in readings(word))
            ]
        if words:
            yield FieldClaim(*match.span(group), tuple(words), exact=len(words) > 1)
    for match in study.KIND.finditer(low) if "образовани" in low or "высш" in low else ():
        for group in ("name", "after", "second", "mid"):
            if match[group] and not match[group].startswith(study.NO_KIND):
                yield FieldClaim(*match.span(group), (match[group],))


def _years(doc: Document) -> Iterator[YearClaim]:
    for match in study.YEAR.finditer(doc.low):
        start, end = doc.clause_span(match.start())
        clause, sentence = doc.low[start:end], doc.low
        if not study.YEAR_CUE.search(sentence) or study.NO_GRADUATION.search(clause):
            continue
        if study.BEFORE_YEAR.search(doc.low[: match.start()]) and not study.GRADUATION.search(clause):
            continue
        yield YearClaim(*match.span(), int(match["year"]))


# «Прошла курс по Excel», «закончил третий курс»: a few lessons, or a year.
ONE_COURSE = ("курс", "курса")


def _listed(low: str) -> Iterator[ListedClaim]:
    for match in study.HONOURS.finditer(low) if study.HONOURS_CUE.search(low) else ():
        if not study.LACKING_BEHIND.match(low, match.end()):
            yield ListedClaim(*match.span(), ("отлич", "медал", "красный дипл"))
    for match in study.COURSES.finditer(low) if study.COURSES_CUE.search(low) else ():
        if "водительск" in match.group() or study.LACKING_BEHIND.match(low, match.end()):
            continue
        if study.LACKING_BEFORE.search(low[: match.start()]):
            continue
        if match["what"] in ONE_COURSE or study.FOR_ONESELF.match(low, match.start()):
            continue
        what = match["what"] or match.group().split()[-1]
        topics = tuple(
            word[:STEM]
            for word in re.findall(r"[а-яa-z]{4,}", match["topic"] or "")
            if not word.startswith(("повыш", "квалиф", "курс", "перв", "разн", "различ", "ваш"))
        )
        stem = what[: 4 if what.startswith("стаж") else STEM]
        yield ListedClaim(match.start(), match.end("what") if match["what"] else match.end(), (stem,), topics)


RULE = Rule(triggers, find, judge, marks="/")
