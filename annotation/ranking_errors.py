"""Why a submission is no ranking: one class per rule, each with a ``reason`` code that is stored and shown."""

from __future__ import annotations

from typing import ClassVar

from db.errors import InvalidInputError


class RankingError(InvalidInputError):
    """A submission that must not become a ranking. ``reason`` is its code, the message says what was found where."""

    title = "Not a ranking"
    reason: ClassVar[str] = "invalid"


class MalformedTaskError(RankingError):
    """The task does not list its candidates as ``data.items``, each with an ``id`` of its own."""

    reason = "malformed_task"


class MalformedAnnotationError(RankingError):
    """The annotation is not of the form that Label Studio writes."""

    reason = "malformed"


class SkippedError(RankingError):
    """The annotator skipped the task (``was_cancelled``)."""

    reason = "skipped"


class DraftError(RankingError):
    """A draft, not a submission."""

    reason = "draft"


class UntouchedError(RankingError):
    """Nothing was ranked, or nothing tells the submission from one in which nothing was ranked."""

    reason = "untouched"


class IncompleteError(RankingError):
    """Some candidates have no place."""

    reason = "incomplete"


class RepeatedItemError(RankingError):
    """A candidate has more than one place."""

    reason = "repeated"


class ForeignItemError(RankingError):
    """An item is ranked or flagged that the task does not show."""

    reason = "foreign_item"


class MissingValueError(RankingError):
    """A control was submitted without a value."""

    reason = "missing_value"


class InvalidPlaceError(RankingError):
    """A place is not one whole number from 1 to the number of candidates."""

    reason = "invalid_place"


class AmbiguousError(RankingError):
    """Several rankings in one annotation, so that no order is *the* order."""

    reason = "ambiguous"


class TooFastError(RankingError):
    """Submitted sooner than the texts can be read."""

    reason = "too_fast"
