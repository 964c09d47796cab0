"""Batches of prompts, devices, and how often a prompt is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampler.engines.base import Decoding
from sampler.engines.batching import plan_batches
from sampler.engines.device import on_device, pick_device
from sampler.engines.load import load_engine
from sampler.errors import EngineError
from tests.sampler.tiny_model import WORDS, prompts


@given(
    counts=st.lists(st.integers(0, 300), max_size=60),
    size=st.integers(1, 20),
    max_tokens=st.integers(1, 1000),
)
def test_every_prompt_once_within_both_limits(counts: list[int], size: int, max_tokens: int) -> None:
    keys = [f"{index}" for index in range(len(counts))]
    batches = plan_batches(counts, keys, size, max_tokens)
    assert sorted(index for batch in batches for index in batch) == list(range(len(counts)))
    for batch in batches:
        assert 1 <= len(batch) <= size
        assert len(batch) == 1 or len(batch) * max(counts[index] for index in batch) <= max_tokens
    lengths = [counts[index] for batch in batches for index in batch]
    assert lengths == sorted(counts, reverse=True)


@given(counts=st.lists(st.integers(1, 9), min_size=1, max_size=30), seed=st.randoms())
def test_plan_does_not_depend_on_the_order_of_prompts(counts: list[int], seed: object) -> None:
    keys = [f"p{index}" for index in range(len(counts))]
    order = list(range(len(counts)))
    seed.shuffle(order)  # type: ignore[attr-defined]
    expected = [[keys[i] for i in batch] for batch in plan_batches(counts, keys, 4, 20)]
    shuffled = plan_batches([counts[i] for i in order], [keys[i] for i in order], 4, 20)
    assert [[keys[order[i]] for i in batch] for batch in shuffled] == expected


def test_long_prompts_make_small_batches() -> None:
    assert [len(batch) for batch in plan_batches([1024] * 20 + [100] * 40, [""] * 60, 32)] == [8, 8, 4 + 4, 32, 4]


def test_device() -> None:
    assert pick_device("any", "auto", 0) == "cpu"
    assert pick_device("any", "auto", 2) == "cuda"
    assert pick_device("any", "cpu", 2) == "cpu"
    with pytest.raises(EngineError, match="expected one of auto, cpu, cuda, found 'tpu'"):
        pick_device("any", "tpu", 1)
    assert (on_device("1.2", "cpu"), on_device("1.2", "cuda")) == ("1.2", "1.2 cuda")


@pytest.mark.parametrize("name", ["ctranslate2", "t5", "transformers"])
def test_a_gpu_that_is_not_there_is_one_clear_line(tied_checkpoint: Path, engine_cache: Path, name: str) -> None:
    with pytest.raises(EngineError, match=f"Engine {name}: expected a CUDA GPU .*, found none"):
        load_engine(name, tied_checkpoint, cache_dir=engine_cache, device="cuda")


def test_numbers_that_a_cpu_cannot_compute_with(tied_checkpoint: Path, engine_cache: Path) -> None:
    with pytest.raises(EngineError, match=r"Compute type on cpu: expected one of .*float32.*, found 'int8_float16'"):
        load_engine("ctranslate2", tied_checkpoint, compute_type="int8_float16", cache_dir=engine_cache, device="cpu")


def test_cuda_is_handed_to_ctranslate2(
    tied_checkpoint: Path, engine_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a GPU as far as it goes: what the runtime would be asked for."""
    import ctranslate2

    asked: list[dict[str, object]] = []

    def translator(path: str, **options: object) -> object:
        asked.append(options)
        return object()

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda device: {"float32", "int8_float16"})
    monkeypatch.setattr(ctranslate2, "Translator", translator)
    engine = load_engine("ctranslate2", tied_checkpoint, compute_type="int8_float16", cache_dir=engine_cache)
    assert engine.version == f"{ctranslate2.__version__} cuda"
    assert asked == [{"device": "cuda", "compute_type": "int8_float16", "inter_threads": 1, "intra_threads": 1}]


