"""Training libraries at rest: stdout belongs to results, and progress is reported by callbacks of our own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_OFF = {"TQDM_DISABLE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


@contextmanager
def quiet() -> Iterator[None]:
    """Progress bars, notices and deprecation warnings of transformers, datasets and TRL off; errors stay."""
    import datasets
    from transformers.utils import logging

    transformers_logging: Any = logging  # untyped

    before = {name: os.environ.get(name) for name in _OFF}
    bars = datasets.are_progress_bars_disabled()
    verbosity = transformers_logging.get_verbosity()
    os.environ.update(_OFF)
    datasets.disable_progress_bars()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        transformers_logging.enable_progress_bar()
        if not bars:
            datasets.enable_progress_bars()
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
