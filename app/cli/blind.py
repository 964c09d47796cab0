"""``raisontext blind``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

_EVALUATION = click.argument("evaluation", type=click.IntRange(min=1), required=False)


@click.group("blind")
def blind_group() -> None:
    """People compare two models without knowing which is whose; EVALUATION is the newest one unless given."""


@blind_group.command()
@click.option(
    "--round", "number", type=click.IntRange(min=1), help="Its trained model against its parent (default: newest)."
)
@click.option("--model", help="Any model instead (id or name).")
@click.option("--opponent", help="Compared with this model (id or name; default: the parent).")
@click.option("--resumes", type=click.IntRange(min=1), default=100, show_default=True, help="Held-out résumés.")
@click.option("--overlap", type=click.IntRange(min=1), default=1, show_default=True, help="Votes per pair of texts.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides résumés, texts and sides.")
def start(number: int | None, **options: Any) -> None:
    """Write a text of either model per résumé and bring them to Label Studio; run it again to go on."""
    from app.blind import BlindPlan
    from app.blind import start as start_evaluation
    from app.label_studio import connect_from_settings

    if number is not None and options["model"] is not None:
        raise click.UsageError("--round names a model already: leave --model out")
    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database, output.progress("résumés") as bar:
        row = bar.add_task("texts", total=None)
        data = start_evaluation(
            database,
            settings,
            client,
            BlindPlan(round=number, **options),
            lambda done, total: bar.update(row, completed=done, total=total),
        )
    output.emit(data, output.fields)
    output.note(f"Vote at {data['project_url']}, then: raisontext blind sync {data['evaluation']}")


@blind_group.command()
@_EVALUATION
def sync(evaluation: int | None) -> None:
    """Fetch the votes that are new or changed in Label Studio."""
    from app.blind import sync as sync_evaluation
    from app.label_studio import connect_from_settings

    settings = runtime.settings()
    client = connect_from_settings(settings)
    with runtime.database(settings) as database:
        data = sync_evaluation(database, client, evaluation)
    output.emit(data, _synced)


@blind_group.command()
@_EVALUATION
def show(evaluation: int | None) -> None:
    """Who wins, how surely, and whether the voting was sound."""
    from app.blind import show as described

    with runtime.database() as database, database.session() as session:
        data = described(session, evaluation)
    output.emit(data, _shown)


@blind_group.command()
@_EVALUATION
def close(evaluation: int | None) -> None:
    """End an evaluation; what was voted counts at promotion."""
    from app.blind import close as end

    with runtime.database() as database, database.session() as session:
        data = end(session, evaluation)
    output.emit(data, _shown)


def _synced(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    rejected = data["rejected"]
    shown = output.fields({name.replace("_", " "): value for name, value in data.items() if name != "rejected"})
    if not rejected:
        return shown
    rows = ((item["annotation_id"], item["annotator"], item["reason"]) for item in rejected)
    return Group(shown, output.table(("annotation", "annotator", "reason"), rows, title="Rejected"))


def _shown(data: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    report, gate = data["report"], data["gate"]
    head = {name.replace("_", " "): value for name, value in data.items() if name not in ("report", "gate")}
    tallies = {"all": report["overall"], **report["annotators"]}
    columns = ("", "votes", "wins", "losses", "ties", "win rate", "left chosen (p)", "median s")
    table = output.table(columns, [_tally(name, tally) for name, tally in tallies.items()], title="Votes")
    return Group(output.fields({**head, **_figures(report)}), table, _verdict(gate))


def _figures(report: dict[str, Any]) -> dict[str, str]:
    rate, interval = report["overall"]["win_rate"], report["interval"]
    low_high = f"[{interval[0]:.1%}, {interval[1]:.1%}]" if interval else f"(no interval: {report['interval_reason']})"
    won, lost = report["resumes_won"], report["resumes_lost"]
    return {
        "win rate [95 % interval]": f"{_figure(rate, '.1%')} {low_high}",
        "résumés won : lost (sign test p)": f"{won} : {lost} ({_figure(report['sign_p'], '.3g')})",
    }


def _tally(name: str, tally: dict[str, Any]) -> tuple[object, ...]:
    left = f"{_figure(tally['left_share'], '.0%')} ({_figure(tally['left_p'], '.2g')})"
    rate, seconds = _figure(tally["win_rate"], ".1%"), _figure(tally["median_seconds"], ".0f")
    return name, tally["votes"], tally["wins"], tally["losses"], tally["ties"], rate, left, seconds


def _figure(figure: dict[str, Any], form: str) -> str:
    return format(figure["value"], form) if figure["value"] is not None else str(figure["reason"])


def _verdict(gate: dict[str, Any] | None) -> str:
    if gate is None:
        return "Gate: no votes, it says nothing."
    return f"Gate: {gate['state']} (expected {gate['expected']}, found {gate['found']})"
