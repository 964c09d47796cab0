"""Supervised fine-tuning learns, repeats, resumes and refuses what it cannot use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM

from sampler.artifacts import ModelArtifact, write_marker
from tests.trainer.conftest import WORDS
from trainer.errors import TrainingDataError
from trainer.sft import Example, SFTSettings, train_sft

SETTINGS = SFTSettings(learning_rate=1e-2, epochs=60, batch=8, warmup_steps=0, save_every=10)
EXAMPLES = [Example(WORDS[number], f"{WORDS[number + 20]} {WORDS[number + 21]}") for number in range(8)]


@pytest.fixture
def base(checkpoint: Path) -> Path:
    write_marker(checkpoint, "slots")
    return checkpoint


def test_learns_its_examples(base: Path, tmp_path: Path) -> None:
    result = train_sft(base, EXAMPLES, tmp_path / "new", SETTINGS, validation=EXAMPLES[:4])
    assert result.steps == 60
    assert result.losses[-1] < 0.5 * result.losses[0]
    assert result.validation_loss is not None
    assert result.validation_loss[1] < 0.5 * result.validation_loss[0]
    assert ModelArtifact.open(tmp_path / "new").text_format == "slots"
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "new")
    ids, labels = torch.tensor([[3, 1]]), torch.tensor([[23, 24, 1]])  # слово0 → слово20 слово21
    parent = AutoModelForSeq2SeqLM.from_pretrained(base)
    with torch.no_grad():
        assert model(input_ids=ids, labels=labels).loss < 0.5 * parent(input_ids=ids, labels=labels).loss


def test_repeats_bit_for_bit_and_is_not_run_twice(base: Path, tmp_path: Path) -> None:
    short = replace(SETTINGS, epochs=3)
    first, second = (train_sft(base, EXAMPLES, tmp_path / name, short) for name in ("a", "b"))
    assert first.sha256 == second.sha256
    assert train_sft(base, EXAMPLES, tmp_path / "a", short, lambda *_: pytest.fail("it ran again")) == first


def test_stopped_run_goes_on(base: Path, tmp_path: Path) -> None:
    whole = train_sft(base, EXAMPLES, tmp_path / "whole", SETTINGS)
    steps: list[int] = []

    def stop(done: int, _total: int) -> None:
        if done == 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_sft(base, EXAMPLES, tmp_path / "new", SETTINGS, stop)
    resumed = train_sft(base, EXAMPLES, tmp_path / "new", SETTINGS, lambda done, _: steps.append(done))
    assert steps[0] == 11
    assert resumed.sha256 == whole.sha256


def test_targets_that_the_model_cannot_write_are_left_out(base: Path, tmp_path: Path) -> None:
    foreign = Example(WORDS[0], "невиданное слово1")
    result = train_sft(base, [*EXAMPLES, foreign], tmp_path / "new", replace(SETTINGS, epochs=1))
    assert (result.examples, result.unknown) == (8, 1)
    with pytest.raises(TrainingDataError, match="found unknown words in all 1"):
        train_sft(base, [foreign], tmp_path / "other", SETTINGS)
    with pytest.raises(TrainingDataError, match="expected at least one résumé"):
        train_sft(base, [], tmp_path / "other", SETTINGS)
    assert not (tmp_path / "other").exists()
