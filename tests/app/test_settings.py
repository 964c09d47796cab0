"""docs/settings.md and docs/cli.md say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.reference import DOCS, PAGES
from app.configuration import SettingsError, load_settings
from app.settings import PREFIX, Settings


@pytest.mark.parametrize("name", PAGES)
def test_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `python -m app.cli.reference`"


def test_every_setting_is_documented() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name, info in Settings.model_fields.items():
        assert info.description, name
        assert f"`{PREFIX}{name.upper()}`" in page


def test_empty_variables_count_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_API_PORT", "")
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", "elsewhere")
    settings = load_settings()
    assert (settings.api_port, settings.data_dir) == (8000, Path("elsewhere"))
    assert settings.store_uri() == (Path.cwd() / "elsewhere/models").as_uri()
    assert settings.found_api_url() == "http://127.0.0.1:8000"


def test_the_api_url_loses_its_last_slash() -> None:
    assert Settings(api_url="https://example.org/api/").found_api_url() == "https://example.org/api"


@pytest.mark.parametrize(("name", "value"), [("API_PORT", "70000"), ("ENGINE", "abacus"), ("REQUEST_SECONDS", "0")])
def test_a_wrong_value_names_the_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=f"{PREFIX}{name}.*found '{value}'"):
        load_settings()
