"""How models are run, by the settings of this process."""

from __future__ import annotations

from app.settings import Settings
from sampler.models import EngineSettings


def engine_settings(settings: Settings) -> EngineSettings:
    """Engine, number type, device and where converted models are cached."""
    cache = settings.data_dir.absolute() / "cache"
    return EngineSettings(settings.engine, cache, settings.compute_type, device=settings.device)
