"""Education: level, institution, speciality, year, honours, courses and certificates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resumes.faithfulness.document import Document
from resumes.faithfulness.facts import Facts, words_of
from resumes.faithfulness.morphology import lemmas
from resumes.violations import Violation

# Level → how texts and résumés call it. Order matters: the first that fits is meant.
LEVELS: tuple[tuple[str, str], ...] = (
    ("incomplete", r"(?:не|незаконченн|неокончен|неполн)\w*\s+высш\w+|незаконченное высшее|incomplete higher"),
    ("several", r"(?:два|2|второе) высш\w+"),
    ("degree", r"кандидат\w* \w*\s?наук|доктор\w* \w*\s?наук|аспирантур\w*|учен\w+ степен\w+|phd"),
    ("master", r"магистр(?:а|ом|ант\w*|атур\w+)?(?!\w)|master(?:.?s)?(?!\w)"),
    (
        "higher",
        r"высш\w+ (?:\w+\s+){0,2}образовани\w+|образовани\w+\W{1,3}высш\w+|бакалавр\w*|специалитет\w*|bachelor\w*"
        r"|^higher|^высш\w+|университет\w*|институт\w*|академи[яиюей]+",
    ),
    (
        "vocational",
        r"средн\w+[ -](?:специальн|професс|техн)\w+|среднее проф|колледж\w*|техникум\w*|училищ\w*|vocational",
    ),
    (
        "secondary",
        r"средн\w+ (?:общ\w+ |полн\w+ )?образовани\w+|образовани\w+\W{1,3}средн\w+(?! спец| проф)|^среднее(?: "
        r"общее)?$|(?:окончил[а]?) школу|secondary",
    ),
)
LEVEL_PATTERNS = tuple((level, re.compile(rf"(?<!\w)(?:{pattern})")) for level, pattern in LEVELS)
# A résumé with the first also bears out the second.
IMPLIED: dict[str, frozenset[str]] = {
    "degree": frozenset({"higher", "master"}),
    "master": frozenset({"higher"}),
}
CUE = re.compile(
    r"mba|образован|окончил|закончил|диплом|выпускни|учусь|обучаюсь|студент|бакалавр|магистр|специалитет|наук(?!\w)"
    r"|аспирант|университет|институт|академи|колледж|техникум|училищ|вуз|факультет|курс|сертифик|квалификац|школ"
)
HONOURS = re.compile(r"(?<!\w)(?:красн\w+ диплом\w*|диплом\w* с отличием|с отличием|золот\w+ медал\w+)")
COURSES = re.compile(
    r"(?<!\w)mba(?!\w)|(?<!\w)(?:окончил[а]?|прошел|прошла|закончил[а]?|проходил[а]?|завершил[а]?|имею|есть"
    r"|получил[а]?)\s+(?:\w+\s+){0,3}(?:курс\w*|сертификат\w*|тренинг\w*|стажировк\w*|переподготовк\w*|повышение "
    r"квалификации|аттестаци\w*|мб[аa]|mba)(?!\w)"
    r"|(?<!\w)(?:сертифицированн\w+|дипломированн\w+)\s+\w+"
    r"|(?<!\w)(?:перв\w+|втор\w+|высш\w+)\s+(?:квалификационн\w+\s+)?категори\w+"
)
STUDYING = re.compile(
    r"(?<!\w)(?:учусь (?:на|в|по)|обучаюсь (?:на|в|по)|студент(?:ка)?(?!\w)|получаю (?:высшее|второе))"
)
SPECIALITY = re.compile(
    r"(?:по специальности|специальност[ьи]\W{1,3}|по направлению|направление\W{1,3}|факультет\w*|с "
    r"квалификацией)\s*[—–:-]?\s*[«\"]?(?P<name>[а-я][а-я -]{3,60})"
)
KIND = re.compile(
    r"(?<!\w)(?P<name>[а-я]{4,}(?:ическое|еское|ское|ное|овое|ическим|ским|ным|ического|ского|ного))\s+образовани\w+"
    r"|образовани\w+\W{1,3}(?P<after>[а-я]{4,}(?:ическое|ское|ное))(?!\w)"
)
NO_KIND = frozenset({
    "высшее", "среднее", "специальное", "профессиональное", "профильное", "полное", "общее", "неоконченное",
    "незаконченное", "неполное", "дополнительное", "соответствующее", "базовое", "основное", "хорошее",
    "отличное", "собственное"
})  # fmt: skip
SCHOOL_KIND = re.compile(
    r"(?<!\w)(?P<name>[а-я]{5,}(?:ский|ской|ском|скую|ского|ный|ном|ного|ную|ной))\s+(?:университет|институт|академи"
    r"|колледж|техникум|училищ)\w*"
)
YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?!\d)")
NO_EDUCATION = re.compile(
    r"(?:высшего |специального |профильного )?образования нет|без (?:высшего |специального )?образования|нет "
    r"(?:высшего |специального )?образования"
)
STEM = 5
SCHOOLS = ("университет", "институт", "академ", "колледж", "техникум", "училищ")
# Learning on the job is no course of study.
NOT_STUDY = re.compile(
    r"(?:быстро|легко|всегда|постоянно|с удовольствием|охотно|активно) (?:учусь|обучаюсь)|(?:учусь|обучаюсь) "
    r"(?:быстро|легко|новому)"
)


def check_education(doc: Document, facts: Facts) -> Iterator[Violation]:
    """Statements on education that the résumé does not bear out."""
    if not CUE.search(doc.low):
        return
    expected = _summary(facts)
    spans = [*_wrong_levels(doc, facts), *_wrong_details(doc, facts), *_unlisted(doc, facts)]
    for start, end in spans:
        yield doc.violation("education", start, end, expected)


def _summary(facts: Facts) -> str | None:
    courses = facts.profile.education or ()
    parts = [", ".join(str(part) for part in (c.level, c.institution, c.speciality, c.year) if part) for c in courses]
    return "; ".join(filter(None, parts)) or None


def levels_of(facts: Facts) -> frozenset[str]:
    """Levels that the résumé states or that its institutions imply."""
    found: set[str] = set()
    for course in facts.profile.education or ():
        text = (course.level or "").lower().replace("ё", "е")
        level = next((name for name, pattern in LEVEL_PATTERNS if pattern.search(text)), None)
        if level is None and course.institution:
            text = course.institution.lower().replace("ё", "е")
            level = next((name for name, pattern in LEVEL_PATTERNS if pattern.search(text)), None)
        found.update({level, *IMPLIED.get(level, ())} if level else ())
    return frozenset(found)


def _wrong_levels(doc: Document, facts: Facts) -> Iterator[tuple[int, int]]:
    known = levels_of(facts)
    taken: list[tuple[int, int]] = []
    for match in NO_EDUCATION.finditer(doc.low):
        taken.append(match.span())
        if facts.profile.education is None or facts.profile.education:
            yield match.span()
    for level, pattern in LEVEL_PATTERNS:
        for match in pattern.finditer(doc.low):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            if not _level_supported(level, known, facts, match.group()):
                yield match.span()


def _level_supported(level: str, known: frozenset[str], facts: Facts, text: str) -> bool:
    if level == "several":
        return sum(1 for course in facts.profile.education or () if "higher" in levels_of_course(course.level)) >= 2
    if level in known or (level == "secondary" and known and "школ" in text):
        return True
    stem = text.split(" ")[0][:STEM]
    if text.startswith(SCHOOLS) and stem in facts.blob:
        return True
    return not known and stem in facts.blob and not text.startswith(("высш", "средн"))


def levels_of_course(level: str | None) -> tuple[str, ...]:
    """Levels that the words of one course name."""
    low = (level or "").lower().replace("ё", "е")
    found = next((name for name, pattern in LEVEL_PATTERNS if pattern.search(low)), None)
    return (found, *IMPLIED.get(found, ())) if found else ()


def _wrong_details(doc: Document, facts: Facts) -> Iterator[tuple[int, int]]:
    for match in SPECIALITY.finditer(doc.low):
        start, end = match.span("name")
        if not _shares_word(match["name"], facts):
            yield start, end
    for match in KIND.finditer(doc.low):
        group = "name" if match["name"] else "after"
        word = match[group]
        base = {word} | set(lemmas(word))
        if base & NO_KIND or any(lemma[:-2] + "ее" in NO_KIND or lemma[:-2] + "ое" in NO_KIND for lemma in base):
            continue
        if word[:STEM] not in facts.blob:
            yield match.span(group)
    for match in SCHOOL_KIND.finditer(doc.low):
        if match["name"][:STEM] not in facts.blob and not match["name"].startswith(("государственн", "престижн")):
            yield match.span()
    for match in YEAR.finditer(doc.low):
        start, end = doc.clause_span(match.start())
        sentence = doc.low[slice(*doc.sentence_span(match.start()))]
        if (
            re.search(r"окончил|закончил|диплом|выпуск|поступил|получил", sentence)
            and not re.search(r"работ|опыт", doc.low[start:end])
            and int(match["year"]) not in {course.year for course in facts.profile.education or ()}
        ):
            yield match.span()


def _shares_word(name: str, facts: Facts) -> bool:
    words = [word for word in words_of(name) if len(word) > 3][:2]
    return not words or any(lemma in facts.words for word in words for lemma in lemmas(word))


def _unlisted(doc: Document, facts: Facts) -> Iterator[tuple[int, int]]:
    for match in HONOURS.finditer(doc.low):
        if "отлич" not in facts.blob and "медал" not in facts.blob:
            yield match.span()
    for match in COURSES.finditer(doc.low):
        last = match.group().split()[-1][:STEM]
        if last not in facts.blob and not (last.startswith("категор") and "категор" in facts.blob):
            yield match.span()
    for match in STUDYING.finditer(doc.low):
        if not facts.profile.education and not NOT_STUDY.search(doc.low) and "студент" not in facts.blob:
            yield match.span()
