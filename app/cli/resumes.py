"""``raisontext ingest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from resumes.ingest import IngestReport
    from resumes.readers import Mapping

_SHOWN_REJECTIONS = 50


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="JSON or YAML: column of the file → field of a résumé (nested: desired_salary.amount); null drops a column.",
)
@click.option(
    "--source", default="import", show_default=True, help="Where the résumés come from; ids are unique in it."
)
@click.option("--dry-run", is_flag=True, help="Check every row, store nothing.")
def ingest(paths: tuple[Path, ...], mapping: Path | None, source: str, dry_run: bool) -> None:
    """Read résumés from .jsonl, .json, .csv or .tsv files.

    Rows are checked, cleaned and freed of personal data, then stored; running it again changes nothing. Rows that are
    no valid résumé are listed with their reason. A wrong column, an unknown field or an unreadable file stops
    everything, and nothing is stored.
    """
    from resumes.readers import load_mapping

    report = _run(paths, load_mapping(mapping) if mapping else None, source, dry_run=dry_run)
    output.emit(_data(report), lambda _: _render(report))
    if report.valid == 0:
        raise click.exceptions.Exit(1)


def _run(paths: tuple[Path, ...], mapping: Mapping | None, source: str, *, dry_run: bool) -> IngestReport:
    from resumes.ingest import ingest as take_in

    with output.progress("résumés") as bar:
        task = bar.add_task("Reading résumés", total=None)

        def advance(rows: int) -> None:
            bar.advance(task, rows)

        if dry_run:
            return take_in(None, paths, mapping=mapping, source=source, progress=advance)
        with runtime.database() as database, database.session() as session:
            return take_in(session, paths, mapping=mapping, source=source, progress=advance)


def _data(report: IngestReport) -> dict[str, Any]:
    stored = report.stored
    return {
        "dry_run": report.dry_run,
        "rows": report.rows,
        "valid": report.valid,
        "new": stored.new,
        "updated": stored.updated,
        "unchanged": stored.unchanged,
        "rejected": [vars(one) for one in report.rejected],
        "files": [{"file": one.file, "rows": one.rows, **vars(one.stored)} for one in report.files],
    }


def _render(report: IngestReport) -> RenderableType:
    from rich.console import Group

    parts: list[RenderableType] = [_files(report)]
    if report.rejected:
        shown = report.rejected[:_SHOWN_REJECTIONS]
        rows = [(one.file, one.row, one.external_id, one.reason) for one in shown]
        parts.append(output.table(("File", "Row", "external_id", "Not stored because"), rows, title="Rejected rows"))
        if len(report.rejected) > len(shown):
            parts.append(f"… and {len(report.rejected) - len(shown)} more; --json lists all.")
    if report.dry_run:
        parts.append("Dry run: nothing was stored.")
    return Group(*parts)


def _files(report: IngestReport) -> RenderableType:
    rejected = [sum(row.file == one.file for row in report.rejected) for one in report.files]
    if report.dry_run:
        rows = [(one.file, one.rows, one.rows - no, no) for one, no in zip(report.files, rejected, strict=True)]
        return output.table(("File", "Rows", "Valid", "Rejected"), rows)
    return output.table(
        ("File", "Rows", "New", "Updated", "Unchanged", "Rejected"),
        [
            (one.file, one.rows, one.stored.new, one.stored.updated, one.stored.unchanged, no)
            for one, no in zip(report.files, rejected, strict=True)
        ],
    )
