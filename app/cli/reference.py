"""Writes docs/cli.md and docs/settings.md from the code: ``python -m app.cli.reference``.

A test fails when the files are out of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

DOCS = Path(__file__).resolve().parents[2] / "docs"
_WIDTH = 110
_MADE_BY = "<!-- Written by `python -m app.cli.reference`; change the code instead. -->"


def cli_page() -> str:
    """Help of every command, as the command line prints it."""
    from app.cli.main import main

    root = _context(main, "raisontext", None)
    parts = ["# Command line", _MADE_BY, *(_section(ctx) for ctx in _walk(root))]
    return "\n\n".join(parts) + "\n"


def _walk(ctx: click.Context) -> Iterator[click.Context]:
    yield ctx
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            child = ctx.command.get_command(ctx, name)
            assert child is not None
            yield from _walk(_context(child, name, ctx))


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    shape = {**command.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    return click.Context(command, info_name=name, parent=parent, **shape)


def _section(ctx: click.Context) -> str:
    level = "#" * min(4, 1 + len(ctx.command_path.split()))
    return f"{level} {ctx.command_path}\n\n```text\n{ctx.command.get_help(ctx)}\n```"


def settings_page() -> str:
    """Every environment variable with its type, default and meaning."""
    from app.settings import PREFIX, Settings

    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, info in Settings.model_fields.items():
        default = "" if info.default is None else f"`{info.default}`"
        choices = getattr(info.annotation, "__args__", ()) if "Literal" in str(info.annotation) else ()
        allowed = f" ({', '.join(f'`{choice}`' for choice in choices)})" if choices else ""
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {info.description}{allowed} |")
    intro = "Environment variables; an empty one counts as not set. `raisontext doctor` tells what is wrong with them."
    return "\n\n".join(["# Settings", _MADE_BY, intro, "\n".join(rows)]) + "\n"


PAGES = {"cli.md": cli_page, "settings.md": settings_page}


def write() -> None:
    """Writes both pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
