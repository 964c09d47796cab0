"""What a text states without support from its résumé. No dependency on language tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KINDS: tuple[str, ...] = (
    "age",
    "gender",
    "city",
    "country",
    "marital_status",
    "licence",
    "car",
    "salary",
    "experience_years",
    "employer",
    "position",
    "skill",
    "education",
    "language",
    "contact",
    "name",
    "not_about",
    "unreadable",
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One false or foreign statement: characters ``start:end`` of the checked text, which read ``text``.

    ``expected`` is what the résumé says in its place, null where it says nothing.
    """

    kind: str
    start: int
    end: int
    text: str
    expected: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of violation {self.kind!r}; expected one of {', '.join(KINDS)}")

    def to_dict(self) -> dict[str, Any]:
        """JSON form: ``{"kind", "span": [start, end], "text", "expected"}``."""
        return {"kind": self.kind, "span": [self.start, self.end], "text": self.text, "expected": self.expected}
