"""Who is the person behind a row: one person stays in one split however many rows and sources there are."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from resumes.queries import Split
from resumes.schema import Profile, ResumeInput

# Of 100 people: 80 to train on, 10 to look at while training, 10 to judge by.
_TRAIN_UNTIL, _VALIDATION_UNTIL = 80, 90


def split_of(resume: ResumeInput, profile: Profile) -> Split:
    """Return the split of the person who wrote ``resume``; ``profile`` is its clean form."""
    bucket = int(_sha256(_person(resume, profile))[:8], 16) % 100
    if bucket < _TRAIN_UNTIL:
        return "train"
    return "validation" if bucket < _VALIDATION_UNTIL else "test"


def content_hash(profile: Profile, about: str | None, recommendation_letter: str | None) -> str:
    """Return the SHA-256 of everything that is stored of a résumé but its identifier."""
    content = profile.model_dump(mode="json", exclude={"external_id"}, exclude_none=True)
    return _sha256([content, about, recommendation_letter])


def _person(resume: ResumeInput, profile: Profile) -> list[Any]:
    """What tells a person: contacts if given (not stored), else the start of the career, else all that is known.

    The start of a career stays the same when a title, a salary or a new job is added.
    """
    if resume.email:
        return ["email", resume.email.casefold()]
    if resume.phone:
        return ["phone", re.sub(r"\D", "", resume.phone)[-10:]]
    if resume.name and resume.birth_date:
        return ["name", sorted(resume.name.casefold().split()), resume.birth_date.isoformat()]
    if resume.name and profile.city:
        return ["name", sorted(resume.name.casefold().split()), profile.city]
    jobs = sorted([job.start, (job.position or "").casefold()] for job in profile.experience or () if job.start)
    if jobs:
        return ["career", profile.gender, profile.city, jobs[0]]
    return ["all", profile.model_dump(mode="json", exclude={"external_id"}, exclude_none=True)]


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
