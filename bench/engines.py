"""Candidates per second on a T5 of the base shape, against batched Hugging Face generate, and what int8 costs.

220 million random weights, prompts of 200 tokens, four samples of exactly 64 new tokens, top-k 50, temperature 0.9.
One run, one set of weights and prompts, all cores of the process; every side at the best of its batch sizes. The
baseline is stock ``generate`` in float32 with nothing around it; the engines do all that they do in a sampling run
(tokens to text, log-probabilities). On a machine that does other work, only the ratios per CPU second mean anything.

Quality of int8: the mean log-probability per token, under the float32 model, of what int8 samples, relative to
float32's own samples; on these random weights and on the starter's real ones.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sampler.engines.base import Decoding, Engine, Sample

PROMPT_TOKENS = 200
NEW_TOKENS = 64
SAMPLES = 4
SEED = 1
BASELINE_SIZES = (8, 16)
SIDES = (
    ("ctranslate2", "float32", (8,)),
    ("ctranslate2", "int8", (8, 16)),
    ("t5", "float32", (8,)),
    ("t5", "int8", (16,)),
)
INT8 = ("ctranslate2", "t5")
QUALITY_PROMPTS = 8
STARTER_PROMPTS = 1_500


def run() -> dict[str, Any]:
    """Rates of every side, ratios to the baseline, quality of int8; ``goals`` says which of them the figures meet."""
    from bench._random_t5 import make_t5_base

    own: dict[str, list[list[Sample]]] = {}
    with tempfile.TemporaryDirectory() as directory:
        cache = Path(directory)
        checkpoint = make_t5_base(cache / "t5-base")
        rows = [_baseline(checkpoint), *(_side(checkpoint, *side, cache, own) for side in SIDES)]
        quality = _base_quality(own, checkpoint, cache) | _starter_quality(cache)
    for row in rows:
        for measure in ("candidates_per_s", "candidates_per_cpu_s"):
            row[measure.replace("candidates_per", "ratio_per")] = round(row[measure] / rows[0][measure], 2)
    figures = {
        "parameters": "220 M, random",
        "cores": _cores(),
        "engines": rows,
        "int8_ratio": max(row["ratio_per_s"] for row in rows[1:] if row["compute_type"] == "int8"),
        "float32_ratio": max(row["ratio_per_s"] for row in rows[1:] if row["compute_type"] == "float32"),
        **quality,
    }
    return {**figures, "goals": _goals(figures)}


def _baseline(checkpoint: Path) -> dict[str, Any]:
    """``generate`` of transformers on one batch, all cores inside it."""
    import torch
    from transformers import GenerationConfig, PreTrainedTokenizerFast, T5ForConditionalGeneration

    from bench._random_t5 import random_prompts

    torch.set_num_threads(_cores())
    model = T5ForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(checkpoint)
    config = GenerationConfig(
        do_sample=True,
        temperature=_decoding().temperature,
        top_k=_decoding().top_k,
        max_new_tokens=NEW_TOKENS,
        num_return_sequences=SAMPLES,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )

    def generate(size: int) -> int:
        batch = tokenizer(random_prompts(size, PROMPT_TOKENS), return_tensors="pt")
        with torch.inference_mode():
            found = model.generate(
                input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], generation_config=config
            )
        assert found.shape == (size * SAMPLES, NEW_TOKENS + 1), found.shape
        return len(found)

    generate(1)
    return {"engine": "generate", "compute_type": "float32", **_best(generate, BASELINE_SIZES)}


def _side(
    checkpoint: Path,
    name: str,
    kind: str,
    sizes: Sequence[int],
    cache: Path,
    own: dict[str, list[list[Sample]]],
) -> dict[str, Any]:
    from bench._random_t5 import random_prompts

    engine = _load(checkpoint, name, kind, cache)

    def generate(size: int) -> int:
        engine.batch_size = size
        drawn = engine.generate(random_prompts(size * _cores(), PROMPT_TOKENS), SAMPLES, _decoding(), SEED)
        assert all(sample.token_count == NEW_TOKENS for samples in drawn for sample in samples)
        own[f"{name} {kind}"] = drawn[:QUALITY_PROMPTS]
        return sum(len(samples) for samples in drawn)

    engine.generate(random_prompts(1, PROMPT_TOKENS), 1, _decoding(), SEED)
    return {"engine": name, "compute_type": kind, **_best(generate, sizes)}


def _best(generate: Callable[[int], int], sizes: Sequence[int]) -> dict[str, Any]:
    """Figures of the batch size with the highest rate."""

    def measured(size: int) -> dict[str, Any]:
        began, cpu_began = time.perf_counter(), time.process_time()
        count = generate(size)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
        return {
            "batch_size": size,
            "candidates_per_s": round(count / seconds, 2),
            "candidates_per_cpu_s": round(count / cpu_seconds, 2),
        }

    return max((measured(size) for size in sizes), key=lambda row: float(row["candidates_per_s"]))


def _base_quality(own: dict[str, list[list[Sample]]], checkpoint: Path, cache: Path) -> dict[str, float]:
    from bench._random_t5 import random_prompts

    reference = _load(checkpoint, "ctranslate2", "float32", cache)
    prompts = random_prompts(QUALITY_PROMPTS, PROMPT_TOKENS)
    plain = _mean(reference, prompts, own["t5 float32"])
    return {
        f"int8_{name}_base_percent": _percent(plain, _mean(reference, prompts, own[f"{name} int8"])) for name in INT8
    }


def _starter_quality(cache: Path) -> dict[str, float]:
    """The same on the starter's weights, for resumes of people who do not exist."""
    from resumes.synthetic import generate_profiles
    from resumes.text_format import render
    from sampler.artifacts import ModelArtifact, starter_dir
    from sampler.engines.base import Decoding

    starter = ModelArtifact.open(starter_dir())
    profiles = generate_profiles(STARTER_PROMPTS, seed=SEED, vocabulary="heldout")
    prompts = [render(profile, starter.text_format) for profile in profiles]

    reference = _load(starter.path, "ctranslate2", "float32", cache)

    def percent(name: str) -> float:
        engines = [_load(starter.path, name, kind, cache) for kind in ("float32", "int8")]
        drawn = [engine.generate(prompts, SAMPLES, Decoding(), SEED) for engine in engines]
        return _percent(*(_mean(reference, prompts, samples) for samples in drawn))

    return {f"int8_{name}_starter_percent": percent(name) for name in INT8}


