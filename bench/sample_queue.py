"""A sampling run of a million résumés against one of ten thousand: memory of the command, time to fill and to claim.

Each queue is filled and its first shards are sampled by a process of its own, with an engine that writes without a
model, so that nothing but queue, claims and storing is measured.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.session import Database
    from sampler.engines.base import Decoding, Sample

SIZES = (10_000, 1_000_000)
SHARDS = 20
SEED = 1


class PlainEngine:
    """Writes four different sentences at once."""

    name, version, compute_type, batch_size = "plain", "1", "float32", 32

    def __init__(self) -> None:
        self._written = 0

    def generate(self, prompts: Sequence[str], n: int, _decoding: Decoding, _seed: int) -> list[list[Sample]]:
        return [[self._next() for _ in range(n)] for _ in prompts]

    def score(self, _prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        return [0.0 for _ in completions]

    def _next(self) -> Sample:
        from sampler.engines.base import Sample

        words = ("Люблю порядок.", "Ценю время коллег.", "Быстро учусь новому.", "Умею слушать людей.")
        self._written += 1
        return Sample(words[self._written % len(words)], 3, -1.0)


def run() -> dict[str, Any]:
    """Seconds and peak resident memory for each size, and the ratios of memory and of time per claim."""
    from db.embedded import EmbeddedPostgres
    from db.migrate import upgrade
    from db.session import Database

    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres(Path(directory)) as server:
        database = Database(server.url())
        upgrade(database.engine)
        _add_resumes(database, max(SIZES))
        url = database.url
        database.close()
        rows = [_in_a_process(url, size) for size in SIZES]
    return {
        "sizes": rows,
        "peak_memory_ratio": round(rows[-1]["peak_rss_mb"] / rows[0]["peak_rss_mb"], 2),
        "claim_ratio": round(rows[-1]["claim_ms"] / rows[0]["claim_ms"], 2),
    }


def _add_resumes(database: Database, count: int) -> None:
    from sqlalchemy import text

    profile = json.dumps({"title": "Повар", "gender": "female", "age": 30, "city": "Казань"}, ensure_ascii=False)
    with database.session() as session:
        session.execute(
            text(
                "INSERT INTO resume (source, external_id, profile, split, content_hash)"
                " SELECT 'bench', n, CAST(:profile AS jsonb) || jsonb_build_object('external_id', 'r' || n),"
                " 'train', ''"
                " FROM generate_series(1, :count) AS n"
            ),
            {"profile": profile, "count": count},
        )
        session.execute(text("ANALYZE resume"))


def _in_a_process(url: str, size: int) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(url, size, there))
    process.start()
    there.close()
    row: dict[str, Any] = here.recv()
    process.join()
    return row


def _measure(url: str, size: int, report: Connection) -> None:
    from db.models import ModelVersion
    from db.session import Database
    from resumes.queries import shuffled_ids
    from sampler.candidates import Selection
    from sampler.engines.base import Decoding
    from sampler.leases import Lease
    from sampler.runs import Worker, load_task, start_run

    database, engine = Database(url), PlainEngine()
    began = time.perf_counter()
    with database.session() as session:
        model = ModelVersion(
            name=f"of {size}", method="sft", text_format="plain", artifact_uri="-", artifact_sha256="-"
        )
        session.add(model)
        session.flush()
        run_id = start_run(
            session,
            model=model,
            resume_ids=shuffled_ids(size, SEED),
            decoding=Decoding(),
            seed=SEED,
            engine=engine,
            selection=Selection(redraw_rounds=0),
        ).id
    filled = time.perf_counter() - began
    worker = Worker(database, load_task(database, run_id, engine), engine, Lease())
    claiming = sampling = 0.0
    for _ in range(SHARDS):
        began = time.perf_counter()
        claimed = worker.claim()
        claiming += time.perf_counter() - began
        assert claimed is not None
        began = time.perf_counter()
        worker.sample(*claimed)
        sampling += time.perf_counter() - began
    database.close()
    report.send(
        {
            "resumes": size,
            "fill_s": round(filled, 2),
            "claim_ms": round(claiming * 1000 / SHARDS, 2),
            "sample_and_store_ms": round(sampling * 1000 / SHARDS, 1),
            "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    )
