"""Length of experience: overlaps, open and broken dates."""

from __future__ import annotations

import datetime as dt

import pytest

from resumes.experience import total_months, whole_years
from resumes.schema import Job, Profile

TODAY = dt.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("spans", "months"),
    [
        ([("2020-01", "2020-12")], 12),
        ([("2020-01", "2020-01")], 1),
        ([("2020-01", "2020-12"), ("2020-06", "2021-05")], 17),
        ([("2020-01", "2022-12"), ("2020-06", "2021-05")], 36),
        ([("2022-01", "2022-06"), ("2020-01", "2020-06")], 12),
        ([("2026-01", None)], 6),
        ([("2026-07", None)], None),
        ([(None, "2020-05")], None),
        ([(None, "2020-05"), ("2020-06", "2020-07")], 2),
        ([], None),
    ],
)
def test_total_months(spans: list[tuple[str | None, str | None]], months: int | None) -> None:
    jobs = tuple(Job(start=start, end=end) for start, end in spans)
    assert total_months(Profile(external_id="r", experience=jobs), TODAY) == months


def test_whole_years_are_completed_years() -> None:
    profile = Profile(external_id="r", experience=(Job(start="2020-01", end="2021-11"),))
    assert whole_years(profile, TODAY) == 1
    assert whole_years(Profile(external_id="r"), TODAY) is None
