"""Decoder-only models: transformers on a real tiny one, vLLM on a double of its interface over the same model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from sampler.engines.base import MAX_INPUT_TOKENS, Decoding, Engine
from sampler.engines.causal_tokens import CausalCodec
from sampler.engines.load import load_engine
from sampler.errors import EngineError
from tests.sampler import vllm_double
from tests.sampler.tiny_model import WORDS, make_causal_checkpoint, prompts

DECODING = Decoding(temperature=1.0, max_new_tokens=10)


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_causal_checkpoint(tmp_path_factory.mktemp("causal"))


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_causal_checkpoint(tmp_path_factory.mktemp("chat"), chat=True)


@pytest.fixture(params=["transformers", "vllm"])
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(sys.modules, "vllm", vllm_double)
    return str(request.param)


def load(name: str, checkpoint: Path, cache: Path) -> Engine:
    return load_engine(name, checkpoint, cache_dir=cache, threads=1 if name == "transformers" else None, batch_size=8)


def test_prompts_stay_out_of_completions_and_scores_agree(name: str, causal: Path, tmp_path: Path) -> None:
    """Prompts of different lengths in one batch: padding, positions and the cut must all be right."""
    engine = load(name, causal, tmp_path)
    questions = prompts(12)
    drawn = engine.generate(questions, 3, DECODING, 4)
    assert [len(samples) for samples in drawn] == [3] * 12
    rows = [(q, s) for q, samples in zip(questions, drawn, strict=True) for s in samples]
    assert all(s.token_count <= 10 and len(s.raw.split()) == s.token_count for _, s in rows)
    finished = [(q, s) for q, s in rows if s.finished and "<unk>" not in s.raw]
    assert len(finished) >= 5
    scores = engine.score([q for q, _ in finished], [s.raw for _, s in finished])
    np.testing.assert_allclose([s.log_probability for _, s in finished], scores, rtol=1e-4)
    alone = [engine.score([q], [s.raw])[0] for q, s in finished[:5]]
    np.testing.assert_allclose(alone, scores[:5], rtol=1e-4)


def test_both_runtimes_score_alike(causal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vllm", vllm_double)
    questions, answers = prompts(9), [" ".join(WORDS[i : i + 1 + i % 4]) for i in range(9)]
    one, other = (load(name, causal, tmp_path).score(questions, answers) for name in ("transformers", "vllm"))
    np.testing.assert_allclose(one, other, rtol=1e-4)


def test_same_seed_same_samples_in_any_order(name: str, causal: Path, tmp_path: Path) -> None:
    engine = load(name, causal, tmp_path)
    questions = sorted(set(prompts(12)))
    first = engine.generate(questions, 2, DECODING, 4)
    assert engine.generate(questions, 2, DECODING, 4) == first
    assert engine.generate(questions[::-1], 2, DECODING, 4) == first[::-1]
    assert engine.generate(questions, 2, DECODING, 5) != first


def test_equal_prompts_get_samples_of_their_own(name: str, causal: Path, tmp_path: Path) -> None:
    drawn = load(name, causal, tmp_path).generate(prompts(1) * 10, 4, DECODING, 1)
    assert len({sample.raw for samples in drawn for sample in samples}) > 30


def test_cut_off_text_is_marked(name: str, causal: Path, tmp_path: Path) -> None:
    drawn = load(name, causal, tmp_path).generate(prompts(20), 4, Decoding(max_new_tokens=3), 1)
    samples = [sample for row in drawn for sample in row]
    assert {sample.finished for sample in samples} == {True, False}
    assert all((sample.token_count == 3) != sample.finished for sample in samples)


def test_chat_template_frames_the_prompt(name: str, chat: Path, causal: Path, tmp_path: Path) -> None:
    """The same weights: scores of the chat model are those of the plain one on the text that the template makes."""
    framed = load(name, chat, tmp_path).score(["слово7 слово9"], ["слово5"])
    written = load(name, causal, tmp_path).score(["слово1 слово7 слово9 слово2 слово3"], ["слово5"])
    np.testing.assert_allclose(framed, written, rtol=1e-5)


def test_prompts_that_are_too_long_keep_the_frame(chat: Path) -> None:
    codec = CausalCodec.load(chat)
    ids = codec.encode_prompt(" ".join(WORDS[10:] * 40))
    frame = [codec.encode_completion(word)[0] for word in ("слово1", "слово2", "слово3")]
    assert MAX_INPUT_TOKENS - 5 <= len(ids) <= MAX_INPUT_TOKENS
    assert (ids[0], ids[-2], ids[-1]) == tuple(frame)


def test_empty_prompt(name: str, causal: Path, tmp_path: Path) -> None:
    assert len(load(name, causal, tmp_path).generate([""], 2, DECODING, 1)[0]) == 2


def test_every_end_token_ends_a_text(causal: Path, tmp_path: Path) -> None:
    """An instruct model's generation_config.json names the end of a turn beside the end of a text."""
    import shutil

    copy = tmp_path / "two-ends"
    shutil.copytree(causal, copy)
    word = CausalCodec.load(causal).encode_completion("слово4")[0]
    (copy / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, word]}), encoding="utf-8")
    drawn = load("transformers", copy, tmp_path).generate(prompts(30), 4, Decoding(max_new_tokens=30), 1)
    samples = [sample for row in drawn for sample in row]
    assert all("слово4" not in sample.raw.split() for sample in samples)
    plain = load("transformers", causal, tmp_path).generate(prompts(30), 4, Decoding(max_new_tokens=30), 1)
    assert any("слово4" in sample.raw.split() for row in plain for sample in row)


def test_what_vllm_is_asked_for(causal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vllm", vllm_double)
    engine = load("vllm", causal, tmp_path)
    model = vllm_double.LLM.made[-1]
    assert model.options["logprobs_mode"] == "raw_logprobs"
    assert model.options["enable_prefix_caching"]
    assert engine.version == vllm_double.__version__
    engine.generate(prompts(20), 2, DECODING, 1)
    assert model.calls == [8, 8, 4]
    with pytest.raises(TypeError, match="unexpected keyword"):
        vllm_double.LLM(model=str(causal), no_such_option=1)


def test_vllm_that_is_not_installed_or_cannot_run_the_model(
    causal: Path, tied_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(EngineError, match="expected the package vllm, found none"):
        load("vllm", causal, tmp_path)
    monkeypatch.setitem(sys.modules, "vllm", vllm_double)
    with pytest.raises(EngineError, match="expected a decoder-only model, found an encoder-decoder"):
        load("vllm", tied_checkpoint, tmp_path)
    with pytest.raises(EngineError, match="found 'int8'"):
        load_engine("vllm", causal, cache_dir=tmp_path, compute_type="int8")
    with pytest.raises(EngineError, match="found 'cpu'"):
        load_engine("vllm", causal, cache_dir=tmp_path, device="cpu")
