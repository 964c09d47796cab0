"""``raisontext``: the root command, its lazy sub-commands and the one handler that turns errors into answers.

A sub-command is a line of ``COMMANDS``: name → where it lives and its one-line help. Its module is imported only when
the command is used, so ``raisontext --help`` costs an import of click. Every command gets ``--json`` and ``--debug``
(see :mod:`app.cli.output`) when it is loaded.
"""

from __future__ import annotations

import importlib
import logging
from typing import NamedTuple, NoReturn

import click

from app.cli import output
from db.errors import RaisonTextError

INTERRUPTED = 130


class Lazy(NamedTuple):
    """Where a command lives (``module:object``) and what ``--help`` says of it."""

    target: str
    help: str


COMMANDS: dict[str, Lazy] = {
    "demo": Lazy("app.cli.demo:demo", "One whole round on embedded defaults, then the demo page."),
    "up": Lazy("app.cli.stack:up", "Start PostgreSQL, Label Studio, API, demo page and worker."),
    "down": Lazy("app.cli.stack:down", "Stop what `up` started."),
    "status": Lazy("app.cli.stack:status", "What runs, where, and how it is."),
    "doctor": Lazy("app.cli.stack:doctor", "What is wrong with this machine or installation, and what to do."),
    "ingest": Lazy("app.cli.resumes:ingest", "Read résumés from JSONL or CSV files."),
    "sft": Lazy("app.cli.models:sft", "Fine-tune a base model on the résumés at hand."),
    "sample": Lazy("app.cli.sampling:sample", "Write four candidates per résumé."),
    "annotators": Lazy("app.cli.annotators:annotators", "Add, list, disable, enable or weigh the people who rank."),
    "push": Lazy("app.cli.annotation:push", "Put a round's tasks into Label Studio."),
    "sync": Lazy("app.cli.annotation:sync", "Fetch rankings from Label Studio."),
    "rejected": Lazy("app.cli.annotation:rejected", "Submissions that are no rankings; send them back."),
    "pairs": Lazy("app.cli.pairs:pairs", "Turn rankings into preference pairs; show or export them."),
    "agreement": Lazy("app.cli.agreement:agreement", "How far annotators agree; as a page with plots as well."),
    "quality": Lazy("app.cli.quality:quality", "How well each annotator works, and what that suggests."),
    "strengths": Lazy("app.cli.pairs:strengths", "Compare models and annotators across résumés."),
    "round": Lazy("app.cli.rounds:round_group", "Start, list, show, train, evaluate, promote or close rounds."),
    "blind": Lazy("app.cli.blind:blind_group", "People compare two models without knowing which is whose."),
    "models": Lazy("app.cli.models:models", "List, show, trace, promote, roll back or export models."),
    "generate": Lazy("app.cli.sampling:generate", "Write «О себе» for one résumé."),
    "check": Lazy("app.cli.check:check", "Find statements that a résumé does not support."),
    "jobs": Lazy("app.cli.jobs:jobs", "List, show, cancel, wait for or retry background jobs."),
    "worker": Lazy("app.cli.worker:worker", "Run background jobs."),
    "keys": Lazy("app.cli.keys:keys", "Make, list and remove keys of the HTTP API."),
    "db": Lazy("app.cli.database:db", "Look after the database (upgrade)."),
}


class RootGroup(click.Group):
    """Loads sub-commands on demand and answers for every error of every command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return output.common_options(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RaisonTextError as error:
            return self._answer(ctx, str(error), error.exit_code, error)
        except KeyboardInterrupt:
            return ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the last handler: a bug ends in one line, or a traceback on request
            text = f"unexpected {type(error).__name__}: {error} (the traceback comes with --debug)"
            return self._answer(ctx, text, 1, error)

    @staticmethod
    def _answer(ctx: click.Context, message: str, exit_code: int, error: Exception) -> NoReturn:
        if output.debugging():
            raise error
        click.echo(f"error: {' '.join(message.split())}", err=True)
        ctx.exit(exit_code)


@click.group(cls=RootGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("-v", "--verbose", count=True, help="Log what is done to stderr (-vv: every detail).")
@click.version_option(package_name="raisontext")
def main(verbose: int) -> None:
    """People rank, the model learns: «О себе» texts for résumés.

    Every command takes --json: one JSON object on stdout, logs on stderr. Exit codes: 0 done, 1 an expected failure
    (one line on stderr), 2 wrong usage.
    """
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)


if __name__ == "__main__":
    main()
