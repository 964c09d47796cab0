"""How models are run, by the settings of this process."""

from __future__ import annotations

from app.settings import Settings
from sampler.models import EngineSettings


def engine_settings(settings: Settings) -> EngineSettings:
    """Engine, number type and where converted models are cached."""
    return EngineSettings(settings.engine, settings.data_dir.absolute() / "cache", settings.compute_type)
