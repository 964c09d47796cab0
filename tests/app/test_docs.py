"""What README and docs say is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "starter" / "MODEL_CARD.md"]
README = PAGES[0].read_text(encoding="utf-8")
DESCRIBED = ("candidates", "engines", "people", "scaling", "selection")
TEXTS = "\n".join([README, *((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in DESCRIBED)])
COMMANDS = re.findall(r"^raisontext ([^#\n]+)", TEXTS, re.MULTILINE) + re.findall(r"`raisontext ([^`]+)`", TEXTS)


def resolve(words: list[str]) -> tuple[click.Command, click.Context, list[str]]:
    """The command that the words name, its context and the words that are left for it."""
    from app.cli.main import main

    command: click.Command = main
    # Help options are cached in commands, so the context must be that of the real command line.
    context = main.make_context("raisontext", [], resilient_parsing=True)
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words
        command, context, words = found, click.Context(found, info_name=words[0], parent=context), words[1:]
    return command, context, words


def test_the_readme_names_commands() -> None:
    assert len(COMMANDS) >= 10


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme_parses(line: str) -> None:
    command, context, words = resolve(shlex.split(line))
    command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [name for name in targets if "://" not in name and not (page.parent / name).exists()]
    assert missing == []


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z]+)\b(?=[ `\n])", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
