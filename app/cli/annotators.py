"""``raisontext annotators``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from annotation.people import Account
    from annotation.team import Change

_NAME = click.argument("name")
_REASON = click.option("--reason", required=True, help="Why; it is kept.")


@click.group("annotators")
def annotators() -> None:
    """Add, list, disable, enable or weigh the people who rank; NAME is a pseudonym."""


@annotators.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
def add(names: Sequence[str]) -> None:
    """Make accounts that can log in, print their passwords, and give them their share of the open round.

    A NAME has 2 to 30 small Latin letters, digits and hyphens; take no real names. Running it again changes nothing
    and prints the same passwords.
    """
    from annotation import team
    from app.label_studio import connect_from_settings

    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database:
        accounts, change = team.add(database, client, settings.data_dir, names)
    data = {"url": client.url, "annotators": [_login(account) for account in accounts], **_change(change)}
    output.emit(data, _added)


@annotators.command("list")
def list_annotators() -> None:
    """Show everybody, how far they are in the open round (as of the last sync) and how much they do a day."""
    import datetime as dt

    from annotation.team import roster

    with runtime.database() as database, database.session() as session:
        data = roster(session, dt.datetime.now(dt.UTC))
    output.emit(data, _roster)


@annotators.command()
@_NAME
def disable(name: str) -> None:
    """End somebody's access at once and give the open tasks to the others; what is ranked stays and counts."""
    _switch(name, active=False)


@annotators.command()
@_NAME
def enable(name: str) -> None:
    """Let somebody in again, with a share of the open tasks."""
    _switch(name, active=True)


@annotators.command()
@_NAME
@click.argument("weight", type=click.FloatRange(min=0))
@_REASON
def weight(name: str, weight: float, reason: str) -> None:
    """Let somebody's rankings count WEIGHT times in the consensus: 1 as a rule, 0 not at all."""
    _weigh(name, weight, reason)


@annotators.command()
@_NAME
@_REASON
def exclude(name: str, reason: str) -> None:
    """Leave somebody's rankings out of the consensus (weight 0); access and tasks stay, see `disable`."""
    _weigh(name, 0.0, reason)


def _switch(name: str, *, active: bool) -> None:
    from annotation import team
    from app.label_studio import connect_from_settings

    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database:
        change = (team.enable if active else team.disable)(database, client, name)
    state = "active" if active else "disabled"
    output.emit(
        {"pseudonym": name, "state": state, **_change(change)},
        lambda data: "\n".join((f"{name} is {state}.", *_spread(data))),
    )


def _weigh(name: str, weight: float, reason: str) -> None:
    from annotation.people import set_weight
    from annotation.people_queries import open_round

    with runtime.database() as database, database.session() as session:
        decision = set_weight(session, name, weight, reason)
        round_ = open_round(session)
        number, frozen = (round_.number, round_.snapshot_hash is not None) if round_ else (None, False)
    output.emit(asdict(decision), lambda data: f"Rankings of {name} count {data['weight']:g} times.")
    if number is not None:
        output.note(
            f"The pairs of round {number} are frozen and stay as they are."
            if frozen
            else f"Next: raisontext pairs --round {number} (training does it by itself)"
        )


def _login(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in ("pseudonym", "login", "password", "new")}


def _change(change: Change) -> dict[str, Any]:
    return {"round": change.round, "distribution": asdict(change.distribution) if change.distribution else None}


def _added(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    rows = [(row["pseudonym"], row["login"], row["password"]) for row in data["annotators"]]
    return Group(output.table(("pseudonym", "login", "password"), rows), f"Log in at {data['url']}", *_spread(data))


def _spread(data: dict[str, Any]) -> list[str]:
    """What became of the open round, in lines."""
    found = data["distribution"]
    if found is None:
        return []
    if not found["enforced"]:
        return [f"Round {data['round']}: Label Studio is not fenced, so everybody gets every task."]
    lines = [f"Round {data['round']}: {found['places']} places for {found['people']} people, {found['moved']} moved."]
    if found["short"]:
        lines.append(f"{found['short']} tasks have fewer people than the round wants: add some.")
    return lines


def _roster(data: dict[str, Any]) -> RenderableType:
    columns = ("pseudonym", "state", "weight", "assigned", "done", "open", "last submission", "a day")
    rows = [
        (
            row["pseudonym"] + (" (simulated)" if row["simulated"] else ""),
            row["state"],
            f"{row['weight']:g}",
            row["assigned"],
            row["done"],
            row["open"],
            row["last_submission"] and f"{row['last_submission']:%Y-%m-%d %H:%M}",
            row["daily"] and f"{row['daily']:.1f}",
        )
        for row in data["annotators"]
    ]
    title = "No round is open" if data["round"] is None else f"Round {data['round']}"
    return output.table(columns, rows, title=title)
