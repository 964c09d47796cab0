"""Secrets of the local Label Studio: one file under the data directory that only its owner can read."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import InvalidInputError, NotFoundError

ADMIN_LOGIN = "admin@raisontext.local"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The administrator of the local Label Studio. ``token`` is an API key for the SDK (40 hexadecimal digits)."""

    login: str
    password: str
    token: str


def credentials_path(data_dir: Path) -> Path:
    """Where the secrets are."""
    return data_dir / "label-studio" / "secrets.json"


def read_credentials(data_dir: Path) -> Credentials:
    """The administrator's login and key.

    Raises:
        NotFoundError: no Label Studio was ever started under this data directory.
        InvalidInputError: the file is damaged.
    """
    path = credentials_path(data_dir)
    content = _read(path)
    if content is None:
        raise NotFoundError(f"Expected the key of the local Label Studio in {path}, found no such file")
    try:
        return Credentials(**content["admin"])
    except (KeyError, TypeError) as error:
        raise InvalidInputError(f"Expected login, password and token of 'admin' in {path}") from error


def ensure_credentials(data_dir: Path) -> Credentials:
    """The administrator's login and key, made at the first call and kept ever after."""
    with _changing(data_dir) as content:
        if "admin" not in content:
            token = secrets.token_hex(20)
            content["admin"] = {"login": ADMIN_LOGIN, "password": secrets.token_urlsafe(12), "token": token}
    return read_credentials(data_dir)


def replace_token(data_dir: Path, token: str) -> None:
    """Keeps another API key of the administrator."""
    with _changing(data_dir) as content:
        content["admin"] = {**content["admin"], "token": token}


def ensure_password(data_dir: Path, login: str) -> str:
    """The password of an annotator's login, made at the first call and kept ever after."""
    with _changing(data_dir) as content:
        passwords: dict[str, str] = content.setdefault("annotators", {})
        return passwords.setdefault(login, secrets.token_urlsafe(9))


@contextmanager
def _changing(data_dir: Path) -> Iterator[dict[str, Any]]:
    """The content of the file, written back at the end if it changed; one process at a time."""
    path = credentials_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # gone with the process
        content = _read(path) or {}
        before = json.dumps(content)
        yield content
        if json.dumps(content) != before:
            _write(path, content)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"Expected JSON in {path}, found something unreadable: {error}") from error
    if not isinstance(content, dict):
        raise InvalidInputError(f"Expected a JSON object in {path}, found {type(content).__name__}")
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    # A file of its own that takes the old one's place: a kill in the middle leaves the old one whole.
    new = path.with_suffix(f".{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