def test_transformers_reads_each_prompt_once(tied_checkpoint: Path, engine_cache: Path) -> None:
    """Rows that pass through the encoder, counted."""
    from sampler.engines.transformers import TransformersEngine

    engine = load_engine("transformers", tied_checkpoint, cache_dir=engine_cache, batch_size=8)
    assert isinstance(engine, TransformersEngine)
    rows: list[int] = []
    engine._model.get_encoder().register_forward_hook(lambda module, inputs, output: rows.append(len(output[0])))
    engine.generate(prompts(20), 4, Decoding(max_new_tokens=5), 1)
    assert sum(rows) == 20


def test_t5_reads_each_prompt_once(tied_checkpoint: Path, engine_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sampler.engines.t5_model import T5Model

    rows: list[int] = []
    read = T5Model._read
    monkeypatch.setattr(T5Model, "_read", lambda self, ids, mask: rows.append(len(ids)) or read(self, ids, mask))
    engine = load_engine("t5", tied_checkpoint, cache_dir=engine_cache, batch_size=8)
    engine.generate(prompts(20), 4, Decoding(max_new_tokens=5), 1)
    assert sum(rows) == 20


def test_ctranslate2_reads_each_prompt_once(tied_checkpoint: Path, engine_cache: Path) -> None:
    """It cannot be counted inside; sixteen samples of one token take far less than sixteen times the time of one."""
    import time

    engine = load_engine("ctranslate2", tied_checkpoint, cache_dir=engine_cache, threads=1)
    long = [" ".join(WORDS[(i * 7 + j) % 60] for j in range(400)) for i in range(4)]

    def seconds(n: int) -> float:
        began = time.process_time()
        engine.generate(long, n, Decoding(max_new_tokens=1), 1)
        return time.process_time() - began

    seconds(1)
    assert min(seconds(16) for _ in range(3)) < 6 * min(seconds(1) for _ in range(3))


def test_t5_version_1_1_and_unknown_models(tmp_path: Path, engine_cache: Path) -> None:
    from tests.sampler.tiny_model import make_causal_checkpoint, make_checkpoint

    gated = make_checkpoint(tmp_path / "gated", gated=True, tied=False)
    questions, answers = prompts(10), [" ".join(WORDS[i : i + 5]) for i in range(10)]
    expected = load_engine("transformers", gated, cache_dir=engine_cache).score(questions, answers)
    found = load_engine("t5", gated, cache_dir=engine_cache).score(questions, answers)
    assert found == pytest.approx(expected, rel=1e-4)
    with pytest.raises(EngineError, match="expected a model of type t5 or mt5, found 'llama'"):
        load_engine("t5", make_causal_checkpoint(tmp_path / "causal"), cache_dir=engine_cache)
    with pytest.raises(EngineError, match="expected compute type float32 or int8, found 'bfloat16'"):
        load_engine("t5", gated, compute_type="bfloat16", cache_dir=engine_cache)


def test_ended_rows_leave_the_batch_without_a_trace(tied_checkpoint: Path, engine_cache: Path) -> None:
    """Texts of very different lengths: what is kept must go on with the right prompt, as the scores show."""
    engine = load_engine("t5", tied_checkpoint, cache_dir=engine_cache, batch_size=16)
    questions = prompts(32)
    drawn = engine.generate(questions, 4, Decoding(temperature=1.5, max_new_tokens=80), 3)
    rows = [(q, s) for q, samples in zip(questions, drawn, strict=True) for s in samples if "<unk>" not in s.raw]
    finished = [(q, s) for q, s in rows if s.finished]
    assert len({s.token_count for _, s in finished}) > 10
    reference = load_engine("transformers", tied_checkpoint, cache_dir=engine_cache)
    scores = reference.score([q for q, _ in finished], [s.raw for _, s in finished])
    assert [s.log_probability for _, s in finished] == pytest.approx(scores, rel=1e-4)


def test_a_model_that_was_converted_needs_no_torch(tied_checkpoint: Path, engine_cache: Path) -> None:
    """Its import takes longer than a small run, and each worker's memory."""
    load_engine("ctranslate2", tied_checkpoint, cache_dir=engine_cache)
    program = (
        "import sys; from pathlib import Path; from sampler.engines.load import load_engine;"
        "engine = load_engine('ctranslate2', Path(sys.argv[1]), cache_dir=Path(sys.argv[2]));"
        "print(sorted({'torch', 'transformers'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", program, str(tied_checkpoint), str(engine_cache)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
