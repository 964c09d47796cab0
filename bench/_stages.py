"""Where the time of a sampling run goes: one worker in this process, with clocks around the functions it calls.

CPU time of this process, which other work on the machine does not change; PostgreSQL's own is not in it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from db.session import Database

SEED = 5


def shares(database: Database, directory: Path, resumes: int) -> list[dict[str, Any]]:
    """CPU milliseconds per candidate and share of the whole, of each stage."""
    from app.sampling import SampleRequest, Way, sample_resumes
    from app.settings import Settings
    from resumes.faithfulness import Checker
    from resumes.text_format import Form
    from sampler import runs, shards
    from sampler.distinct import Distinctness, Fingerprint
    from sampler.engines.ctranslate2 import CTranslate2Engine

    settings = Settings(database_url=database.url, data_dir=directory)
    sample_resumes(database, settings, SampleRequest(64, SEED), way=Way(workers=1))  # everything is loaded
    spent: dict[str, float] = defaultdict(float)
    places: list[tuple[str, Any, str]] = [
        ("draw", CTranslate2Engine, "generate"),
        ("realise", Form, "__init__"),
        ("realise", Form, "realise"),
        ("check", Checker, "__init__"),
        ("check", Checker, "check"),
        ("distinct", Distinctness, "near_duplicate"),
        ("distinct", Fingerprint, "of"),
        ("read and claim", runs, "claim_shard"),
        ("validate", shards, "_profiles"),
        ("store", shards, "store_shard"),
        ("whole", runs, "work"),
    ]
    with _clocks(places, spent):
        report = sample_resumes(database, settings, SampleRequest(resumes, SEED), way=Way(workers=1))
    whole = spent.pop("whole")
    spent["other"] = whole - sum(spent.values())
    return [
        {
            "stage": stage,
            "cpu_ms": round(seconds * 1000 / report.candidates_here, 4),
            "share": round(seconds / whole, 3),
        }
        for stage, seconds in spent.items()
    ]


@contextmanager
def _clocks(places: list[tuple[str, Any, str]], spent: dict[str, float]) -> Iterator[None]:
    patches = [patch.object(owner, name, _timed(owner, name, stage, spent)) for stage, owner, name in places]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def _timed(owner: Any, name: str, stage: str, spent: dict[str, float]) -> Any:
    function: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            spent[stage] += time.process_time() - began

    # A class method is bound already.
    return staticmethod(timed) if isinstance(vars(owner).get(name), classmethod) else timed
