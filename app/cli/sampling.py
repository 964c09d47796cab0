"""``raisontext sample`` and ``raisontext generate``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli import output, runtime
from db.errors import InvalidInputError

if TYPE_CHECKING:
    from resumes.schema import Profile
    from sampler.runs import RunReport


@click.command()
@click.option("--round", "number", type=click.IntRange(min=1), help="Go on with the queue of this round.")
@click.option("--resumes", "count", type=click.IntRange(min=1), help="Sample that many résumés outside any round.")
@click.option("--join", "run_id", type=click.IntRange(min=1), help="Take part in the run with this id.")
@click.option("--model", help="Id or name of the model, with --resumes (default: the promoted one).")
@click.option("--seed", type=click.IntRange(min=0), help="Decides résumés and texts, with --resumes (default: 0).")
@click.option(
    "--allow-violations",
    type=click.IntRange(0, 4),
    help="How many unfaithful candidates may fill gaps, with --resumes (default: 0; a round has its own number).",
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes of one thread each (default: one per core).")
@click.option("--ray", "address", help="Run on Ray: host:port of a cluster, `auto`, or `local` (see docs/scaling.md).")
def sample(
    number: int | None,
    count: int | None,
    run_id: int | None,
    model: str | None,
    seed: int | None,
    allow_violations: int | None,
    workers: int | None,
    address: str | None,
) -> None:
    """Write four distinct, checked candidates per résumé. Can be killed and run again; the texts stay the same.

    The same command on another machine with the same database shares the work.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the products of the name finder are too small for more
    from app import rounds, sampling
    from app.cli.sampling_bar import sampling_bar

    if (number, count, run_id).count(None) != 2:
        raise click.UsageError("give one of --round, --resumes and --join")
    if count is None and (model, seed, allow_violations) != (None, None, None):
        raise click.UsageError("a round or run has its own; --model, --seed and --allow-violations go with --resumes")
    settings = runtime.settings()
    if address is None and workers != 1 and count is not None:
        _warm_up(count)
    way = sampling.Way(workers, address)
    with runtime.database(settings) as database, sampling_bar() as progress:
        if count is not None:
            request = sampling.SampleRequest(count, seed or 0, model, allow_violations or 0)
            report = sampling.sample_resumes(database, settings, request, progress, way)
        elif run_id is not None:
            report = sampling.run(database, settings, run_id, progress, way)
        else:
            report = rounds.sample(database, settings, number, progress, way)
    output.emit(_summary(report), output.fields)


def _warm_up(resumes: int) -> None:
    """Language data are loaded while the database starts, if there is work for more than one process."""
    from sampler.runs import DEFAULT_SHARD_SIZE
    from sampler.workers import warm_up

    if resumes > DEFAULT_SHARD_SIZE:
        warm_up()


@click.command()
@click.option(
    "--profile", "source", required=True, type=click.Path(path_type=Path), help="A résumé as JSON (see the README)."
)
@click.option("-n", "n", type=click.IntRange(1, 4), default=4, show_default=True, help="Variants.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same texts (default: any).")
def generate(source: Path, n: int, seed: int | None) -> None:
    """Write «О себе» for one résumé with the promoted model."""
    from app import sampling

    settings = runtime.settings()
    profile = read_profile(source)
    with runtime.database(settings) as database:
        generation = sampling.generate(database, settings, profile, n, seed)
    data = {
        "model_version": generation.model_version_id,
        "model_name": generation.model_name,
        "seed": generation.seed,
        "from_model": generation.from_model,
        "candidates": [{"text": text, "violations": []} for text in generation.texts],
    }
    output.emit(data, lambda _: "\n\n".join(generation.texts))


def read_profile(source: Path) -> Profile:
    """The cleaned résumé in a JSON file; personal data in it is dropped.

    Raises:
        InvalidInputError: the file cannot be read, or a field is unknown or wrong.
    """
    from pydantic import ValidationError

    from resumes.cleaning import clean
    from resumes.errors import explain
    from resumes.schema import ResumeInput

    try:
        value = json.loads(source.read_text(encoding="utf-8"))
        return clean(ResumeInput.model_validate(value)).profile
    except OSError as error:
        raise InvalidInputError(f"cannot read {source}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{source}: expected UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"{source}, line {error.lineno}: expected JSON, found an error: {error.msg}") from error
    except ValidationError as error:
        raise InvalidInputError(f"{source}: {explain(error)}") from error
    except ValueError as error:
        raise InvalidInputError(f"{source}: {error}") from error


def _summary(report: RunReport) -> dict[str, Any]:
    statistics = report.statistics
    seconds = report.seconds_here
    return {
        "run": report.run_id,
        "finished": report.complete,
        "resumes": statistics.resumes,
        "complete": statistics.complete,
        "short": statistics.short,
        "failed": statistics.failed,
        "failed_shards": report.failed_shards,
        "candidates": statistics.candidates,
        "draws": statistics.draws,
        "near_duplicates": statistics.near_duplicates,
        "wrong_fact_rate_raw": statistics.raw_wrong_rate,
        "wrong_fact_rate_checked": statistics.checked_wrong_rate,
        "workers": report.workers,
        "candidates_written_now": report.candidates_here,
        "seconds": round(seconds, 2),
        "candidates_per_second": round(report.candidates_here / seconds, 1) if seconds > 0 else None,
    }
