"""Statements on education, and whether the courses of a résumé bear them out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from resumes.faithfulness.document import normalise
from resumes.faithfulness.facts import Facts
from resumes.faithfulness.rules import Claim, Objection
from resumes.faithfulness.schools import NICKNAMES, Course, courses_of, fits_acronym, fits_field, fits_word, knows

STEM = 5


@dataclass(frozen=True, slots=True)
class LevelClaim(Claim):
    """A level of education, finished if the text says so; ``denied``: the author has none of that level."""

    level: str
    finished: bool = False
    denied: bool = False


@dataclass(frozen=True, slots=True)
class SchoolClaim(Claim):
    """A school by level, stems of its name, acronym or nickname; ``proper`` if its name has a capital."""

    level: str
    stems: tuple[str, ...] = ()
    acronym: str | None = None
    parts: tuple[str, ...] = ()
    nickname: str | None = None
    finished: bool = False
    proper: bool = False


@dataclass(frozen=True, slots=True)
class FieldClaim(Claim):
    """A field of study: one of ``words`` must be the résumé's; if not ``exact``, a word of the same field will do.

    ``graduate``: of an occupation that the author may hold as well («дипломированный провизор»).
    """

    words: tuple[str, ...]
    exact: bool = False
    graduate: bool = False


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


def judge(claim: Claim, facts: Facts) -> Objection | None:
    """Objects to statements on education that no course of the résumé bears out."""
    courses = courses_of(facts)
    match claim:
        case LevelClaim():
            fits = _has_level(claim, courses, facts)
        case SchoolClaim():
            fits = any(_is_of(claim, course, facts) for course in courses)
        case FieldClaim():
            fits = any(
                fits_field(word, facts, claim.exact)
                or (not courses and knows(word[:STEM], facts))
                or (claim.graduate and any(word[:STEM] in normalise(title) for title in facts.positions))
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
    if claim.level == "graduate":
        return any(course.finished for course in courses)
    if claim.level == "trained":
        return any(course.finished and course.levels - {"secondary"} for course in courses)
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


def _is_of(claim: SchoolClaim, course: Course, facts: Facts) -> bool:
    if claim.finished and not course.finished:
        return False
    if claim.nickname:
        known = re.search(NICKNAMES[claim.nickname], course.text) is not None
        higher = claim.level != "higher" or not course.levels or bool(course.levels & {"higher", "incomplete"})
        return known and higher and _named(claim, course, facts)
    if claim.acronym:
        return fits_acronym(claim.acronym, course, claim.parts)
    if claim.level == "higher" and not course.levels & {"higher", "incomplete"}:
        return False
    if claim.level == "vocational" and course.levels and "vocational" not in course.levels:
        return False
    return _named(claim, course, facts)


def _named(claim: SchoolClaim, course: Course, facts: Facts) -> bool:
    own = {*facts.cities, *facts.regions}
    return all(
        fits_word(stem, course, claim.proper) or any(name.startswith(stem) for name in own) for stem in claim.stems
    )
