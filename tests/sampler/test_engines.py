"""Both engines are one model: same probabilities, and samples that follow them."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from db.errors import InvalidInputError
from sampler.engines.base import Decoding, Engine
from sampler.engines.load import load_engine
from sampler.errors import ArtifactError, EngineError
from tests.sampler.tiny_model import WORDS, prompts

DECODING = Decoding(temperature=1.0, max_new_tokens=12)
ENGINES = [(name, kind) for name in ("ctranslate2", "t5") for kind in ("float32", "int8")] + [
    ("transformers", "float32")
]
NAMES = ["ctranslate2", "t5", "transformers"]


def load(checkpoint: Path, cache: Path, name: str, compute_type: str = "float32", threads: int = 1) -> Engine:
    return load_engine(name, checkpoint, compute_type=compute_type, cache_dir=cache, threads=threads, batch_size=8)


@pytest.fixture(params=["tied", "untied"])
def checkpoint(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(f"{request.param}_checkpoint")
    return path


@pytest.mark.parametrize("name", ["ctranslate2", "t5"])
def test_scores_equal_those_of_transformers(checkpoint: Path, engine_cache: Path, name: str) -> None:
    """Argmax would not notice an output layer that is scaled when it must not be; probabilities do."""
    questions = prompts(20)
    answers = [" ".join(WORDS[(3 * i + 5 * j) % 60] for j in range(1 + i % 7)) for i in range(20)]
    expected = load(checkpoint, engine_cache, "transformers").score(questions, answers)
    found = load(checkpoint, engine_cache, name).score(questions, answers)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("name", ["ctranslate2", "t5"])
def test_int8_scores_are_close(checkpoint: Path, engine_cache: Path, name: str) -> None:
    questions, answers = prompts(20), [" ".join(WORDS[i : i + 4]) for i in range(20)]
    expected = load(checkpoint, engine_cache, "ctranslate2").score(questions, answers)
    found = load(checkpoint, engine_cache, name, "int8").score(questions, answers)
    np.testing.assert_allclose(found, expected, rtol=0.05)


@pytest.mark.parametrize(("name", "compute_type"), ENGINES)
def test_log_probability_of_a_sample_is_its_score(
    checkpoint: Path, engine_cache: Path, name: str, compute_type: str
) -> None:
    """Neither temperature nor top-k counts in the stored log-probability."""
    engine = load(checkpoint, engine_cache, name, compute_type)
    questions = prompts(10)
    decoding = Decoding(temperature=2.0, top_k=60, max_new_tokens=80)
    rows = [
        (question, sample)
        for question, samples in zip(questions, engine.generate(questions, 4, decoding, 1), strict=True)
        for sample in samples
        if sample.finished and "<unk>" not in sample.raw
    ]
    assert len(rows) > 5
    scores = engine.score([question for question, _ in rows], [sample.raw for _, sample in rows])
    tolerance = 0.03 if compute_type == "int8" else 1e-4
    np.testing.assert_allclose([sample.log_probability for _, sample in rows], scores, rtol=tolerance)
    assert [sample.token_count for _, sample in rows] == [len(sample.raw.split()) for _, sample in rows]


@pytest.mark.parametrize("name", NAMES)
def test_samples_follow_the_model(tied_checkpoint: Path, engine_cache: Path, name: str) -> None:
    """First words of 2,000 samples against the model's own probabilities."""
    engine = load(tied_checkpoint, engine_cache, name)
    question = prompts(1)[0]
    decoding = Decoding(temperature=1.0, top_k=0, max_new_tokens=1)
    drawn = engine.generate([question] * 250, 8, decoding, 3)
    counts = Counter(sample.raw for samples in drawn for sample in samples if not sample.finished)
    word, count = counts.most_common(1)[0]
    one = next(s for samples in drawn for s in samples if s.raw == word and not s.finished)
    expected = 2000 * np.exp(one.log_probability)
    assert abs(count - expected) < 5 * np.sqrt(expected)


@pytest.mark.parametrize(("name", "compute_type"), ENGINES)
def test_same_seed_same_samples(tied_checkpoint: Path, engine_cache: Path, name: str, compute_type: str) -> None:
    questions = prompts(40)
    engine = load(tied_checkpoint, engine_cache, name, compute_type)
    first = engine.generate(questions, 4, DECODING, seed=11)
    engine.generate(questions[:3], 2, DECODING, seed=5)
    assert engine.generate(questions, 4, DECODING, seed=11) == first
    assert engine.generate(questions, 4, DECODING, seed=12) != first
    assert load(tied_checkpoint, engine_cache, name, compute_type).generate(questions, 4, DECODING, seed=11) == first


