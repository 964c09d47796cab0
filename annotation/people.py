"""Annotators: accounts that can log in to Label Studio, pseudonyms and weights of votes in the database."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from annotation import people_queries, queries
from annotation.client import LabelStudioClient
from annotation.credentials import ensure_password
from annotation.errors import WrongKeyError
from annotation.web_session import LabelStudioSession
from db.errors import InvalidInputError, NotFoundError
from db.models import Annotator, AnnotatorDecision

DOMAIN = "annotators.raisontext.local"
_PSEUDONYM = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")


@dataclass(frozen=True, slots=True)
class Account:
    """A login that works. ``user_id`` is Label Studio's; ``new``: made by this call."""

    pseudonym: str
    login: str
    password: str
    user_id: int
    new: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """How much the votes of a person count from now on, and why. ``changed``: they counted otherwise before."""

    pseudonym: str
    weight: float
    former_weight: float
    reason: str
    changed: bool


def check_pseudonym(pseudonym: str) -> str:
    """The login that goes with a pseudonym.

    Raises:
        InvalidInputError: a pseudonym that cannot be a login, or one that people get who never were registered.
    """
    if not _PSEUDONYM.fullmatch(pseudonym) or pseudonym.startswith(queries.UNREGISTERED):
        raise InvalidInputError(
            "Expected a pseudonym of 2 to 30 small Latin letters, digits and hyphens that does not begin with "
            f"{queries.UNREGISTERED!r}, found {pseudonym!r}"
        )
    return f"{pseudonym}@{DOMAIN}"


def ensure_account(client: LabelStudioClient, data_dir: Path, pseudonym: str) -> Account:
    """An account that can log in; made by invitation and sign-up at the first call, the same one ever after.

    The login is an address made of the pseudonym, so no personal data gets into Label Studio. The password is kept in
    the secrets file before Label Studio hears of it: a kill in between loses nothing.

    Raises:
        InvalidInputError: see :func:`check_pseudonym`.
        WrongKeyError: the login exists in Label Studio with a password that is not in the secrets file.
    """
    login = check_pseudonym(pseudonym)
    password = ensure_password(data_dir, login)
    user = _user(client, login)
    new = user is None
    if user is None:
        with LabelStudioSession(client.url) as session:
            session.sign_up(client.get("api/invite")["token"], login, password)
        user = _user(client, login)
        assert user is not None, "sign-up succeeded without making a user"
    elif not _can_log_in(client.url, login, password):
        raise WrongKeyError(f"The account {login} exists in Label Studio with another password; take another pseudonym")
    if user["first_name"] != pseudonym:
        client.patch(f"api/users/{user['id']}", {"first_name": pseudonym})
    return Account(pseudonym, login, password, int(user["id"]), new)


def ensure_accounts(client: LabelStudioClient, data_dir: Path, pseudonyms: Sequence[str]) -> list[Account]:
    """:func:`ensure_account` for each pseudonym."""
    return [ensure_account(client, data_dir, pseudonym) for pseudonym in pseudonyms]


def ensure_annotator(session: Session, client: LabelStudioClient, account: Account, *, simulated: bool) -> Annotator:
    """The row of an account. A simulated annotator's rankings are marked so for ever."""
    return queries.upsert_annotator(session, client.instance, account.user_id, account.pseudonym, simulated=simulated)


def annotator_named(session: Session, pseudonym: str) -> Annotator:
    """An annotator by pseudonym.

    Raises:
        NotFoundError: there is none.
    """
    found = people_queries.by_pseudonym(session, pseudonym)
    if found is None:
        raise NotFoundError(f"There is no annotator {pseudonym!r}; `raisontext annotators list` shows all")
    return found


def set_weight(session: Session, pseudonym: str, weight: float, reason: str) -> Decision:
    """Makes the votes of a person count ``weight`` times (1 as a rule, 0: not at all); the decision is kept.

    Pairs that are built from now on follow it. The same weight again changes nothing.

    Raises:
        NotFoundError: there is no such annotator.
        InvalidInputError: a weight below 0 or not finite, or no reason.
    """
    if not (math.isfinite(weight) and weight >= 0):
        raise InvalidInputError(f"Expected a finite weight of 0 or more, found {weight}")
    if not reason.strip():
        raise InvalidInputError("Expected a reason for the weight of an annotator, found none")
    annotator = annotator_named(session, pseudonym)
    decision = Decision(pseudonym, weight, annotator.weight, reason.strip(), annotator.weight != weight)
    if decision.changed:
        row = AnnotatorDecision(
            annotator_id=annotator.id, weight=weight, former_weight=annotator.weight, reason=decision.reason
        )
        session.add(row)
        annotator.weight = weight
    return decision


def _user(client: LabelStudioClient, login: str) -> dict[str, Any] | None:
    return next((user for user in client.get("api/users/") if user["email"] == login), None)


def _can_log_in(url: str, login: str, password: str) -> bool:
    with LabelStudioSession(url) as session:
        return session.login(login, password)
