"""Hand-written faithful and false texts of every kind (``faithfulness/cases.py``)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resumes.violations import KINDS
from tests.resumes.faithfulness.cases import Case, json_cases, json_files, kinds, rows, scores, text_cases

CASES = text_cases()
GOAL = 0.95


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}: {case.text[:50]}")
def test_case(case: Case) -> None:
    found = case.check()
    if not case.expected:
        assert [violation.to_dict() for violation in found] == []
        return
    assert {violation.kind for violation in found} == {kind for kind, _ in case.expected}
    for kind, words in case.expected:
        places = [case.text[v.start : v.end] for v in found if v.kind == kind]
        assert any(words in place or place in words for place in places), (kind, words, places)


def test_every_kind_has_false_cases() -> None:
    assert set(kinds(CASES)) == set(KINDS)
    assert len(CASES) >= 500


def _authored() -> Iterator[Path]:
    yield from json_files()


@pytest.mark.parametrize("path", _authored(), ids=lambda path: path.stem)
def test_authored_cases(path: Path) -> None:
    found = scores(json_cases(path))
    table = "\n".join(
        "{kind:18} {right:4} right {wrong:3} wrong {missed:3} missed  precision {precision}  recall {recall}".format(
            **row
        )
        for row in rows(found)
    )
    print(table, file=sys.stderr)
    total = found["all"]
    assert (total.precision or 0) >= GOAL, table
    assert (total.recall or 0) >= GOAL, table
