"""API keys: who may do what over HTTP. The file has hashes only; a key is shown once, when it is made.

A key has 256 random bits, so one round of SHA-256 is enough: there is nothing to guess.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, Field, ValidationError

from db.errors import InvalidInputError, NotFoundError, RaisonTextError

Role = Literal["public", "lead", "scientist", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the one that may least; each may what those before it may."""

_PREFIX = "rt_"


class KeysFileError(RaisonTextError):
    """The file of keys cannot be read: nobody gets in."""

    http_status = 500
    title = "Keys cannot be read"


class Key(BaseModel):
    """One key, without the key."""

    id: str
    role: Role
    sha256: str
    note: str = ""
    created_at: dt.datetime


class _File(BaseModel):
    keys: list[Key] = Field(default_factory=list)


def allows(role: Role, needed: Role) -> bool:
    """True when ``role`` may do what is open to ``needed``."""
    return ROLES.index(role) >= ROLES.index(needed)


def read_keys(path: Path) -> list[Key]:
    """All keys; none when there is no file.

    Raises:
        KeysFileError: there is something else in it.
    """
    try:
        return _File.model_validate_json(path.read_bytes()).keys
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        raise KeysFileError(f"Expected API keys in {path}, found something unreadable") from error


def add_key(path: Path, role: str, note: str = "") -> tuple[Key, str]:
    """A new key: its entry, and the key itself, which is kept nowhere.

    Raises:
        InvalidInputError: no such role.
        KeysFileError: see :func:`read_keys`.
    """
    if role not in ROLES:
        raise InvalidInputError(f"Expected a role of {', '.join(ROLES)}, found {role!r}")
    token = _PREFIX + secrets.token_urlsafe(32)
    with _changing(path) as keys:
        key = Key(id=_free_id(keys), role=role, sha256=_hash(token), note=note, created_at=dt.datetime.now(dt.UTC))
        keys.append(key)
    return key, token


def remove_key(path: Path, key_id: str) -> Key:
    """Removes a key; who uses it is refused from the next request on.

    Raises:
        NotFoundError: there is none of that id.
        KeysFileError: see :func:`read_keys`.
    """
    with _changing(path) as keys:
        found = next((key for key in keys if key.id == key_id), None)
        if found is None:
            raise NotFoundError(f"There is no key {key_id!r} in {path}; `raisontext keys list` shows all")
        keys.remove(found)
    return found


class KeyRing:
    """The keys of a file, read again when it changes. Thread-safe: it only ever replaces what it knows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: tuple[tuple[int, int, int] | None, list[Key]] = (None, [])

    def all_keys(self) -> list[Key]:
        """All keys now. Raises :class:`KeysFileError`."""
        stamp = self._stamp()
        if self._known[0] != stamp:
            self._known = (stamp, read_keys(self.path) if stamp else [])
        return self._known[1]

    def role_of(self, token: str) -> Role | None:
        """The role of a key; None for one that is not known. Takes as long whichever it is."""
        digest = _hash(token)
        matches = [key.role for key in self.all_keys() if hmac.compare_digest(key.sha256, digest)]
        return matches[0] if matches else None

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _free_id(keys: list[Key]) -> str:
    while (found := secrets.token_hex(3)) in {key.id for key in keys}:
        pass
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


@contextmanager
def _changing(path: Path) -> Iterator[list[Key]]:
    """The keys to be changed in place; the file is replaced in one step, and two changes take turns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = list(read_keys(path))
        yield keys
        draft = path.with_name(f"{path.name}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(_File(keys=keys).model_dump_json(indent=1))
        draft.replace(path)
