"""Annotators: accounts that can log in to Label Studio, and their pseudonyms in the database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from annotation import queries
from annotation.client import LabelStudioClient
from annotation.credentials import ensure_password
from annotation.errors import WrongKeyError
from annotation.web_session import LabelStudioSession
from db.errors import InvalidInputError
from db.models import Annotator

DOMAIN = "annotators.raisontext.local"
_PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")


@dataclass(frozen=True, slots=True)
class Account:
    """A login that works. ``user_id`` is Label Studio's."""

    pseudonym: str
    login: str
    password: str
    user_id: int


def ensure_account(client: LabelStudioClient, data_dir: Path, pseudonym: str) -> Account:
    """An account that can log in; made by invitation and sign-up at the first call, the same one ever after.

    The login is an address made of the pseudonym, so no personal data gets into Label Studio. The password is kept in
    the secrets file before Label Studio hears of it: a kill in between loses nothing.

    Raises:
        InvalidInputError: a pseudonym that cannot be a login.
        WrongKeyError: the login exists in Label Studio with a password that is not in the secrets file.
    """
    if not _PSEUDONYM.fullmatch(pseudonym):
        raise InvalidInputError(
            f"Expected a pseudonym of 2 to 30 small Latin letters, digits and hyphens, found {pseudonym!r}"
        )
    login = f"{pseudonym}@{DOMAIN}"
    password = ensure_password(data_dir, login)
    user_id = _user_id(client, login)
    if user_id is None:
        with LabelStudioSession(client.url) as session:
            session.sign_up(client.get("api/invite")["token"], login, password)
        user_id = _user_id(client, login)
        assert user_id is not None, "sign-up succeeded without making a user"
        client.patch(f"api/users/{user_id}", {"first_name": pseudonym})
    elif not _can_log_in(client.url, login, password):
        raise WrongKeyError(f"The account {login} exists in Label Studio with another password; take another pseudonym")
    return Account(pseudonym, login, password, user_id)


def ensure_accounts(client: LabelStudioClient, data_dir: Path, pseudonyms: Sequence[str]) -> list[Account]:
    """:func:`ensure_account` for each pseudonym."""
    return [ensure_account(client, data_dir, pseudonym) for pseudonym in pseudonyms]


def ensure_annotator(session: Session, client: LabelStudioClient, account: Account, *, simulated: bool) -> Annotator:
    """The row of an account. A simulated annotator's rankings are marked so for ever."""
    return queries.upsert_annotator(session, client.instance, account.user_id, account.pseudonym, simulated=simulated)


def _user_id(client: LabelStudioClient, login: str) -> int | None:
    users = client.get("api/users/")
    return next((int(user["id"]) for user in users if user["email"] == login), None)


def _can_log_in(url: str, login: str, password: str) -> bool:
    with LabelStudioSession(url) as session:
        return session.login(login, password)
