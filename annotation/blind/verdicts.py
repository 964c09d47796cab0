"""Label Studio annotation → verdict, strictly: what is none raises its own typed error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from annotation.ranking_errors import (
    AmbiguousError,
    ForeignItemError,
    MalformedAnnotationError,
    MissingValueError,
    UntouchedError,
)
from annotation.rankings import parse_skip, require_submitted

Side = Literal["left", "right", "tie"]
VERDICTS: Mapping[str, Side] = {"А лучше": "left", "одинаково": "tie", "Б лучше": "right"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one person said of one pair of texts. ``lead_time``: seconds."""

    side: Side
    comment: str | None
    lead_time: float | None


def parse_verdict(annotation: Mapping[str, Any]) -> Verdict:
    """The verdict in ``annotation``.

    Raises:
        annotation.ranking_errors.RankingError: a subclass; ``reason`` is its code.
    """
    require_submitted(annotation)
    results = annotation.get("result")
    if not isinstance(results, list) or not all(isinstance(result, Mapping) for result in results):
        raise MalformedAnnotationError("expected a list of objects in annotation.result")
    chosen = [result for result in results if result.get("from_name") == "verdict"]
    if not chosen:
        raise UntouchedError("expected a verdict, found none")
    if len(chosen) > 1:
        raise AmbiguousError(f"expected one verdict, found {len(chosen)}")
    lead_time = annotation.get("lead_time")
    seconds = float(lead_time) if isinstance(lead_time, int | float) and not isinstance(lead_time, bool) else None
    return Verdict(_side(chosen[0]), parse_skip(annotation).comment, seconds)


def _side(result: Mapping[str, Any]) -> Side:
    value = result.get("value")
    found = value.get("choices") if isinstance(value, Mapping) else None
    if not isinstance(found, list) or not found:
        raise MissingValueError("expected value.choices in the verdict, found none")
    if len(found) > 1:
        raise AmbiguousError(f"expected one verdict, found {len(found)}")
    if found[0] not in VERDICTS:
        raise ForeignItemError(f"expected one of {', '.join(VERDICTS)}, found {found[0]!r}")
    return VERDICTS[found[0]]
