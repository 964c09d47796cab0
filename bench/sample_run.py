"""``raisontext sample`` end to end on the starter model, checks and database included, against the bare engine.

The bare engine draws the same number of candidates from the same prompts in this process: once with one thread and
once with one per core; a command with as many worker processes is compared with it. ``sampling_share`` compares
rates from the first claim to the last commit, ``command_share`` the whole command with Python's start, the language
data and the queue. Rates are by the clock, so they need a quiet machine; ``cpu_ms`` (all processes of the command and
PostgreSQL's backends, per candidate) does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import _stages
from bench._processes import Meter
from bench.sampling import SAMPLES, bare_rate

if TYPE_CHECKING:
    from db.session import Database
    from resumes.schema import Profile
    from sampler.engines.base import Engine

RESUMES = 3000
"""Another number for a quick look: RAISONTEXT_BENCH_RESUMES."""
STAGED = 512
SEED = 3
LEAST_SHARE = 0.85
LEAST_RATIO = 1.6


def run() -> dict[str, Any]:
    """Rates, shares of the bare engine's, memory and stages."""
    from db.embedded import EmbeddedPostgres
    from db.session import Database

    resumes = int(os.environ.get("RAISONTEXT_BENCH_RESUMES", RESUMES))
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres(Path(directory)) as server:
        database = Database(server.url())
        profiles = _prepared(database, resumes)
        cores = len(os.sched_getaffinity(0))
        crews = (1, cores) if cores > 1 else (1,)
        bare = {workers: _bare(profiles, workers, Path(directory)) for workers in crews}
        rows = [_command(database, Path(directory), resumes, workers, bare[workers]) for workers in crews]
        stages = _stages.shares(database, Path(directory), min(STAGED, resumes))
        database.close()
    ratio = round(rows[-1]["candidates_per_s"] / rows[0]["candidates_per_s"], 2)
    return {
        "resumes": resumes,
        "candidates": resumes * SAMPLES,
        "commands": rows,
        f"{crews[-1]}_workers_to_one": ratio,
        "goals_met": {
            f"sampling_share >= {LEAST_SHARE}": all(row["sampling_share"] >= LEAST_SHARE for row in rows),
            f"{crews[-1]} workers >= {LEAST_RATIO} of one": ratio >= LEAST_RATIO,
        },
        "stages": stages,
    }


def _prepared(database: Database, resumes: int) -> Sequence[Profile]:
    from db.migrate import upgrade
    from resumes.ingest import ingest_profiles
    from resumes.synthetic import generate_profiles

    upgrade(database.engine)
    profiles = list(generate_profiles(resumes, seed=SEED, vocabulary="heldout"))
    with database.session() as session:
        ingest_profiles(session, profiles, "bench", synthetic=True)
    return profiles


def _bare(profiles: Sequence[Profile], threads: int, cache: Path) -> tuple[float, float]:
    """Candidates per second, and CPU milliseconds per candidate."""
    from resumes.text_format import render
    from sampler.artifacts import ModelArtifact, starter_dir
    from sampler.engines.base import Decoding

    artifact = ModelArtifact.open(starter_dir())
    engine = _engine(artifact.path, threads, cache)
    prompts = [render(profile, artifact.text_format) for profile in profiles]
    began = time.process_time()
    rate = bare_rate(engine, prompts, Decoding())
    return rate, (time.process_time() - began) * 1000 / (len(prompts) * SAMPLES)


def _engine(checkpoint: Path, threads: int, cache: Path) -> Engine:
    from app.settings import Settings
    from sampler.engines.load import load_engine

    settings = Settings()
    return load_engine(
        settings.engine, checkpoint, compute_type=settings.compute_type, cache_dir=cache, threads=threads
    )


def _command(
    database: Database, directory: Path, resumes: int, workers: int, bare: tuple[float, float]
) -> dict[str, Any]:
    """One ``raisontext sample`` of all résumés, in processes of its own."""
    environment = {**os.environ, "RAISONTEXT_DATABASE_URL": database.url, "RAISONTEXT_DATA_DIR": str(directory)}
    words = ["sample", "--resumes", str(resumes), "--workers", str(workers), "--json"]
    command = [sys.executable, "-m", "app.cli.main", *words]
    began = time.perf_counter()
    with _started(command, environment) as process:
        meter = Meter(process.pid, database)
        while process.poll() is None:
            meter.look()
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        assert process.stdout is not None
        found = json.loads(process.stdout.read())
    written = found["candidates_written_now"]
    rate, cpu_ms = bare
    return {
        "workers": workers,
        "bare_per_s": round(rate, 1),
        "candidates_per_s": round(written / found["seconds"], 1),
        "sampling_share": round(written / found["seconds"] / rate, 3),
        "command_s": round(seconds, 1),
        "command_share": round(written / seconds / rate, 3),
        "bare_cpu_ms": round(cpu_ms, 3),
        "cpu_ms": round(meter.cpu_seconds * 1000 / written, 3),
        "of_it_postgres": round(meter.postgres_cpu_seconds * 1000 / written, 3),
        "peak_pss_mb": round(meter.peak_pss / 1e6),
        "short_or_failed": found["short"] + found["failed"],
    }


@contextmanager
def _started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()
