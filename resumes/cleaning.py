"""Turns a résumé as people fill it in into a clean profile without personal data.

Cleaning never invents: it removes noise, brings a few closed vocabularies (licences, language levels, well-known
cities in Latin letters) to one form, and drops repetitions. Cleaning a clean profile changes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from resumes.contacts import Redactor
from resumes.places import clean_place
from resumes.schema import Education, Job, Profile, ResumeInput
from resumes.tidying import clean_languages, clean_licences, clean_list, clean_skills, line, paragraphs


@dataclass(frozen=True)
class CleanResume:
    """What is kept of a résumé: the profile and the texts to learn from, no personal data in any of them."""

    profile: Profile
    about: str | None
    recommendation_letter: str | None


def clean(resume: ResumeInput | Profile, today: dt.date | None = None) -> CleanResume:
    """Clean ``resume``; the birth date becomes the age on ``today`` (default: the current date).

    Raises:
        pydantic.ValidationError: what is left is no valid profile (a birth date that gives an age below 14).
        ValueError: a driving licence of no known category.
    """
    source = resume if isinstance(resume, ResumeInput) else ResumeInput.model_validate(dict(resume))
    redactor = Redactor(source.name)
    city, country = clean_place(source.city, source.country)
    profile = Profile(
        external_id=line(source.external_id),
        title=_words(source.title, redactor),
        gender=source.gender,
        age=_age(source, today or dt.date.today()),
        city=city,
        country=country,
        marital_status=source.marital_status,
        driving_licences=clean_licences(source.driving_licences),
        has_car=source.has_car,
        desired_salary=source.desired_salary,
        skills=clean_skills(_texts(source.skills, redactor)),
        experience=_jobs(source.experience, redactor),
        education=_courses(source.education, redactor),
        languages=clean_languages(source.languages),
        recent_responses=clean_list(_texts(source.recent_responses, redactor)),
    )
    return CleanResume(profile, _text(source.about, redactor), _text(source.recommendation_letter, redactor))


def age_on(birth_date: dt.date, today: dt.date) -> int:
    """Completed years between two dates."""
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday)


def _age(resume: ResumeInput, today: dt.date) -> int | None:
    # A birth date stays true; an age was true when the résumé was written.
    return age_on(resume.birth_date, today) if resume.birth_date else resume.age


def _words(text: str | None, redactor: Redactor) -> str | None:
    """One line without contacts, and without the full stop that some put after a title."""
    if text is None:
        return None
    cleaned = redactor.redact(line(text)).strip(" ,;")
    if cleaned.endswith(".") and cleaned.count(".") == 1:
        cleaned = cleaned[:-1]
    return cleaned or None


def _text(text: str | None, redactor: Redactor) -> str | None:
    return None if text is None else redactor.redact(paragraphs(text)) or None


def _texts(items: tuple[str, ...] | None, redactor: Redactor) -> list[str]:
    return [cleaned for item in items or () if (cleaned := redactor.redact(line(item)))]


def _jobs(jobs: tuple[Job, ...] | None, redactor: Redactor) -> tuple[Job, ...] | None:
    """Clean jobs, latest first, repeated ones once; those without dates come last, in their order."""
    cleaned = [
        Job(
            position=_words(job.position, redactor),
            company=_words(job.company, redactor),
            start=job.start,
            end=job.end,
            description=_text(job.description, redactor),
        )
        for job in jobs or ()
    ]
    unique: dict[tuple[str | None, ...], Job] = {}
    for job in cleaned:
        if any((job.position, job.company, job.start, job.description)):
            key = (_folded(job.position), _folded(job.company), job.start, job.end)
            unique[key] = _richer(unique.get(key), job)
    return tuple(sorted(unique.values(), key=_latest_first)) or None


def _richer(first: Job | None, second: Job) -> Job:
    if first is None or len(second.description or "") > len(first.description or ""):
        return second
    return first


def _latest_first(job: Job) -> tuple[bool, tuple[int, ...], tuple[int, ...]]:
    return job.start is None, _descending(job.end or "9999-12"), _descending(job.start or "0000-01")


def _descending(month: str) -> tuple[int, ...]:
    return tuple(-int(part) for part in month.split("-"))


def _courses(courses: tuple[Education, ...] | None, redactor: Redactor) -> tuple[Education, ...] | None:
    cleaned = [
        Education(
            level=_words(course.level, redactor),
            institution=_words(course.institution, redactor),
            speciality=_words(course.speciality, redactor),
            year=course.year,
        )
        for course in courses or ()
    ]
    return tuple(dict.fromkeys(course for course in cleaned if course != Education())) or None


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()
