"""Training from a snapshot: repeatable bit for bit, resumable after kill -9, whole or absent."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM

from db.errors import RaisonTextError
from sampler.artifacts import ModelArtifact, content_sha256, write_marker
from tests.trainer.conftest import make_model, make_rankings, make_tokenizer
from trainer.checkpoints import Checkpoint
from trainer.dpo import DPOSettings, train_dpo
from trainer.errors import TrainingDataError, TrainingError, UnsupportedModelError
from trainer.pairs import PairRow, Snapshot

SETTINGS = DPOSettings(
    steps=12, batch_pairs=12, learning_rate=1e-3, loss_weights=(1.0, 1.0), save_every=3, warmup_steps=0
)


def make_snapshot(rankings: int = 6) -> Snapshot:
    rows = make_rankings(rankings)
    return Snapshot(
        tuple(
            PairRow(
                pair_id=number,
                resume_id=number // 6,
                prompt=row["prompt"],
                chosen=row["chosen"],
                rejected=row["rejected"],
            )
            for number, row in enumerate(rows)
        )
    )


@pytest.fixture
def parent(checkpoint: Path) -> Path:
    write_marker(checkpoint, "slots")
    return checkpoint


def test_trains_and_writes_a_plain_model(parent: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    result = train_dpo(
        parent, make_snapshot(), tmp_path / "new", SETTINGS, lambda done, total: seen.append((done, total))
    )
    assert seen == [(step, 12) for step in range(1, 13)]
    assert len(result.losses) == result.steps == 12
    assert result.pairs == 36
    assert result.log[-1]["accuracy"] > 0.8
    assert result.sha256 == content_sha256(tmp_path / "new")
    artifact = ModelArtifact.open(tmp_path / "new")
    assert artifact.text_format == "slots"
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (tmp_path / "new" / name).read_bytes() == (parent / name).read_bytes()
    untied = make_model(tied=False)
    loaded = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "new")
    assert (loaded.lm_head.weight is not loaded.shared.weight) == (
        not AutoModelForSeq2SeqLM.from_pretrained(parent).config.scale_decoder_outputs
    )
    assert type(loaded) is type(untied)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "new.run.json", "parent"]


def test_same_seed_same_weights(parent: Path, tmp_path: Path) -> None:
    first, second = (train_dpo(parent, make_snapshot(), tmp_path / name, SETTINGS) for name in ("a", "b"))
    other = train_dpo(parent, make_snapshot(), tmp_path / "c", replace(SETTINGS, seed=1))
    assert first.sha256 == second.sha256
    assert first.losses == second.losses
    assert other.sha256 != first.sha256


def test_parent_is_untouched_and_random_state_comes_back(parent: Path, tmp_path: Path) -> None:
    before = content_sha256(parent)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train_dpo(parent, make_snapshot(2), tmp_path / "new", replace(SETTINGS, steps=1))
    assert torch.equal(torch.rand(3), expected)
    assert not torch.are_deterministic_algorithms_enabled()
    assert content_sha256(parent) == before


KILLED = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from tests.trainer.test_dpo import SETTINGS, make_snapshot
from trainer.dpo import train_dpo

def progress(done, total):
    if done == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

train_dpo(Path(sys.argv[1]), make_snapshot(), Path(sys.argv[2]), SETTINGS, progress)
"""


@pytest.mark.parametrize("kill_at", [2, 8])
def test_killed_run_goes_on_and_ends_with_the_same_weights(kill_at: int, parent: Path, tmp_path: Path) -> None:
    whole = train_dpo(parent, make_snapshot(), tmp_path / "whole", SETTINGS)
    out = tmp_path / "killed"
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(parent), str(out), str(kill_at)],
        cwd=Path(__file__).parents[2], capture_output=True, check=False,
    )  # fmt: skip
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    assert not out.exists()
    broken = tmp_path / ".killed.work" / "checkpoint-9"  # as if killed while writing this one
    broken.mkdir()
    (broken / "model.safetensors").write_bytes(b"half")
    result = train_dpo(parent, make_snapshot(), out, SETTINGS)
    assert result.resumed_from == kill_at // 3 * 3
    assert result.sha256 == whole.sha256
    assert result.losses == whole.losses
    assert not (tmp_path / ".killed.work").exists()


def test_finished_run_is_not_repeated(parent: Path, tmp_path: Path) -> None:
    first = train_dpo(parent, make_snapshot(2), tmp_path / "new", replace(SETTINGS, steps=2))
    steps: list[int] = []
    again = train_dpo(
        parent, make_snapshot(2), tmp_path / "new", replace(SETTINGS, steps=2), lambda done, _: steps.append(done)
    )
    assert steps == []
    assert again == first
    with pytest.raises(TrainingError, match="found the result of another run"):
        train_dpo(parent, make_snapshot(2), tmp_path / "new", replace(SETTINGS, steps=3))


