"""The contract of every command: exit codes, one JSON object, errors in one line, and a --help that imports nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app.cli import output
from app.cli.main import COMMANDS, Lazy, main
from db.errors import ConflictError

HEAVY = {
    "torch", "transformers", "streamlit", "label_studio_sdk", "natasha", "trl", "fastapi", "sqlalchemy", "pydantic",
    "numpy", "pandas", "rich", "httpx", "ctranslate2", "procrastinate",
}  # fmt: skip


@click.command()
@click.argument("what")
def sample(what: str) -> None:
    """A command that ends in every way there is."""
    if what == "expected":
        raise ConflictError("round 3 is open;\n expected none")
    if what == "bug":
        raise ZeroDivisionError("division by zero")
    if what == "interrupt":
        raise KeyboardInterrupt
    output.note("for people")
    output.emit({"what": what, "where": Path("a/b")}, lambda data: f"did {data['what']}")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the root command with ``sample`` among its sub-commands."""
    monkeypatch.setitem(COMMANDS, "sample-test", Lazy(f"{__name__}:sample", "For tests."))

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["sample-test", *arguments])

    return call


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, app.cli.main as m; m.main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(done.stdout.splitlines()[-1].split())
    assert not HEAVY & imported
    for name, lazy in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert lazy.help in done.stdout


def test_expected_failure_is_one_line_and_exit_1(run: Callable[..., Result]) -> None:
    result = run("expected")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "error: round 3 is open; expected none\n"


def test_a_bug_is_one_line_without_debug(run: Callable[..., Result]) -> None:
    result = run("bug")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "error: unexpected ZeroDivisionError: division by zero (the traceback comes with --debug)"
    ]


def test_a_bug_keeps_its_traceback_with_debug(run: Callable[..., Result]) -> None:
    result = run("bug", "--debug")
    assert isinstance(result.exception, ZeroDivisionError)


def test_interrupt_is_130_and_silent(run: Callable[..., Result]) -> None:
    result = run("interrupt")
    assert (result.exit_code, result.output) == (130, "")


def test_json_is_one_object_and_nothing_else(run: Callable[..., Result]) -> None:
    result = run("fine", "--json")
    assert json.loads(result.stdout) == {"what": "fine", "where": "a/b"}
    assert result.stderr == ""


def test_people_get_the_rendering(run: Callable[..., Result]) -> None:
    result = run("fine")
    assert (result.stdout, result.stderr) == ("did fine\n", "for people\n")


def test_wrong_usage_is_2(run: Callable[..., Result]) -> None:
    assert run("fine", "--nonsense").exit_code == 2
    assert CliRunner().invoke(main, ["no-such-command"]).exit_code == 2


def test_wrong_setting_names_its_variable() -> None:
    result = CliRunner().invoke(main, ["status"], env={"RAISONTEXT_API_PORT": "eighty"})
    assert result.exit_code == 1
    assert result.stderr.startswith("error: environment variable RAISONTEXT_API_PORT: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads_and_has_json_and_debug(name: str) -> None:
    loaded = main.get_command(click.Context(main), name)
    assert loaded is not None
    for leaf in _leaves(loaded):
        options = [option for parameter in leaf.params for option in parameter.opts]
        assert options.count("--json") == options.count("--debug") == 1, leaf.name
        assert leaf.help, leaf.name


def _leaves(command: click.Command) -> list[click.Command]:
    if isinstance(command, click.Group):
        return [leaf for child in command.commands.values() for leaf in _leaves(child)]
    return [command]
