"""Candidates per second of the engines on the starter model, against batched Hugging Face generate.

Same weights, prompts, decoding and machine, one run; each side at the best of its batch sizes. Texts end where the
model ends them, so tokens per second are given as well. On a machine that does other work at the same time only the
figures per second of CPU time mean anything. ``checked`` is the whole of ``sample_candidates``: draws,
texts from slots, faithfulness, distinctness and redraws.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resumes.schema import Profile
    from sampler.engines.base import Decoding, Engine

PROFILES = 100
WARM_UP = 16
SAMPLES = 4
SEED = 1
WALL = "candidates_per_s"
CPU = "candidates_per_cpu_s"
SIDES = (
    ("transformers", "float32", (32, 100)),
    ("ctranslate2", "float32", (16, 32, 64)),
    ("ctranslate2", "int8", (16, 32, 64)),
)


def run() -> dict[str, Any]:
    """Rates of every engine and number type at its best batch size, and their ratio to the baseline."""
    from resumes.synthetic import generate_profiles
    from resumes.text_format import render
    from sampler.artifacts import ModelArtifact, starter_dir

    artifact = ModelArtifact.open(starter_dir())
    profiles = list(generate_profiles(PROFILES, seed=SEED, vocabulary="heldout"))
    prompts = [render(profile, artifact.text_format) for profile in profiles]
    with tempfile.TemporaryDirectory() as cache:
        rows = [
            max((_measure(artifact.path, name, kind, size, prompts, Path(cache)) for size in sizes), key=_rate)
            for name, kind, sizes in SIDES
        ]
        best = max(rows[1:], key=_rate)
        engine = _load(artifact.path, best["engine"], best["compute_type"], best["batch_size"], Path(cache))
        checked = _checked_rate(engine, profiles, artifact.text_format)
    return {
        "resumes": PROFILES,
        "samples_per_resume": SAMPLES,
        "engines": [{**row, "ratio": _ratio(row, rows[0]), "ratio_cpu": _ratio(row, rows[0], CPU)} for row in rows],
        "checked_engine": f"{best['engine']} {best['compute_type']}",
        "checked_candidates_per_s": round(checked, 1),
        "checked_share_of_bare": round(checked / _rate(best), 3),
    }


def _rate(row: dict[str, Any]) -> float:
    return float(row[WALL])


def _ratio(row: dict[str, Any], baseline: dict[str, Any], measure: str = WALL) -> float:
    return round(row[measure] / baseline[measure], 2)


def _load(checkpoint: Path, name: str, compute_type: str, batch_size: int, cache: Path) -> Engine:
    from sampler.engines.load import load_engine

    return load_engine(name, checkpoint, compute_type=compute_type, cache_dir=cache, batch_size=batch_size)


def bare_rate(engine: Engine, prompts: Sequence[str], decoding: Decoding) -> float:
    """Candidates per second (wall clock) of ``engine`` alone: four samples a prompt, no check, no database.

    The first prompts are drawn once beforehand, so that nothing is loaded or compiled while the clock runs.
    """
    engine.generate(prompts[:WARM_UP], SAMPLES, decoding, SEED)
    began = time.perf_counter()
    engine.generate(prompts, SAMPLES, decoding, SEED)
    return len(prompts) * SAMPLES / (time.perf_counter() - began)


def _measure(
    checkpoint: Path, name: str, compute_type: str, batch_size: int, prompts: Sequence[str], cache: Path
) -> dict[str, Any]:
    from sampler.engines.base import Decoding

    engine = _load(checkpoint, name, compute_type, batch_size, cache)
    engine.generate(prompts[:WARM_UP], SAMPLES, Decoding(), SEED)
    began, cpu_began = time.perf_counter(), time.process_time()
    drawn = engine.generate(prompts, SAMPLES, Decoding(), SEED)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    tokens = sum(sample.token_count for samples in drawn for sample in samples)
    return {
        "engine": name,
        "compute_type": compute_type,
        "batch_size": batch_size,
        WALL: round(len(prompts) * SAMPLES / seconds, 1),
        "tokens_per_s": round(tokens / seconds),
        CPU: round(len(prompts) * SAMPLES / cpu_seconds, 1),
    }


def _checked_rate(engine: Engine, profiles: Sequence[Profile], text_format: Any) -> float:
    from sampler.candidates import sample_candidates
    from sampler.engines.base import Decoding

    sample_candidates(engine, profiles[:WARM_UP], text_format, Decoding(), SEED)
    began = time.perf_counter()
    sets = sample_candidates(engine, profiles, text_format, Decoding(), SEED)
    return sum(len(found.candidates) for found in sets) / (time.perf_counter() - began)
