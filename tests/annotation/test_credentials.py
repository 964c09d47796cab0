"""Secrets of the local Label Studio."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from annotation.credentials import (
    credentials_path,
    ensure_credentials,
    ensure_password,
    read_credentials,
    replace_token,
)
from db.errors import InvalidInputError, NotFoundError


def test_secrets_are_made_once_and_only_the_owner_can_read_them(tmp_path: Path) -> None:
    first = ensure_credentials(tmp_path)

    assert ensure_credentials(tmp_path) == first == read_credentials(tmp_path)
    assert len(first.token) == 40
    assert stat.S_IMODE(credentials_path(tmp_path).stat().st_mode) == 0o600


def test_passwords_of_annotators_are_kept_beside_the_administrators(tmp_path: Path) -> None:
    admin = ensure_credentials(tmp_path)
    anna = ensure_password(tmp_path, "anna@x")

    assert ensure_password(tmp_path, "boris@x") != anna == ensure_password(tmp_path, "anna@x")
    replace_token(tmp_path, "f" * 40)
    assert read_credentials(tmp_path).token == "f" * 40
    assert read_credentials(tmp_path).password == admin.password
    assert stat.S_IMODE(credentials_path(tmp_path).stat().st_mode) == 0o600


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"secrets\.json, found no such file"):
        read_credentials(tmp_path)
    credentials_path(tmp_path).parent.mkdir(parents=True)
    credentials_path(tmp_path).write_text("{", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="found something unreadable"):
        ensure_credentials(tmp_path)
