"""What every command shares: ``--json`` and ``--debug``, results on stdout, progress on stderr.

A command computes ``data`` (anything that becomes a JSON object) and calls ``emit(data, render)``; ``render(data)``
returns what people see: a string or anything that rich can print.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress
    from rich.table import Table

T = TypeVar("T")
_JSON = "raisontext.json"
_DEBUG = "raisontext.debug"
PIPE_WIDTH = 200


def common_options(command: click.Command) -> click.Command:
    """Adds ``--json`` and ``--debug`` to a command, or to every command of a group; twice does no harm."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            common_options(child)
        return command
    names = {option for parameter in command.params for option in parameter.opts}
    if "--json" not in names:
        command.params.append(_flag("--json", _JSON, "One JSON object on stdout."))
    if "--debug" not in names:
        command.params.append(_flag("--debug", _DEBUG, "Log every detail; keep tracebacks."))
    return command


def _flag(name: str, key: str, text: str) -> click.Option:
    def remember(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
        ctx.meta[key] = value
        if value and key == _DEBUG:
            logging.getLogger().setLevel(logging.DEBUG)

    return click.Option([name], is_flag=True, expose_value=False, is_eager=True, callback=remember, help=text)


def as_json() -> bool:
    """True when the running command was given ``--json``."""
    return _meta(_JSON)


def debugging() -> bool:
    """True when the running command was given ``--debug``."""
    return _meta(_DEBUG)


def _meta(key: str) -> bool:
    ctx = click.get_current_context(silent=True)
    return bool(ctx is not None and ctx.meta.get(key, False))


def emit(data: T, render: Callable[[T], RenderableType]) -> None:
    """Prints the result of a command on stdout: one JSON object with ``--json``, else ``render(data)``."""
    if as_json():
        click.echo(json.dumps(data, ensure_ascii=False, allow_nan=False, default=_plain))
        return
    shown = render(data)
    if isinstance(shown, str):
        click.echo(shown)
        return
    from rich.console import Console

    # A pipe has no width of its own: leave room, so that lines can be searched.
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(highlight=False, width=width).print(shown)


def _plain(value: object) -> Any:
    """Turns what the standard encoder does not know (models, dataclasses, dates, paths, sets) into JSON values."""
    import dataclasses
    import datetime as dt
    from pathlib import Path

    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> Table:
    """A plain table; ``None`` is shown as a dash."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    result = Table(*columns, title=title, box=SIMPLE_HEAD, title_justify="left")
    for row in rows:
        result.add_row(*(Text("-" if cell is None else str(cell)) for cell in row))
    return result


def fields(data: Mapping[str, object]) -> Table:
    """A two-column table of names and values."""
    return table(("", ""), data.items())


def note(message: str) -> None:
    """A line for people on stderr, silent with ``--json``."""
    if not as_json():
        click.echo(message, err=True)


def progress(unit: str = "items") -> Progress:
    """A rich progress bar with ``unit``/s on stderr, a context manager; silent with ``--json`` or off a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft
    from rich.text import Text

    class Rate(ProgressColumn):
        """Measured speed, empty until it is known."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:.1f} {unit}/s", style="progress.data.speed")

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeLeft())
    return Progress(*columns, console=console, disable=as_json() or not console.is_terminal)


def percentages() -> Progress:
    """As :func:`progress`, for work that tells only which share of it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=as_json() or not console.is_terminal)
