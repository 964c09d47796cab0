"""The progress bar of sampling: résumés done, candidates a second, time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli import output

if TYPE_CHECKING:
    from sampler.runs import ProgressCallback, RunProgress


@contextmanager
def sampling_bar() -> Iterator[ProgressCallback]:
    """What ``sampler.runs.resume_run`` takes as ``progress``."""
    with output.progress("résumés") as bar:
        row = bar.add_task("sampling", total=None)

        def update(progress: RunProgress) -> None:
            rate = f"sampling, {progress.candidates_per_second:.0f} candidates/s"
            bar.update(row, completed=progress.done, total=progress.total, description=rate)

        yield update
