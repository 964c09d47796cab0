"""All settings: environment variables with the prefix ``RAISONTEXT_``.

This module knows nothing but pydantic, so that the pages may use it; :mod:`app.configuration` reads the environment
and turns a wrong value into one clear line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "RAISONTEXT_"


class Settings(BaseSettings):
    """One instance per process; unknown variables of the prefix are ignored."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True)

    database_url: str | None = Field(None, description="PostgreSQL URL; empty: embedded server under DATA_DIR")
    data_dir: Path = Field(Path(".raisontext"), description="Everything that is kept on this machine")
    label_studio_url: str | None = Field(None, description="Label Studio URL; empty: started locally by `up`")
    label_studio_api_key: SecretStr | None = Field(None, description="Token of an administrator of that Label Studio")
    base_model: str = Field("starter", description="Model to start from: `starter`, a directory or a hub name")
    model_store: str | None = Field(None, description="fsspec URI for model artifacts; empty: DATA_DIR/models")
    engine: Literal["ctranslate2", "t5", "transformers", "vllm"] = Field("ctranslate2", description="Inference runtime")
    compute_type: Literal["float32", "int8", "bfloat16", "float16", "int8_bfloat16", "int8_float16"] = Field(
        "float32", description="Numbers that the engine computes with; which ones it can, docs/engines.md says"
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where models run; auto: a GPU if there is one")
    host: str = Field("127.0.0.1", description="Address that local servers listen on")
    api_port: int = Field(8000, ge=0, le=65535, description="TCP port of the API; `up` takes the next free one if busy")
    demo_port: int = Field(8501, ge=0, le=65535, description="TCP port of the demo page; likewise")
    label_studio_port: int = Field(8080, ge=0, le=65535, description="TCP port of the local Label Studio; likewise")
    api_url: str | None = Field(None, description="Where the demo page finds the API; empty: HOST and API_PORT")
    max_body_kib: int = Field(256, ge=1, description="Largest request body that the API reads, in KiB")
    request_seconds: float = Field(60, gt=0, description="How long the demo page waits for the API, in seconds")
    api_keys_file: Path | None = Field(None, description="Hashes of API keys; empty: DATA_DIR/api-keys.json")
    webhook_url: str | None = Field(
        None, description="Where Label Studio sends webhooks: this API's /v1/webhooks/label-studio; empty: that of `up`"
    )
    webhook_secret: SecretStr | None = Field(
        None, description="What webhooks prove themselves with; empty: made and kept in DATA_DIR"
    )
    sync_cron: str = Field("* * * * *", description="When the worker syncs rankings of open rounds (cron, UTC)")
    worker_jobs: int = Field(3, ge=1, description="Jobs that a worker does at once, each in a process of its own")
    heartbeat_seconds: float = Field(
        10, gt=0, le=20, description="A worker that misses three beats counts as dead; its jobs are given to others"
    )
    job_attempts: int = Field(6, ge=1, description="How often a job is tried while a server it needs is down")
    job_retry_seconds: float = Field(
        5, gt=0, description="Wait before the second attempt; each later wait is twice as long, at most 5 minutes"
    )

    def found_api_url(self) -> str:
        """Base URL of the API as the demo page sees it, without a slash at the end."""
        return (self.api_url or f"http://{self.host}:{self.api_port}").rstrip("/")

    def keys_path(self) -> Path:
        """Where the hashes of API keys are."""
        return self.api_keys_file or self.data_dir / "api-keys.json"

    def store_uri(self) -> str:
        """fsspec URI under which model artifacts are kept."""
        return self.model_store or (self.data_dir.absolute() / "models").as_uri()
