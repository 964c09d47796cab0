"""Hand-written faithful and false texts of every kind (``faithfulness/cases.py``)."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest

from resumes.violations import KINDS
from tests.resumes.faithfulness.cases import Case, Score, json_cases, json_files, kinds, rows, scores, text_cases

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


def test_precision_and_recall() -> None:
    """Over all cases together; the table of each file is printed."""
    files = {"cases": CASES, **{path.stem: json_cases(path) for path in json_files()}}
    for name, cases in files.items():
        print(f"{name}: {len(cases)} cases\n{_table(scores(cases))}\n", file=sys.stderr)
    everything = [case for cases in files.values() for case in cases]
    assert len({(name, case.name) for name, cases in files.items() for case in cases}) == len(everything)
    found = scores(everything)
    assert (found["all"].precision or 0) >= GOAL, _table(found)
    assert (found["all"].recall or 0) >= GOAL, _table(found)


def _table(found: Mapping[str, Score]) -> str:
    line = "{kind:18} {right:4} right {wrong:3} wrong {missed:3} missed  precision {precision}  recall {recall}"
    return "\n".join(line.format(**row) for row in rows(found))
