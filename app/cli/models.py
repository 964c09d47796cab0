"""``raisontext sft`` and ``raisontext models``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command()
@click.option("--base", help="`starter`, a directory or a hub name; default: the setting BASE_MODEL.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Files of résumés with texts (JSONL, JSON, CSV); default: the stored résumés of the training split.",
)
@click.option("--name", help="Name in the registry; default: made from the data and the settings.")
@click.option("--epochs", type=click.FloatRange(min=0, min_open=True), help="Passes over the data.")
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), help="Step size of the optimiser.")
@click.option("--batch", type=click.IntRange(min=1), help="Examples a step.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides the order of examples.")
def sft(base: str | None, data: tuple[Path, ...], name: str | None, **options: Any) -> None:
    """Fine-tune a base model on résumés that have an «О себе» of their own, and register the result.

    The new model is a candidate; `raisontext models promote` puts it to work. The same call again goes on where a
    killed one stopped.
    """
    from app.sft import fine_tune

    settings = runtime.settings()
    changes = {option: value for option, value in options.items() if value is not None}
    with runtime.database(settings) as database, output.progress("steps") as bar:
        task = bar.add_task("SFT", total=None)
        result = fine_tune(
            database,
            settings,
            base=base or settings.base_model,
            files=data,
            name=name,
            changes=changes,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    output.emit(result, lambda shown: output.fields({**shown["model"], **shown["training"]}))


@click.group()
def models() -> None:
    """List, show, trace, promote, roll back or export models."""


@models.command("list")
def list_models() -> None:
    """All model versions, oldest first."""
    from trainer import registry
    from trainer.lineage import describe

    with runtime.database() as database, database.session() as session:
        rows = [describe(model) for model in registry.list_models(session)]
    output.emit({"models": rows}, lambda shown: _table(shown["models"]))


@models.command()
@click.argument("model")
def show(model: str) -> None:
    """One model version (id or name): settings, figures, artifact."""
    from trainer import registry
    from trainer.lineage import describe

    with runtime.database() as database, database.session() as session:
        shown = describe(registry.get(session, model))
    output.emit(shown, output.fields)


@models.command()
@click.argument("model")
def trace(model: str) -> None:
    """Where a model (id or name) comes from: parents, rounds, pairs, rankings, annotators by pseudonym."""
    from trainer import registry

    with runtime.database() as database, database.session() as session:
        lineage = registry.trace(session, model)
    output.emit(lineage, _lineage)


@models.command()
@click.argument("model")
def promote(model: str) -> None:
    """Put a model (id or name) to work; sampler and API switch by themselves."""
    from trainer import registry
    from trainer.lineage import describe

    with runtime.database() as database, database.session() as session:
        promoted = describe(registry.promote(session, registry.get(session, model).id))
    output.emit(promoted, lambda shown: f"{shown['name']} (id {shown['id']}) is promoted.")


@models.command()
@click.option("--role", type=click.Choice(["policy", "reward"]), default="policy", show_default=True, help="Which.")
def rollback(role: str) -> None:
    """Go back to the model that was promoted before the present one."""
    from trainer import registry
    from trainer.lineage import describe

    with runtime.database() as database, database.session() as session:
        promoted = describe(registry.rollback(session, role))
    output.emit(promoted, lambda shown: f"Back to {shown['name']} (id {shown['id']}).")


@models.command()
@click.argument("model")
@click.argument("directory", type=click.Path(path_type=Path))
def export(model: str, directory: Path) -> None:
    """Copy a model's files (id or name), their hash checked, to a new DIRECTORY."""
    from trainer import registry

    settings = runtime.settings()
    with runtime.database(settings) as database, database.session() as session:
        path = registry.export(session, model, directory, settings.data_dir / "cache")
    output.emit({"model": model, "directory": str(path)}, lambda shown: f"Exported to {shown['directory']}")


def _table(rows: list[dict[str, Any]]) -> RenderableType:
    columns = ("id", "name", "role", "method", "parent_id", "text_format", "status", "simulated", "created_at")
    return output.table(columns, ([row[column] for column in columns] for row in rows))


def _lineage(lineage: dict[str, Any]) -> str:
    return "\n".join(line for entry in lineage["lineage"] for line in _entry_lines(entry))


def _entry_lines(entry: dict[str, Any]) -> list[str]:
    kind = " simulated" if entry["simulated"] else ""
    lines = [f"{entry['name']} (id {entry['id']}, {entry['method']}, {entry['status']}{kind})"]
    lines.append(f"  artifact {entry['artifact_uri']} sha256 {entry['artifact_sha256'][:12]}")
    found = entry["round"]
    if found is not None:
        people = ", ".join(f"{person['pseudonym']} ({person['rankings']})" for person in found["annotators"])
        runs = ", ".join(f"{run['id']} (seed {run['seed']}, {run['candidates']})" for run in found["sampling_runs"])
        lines += [
            f"  round {found['number']}: {len(found['pairs'])} pairs from {len(found['rankings'])} rankings",
            f"  annotators (rankings): {people or '-'}",
            f"  sampling runs (candidates): {runs or '-'}",
            f"  snapshot {found['snapshot_hash'] or '-'}",
        ]
    return lines
