"""Expected failures of training, evaluation and the model registry."""

from __future__ import annotations

from db.errors import ConflictError, InvalidInputError, NotFoundError, RaisonTextError


class TrainingError(RaisonTextError):
    """Training cannot start or cannot go on."""

    title = "Training failed"


class UnsupportedModelError(InvalidInputError):
    """A model that the trainer cannot take."""

    title = "Unsupported model"


class TrainingDataError(InvalidInputError):
    """Training data that no model can learn from: none at all, or malformed."""

    title = "Unusable training data"


class ModelNotFoundError(NotFoundError):
    """No model version has this id or name."""

    def __init__(self, reference: int | str) -> None:
        super().__init__(f"no model version {reference!r} in the registry; `raisontext models list` shows them")


class NoPromotedModelError(NotFoundError):
    """The registry has no promoted model of this role."""

    def __init__(self, role: str) -> None:
        super().__init__(f"no promoted {role} model in the registry; promote one with `raisontext models promote ID`")


class ModelNameTakenError(ConflictError):
    """Names of model versions are unique."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a model version named {name!r} is registered already; give another name")


class PromotionConflictError(ConflictError):
    """Two promotions at once, or a model whose state does not allow it."""


class NothingToRollBackError(ConflictError):
    """No earlier promoted model of this role is left to go back to."""

    def __init__(self, role: str) -> None:
        super().__init__(f"cannot roll back: no {role} model was promoted before the present one")