def test_killed_between_record_and_rename(parent: Path, tmp_path: Path) -> None:
    first = train_dpo(parent, make_snapshot(2), tmp_path / "new", replace(SETTINGS, steps=2))
    (tmp_path / ".new.work").mkdir()
    (tmp_path / "new").rename(tmp_path / ".new.work" / "final")
    again = train_dpo(parent, make_snapshot(2), tmp_path / "new", replace(SETTINGS, steps=2))
    assert again == first
    assert (tmp_path / "new" / "config.json").is_file()


def test_work_of_another_run_is_thrown_away(parent: Path, tmp_path: Path) -> None:
    stale = tmp_path / ".new.work" / "checkpoint-9"
    stale.mkdir(parents=True)
    (stale / "trainer_state.json").write_text(json.dumps({"global_step": 9}))
    (tmp_path / ".new.work" / "run.json").write_text(json.dumps({"fingerprint": "another"}))
    result = train_dpo(parent, make_snapshot(2), tmp_path / "new", replace(SETTINGS, steps=2))
    assert result.resumed_from == 0


def test_lora_ends_in_a_plain_model(parent: Path, tmp_path: Path) -> None:
    result = train_dpo(parent, make_snapshot(), tmp_path / "new", replace(SETTINGS, lora_rank=4, learning_rate=1e-2))
    assert result.log[-1]["margin"] > 0
    before = AutoModelForSeq2SeqLM.from_pretrained(parent).state_dict()
    after = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "new").state_dict()
    assert before.keys() == after.keys()
    changed = {name for name, weight in after.items() if not torch.equal(weight, before[name])}
    assert changed
    assert all(name.rsplit(".", 2)[-2] in {"q", "k", "v", "o"} for name in changed)


def test_ids_are_those_of_the_sampler(parent: Path) -> None:
    loaded = Checkpoint.load(parent)
    ids = make_tokenizer()("слово1 слово2")["input_ids"]
    assert loaded.prompt_ids("слово1 слово2") == ids == [4, 5, 1]
    assert loaded.completion_ids("слово1 слово2", 512) == ids
    assert loaded.completion_ids("слово1 слово2", 2) == [4, 5]


def test_bad_input_leaves_nothing_behind(parent: Path, tmp_path: Path) -> None:
    out = tmp_path / "new"
    held_out = Snapshot(tuple(replace(row, held_out=True) for row in make_snapshot(1).rows))
    for snapshot in (Snapshot(()), held_out):
        with pytest.raises(TrainingDataError, match="expected at least one preference pair"):
            train_dpo(parent, snapshot, out, SETTINGS)
    with pytest.raises(RaisonTextError, match="Expected a model directory"):
        train_dpo(tmp_path / "nowhere", make_snapshot(1), out, SETTINGS)
    weights = parent / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    with pytest.raises(UnsupportedModelError, match="cannot be loaded as an encoder-decoder"):
        train_dpo(parent, make_snapshot(1), out, SETTINGS)
    assert not out.exists()


def test_loss_that_is_no_number_stops_the_run(parent: Path, tmp_path: Path) -> None:
    model = AutoModelForSeq2SeqLM.from_pretrained(parent)
    with torch.no_grad():
        model.encoder.final_layer_norm.weight[0] = float("nan")
    model.save_pretrained(parent)
    with pytest.raises(TrainingError, match="expected a finite loss, found nan at step 1"):
        train_dpo(parent, make_snapshot(2), tmp_path / "new", SETTINGS)
    assert not (tmp_path / "new").exists()


def test_cancelling_from_progress(parent: Path, tmp_path: Path) -> None:
    class Cancelled(Exception):  # noqa: N818
        pass

    def cancel(done: int, _total: int) -> None:
        if done == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        train_dpo(parent, make_snapshot(), tmp_path / "new", SETTINGS, cancel)
    assert not (tmp_path / "new").exists()
    assert train_dpo(parent, make_snapshot(), tmp_path / "new", SETTINGS).resumed_from == 3


def test_steps_follow_the_data() -> None:
    settings: dict[str, Any] = {"batch_pairs": 24, "epochs": 6, "min_steps": 60}
    assert DPOSettings(**settings).step_count(10) == 60
    assert DPOSettings(**settings).step_count(360) == 90
    assert DPOSettings(**settings, steps=7).step_count(360) == 7
