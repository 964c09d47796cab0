from __future__ import annotations

from pathlib import Path

import pytest

from db.session import Database
from sampler.engines.load import load_engine
from tests.sampler.rows import add_model
from tests.sampler.run_setting import Setting
from tests.sampler.tiny_model import make_checkpoint


@pytest.fixture(scope="session")
def tied_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("tied"), tied=True)


@pytest.fixture(scope="session")
def untied_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("untied"), tied=False)


@pytest.fixture(scope="session")
def engine_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engines")


@pytest.fixture
def setting(database: Database, tied_checkpoint: Path, engine_cache: Path) -> Setting:
    engine = load_engine("ctranslate2", tied_checkpoint, cache_dir=engine_cache, threads=1)
    return Setting(database, engine, tied_checkpoint, engine_cache, add_model(database, tied_checkpoint).id)
