"""``raisontext keys``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from app.keys import Key


@click.group()
def keys() -> None:
    """Make, list and remove keys of the HTTP API (header X-API-Key)."""


@keys.command()
@click.argument("role", type=click.Choice(["public", "lead", "scientist", "admin"]))
@click.option("--note", default="", help="Whose it is or what for.")
def add(role: str, note: str) -> None:
    """Make a key and print it, this once.

    public: generate. lead: also agreement and rounds. scientist: also the steps of rounds, and jobs. admin:
    everything. Once there is a public key, nobody generates without a key.
    """
    from app.keys import add_key

    path = runtime.settings().keys_path()
    key, token = add_key(path, role, note)
    output.emit({"id": key.id, "role": key.role, "key": token, "file": path}, lambda data: str(data["key"]))
    output.note(f"Kept nowhere: store it now. Its hash is in {path} under {key.id}.")


@keys.command("list")
def list_keys() -> None:
    """Show all keys, without the keys."""
    from app.keys import read_keys

    found = read_keys(runtime.settings().keys_path())
    rows = [key.model_dump(mode="json", exclude={"sha256"}) for key in found]
    output.emit({"keys": rows}, lambda _data: _table(found))


@keys.command()
@click.argument("key_id", metavar="ID")
def remove(key_id: str) -> None:
    """Remove a key; it is refused at once."""
    from app.keys import remove_key

    key = remove_key(runtime.settings().keys_path(), key_id)
    output.emit({"removed": key.id, "role": key.role}, lambda data: f"Key {data['removed']} ({data['role']}) is gone.")


def _table(found: list[Key]) -> RenderableType:
    if not found:
        return "No keys. Make one with `raisontext keys add ROLE`."
    rows = ((key.id, key.role, key.note or None, f"{key.created_at:%Y-%m-%d %H:%M}") for key in found)
    return output.table(("id", "role", "note", "made (UTC)"), rows)
