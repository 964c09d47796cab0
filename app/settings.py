"""All settings: environment variables with the prefix ``RAISONTEXT_`` (DESIGN §4)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.errors import RaisonTextError

PREFIX = "RAISONTEXT_"


class SettingsError(RaisonTextError):
    """An environment variable has a value that cannot be used."""

    http_status = 500
    title = "Wrong setting"


class Settings(BaseSettings):
    """One instance per process; unknown variables of the prefix are ignored."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True)

    database_url: str | None = Field(None, description="PostgreSQL URL; empty: embedded server under DATA_DIR")
    data_dir: Path = Field(Path(".raisontext"), description="Everything that is kept on this machine")
    label_studio_url: str | None = Field(None, description="Label Studio URL; empty: started locally by `up`")
    label_studio_api_key: SecretStr | None = Field(None, description="Token of an administrator of that Label Studio")
    base_model: str = Field("starter", description="Model to start from: `starter`, a directory or a hub name")
    model_store: str | None = Field(None, description="fsspec URI for model artifacts; empty: DATA_DIR/models")
    engine: Literal["ctranslate2", "transformers", "vllm"] = Field("ctranslate2", description="Inference runtime")
    compute_type: Literal["float32", "int8"] = Field("float32", description="Weights of the ctranslate2 engine")
    host: str = Field("127.0.0.1", description="Address that local servers listen on")
    api_port: int = Field(8000, description="TCP port of the API")
    demo_port: int = Field(8501, description="TCP port of the demo page")
    label_studio_port: int = Field(8080, description="TCP port of the local Label Studio")
    api_url: str | None = Field(None, description="Where the demo page finds the API; empty: HOST and API_PORT")


def load_settings() -> Settings:
    """Reads the environment. Raises :class:`SettingsError` that names the first wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=True)[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(f"environment variable {name}: {first['msg']}, found {first['input']!r}") from error
