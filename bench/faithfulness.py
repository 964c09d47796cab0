"""Faithfulness on one core: precision and recall by kind on the cases of the tests, texts/s, time to load, memory.

Speeds are of CPU time, so that other work on the machine does not count, in a process of its own that has one thread.
``new``: texts from the grammar of the starter model, four for each résumé, as they come; part of their sentences was
never seen, and so were some words. ``authored``: the texts of the cases, every sentence new and no word known.
``cached``: the same résumés again. A second process does nothing but check its first text: its time is that to load.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resumes.schema import Profile

RESUMES = 300
TEXTS = 4
SEED = 1
MEASURING = "import json; from bench.faithfulness import measure; print(json.dumps(measure()))"
LOADING = """
import time
began = time.process_time()
from resumes.faithfulness import check
from resumes.schema import Profile
check(Profile(external_id="r"), "Живу в Казани, пять лет работал продавцом в компании Ромашка.")
print(time.process_time() - began)
"""
Written = list[tuple["Profile", list[str]]]


def run() -> dict[str, Any]:
    """Scores by kind, speed, time to load and memory; ``goals`` says which of them the figures meet."""
    figures = {**json.loads(_on_one_thread(MEASURING)), "load_s": round(float(_on_one_thread(LOADING)), 2)}
    kinds = figures.pop("kinds")
    return {**figures, "goals": _goals(figures), "kinds": kinds}


def _on_one_thread(program: str) -> bytes:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment).stdout


def measure() -> dict[str, Any]:
    """Everything but the time to load; for a process that has done nothing before."""
    import resource

    from tests.resumes.faithfulness.cases import json_cases, json_files, rows, scores, text_cases

    cases = [*text_cases(), *(case for path in json_files() for case in json_cases(path))]
    authored = _seconds([(case.profile, [case.text]) for case in cases])
    written = _written()
    _seconds(written[:RESUMES])
    new, cached = _seconds(written[RESUMES:]), _seconds(written[RESUMES:])
    kinds = list(rows(scores(cases)))
    total = next(row for row in kinds if row["kind"] == "all")
    return {
        "cases": len(cases),
        "precision": total["precision"],
        "recall": total["recall"],
        "authored_texts_per_cpu_s": round(len(cases) / authored),
        "new_texts_per_cpu_s": round(TEXTS * RESUMES / new),
        "cached_texts_per_cpu_s": round(TEXTS * RESUMES / cached),
        "cached_ms_per_resume": round(1000 * cached / RESUMES, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "kinds": kinds,
    }


def _written() -> Written:
    """Résumés with texts that the grammar writes about them."""
    from resumes.corpus import about_text
    from resumes.synthetic import generate_profiles

    rng = Random(SEED)
    profiles = generate_profiles(2 * RESUMES, seed=SEED, vocabulary="heldout")
    return [(profile, [about_text(profile, rng)[1] for _ in range(TEXTS)]) for profile in profiles]


def _seconds(written: Written) -> float:
    """CPU seconds to check all texts, with one checker for each résumé."""
    from resumes.faithfulness import Checker

    began = time.process_time()
    for profile, texts in written:
        checker = Checker(profile)
        for text in texts:
            checker.check(text)
    return time.process_time() - began


def _goals(figures: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = [
        ("precision", ">=", 0.95),
        ("recall", ">=", 0.95),
        ("authored_texts_per_cpu_s", ">=", 300),
        ("new_texts_per_cpu_s", ">=", 300),
        ("cached_ms_per_resume", "<=", 0.4),
        ("load_s", "<=", 2.0),
        ("peak_mb", "<=", 400),
    ]
    return [
        {
            "figure": name,
            "goal": f"{relation} {limit}",
            "measured": figures[name],
            "met": figures[name] >= limit if relation == ">=" else figures[name] <= limit,
        }
        for name, relation, limit in wanted
    ]
