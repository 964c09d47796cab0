"""Watching a training loop: progress to the caller, and an end to a run whose loss is no number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

from trainer.errors import TrainingError

if TYPE_CHECKING:
    from transformers import TrainerCallback


class Progress(Protocol):
    """Called after every step with steps done and steps in all; whatever it raises ends the run."""

    def __call__(self, done: int, total: int, /) -> None: ...


def watch(progress: Progress | None) -> TrainerCallback:
    """A callback that reports steps and raises :class:`TrainingError` on a loss that is not finite."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
            if progress is not None:
                progress(state.global_step, state.max_steps)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
            loss = float((logs or {}).get("loss", 0.0))
            if not math.isfinite(loss):
                raise TrainingError(
                    f"expected a finite loss, found {loss} at step {state.global_step}; lower the learning rate"
                )

    return Watch()
