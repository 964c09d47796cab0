"""Rankings → consensus → pairs in PostgreSQL: seconds and peak memory of rounds of different sizes.

Each build runs in a process of its own on the embedded PostgreSQL; its peak resident memory is that of the process,
and of the server process that serves it. On a machine that does other work at the same time only the seconds of CPU
time mean anything. ``again`` is a second build, in which nothing has changed. The baseline, the
row-by-row way of :mod:`bench._row_by_row_pairs`, does a tenth of the smallest size in the same run.

``BENCH_RANKINGS=100000`` (comma-separated) chooses other sizes than 100,000 and 1,000,000.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIZES = (100_000, 1_000_000)
BASELINE_SHARE = 0.1
LIMIT_SECONDS = 30
LIMIT_RSS_RATIO = 1.3


def run(sizes: tuple[int, ...] | None = None) -> dict[str, Any]:
    """A row per size, and the ratios that the issue asks for."""
    from db.embedded import EmbeddedPostgres

    given = os.environ.get("BENCH_RANKINGS")
    sizes = sizes or (tuple(map(int, given.split(","))) if given else SIZES)
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres(Path(directory)) as server:
        small = _world(server, int(min(sizes) * BASELINE_SHARE))
        ours = _build(small, "consensus")
        one_by_one, batched = (_build(_emptied(small), "row_by_row", batch) for batch in (1, 1000))
        rows = []
        for size in sizes:
            world = _world(server, size)
            first, again = _build(world, "consensus"), _build(world, "consensus")
            rows.append({**first, "again_s": again["seconds"]})
    return {
        "builds": rows,
        "seconds_limit_at_100000": LIMIT_SECONDS,
        "peak_rss_ratio": round(rows[-1]["peak_mb"] / rows[0]["peak_mb"], 2),
        "peak_rss_ratio_limit": LIMIT_RSS_RATIO,
        "server_peak_rss_ratio": round(rows[-1]["server_peak_mb"] / rows[0]["server_peak_mb"], 2),
        "baseline_rankings": ours["rankings"],
        "consensus_s": ours["seconds"],
        "row_by_row_s": one_by_one["seconds"],
        "row_by_row_batches_of_1000_s": batched["seconds"],
        "speed_up": round(one_by_one["seconds"] / ours["seconds"], 1),
        "speed_up_over_batches": round(batched["seconds"] / ours["seconds"], 1),
    }


def _world(server: Any, rankings: int) -> str:
    """A database with a round of so many rankings; its URL."""
    from bench import _pair_world
    from db.migrate import upgrade
    from db.session import Database

    name = f"pairs_{rankings}"
    server.create_database(name)
    database = Database(server.url(name))
    upgrade(database.engine)
    print(f"  loading {rankings} rankings", file=sys.stderr, flush=True)
    _pair_world.make_round(database, rankings)
    database.close()
    return str(server.url(name))


def _emptied(url: str) -> str:
    from sqlalchemy import text

    from db.session import Database

    database = Database(url)
    with database.session() as session:
        session.execute(text("TRUNCATE preference_pair, task_consensus"))
    database.close()
    return url


def _build(url: str, way: str, batch: int = 0) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.pairs", url, way, str(batch)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def _measure(url: str, way: str, batch: int) -> dict[str, Any]:
    """In the child: one build of round 1 at ``url``."""
    from sqlalchemy import text

    from annotation.consensus import build_pairs
    from bench._row_by_row_pairs import build
    from db.session import Database

    database = Database(url)
    database.ping()
    counts: dict[str, Any] = {}
    began, cpu = time.perf_counter(), time.process_time()
    with database.session() as session:
        server = session.scalar(text("SELECT pg_backend_pid()"))
        if way == "consensus":
            report = build_pairs(session, 1)
            counts = {"rankings": report.rankings, "tasks": report.tasks, "pairs": report.pairs}
        else:
            counts = {"pairs": build(session, 1, batch)}
        server_peak, server_cpu = _peak_mb(server), _cpu_seconds(server)
    seconds = time.perf_counter() - began
    return {
        **counts,
        "seconds": round(seconds, 2),
        "client_cpu_s": round(time.process_time() - cpu, 2),
        "server_cpu_s": server_cpu,
        "peak_mb": _peak_mb("self"),
        "server_peak_mb": server_peak,
    }


def _cpu_seconds(process: object) -> float:
    """User and system time so far; the server process began with the connection."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return round((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), 2)


def _peak_mb(process: object) -> float:
    """VmHWM; unlike ru_maxrss it does not remember the memory of the process that forked this one."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kilobytes) / 1024, 1)


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
