"""``raisontext round``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime
from app.cli.jobs import BACKGROUND, run_or_defer

if TYPE_CHECKING:
    from rich.console import RenderableType

_NUMBER = click.argument("number", type=click.IntRange(min=1), required=False)
_ROUND = click.option("--round", "named", type=click.IntRange(min=1), help="The same as NUMBER.")
_SHARE = click.FloatRange(0, 1)
_STRATEGY = click.Choice(["all", "adjacent", "best_worst"])


@click.group("round")
def round_group() -> None:
    """Start, list, show, train, evaluate, promote or close rounds; NUMBER is the newest round unless given."""


@round_group.command()
@click.option("--resumes", type=click.IntRange(min=1), default=60, show_default=True, help="Résumés to rank.")
@click.option("--overlap", type=click.IntRange(min=1), default=1, show_default=True, help="People per task.")
@click.option(
    "--overlap-share", type=_SHARE, default=1.0, show_default=True, help="Share of tasks that get them; others get one."
)
@click.option(
    "--gold", "gold_share", type=_SHARE, default=0.0, show_default=True, help="Tasks of known order, per task."
)
@click.option(
    "--repeat", "repeat_share", type=_SHARE, default=0.0, show_default=True, help="Tasks shown again, per task."
)
@click.option("--strategy", type=_STRATEGY, default="all", show_default=True, help="Which pairs a ranking gives.")
@click.option(
    "--minimum-agreement",
    type=_SHARE,
    default=0.0,
    show_default=True,
    help="Least share of the votes that take a side.",
)
@click.option(
    "--select",
    type=click.Choice(["random", "active"]),
    default="random",
    show_default=True,
    help="Any résumés, or those from which most can be learnt.",
)
@click.option(
    "--pool", type=click.IntRange(min=1), help="Résumés to sample for --select active  [default: 4 × résumés]"
)
@click.option(
    "--control-share", type=_SHARE, default=0.2, show_default=True, help="Taken at random with --select active."
)
@click.option(
    "--allow-violations",
    type=click.IntRange(0, 4),
    default=1,
    show_default=True,
    help="Candidates per résumé that may be unfaithful where no faithful text was found; people are not told which.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Decides all draws: résumés, texts, order, shares."
)
def start(**plan: Any) -> None:
    """Make a round and write four candidates for each of its résumés."""
    from app import rounds
    from app.cli.sampling_bar import sampling_bar

    settings = runtime.settings()
    with runtime.database(settings) as database:
        number = rounds.start(database, settings, rounds.Plan(**plan))
        with sampling_bar() as progress:
            rounds.sample(database, settings, number, progress)
        data = _described(database, number)
    output.emit(data, lambda found: output.fields(_flat(found)))
    output.note(f"Next: raisontext push --round {number}")


@round_group.command("list")
def list_rounds() -> None:
    """Show all rounds."""
    from app.rounds import listing

    with runtime.database() as database, database.session() as session:
        rounds = listing(session)
    output.emit({"rounds": rounds}, lambda data: _table(data["rounds"]))


@round_group.command()
@_NUMBER
@_ROUND
def show(number: int | None, named: int | None) -> None:
    """Show one round with its report."""
    with runtime.database() as database:
        data = _described(database, number or named)
    output.emit(data, lambda found: output.fields(_flat(found)))


@round_group.command()
@_NUMBER
@_ROUND
@click.option("--strategy", type=_STRATEGY, help="Which pairs a ranking gives  [default: the round's own]")
@BACKGROUND
def train(number: int | None, named: int | None, strategy: Any, background: bool) -> None:
    """Freeze the pairs of a round and train a new model on them."""
    arguments = {"round": number or named, "strategy": strategy}
    run_or_defer("train", arguments, background, lambda: _train(number or named, strategy))


def _train(number: int | None, strategy: Any) -> None:
    from app import training

    settings = runtime.settings()
    with runtime.database(settings) as database, output.progress("steps") as bar:
        drafts, row = bar.add_task("drafts", total=None), bar.add_task("DPO", total=None)
        report = training.train(
            database,
            settings,
            number,
            strategy=strategy,
            progress=lambda done, total: bar.update(row, completed=done, total=total),
            drafting=lambda done, total: bar.update(drafts, completed=done, total=total),
        )
    output.emit(report, output.fields)


@round_group.command()
@_NUMBER
@_ROUND
@BACKGROUND
def evaluate(number: int | None, named: int | None, background: bool) -> None:
    """Compare the trained model with its parent on held-out résumés."""
    run_or_defer("evaluate", {"round": number or named}, background, lambda: _evaluate(number or named))


def _evaluate(number: int | None) -> None:
    from app import training
    from app.cli.reports import evaluation_table

    settings = runtime.settings()
    with runtime.database(settings) as database, output.progress("résumés") as bar:
        row = bar.add_task("evaluation", total=None)
        report = training.evaluate(
            database,
            settings,
            number,
            progress=lambda done, total: bar.update(row, completed=done, total=total),
        )
    output.emit(report, evaluation_table)


@round_group.command()
@_NUMBER
@_ROUND
@click.option("--force", is_flag=True, help="Promote even if the gate says no.")
def promote(number: int | None, named: int | None, force: bool) -> None:
    """Promote the trained model if the gate lets it pass, else reject it; exit code 1 when it is rejected."""
    from app import training

    with runtime.database() as database:
        report = training.promote(database, number or named, force=force)
    output.emit(report, output.fields)
    if report["state"] != "promoted":
        raise click.exceptions.Exit(1)


@round_group.command()
@_NUMBER
@_ROUND
def close(number: int | None, named: int | None) -> None:
    """Give an unfinished round up; what was ranked stays."""
    from app import rounds

    with runtime.database() as database:
        report = rounds.close(database, number or named)
    output.emit(report, lambda data: f"Round {data['round']} is {data['state']}.")


def _described(database: Any, number: int | None) -> dict[str, Any]:
    from annotation.queries import round_by_number
    from annotation.selection_report import selection_report
    from app.rounds import describe

    with database.session() as session:
        round_ = round_by_number(session, number)
        data = describe(session, round_)
        if round_.config.get("select") == "active":
            data["selection"] = selection_report(session, round_.id)
        return data


def _table(rounds: list[dict[str, Any]]) -> RenderableType:
    columns = ("round", "state", "simulated", "resumes", "candidates", "tasks", "rankings", "pairs", "trained_model")
    return output.table([name.replace("_", " ") for name in columns], ([row[key] for key in columns] for row in rounds))


def _flat(data: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested reports as one level of dotted names."""
    flat: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = f"{value:.4g}" if isinstance(value, float) else value
    return flat
