"""The hand-written cases: ``cases.txt`` on shared profiles, and every ``*.jsonl`` with its own résumés.

Lines of JSON: first résumés, ``{"id", "resume"}``, then cases, ``{"id", "resume", "text", "expected": [{"kind",
"text"}]}`` with the id of a résumé; nothing expected means that the text is faithful. The day of the check is
2026-06-01 for ``cases.txt`` and 2026-11-23 for the others.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resumes.faithfulness import Checker
from resumes.schema import Profile, ResumeInput
from resumes.violations import Violation

HOME = Path(__file__).parent
DAY_OF_TEXT_CASES = dt.date(2026, 6, 1)
DAY_OF_JSON_CASES = dt.date(2026, 11, 23)


@dataclass(frozen=True)
class Case:
    """A text about ``profile``; ``expected`` are pairs of a kind and the words that state it."""

    name: str
    profile: Profile
    text: str
    expected: tuple[tuple[str, str], ...]
    day: dt.date

    def check(self) -> list[Violation]:
        """What the checker finds."""
        return Checker(self.profile, self.day).check(self.text)


def text_cases() -> list[Case]:
    """Cases of ``cases.txt``: each must be right."""
    named = json.loads((HOME / "profiles.json").read_text(encoding="utf-8"))
    profiles = {name: Profile.model_validate(fields) for name, fields in named.items()}
    lines = (HOME / "cases.txt").read_text(encoding="utf-8").splitlines()
    return [
        _text_case(number, line, profiles)
        for number, line in enumerate(lines, start=1)
        if line.startswith(("+ ", "- "))
    ]


def _text_case(number: int, line: str, profiles: dict[str, Profile]) -> Case:
    profile, text, *expected = (part.strip() for part in line[2:].split(" | "))
    pairs = [part.partition(": ") for part in expected[0].split("; ")] if expected else []
    wrong = tuple((kind, words) for kind, _, words in pairs)
    return Case(f"line {number}", profiles[profile], text, wrong, DAY_OF_TEXT_CASES)


def json_files(home: Path = HOME) -> list[Path]:
    """Files of authored cases, which are judged by precision and recall."""
    return sorted(home.glob("*.jsonl"))


def json_cases(path: Path) -> list[Case]:
    """Cases of one such file."""
    profiles: dict[str, Profile] = {}
    cases: list[Case] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "text" in row:
            wrong = tuple((one["kind"], one["text"]) for one in row["expected"])
            cases.append(Case(row["id"], profiles[row["resume"]], row["text"], wrong, DAY_OF_JSON_CASES))
        else:
            resume = ResumeInput.model_validate(row["resume"])
            profiles[row["id"]] = Profile.model_validate({name: getattr(resume, name) for name in Profile.model_fields})
    return cases


@dataclass
class Score:
    """Of (case, kind): found rightly, found wrongly, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what is found that is right; null where nothing is found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of what is there that is found; null where nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None


def scores(cases: Iterable[Case]) -> dict[str, Score]:
    """Score of each kind that is expected or found in ``cases``, and of all together as «all»."""
    by_kind: dict[str, Score] = {}
    for case in cases:
        expected, found = {kind for kind, _ in case.expected}, {violation.kind for violation in case.check()}
        for kind in expected | found:
            for score in (by_kind.setdefault(kind, Score()), by_kind.setdefault("all", Score())):
                score.right += kind in expected and kind in found
                score.wrong += kind not in expected
                score.missed += kind not in found
    return dict(sorted(by_kind.items()))


def rows(by_kind: Mapping[str, Score]) -> Iterator[dict[str, Any]]:
    """The scores as rows of a table."""
    for kind, score in by_kind.items():
        yield {
            "kind": kind,
            "right": score.right,
            "wrong": score.wrong,
            "missed": score.missed,
            "precision": None if score.precision is None else round(score.precision, 3),
            "recall": None if score.recall is None else round(score.recall, 3),
        }


def kinds(cases: Sequence[Case]) -> Counter[str]:
    """How many cases have a violation of each kind."""
    return Counter(kind for case in cases for kind in {kind for kind, _ in case.expected})
