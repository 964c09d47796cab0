"""A sampling worker in a process of its own: ``worker_process.py URL RUN_ID CHECKPOINT CACHE``."""

from __future__ import annotations

import sys
from pathlib import Path

from db.session import Database
from sampler.engines.load import load_engine
from sampler.runs import resume_run


def work(url: str, run_id: str, checkpoint: str, cache: str) -> None:
    database = Database(url)
    engine = load_engine("ctranslate2", Path(checkpoint), cache_dir=Path(cache), threads=1)
    resume_run(database, int(run_id), engine)
    database.close()


if __name__ == "__main__":
    work(*sys.argv[1:])
