"""What Label Studio is started with."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from annotation.credentials import Credentials
from annotation.server import environment

ADMIN = Credentials("admin@raisontext.local", "secret", "a" * 40)


def test_the_users_own_variables_do_not_leak_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABEL_STUDIO_SENTRY_DSN", "https://elsewhere")
    monkeypatch.setenv("POSTGRE_HOST", "elsewhere")
    monkeypatch.setenv("DEBUG", "true")

    found = environment(tmp_path, ADMIN, None)

    assert found["LABEL_STUDIO_SENTRY_DSN"] == ""
    assert "POSTGRE_HOST" not in found
    assert found["LABEL_STUDIO_DEBUG"] == "false"  # comes before DEBUG
    assert found["DJANGO_DB"] == "sqlite"


def test_the_fence_is_always_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "label_studio.core.settings.label_studio")

    assert environment(tmp_path, ADMIN, None)["DJANGO_SETTINGS_MODULE"] == "annotation.fence.settings"


def test_nothing_leaves_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in environment(tmp_path, ADMIN, None).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("https://example.org/news.json", timeout=5)
    with pytest.raises(requests.exceptions.ConnectionError) as direct:
        requests.get("http://127.0.0.1:9/", timeout=5)
    assert not isinstance(direct.value, requests.exceptions.ProxyError)


@pytest.mark.parametrize(
    ("url", "host", "user", "name"),
    [
        ("postgresql+psycopg2://postgres@/labelstudio?host=%2Fdata%2Fpg", "/data/pg", "postgres", "labelstudio"),
        ("postgresql://ls:pw@db:6432/annotations", "db", "ls", "annotations"),
    ],
)
def test_postgresql_by_socket_or_by_network(tmp_path: Path, url: str, host: str, user: str, name: str) -> None:
    found = environment(tmp_path, ADMIN, url)

    assert (found["POSTGRE_HOST"], found["POSTGRE_USER"], found["POSTGRE_NAME"]) == (host, user, name)
    assert found["DJANGO_DB"] == "default"