def _mean(reference: Engine, prompts: Sequence[str], drawn: list[list[Sample]]) -> float:
    """Log-probability per token under ``reference``, the end token included."""
    pairs = [(prompt, sample) for prompt, samples in zip(prompts, drawn, strict=True) for sample in samples]
    scores = reference.score([prompt for prompt, _ in pairs], [sample.raw for _, sample in pairs])
    return sum(scores) / sum(sample.token_count + 1 for _, sample in pairs)


def _percent(plain: float, rounded: float) -> float:
    """By how much ``rounded`` is more probable than ``plain``; negative where it is less."""
    return round(100 * (rounded - plain) / abs(plain), 2)


def _load(checkpoint: Path, name: str, kind: str, cache: Path) -> Engine:
    from sampler.engines.load import load_engine

    return load_engine(name, checkpoint, compute_type=kind, cache_dir=cache, device="cpu", batch_size=32)


def _decoding() -> Decoding:
    from sampler.engines.base import Decoding

    return Decoding(temperature=0.9, top_k=50, max_new_tokens=NEW_TOKENS)


def _cores() -> int:
    from sampler.engines.base import available_cores

    return available_cores()


def _goals(figures: dict[str, Any]) -> list[dict[str, Any]]:
    worst = max(abs(value) for name, value in figures.items() if name.endswith("_percent"))
    wanted = [
        ("int8_ratio", figures["int8_ratio"], ">=", 3.0),
        ("int8_ratio (stretch)", figures["int8_ratio"], ">=", 5.0),
        ("float32_ratio", figures["float32_ratio"], ">=", 1.3),
        ("int8 off float32, percent", worst, "<=", 1.0),
    ]
    return [
        {
            "figure": name,
            "goal": f"{relation} {limit}",
            "measured": measured,
            "met": measured >= limit if relation == ">=" else measured <= limit,
        }
        for name, measured, relation, limit in wanted
    ]
