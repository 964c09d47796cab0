"""Engines by name; a runtime is imported only when it is asked for."""

from __future__ import annotations

from pathlib import Path

from sampler.engines.base import DEFAULT_BATCH_SIZE, Engine
from sampler.errors import EngineError

NAMES = ("ctranslate2", "transformers")


def load_engine(
    name: str,
    checkpoint: Path,
    *,
    compute_type: str = "float32",
    cache_dir: Path,
    threads: int | None = None,
    batch_size: int = DEFAULT_BATCH_SIZE,
) -> Engine:
    """Loads ``checkpoint`` (a directory) with the engine called ``name``.

    ``threads`` is the number of batches decoded side by side; null takes every core of this process.

    Raises:
        ArtifactError: ``checkpoint`` is no model directory.
        EngineError: there is no such engine here, or it cannot load the model with that compute type.
    """
    if name == "ctranslate2":
        from sampler.engines.ctranslate2 import CTranslate2Engine

        return CTranslate2Engine(
            checkpoint, compute_type=compute_type, cache_dir=cache_dir, threads=threads, batch_size=batch_size
        )
    if name == "transformers":
        from sampler.engines.transformers import TransformersEngine

        if compute_type != "float32":
            raise EngineError(f"Engine transformers: expected compute type float32, found {compute_type!r}")
        return TransformersEngine(checkpoint, threads=threads, batch_size=batch_size)
    raise EngineError(f"Engine: expected one of {', '.join(NAMES)}, found {name!r}")
