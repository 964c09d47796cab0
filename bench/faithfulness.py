"""Faithfulness on one core: precision and recall by kind on the cases of the tests, texts/s, time to load, memory.

Times are CPU time, so that other work on the machine does not count. ``cold``: no sentence was seen before, as with
real texts. ``warm``: texts of one résumé after another from the grammar of the starter model, whose sentences repeat;
the figure is for one résumé with its four texts. Loading and memory are those of a process that does nothing else.
"""

from __future__ import annotations

import json
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
LOADING = """
import json, resource, time
began = time.perf_counter()
from resumes.faithfulness import check
from resumes.schema import Profile
check(Profile(external_id="r"), "Живу в Казани, пять лет работал продавцом в компании «Ромашка».")
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"load_s": round(seconds, 2), "peak_mb": round(peak / 1024)}))
"""


def run() -> dict[str, Any]:
    """Scores by kind, speed, time to load and memory; ``goals`` says which of them the figures meet."""
    from tests.resumes.faithfulness.cases import json_cases, json_files, rows, scores, text_cases

    loading = json.loads(subprocess.run([sys.executable, "-c", LOADING], capture_output=True, check=True).stdout)
    cases = [*text_cases(), *(case for path in json_files() for case in json_cases(path))]
    kinds = list(rows(scores(cases)))
    total = next(row for row in kinds if row["kind"] == "all")
    figures = {
        "cases": len(cases),
        "precision": total["precision"],
        "recall": total["recall"],
        "cold_texts_per_cpu_s": _cold([(case.profile, case.text) for case in cases]),
        **_warm(),
        **loading,
    }
    return {**figures, "goals": _goals(figures), "kinds": kinds}


def _cold(texts: list[tuple[Profile, str]]) -> int:
    """Texts a CPU second of an analyser that has seen no sentence; word forms are known, as after the first minute."""
    from resumes.faithfulness.checker import Checker, forget_sentences

    forget_sentences()
    began = time.process_time()
    for profile, text in texts:
        Checker(profile).check(text)
    return round(len(texts) / (time.process_time() - began))


def _warm() -> dict[str, Any]:
    from resumes.corpus import about_text
    from resumes.faithfulness import Checker
    from resumes.synthetic import generate_profiles

    profiles = list(generate_profiles(2 * RESUMES, seed=SEED, vocabulary="heldout"))
    rng = Random(SEED)
    written = [(profile, [about_text(profile, rng)[1] for _ in range(TEXTS)]) for profile in profiles]
    for half in (written[:RESUMES], written[RESUMES:]):
        began = time.process_time()
        for profile, texts in half:
            checker = Checker(profile)
            for text in texts:
                checker.check(text)
        seconds = time.process_time() - began
    return {
        "warm_ms_per_resume": round(1000 * seconds / RESUMES, 3),
        "warm_texts_per_cpu_s": round(TEXTS * RESUMES / seconds),
    }


def _goals(figures: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = [
        ("precision", ">=", 0.95),
        ("recall", ">=", 0.95),
        ("cold_texts_per_cpu_s", ">=", 300),
        ("warm_ms_per_resume", "<=", 0.4),
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
