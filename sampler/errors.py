"""Expected failures of this room."""

from __future__ import annotations

from db.errors import ConflictError, NotFoundError, RaisonTextError, UnavailableError


class ArtifactError(RaisonTextError):
    """A model directory is missing, incomplete or not what its hash says."""

    http_status = 503
    title = "Model artifact unusable"


class EngineError(RaisonTextError):
    """An inference runtime cannot load or run a model."""

    http_status = 503
    title = "Model cannot be run"


class NoPromotedModelError(UnavailableError):
    """Texts are asked for while no policy is promoted."""

    title = "No model is promoted"


class NoFaithfulTextError(UnavailableError):
    """No candidate passed the check, and neither did a text that only repeats the résumé."""

    title = "No faithful text found"


class RunNotFoundError(NotFoundError):
    """There is no such sampling run."""


class RunMismatchError(ConflictError):
    """A run is resumed with an engine other than the one it began with; its texts would not be repeatable."""


class LeaseLostError(ConflictError):
    """A shard that was sampled belongs to another worker by now; what was sampled is not stored."""
