"""Parts of sync that need no Label Studio: fetching ahead, the lock that is lost, reading time, reasons of skips."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from annotation.locks import exclusive
from annotation.ranking_errors import TooFastError
from annotation.rankings import Skip, parse_skip, require_read
from annotation.remote_tasks import _moment, ahead
from db.session import Database


def test_the_next_page_is_fetched_while_the_last_one_is_dealt_with() -> None:
    fetched = [threading.Event() for _ in range(3)]

    def pages() -> Iterator[int]:
        for number, event in enumerate(fetched):
            event.set()
            yield number

    taken = []
    for page in ahead(pages()):
        taken.append(page)
        if page < 2:
            assert fetched[page + 1].wait(10)
    assert taken == [0, 1, 2]


def test_a_page_that_cannot_be_fetched_ends_the_reading_after_those_before_it() -> None:
    def pages() -> Iterator[int]:
        yield 0
        raise ConnectionError("gone")

    reading = ahead(pages())
    assert next(reading) == 0
    with pytest.raises(ConnectionError, match="gone"):
        next(reading)


def test_a_lock_that_is_lost_is_noticed(database: Database) -> None:
    with pytest.raises(DBAPIError):
        lose_lock(database)
    with exclusive(database, "sync", 1) as hold:
        hold.require()


def lose_lock(database: Database) -> None:
    holders = (
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
    )
    with exclusive(database, "sync", 1, wait=True) as hold:
        hold.require()
        with database.engine.connect() as other:
            assert len(other.execute(text(holders)).all()) == 1
        hold.require()


@pytest.mark.parametrize(
    ("seconds", "characters", "per_character", "enough"),
    [
        (29.9, 1800, 1 / 60, False),
        (30.0, 1800, 1 / 60, True),
        (2.9, 60, 1 / 60, False),  # three seconds at least
        (3.0, 60, 1 / 60, True),
        (None, 1800, 1 / 60, True),  # unknown
        (0.0, 1800, 0, True),  # turned off
        (100.0, 1800, 0.1, False),
    ],
)
def test_reading_takes_time(seconds: float | None, characters: int, per_character: float, enough: bool) -> None:
    if enough:
        require_read(seconds, characters, per_character)
        return
    with pytest.raises(TooFastError, match="expected at least"):
        require_read(seconds, characters, per_character)


@pytest.mark.parametrize(
    ("result", "skip"),
    [
        ([], Skip(None, None)),
        (None, Skip(None, None)),
        (["odd", {"from_name": "skip_reason", "value": None}], Skip(None, None)),
        (
            [
                {"type": "choices", "from_name": "skip_reason", "value": {"choices": ["Мало данных"]}},
                {"type": "textarea", "from_name": "comment", "value": {"text": ["Пусто"]}},
            ],
            Skip("Мало данных", "Пусто"),
        ),
    ],
)
def test_a_skip_says_why(result: Any, skip: Skip) -> None:
    assert parse_skip({"was_cancelled": True, "result": result}) == skip


def test_a_whole_second_is_asked_for_as_label_studio_reads_times() -> None:
    time = dt.datetime.fromisoformat("2026-11-23T17:36:44+03:00")

    assert _moment(time) == "2026-11-23T14:36:44.000000Z"
