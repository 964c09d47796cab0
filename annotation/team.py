"""The people who rank: who comes, who goes, and how the open round is spread over them at that moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.orm import Session

from annotation import people_queries
from annotation.assignments import Distribution, distribute
from annotation.client import LabelStudioClient
from annotation.errors import LabelStudioRefusedError
from annotation.fence_client import set_active
from annotation.people import Account, annotator_named, check_pseudonym, ensure_account, ensure_annotator
from annotation.queries import UNREGISTERED
from db.errors import ConflictError
from db.session import Database

DAYS = 14  # of work shown per person


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a change in the team. ``round``: the open round, whose tasks were spread anew as
    ``distribution`` says; both are null where no round has tasks out."""

    round: int | None
    distribution: Distribution | None


def add(
    database: Database, client: LabelStudioClient, data_dir: Path, pseudonyms: Sequence[str]
) -> tuple[list[Account], Change]:
    """Accounts that can log in, and their share of the open round. People who are there already keep what they have.

    Raises:
        InvalidInputError: see ``people.check_pseudonym``; nobody is added then.
        ConflictError: a pseudonym of somebody disabled, or of a scripted annotator; nobody is added then.
        WrongKeyError: the login exists in Label Studio with a password that we do not know.
    """
    names = list(dict.fromkeys(pseudonyms))
    with database.session() as session:
        for name in names:
            _expect_free(session, name)
    accounts = [ensure_account(client, data_dir, name) for name in names]
    with database.session() as session:
        for account in accounts:
            ensure_annotator(session, client, account, simulated=False)
    return accounts, _spread(database, client)


def disable(database: Database, client: LabelStudioClient, pseudonym: str) -> Change:
    """Ends somebody's access at once and gives his or her open tasks to the others; what is done stays and counts.

    Raises:
        NotFoundError: there is no such annotator.
        ConflictError: an annotator of another Label Studio, or of one that cannot end access (no fence).
    """
    _set_access(database, client, pseudonym, active=False)
    return _spread(database, client)


def enable(database: Database, client: LabelStudioClient, pseudonym: str) -> Change:
    """Lets somebody in again, with a share of what is open. Raises what :func:`disable` raises."""
    _set_access(database, client, pseudonym, active=True)
    return _spread(database, client)


def roster(session: Session, now: dt.datetime) -> dict[str, Any]:
    """Everybody and how far they are: ``{"round": number of the open round or null, "annotators": [...]}``.

    Each has ``pseudonym, state (active, disabled, unregistered), simulated, weight``; of the open round ``assigned``
    (tasks given), ``done`` (ranked or skipped, as far as synced), ``open`` (given, not done); of all rounds
    ``last_submission``, ``per_day`` ({date: submissions} of the last 14 days, UTC) and ``daily`` (their mean over the
    days with work, null without any).
    """
    round_ = people_queries.open_round(session)
    assigned, done = people_queries.tasks_by_person(session, round_.id) if round_ else ({}, {})
    work = people_queries.activity(session, now - dt.timedelta(days=DAYS))
    idle = people_queries.Activity(None, {})
    people = []
    for person in people_queries.everybody(session):
        own = work.get(person.id, idle)
        given, finished = assigned.get(person.id, set()), done.get(person.id, set())
        state = "unregistered" if person.pseudonym.startswith(UNREGISTERED) else "active"
        people.append(
            {
                "pseudonym": person.pseudonym,
                "state": "disabled" if person.disabled_at else state,
                "simulated": person.simulated,
                "weight": person.weight,
                "assigned": len(given),
                "done": len(finished),
                "open": len(given - finished),
                "last_submission": own.last,
                "per_day": {day.isoformat(): count for day, count in own.per_day.items()},
                "daily": sum(own.per_day.values()) / len(own.per_day) if own.per_day else None,
            }
        )
    return {"round": round_.number if round_ else None, "annotators": people}


def _expect_free(session: Session, pseudonym: str) -> None:
    check_pseudonym(pseudonym)
    found = people_queries.by_pseudonym(session, pseudonym)
    if found is not None and found.disabled_at is not None:
        raise ConflictError(f"{pseudonym} is disabled; `raisontext annotators enable {pseudonym}` lets him or her in")
    if found is not None and found.simulated:
        raise ConflictError(f"{pseudonym} is a scripted annotator; take another pseudonym")


def _set_access(database: Database, client: LabelStudioClient, pseudonym: str, *, active: bool) -> None:
    with database.session() as session:
        annotator = annotator_named(session, pseudonym)
        if annotator.label_studio_url != client.instance:
            raise ConflictError(f"{pseudonym} is an annotator of another Label Studio than the one at {client.url}")
        user_id = annotator.label_studio_user_id
    try:
        set_active(client, user_id, active)
    except LabelStudioRefusedError as error:
        if active or error.status != httpx.codes.NOT_FOUND:
            raise  # somebody who was deleted in Label Studio has no access left to end
    with database.session() as session:
        annotator = annotator_named(session, pseudonym)
        annotator.disabled_at = None if active else annotator.disabled_at or dt.datetime.now(dt.UTC)


def _spread(database: Database, client: LabelStudioClient) -> Change:
    """The open round over the people there are now, if its tasks are out."""
    with database.session() as session:
        round_ = people_queries.open_round(session)
        if round_ is None or round_.state != "annotating" or round_.project_id is None:
            return Change(None, None)
        number, round_id = round_.number, round_.id
    return Change(number, distribute(database, client, round_id))
