"""Engines by name; a runtime is imported only when it is asked for."""

from __future__ import annotations

from pathlib import Path

from sampler.engines.base import DEFAULT_BATCH_SIZE, Engine
from sampler.errors import EngineError

NAMES = ("ctranslate2", "t5", "transformers", "vllm")


def load_engine(
    name: str,
    checkpoint: Path,
    *,
    compute_type: str = "float32",
    cache_dir: Path,
    device: str = "auto",
    threads: int | None = None,
    batch_size: int = DEFAULT_BATCH_SIZE,
) -> Engine:
    """Loads ``checkpoint`` (a directory) with the engine called ``name`` on ``device`` (auto, cpu or cuda).

    ``threads`` is the number of batches decoded side by side; null takes every core of this process.

    Raises:
        ArtifactError: ``checkpoint`` is no model directory.
        EngineError: there is no such engine here, or it cannot load the model with that compute type on that device.
    """
    if name == "ctranslate2":
        from sampler.engines.ctranslate2 import CTranslate2Engine

        return CTranslate2Engine(
            checkpoint,
            compute_type=compute_type,
            cache_dir=cache_dir,
            device=device,
            threads=threads,
            batch_size=batch_size,
        )
    if name == "t5":
        from sampler.engines.t5 import T5Engine

        return T5Engine(checkpoint, compute_type=compute_type, device=device, threads=threads, batch_size=batch_size)
    if name == "transformers":
        from sampler.engines.transformers import TransformersEngine

        return TransformersEngine(
            checkpoint, compute_type=compute_type, device=device, threads=threads, batch_size=batch_size
        )
    if name == "vllm":
        from sampler.engines.vllm import VllmEngine

        return VllmEngine(checkpoint, compute_type=compute_type, device=device, batch_size=batch_size)
    raise EngineError(f"Engine: expected one of {', '.join(NAMES)}, found {name!r}")
