"""Which step a round is ready for, and what becomes of it when a step fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import queries
from db.errors import ConflictError, RaisonTextError
from db.models import Round
from db.session import Database


class RoundStateError(ConflictError):
    """A step that the present state of the round does not allow."""

    title = "Round in another state"


class RoundOpenError(ConflictError):
    """One round at a time."""

    title = "Another round is open"


def expect(round_: Round, *states: str) -> None:
    """Raises :class:`RoundStateError` unless the round is in one of ``states``."""
    if round_.state not in states:
        wanted = " or ".join(states)
        raise RoundStateError(f"Expected round {round_.number} to be {wanted}, found it {round_.state}")


@contextmanager
def one_open_round(session: Session) -> Iterator[None]:
    """For a block that opens a round: the database's refusal of a second one becomes :class:`RoundOpenError`."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        if "uq_round_" not in str(error.orig):
            raise
        found = queries.open_round(session)
        which = f"round {found.number} is {found.state}" if found else "another process has just opened one"
        raise RoundOpenError(
            f"One round at a time: {which}; go on with it, or give it up with `raisontext round close`"
        ) from error


@contextmanager
def failing(database: Database, round_id: int) -> Iterator[None]:
    """An expected failure inside the block makes the round ``failed``, with the reason in its report."""
    try:
        yield
    except RaisonTextError as error:
        with database.session() as session:
            round_ = session.get_one(Round, round_id)
            round_.state = "failed"
            round_.report = {**round_.report, "error": str(error)}
        raise
