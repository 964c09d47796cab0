"""``raisontext quality``."""

from __future__ import annotations

import click

from app.cli import output, runtime
from app.cli.reports import quality_table


@click.command()
@click.option("--round", "number", type=click.IntRange(min=1), help="Number of the round (default: newest).")
@click.option(
    "--all", "everything", is_flag=True, help="All rounds together (simulated ones only if there are no others)."
)
def quality(number: int | None, everything: bool) -> None:
    """Show how well each annotator works, and what that suggests; nobody is ever excluded by itself.

    tau-b of somebody's rankings with the Kemeny consensus of the others, and with his or her own on repeated tasks;
    pairs of gold tasks that are right; seconds per 100 characters, and the share of rankings in under a third of the
    team's time; whether ranks follow the shown places (p, Holm); how many flags «false information» others confirm.
    """
    from annotation.agreement_report import comparable_rounds
    from annotation.quality import team_quality
    from annotation.queries import round_by_number

    if everything and number is not None:
        raise click.UsageError("expected --round or --all, found both")
    with runtime.database() as database, database.session() as session:
        rounds = comparable_rounds(session) if everything else [round_by_number(session, number)]
        found = team_quality(session, rounds)
    output.emit(found.to_dict(), quality_table)
