"""Who may call what: ``X-API-Key`` and the roles of :mod:`app.keys`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader

from app.keys import KeyRing, Role, allows
from db.errors import RaisonTextError


class KeyRequiredError(RaisonTextError):
    """No key, or one that nobody has."""

    http_status = 401
    title = "Key required"


class ForbiddenError(RaisonTextError):
    """The key is known, and its role may not do this."""

    http_status = 403
    title = "Forbidden"


class NoKeysError(ForbiddenError):
    """Nobody has a key yet."""

    title = "No keys yet"


_header = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="A key made with `raisontext keys add ROLE`; it carries its role"
)
_Token = Annotated[str | None, Depends(_header)]


def _ring(request: Request) -> KeyRing:
    ring: KeyRing = request.app.state.keys
    return ring


_Ring = Annotated[KeyRing, Depends(_ring)]


def role(needed: Role) -> Any:
    """A dependency that lets keys of ``needed`` or a higher role pass.

    Raises:
        NoKeysError: there are no keys at all; it says how to make one.
        KeyRequiredError, ForbiddenError: see there.
    """

    def check(ring: _Ring, token: _Token) -> None:
        if not ring.all_keys():
            raise NoKeysError(
                f"This needs an API key and there is none yet: make one with `raisontext keys add {needed}` "
                "and send it as X-API-Key"
            )
        _check(ring, token, needed)

    return Depends(check)


def public(ring: _Ring, token: _Token) -> None:
    """Open to everybody until there is a public key; from then on any key will do."""
    if any(key.role == "public" for key in ring.all_keys()):
        _check(ring, token, "public")


def _check(ring: KeyRing, token: str | None, needed: Role) -> None:
    if not token:
        raise KeyRequiredError("Expected the header X-API-Key, found none")
    found = ring.role_of(token)
    if found is None:
        raise KeyRequiredError("Expected an API key, found one that is not known")
    if not allows(found, needed):
        raise ForbiddenError(f"Expected a key of role {needed} or higher, found one of role {found}")