@pytest.mark.parametrize(("name", "compute_type"), ENGINES[:4])
def test_threads_and_order_of_prompts_do_not_change_samples(
    tied_checkpoint: Path, engine_cache: Path, name: str, compute_type: str
) -> None:
    questions = prompts(40)[:20]
    one = load(tied_checkpoint, engine_cache, name, compute_type, threads=1).generate(questions, 4, DECODING, 7)
    engine = load(tied_checkpoint, engine_cache, name, compute_type, threads=4)
    for _ in range(5):
        assert engine.generate(questions, 4, DECODING, 7) == one
    distinct = sorted(set(questions))
    forward = engine.generate(distinct, 4, DECODING, 7)
    assert engine.generate(distinct[::-1], 4, DECODING, 7) == forward[::-1]


@pytest.mark.parametrize("name", NAMES)
def test_equal_prompts_get_samples_of_their_own(tied_checkpoint: Path, engine_cache: Path, name: str) -> None:
    engine = load(tied_checkpoint, engine_cache, name, threads=2)
    drawn = engine.generate([prompts(1)[0]] * 32, 4, DECODING, 1)
    raws = [sample.raw for samples in drawn for sample in samples]
    assert len(set(raws)) > 120


def test_order_of_samples_says_nothing_about_their_score(tied_checkpoint: Path, engine_cache: Path) -> None:
    drawn = load(tied_checkpoint, engine_cache, "ctranslate2").generate(prompts(200), 4, DECODING, 2)
    best = Counter(max(range(4), key=lambda i: samples[i].log_probability) for samples in drawn)
    assert all(25 <= best[i] <= 80 for i in range(4)), best


@pytest.mark.parametrize("name", NAMES)
def test_cut_off_text_is_marked(tied_checkpoint: Path, engine_cache: Path, name: str) -> None:
    engine = load(tied_checkpoint, engine_cache, name)
    samples = [s for row in engine.generate(prompts(30), 4, Decoding(max_new_tokens=3), 1) for s in row]
    assert {s.finished for s in samples} == {True, False}
    assert all(s.token_count == 3 for s in samples if not s.finished)
    assert all(s.token_count < 3 for s in samples if s.finished)


@pytest.mark.parametrize("name", NAMES)
def test_outputs_beyond_the_vocabulary_stay_visible(tied_checkpoint: Path, engine_cache: Path, name: str) -> None:
    """The output layer has 64 rows for 63 tokens; whoever samples the last one must not see a clean text."""
    engine = load(tied_checkpoint, engine_cache, name)
    rows = engine.generate(prompts(400), 4, Decoding(temperature=5.0, top_k=0, max_new_tokens=4), 1)
    assert any("<unk>" in sample.raw for row in rows for sample in row)


@pytest.mark.parametrize("name", NAMES)
def test_long_and_empty_prompts_and_large_top_k(tied_checkpoint: Path, engine_cache: Path, name: str) -> None:
    engine = load(tied_checkpoint, engine_cache, name)
    rows = engine.generate([" ".join(WORDS * 40), ""], 2, Decoding(top_k=5000, max_new_tokens=4), 1)
    assert [len(row) for row in rows] == [2, 2]
    assert all(sample.token_count > 0 for row in rows for sample in row)


def test_conversion_is_done_once_and_leaves_nothing_half_made(tied_checkpoint: Path, tmp_path: Path) -> None:
    load(tied_checkpoint, tmp_path, "ctranslate2")
    (model,) = tmp_path.glob("ctranslate2/*/model/model.bin")
    made = model.stat().st_mtime_ns
    load(tied_checkpoint, tmp_path, "ctranslate2")
    assert model.stat().st_mtime_ns == made
    assert not list(tmp_path.glob("ctranslate2/*.partial"))


def test_broken_checkpoints_are_typed_errors(tied_checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="Expected a model directory"):
        load(tmp_path / "nowhere", tmp_path / "cache", "ctranslate2")
    broken = tmp_path / "broken"
    shutil.copytree(tied_checkpoint, broken)
    weights = (broken / "model.safetensors").read_bytes()
    (broken / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    for name in ("ctranslate2", "transformers"):
        with pytest.raises(EngineError) as caught:
            load(broken, tmp_path / "cache", name)
        assert "\n" not in str(caught.value)
    assert not list((tmp_path / "cache").rglob("model.bin"))


def test_unknown_engine_compute_type_and_decoding(tied_checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="expected one of ctranslate2, t5, transformers, vllm, found 'onnx'"):
        load(tied_checkpoint, tmp_path, "onnx")
    with pytest.raises(EngineError, match="found 'int4'"):
        load(tied_checkpoint, tmp_path, "ctranslate2", "int4")
    with pytest.raises(EngineError, match="found 'int8'"):
        load(tied_checkpoint, tmp_path, "transformers", "int8")
    with pytest.raises(InvalidInputError, match="temperature > 0"):
        Decoding(temperature=0)
