"""From a model version in the database to a loaded engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from db.models import ModelVersion
from resumes.text_format import TextFormat
from sampler.artifacts import fetch
from sampler.engines.base import Engine
from sampler.engines.load import load_engine


@dataclass(frozen=True)
class EngineSettings:
    """How models are run on this machine."""

    name: str
    cache_dir: Path
    compute_type: str = "float32"
    threads: int | None = None
    device: str = "auto"


def load_version(model: ModelVersion, settings: EngineSettings) -> Engine:
    """Fetches the artifact, verifies its hash and loads it.

    Raises:
        ArtifactError: the artifact is missing or changed.
        EngineError: the engine cannot load it.
    """
    checkpoint = fetch(model.artifact_uri, model.artifact_sha256, settings.cache_dir)
    return load_engine(
        settings.name,
        checkpoint,
        compute_type=settings.compute_type,
        cache_dir=settings.cache_dir,
        threads=settings.threads,
        device=settings.device,
    )


def text_format_of(model: ModelVersion) -> TextFormat:
    """The text format of a model version; a database constraint allows these two."""
    return "slots" if model.text_format == "slots" else "plain"
