"""Hand-written faithful and false texts of every kind (``faithfulness/cases.txt``)."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from resumes.faithfulness import check
from resumes.schema import Profile
from resumes.violations import KINDS

HOME = Path(__file__).parent / "faithfulness"
TODAY = dt.date(2026, 6, 1)
PROFILES = {
    name: Profile.model_validate(fields)
    for name, fields in json.loads((HOME / "profiles.json").read_text(encoding="utf-8")).items()
}


@dataclass(frozen=True)
class Case:
    line: int
    profile: str
    text: str
    expected: tuple[tuple[str, str], ...]


def _parse(number: int, line: str) -> Case:
    _, _, rest = line.partition(" ")
    profile, text, *expected = (part.strip() for part in rest.split(" | "))
    pairs = [part.partition(": ") for part in expected[0].split("; ")] if expected else []
    return Case(number, profile, text, tuple((kind, words) for kind, _, words in pairs))


CASES = [
    _parse(number, line)
    for number, line in enumerate((HOME / "cases.txt").read_text(encoding="utf-8").splitlines(), start=1)
    if line.startswith(("+ ", "- "))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"line {case.line}: {case.text[:50]}")
def test_case(case: Case) -> None:
    found = check(PROFILES[case.profile], case.text, TODAY)
    if not case.expected:
        assert [violation.to_dict() for violation in found] == []
        return
    assert {violation.kind for violation in found} == {kind for kind, _ in case.expected}
    for kind, words in case.expected:
        places = [case.text[v.start : v.end] for v in found if v.kind == kind]
        assert any(words in place or place in words for place in places), (kind, words, places)


def test_every_kind_has_false_cases() -> None:
    kinds = Counter(kind for case in CASES for kind, _ in case.expected)
    assert set(kinds) == set(KINDS)
    assert len(CASES) >= 500
