"""Length of work experience: months covered by at least one job, so that overlapping jobs count once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from resumes.schema import Job, Profile

MONTHS_PER_YEAR = 12


def month_number(month: str) -> int:
    """Months since year 0 of ``YYYY-MM``."""
    year, number = month.split("-")
    return int(year) * MONTHS_PER_YEAR + int(number) - 1


def job_span(job: Job, today: dt.date) -> tuple[int, int] | None:
    """First month and the month after the last one of ``job``; null end goes on until ``today``.

    The months of start and end both count (March to March is one month of work). ``None`` when the start is unknown
    or the dates are in the wrong order or in the future.
    """
    if job.start is None:
        return None
    present = today.year * MONTHS_PER_YEAR + today.month - 1
    first = month_number(job.start)
    last = present if job.end is None else min(month_number(job.end), present)
    return (first, last + 1) if first <= last else None


def covered_months(spans: Iterable[tuple[int, int]]) -> int:
    """Months that lie in at least one of ``spans`` (first month, month after the last)."""
    covered, reached = 0, 0
    for first, after in sorted(spans):
        covered += max(0, after - max(first, reached))
        reached = max(reached, after)
    return covered


def total_months(profile: Profile, today: dt.date | None = None) -> int | None:
    """Months of work in all, overlaps counted once; ``None`` when no job has usable dates."""
    today = today or dt.date.today()
    spans = [span for job in profile.experience or () if (span := job_span(job, today)) is not None]
    return covered_months(spans) if spans else None


def whole_years(profile: Profile, today: dt.date | None = None) -> int | None:
    """Completed years of work, as a person would say it; ``None`` when unknown, 0 for less than a year."""
    months = total_months(profile, today)
    return None if months is None else months // MONTHS_PER_YEAR
