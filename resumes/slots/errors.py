"""Expected failures of the slots format."""

from __future__ import annotations

from db.errors import InvalidInputError


class SlotsTargetError(InvalidInputError):
    """A free text cannot be written in slots format."""

    title = "Text not expressible in slots format"
