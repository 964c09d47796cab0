"""Seq2SeqDPOTrainer against plain PyTorch, and every way of running it against the plain way."""

from __future__ import annotations

import copy
import inspect
import logging
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from peft import LoraConfig
from torch.nn.functional import logsigmoid
from transformers import AutoConfig, AutoModelForSeq2SeqLM, LlamaConfig, LlamaForCausalLM, T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5LayerNorm
from trl import DPOConfig, DPOTrainer

from tests.trainer.conftest import make_model, make_rankings
from trainer.errors import TrainingDataError, TrainingError, UnsupportedModelError
from trainer.seq2seq_dpo import Seq2SeqDPOTrainer

Configure = Callable[..., DPOConfig]
LOSSES = [
    "sigmoid", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired",
    "apo_zero", "apo_down", "discopop", "sft", "sigmoid_norm",
]  # fmt: skip


@pytest.fixture
def exact_norm(monkeypatch: pytest.MonkeyPatch) -> None:
    """T5 takes the variance of its layer norm in float32 whatever the model's type, which hides differences below
    1e-9; here it is float64 throughout."""

    def forward(self: T5LayerNorm, hidden: torch.Tensor) -> torch.Tensor:
        return self.weight * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.variance_epsilon)

    monkeypatch.setattr(T5LayerNorm, "forward", forward)


def trainer_of(
    model: Any, args: DPOConfig, tokenizer: Any, dataset: Dataset | None = None, **options: Any
) -> Seq2SeqDPOTrainer:
    rows = dataset if dataset is not None else make_rankings()
    return Seq2SeqDPOTrainer(model, args=args, train_dataset=rows, processing_class=tokenizer, **options)


def first_batch(trainer: Seq2SeqDPOTrainer) -> dict[str, torch.Tensor]:
    return trainer._prepare_inputs(next(iter(trainer.get_train_dataloader())))


def loss_and_gradients(
    trainer: Seq2SeqDPOTrainer, batch: dict[str, torch.Tensor]
) -> tuple[float, dict[str, torch.Tensor]]:
    trainer.model.zero_grad()
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    gradients = {name: weight.grad.clone() for name, weight in trainer.model.named_parameters() if weight.requires_grad}
    return loss.item(), gradients


def moved(model: T5ForConditionalGeneration) -> T5ForConditionalGeneration:
    """The same model a little way off, so that policy and reference differ."""
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.05 * torch.randn_like(weight)
    return model


def sequence_log_probability(
    model: T5ForConditionalGeneration, prompt: list[int], completion: list[int]
) -> torch.Tensor:
    """Σ log p of one completion, one row at a time, by the model's own forward."""
    labels = torch.tensor([completion])
    logits = model(input_ids=torch.tensor([prompt]), labels=labels).logits
    return logits.log_softmax(-1).gather(-1, labels.unsqueeze(-1)).sum()


def test_constructor_is_that_of_trl_and_deduplicate() -> None:
    ours = inspect.signature(Seq2SeqDPOTrainer.__init__).parameters
    stock = inspect.signature(DPOTrainer.__init__).parameters
    assert list(ours) == [*stock, "deduplicate"]
    assert {name: ours[name].default for name in stock} == {name: stock[name].default for name in stock}
    assert ours["deduplicate"].default is True


@pytest.mark.parametrize("tied", [True, False])
def test_first_loss_is_log_two(tied: bool, dpo_config: Configure, tokenizer: Any) -> None:
    trainer = trainer_of(make_model(tied=tied), dpo_config(max_steps=1), tokenizer)
    trainer.train()
    assert trainer.state.log_history[0]["loss"] == pytest.approx(math.log(2), abs=1e-6)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.usefixtures("exact_norm")
def test_equals_plain_pytorch(tied: bool, dpo_config: Configure, tokenizer: Any) -> None:
    reference = make_model(tied=tied, dtype=torch.float64)
    policy = moved(make_model(tied=tied, dtype=torch.float64))
    plain_policy = copy.deepcopy(policy)
    trainer = trainer_of(policy, dpo_config(beta=0.3), tokenizer, ref_model=copy.deepcopy(reference))
    rows = [trainer.train_dataset[index] for index in list(trainer._get_train_sampler())[:12]]
    losses = []
    for row in rows:
        margins = [
            sequence_log_probability(plain_policy, row["prompt_ids"], row[side])
            - sequence_log_probability(reference, row["prompt_ids"], row[side]).detach()
            for side in ("chosen_ids", "rejected_ids")
        ]
        losses.append(-logsigmoid(0.3 * (margins[0] - margins[1])))
    expected = torch.stack(losses).mean()
    expected.backward()
    loss, gradients = loss_and_gradients(trainer, first_batch(trainer))
    assert loss == pytest.approx(expected.item(), abs=1e-10)
    for name, weight in plain_policy.named_parameters():
        torch.testing.assert_close(gradients[name], weight.grad, atol=1e-10, rtol=1e-8, msg=name)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("loss_type", LOSSES)
@pytest.mark.usefixtures("exact_norm")
def test_deduplicated_equals_plain(loss_type: str, tied: bool, dpo_config: Configure, tokenizer: Any) -> None:
    reference, policy = make_model(tied=tied, dtype=torch.float64), moved(make_model(tied=tied, dtype=torch.float64))
    args = dpo_config(loss_type=[loss_type], label_smoothing=0.1 if loss_type in {"exo_pair", "robust"} else 0.0)
    trainer = trainer_of(policy, args, tokenizer, ref_model=reference)
    batch = first_batch(trainer)
    loss, gradients = loss_and_gradients(trainer, batch)
    trainer.deduplicate = False
    plain_loss, plain_gradients = loss_and_gradients(trainer, batch)
    assert loss == pytest.approx(plain_loss, abs=1e-12)
    for name, gradient in plain_gradients.items():
        torch.testing.assert_close(gradients[name], gradient, atol=1e-11, rtol=1e-9, msg=name)


def test_deduplicated_metrics_and_weights_of_wpo_equal_plain(dpo_config: Configure, tokenizer: Any) -> None:
    trainer = trainer_of(
        moved(make_model()), dpo_config(use_weighting=True, ld_alpha=0.5), tokenizer, ref_model=make_model()
    )
    batch, metrics, losses = first_batch(trainer), [], []
    for deduplicate in (True, False):
        trainer.deduplicate = deduplicate
        trainer._metrics["eval"].clear()
        losses.append(trainer.compute_loss(trainer.model, batch).item())
        metrics.append({name: values[0] for name, values in trainer._metrics["eval"].items()})
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)
    assert metrics[0] == pytest.approx(metrics[1], abs=1e-4)
    assert metrics[0]["entropy"] > 0


def test_deduplication_counts_rows(dpo_config: Configure, tokenizer: Any) -> None:
    """Two whole rankings in a batch: 2 prompts and 8 completions are computed, not 24 and 24."""
    trainer = trainer_of(make_model(), dpo_config(), tokenizer)
    rows = {"encoder": 0, "decoder": 0}

    def count(part: str) -> Callable[..., None]:
        def hook(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
            rows[part] += len(kwargs["input_ids"])

        return hook

    for model in (trainer.model, trainer.ref_model):
        model.encoder.register_forward_pre_hook(count("encoder"), with_kwargs=True)
        model.decoder.register_forward_pre_hook(count("decoder"), with_kwargs=True)
    batch = first_batch(trainer)
    trainer.compute_loss(trainer.model, batch)
    assert rows == {"encoder": 2 * 2, "decoder": 2 * 8}  # policy and reference
    trainer.deduplicate = False
    rows.update(encoder=0, decoder=0)
    trainer.compute_loss(trainer.model, batch)
    assert rows == {"encoder": 2 * 24, "decoder": 2 * 24}


@pytest.mark.parametrize("tied", [True, False])
def test_every_parameter_moves(tied: bool, dpo_config: Configure, tokenizer: Any) -> None:
    model = make_model(tied=tied)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    trainer = trainer_of(model, dpo_config(num_train_epochs=2), tokenizer)
    trainer.train()
    still = [name for name, weight in trainer.model.named_parameters() if torch.equal(weight, before[name])]
    assert still == []
    for name, weight in trainer.ref_model.named_parameters():
        assert torch.equal(weight, before[name]), f"the reference moved: {name}"


def test_saved_checkpoint_is_a_plain_model(
    checkpoint: Path, dpo_config: Configure, tokenizer: Any, tmp_path: Path
) -> None:
    trainer = trainer_of(str(checkpoint), dpo_config(num_train_epochs=2), tokenizer)
    untied = trainer.model.lm_head.weight is not trainer.model.shared.weight
    trainer.train()
    trainer.save_model(str(tmp_path / "saved"))
    loaded = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "saved")
    assert type(loaded) is T5ForConditionalGeneration
    assert "forward" not in vars(loaded)
    assert (loaded.lm_head.weight is not loaded.shared.weight) == untied
    config, parent = (AutoConfig.from_pretrained(path) for path in (tmp_path / "saved", checkpoint))
    assert config.scale_decoder_outputs == parent.scale_decoder_outputs
    ids = torch.randint(3, 60, (3, 8))
    with torch.no_grad():
        expected = trainer.model.eval()(input_ids=ids, labels=ids).logits
        assert torch.equal(loaded(input_ids=ids, labels=ids).logits, expected)


def test_model_in_memory_and_by_path_train_alike(checkpoint: Path, dpo_config: Configure, tokenizer: Any) -> None:
    by_path = trainer_of(str(checkpoint), dpo_config(), tokenizer)
    in_memory = trainer_of(AutoModelForSeq2SeqLM.from_pretrained(checkpoint), dpo_config(), tokenizer)
    for trainer in (by_path, in_memory):
        trainer.train()
    losses = [[entry["loss"] for entry in t.state.log_history if "loss" in entry] for t in (by_path, in_memory)]
    assert losses[0] == losses[1]


def test_attention_dropout_is_off(dpo_config: Configure, tokenizer: Any) -> None:
    trainer = trainer_of(make_model(), dpo_config(), tokenizer)
    trainer.model.train()
    batch = first_batch(trainer)
    with torch.no_grad():
        losses = {trainer.compute_loss(trainer.model, batch).item() for _ in range(3)}
    assert len(losses) == 1
    assert losses.pop() == pytest.approx(math.log(2), abs=1e-6)
    floats = [
        module.dropout for module in trainer.model.modules() if isinstance(getattr(module, "dropout", None), float)
    ]
    assert floats
    assert set(floats) == {0.0}


def test_dropout_stays_when_asked_for(dpo_config: Configure, tokenizer: Any) -> None:
    trainer = trainer_of(make_model(), dpo_config(disable_dropout=False), tokenizer)
    trainer.model.train()
    batch = first_batch(trainer)
    assert len({trainer.compute_loss(trainer.model, batch).item() for _ in range(3)}) == 3


@pytest.mark.parametrize("deduplicate", [True, False])
def test_precomputed_reference_is_the_same(
    deduplicate: bool, checkpoint: Path, dpo_config: Configure, tokenizer: Any
) -> None:
    histories = []
    for precompute in (False, True):
        args = dpo_config(precompute_ref_log_probs=precompute)
        trainer = trainer_of(str(checkpoint), args, tokenizer, deduplicate=deduplicate)
        trainer.train()
        assert (trainer.ref_model is None) == precompute
        histories.append(
            [(entry["loss"], entry["grad_norm"]) for entry in trainer.state.log_history if "loss" in entry]
        )
    for plain, precomputed in zip(*histories, strict=True):
        assert plain == pytest.approx(precomputed, abs=1e-5)


def test_pretokenised_dataset_is_taken_as_it_is(dpo_config: Configure, tokenizer: Any) -> None:
    rows = [
        {"prompt_ids": [5, 6, 7, 1], "chosen_ids": [8, 9, 1], "rejected_ids": [10, 1]},
        {"prompt_ids": [5, 6, 7, 1], "chosen_ids": [8, 9, 1], "rejected_ids": [11, 12, 13]},  # no </s>: left alone
    ]
    trainer = trainer_of(make_model(), dpo_config(max_length=2), tokenizer, Dataset.from_list(rows))
    assert [dict(row) for row in trainer.train_dataset] == rows
    batch = first_batch(trainer)
    assert batch["input_ids"].shape == (4, 7)  # nothing was cut


def test_texts_are_tokenised_separately_and_cut_separately(dpo_config: Configure, tokenizer: Any) -> None:
    row = {"prompt": "слово0 слово1 слово2 слово3", "chosen": "слово4 слово5 слово6", "rejected": "слово7"}
    trainer = trainer_of(make_model(), dpo_config(max_length=3), tokenizer, Dataset.from_list([row]))
    stored = trainer.train_dataset[0]
    assert stored["prompt_ids"] == [3, 4, 1]  # cut, and still ended
    assert stored["chosen_ids"] == [7, 8, 9]  # cut, and not ended: it did not end there
    assert stored["rejected_ids"] == [10, 1]


def test_lora_trains_the_adapter_alone(checkpoint: Path, dpo_config: Configure, tokenizer: Any) -> None:
    lora = LoraConfig(r=4, target_modules=["q", "v"], task_type="SEQ_2_SEQ_LM", lora_dropout=0.1)
    trainer = trainer_of(
        str(checkpoint), dpo_config(num_train_epochs=2, learning_rate=1e-2), tokenizer, peft_config=lora
    )
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()
    log = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert log[0] == pytest.approx(math.log(2), abs=1e-6)
    assert log[-1] < log[0]
    for name, weight in trainer.model.named_parameters():
        assert weight.requires_grad == ("lora_" in name)
        assert torch.equal(weight, before[name]) != weight.requires_grad, name


@pytest.mark.parametrize("loss_type", [["sigmoid"], ["ipo"]])
@pytest.mark.usefixtures("exact_norm")
def test_gradient_accumulation_is_equivalent(loss_type: list[str], dpo_config: Configure, tokenizer: Any) -> None:
    """12 pairs at once and 2 × 6 accumulated: the same steps."""
    finals = []
    for batch, accumulate in ((12, 1), (6, 2)):
        args = dpo_config(
            per_device_train_batch_size=batch,
            gradient_accumulation_steps=accumulate,
            loss_type=loss_type,
            max_grad_norm=1e9,
        )
        trainer = trainer_of(make_model(dtype=torch.float64), args, tokenizer)
        trainer.train()
        finals.append({name: weight.detach() for name, weight in trainer.model.named_parameters()})
    for name, weight in finals[0].items():
        torch.testing.assert_close(finals[1][name], weight, atol=1e-9, rtol=1e-7, msg=name)


def test_activation_checkpointing_and_bf16_run(dpo_config: Configure, tokenizer: Any) -> None:
    """TRL's defaults on the CPU: bf16 autocast and activation checkpointing."""
    trainer = trainer_of(make_model(), dpo_config(bf16=True, activation_checkpointing=True), tokenizer)
    trainer.train()
    assert trainer.state.log_history[0]["loss"] == pytest.approx(math.log(2), abs=1e-3)


@pytest.mark.parametrize("save_at", [2, 3, 4])
def test_resume_gives_the_same_weights(
    save_at: int, checkpoint: Path, dpo_config: Configure, tokenizer: Any, tmp_path: Path
) -> None:
    """Three steps an epoch, two epochs; stopped in the middle, at the end and after the first epoch."""
    options = {"num_train_epochs": 2, "save_strategy": "steps", "save_steps": save_at}
    whole = trainer_of(str(checkpoint), dpo_config(**options), tokenizer)
    whole.train()
    resumed = trainer_of(str(checkpoint), dpo_config(**options), tokenizer)
    resumed.train(resume_from_checkpoint=str(tmp_path / "out" / f"checkpoint-{save_at}"))
    for (name, weight), (_, again) in zip(
        whole.model.named_parameters(), resumed.model.named_parameters(), strict=True
    ):
        assert torch.equal(weight, again), name


def test_evaluation_reports_metrics(dpo_config: Configure, tokenizer: Any) -> None:
    trainer = trainer_of(make_model(), dpo_config(), tokenizer, eval_dataset=make_rankings(2, seed=5))
    metrics = trainer.evaluate()
    assert metrics["eval_loss"] == pytest.approx(math.log(2), abs=1e-6)
    assert "eval_rewards/accuracies" in metrics


def test_patched_model_and_its_copies_are_refused(dpo_config: Configure, tokenizer: Any) -> None:
    model = make_model()
    trainer_of(model, dpo_config(), tokenizer)
    for used in (model, copy.deepcopy(model)):
        with pytest.raises(UnsupportedModelError, match="save the model and load it again"):
            trainer_of(used, dpo_config(), tokenizer)
        with pytest.raises(UnsupportedModelError, match="was replaced before"):
            trainer_of(make_model(), dpo_config(), tokenizer, ref_model=used)


def test_causal_models_are_refused(dpo_config: Configure, tokenizer: Any) -> None:
    causal = LlamaForCausalLM(
        LlamaConfig(vocab_size=60, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2)
    )
    with pytest.raises(UnsupportedModelError, match="expected an encoder-decoder model, found LlamaForCausalLM"):
        trainer_of(causal, dpo_config(), tokenizer)


def test_a_trl_that_moved_the_seam_is_named(
    dpo_config: Configure, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("trl.trainer.dpo_trainer.add_fused_lm_head")
    with pytest.raises(TrainingError, match=r"replaces trl\.trainer\.dpo_trainer\.add_fused_lm_head, but TRL"):
        trainer_of(make_model(), dpo_config(), tokenizer)


def test_stock_trainer_is_left_as_it_was(dpo_config: Configure, tokenizer: Any) -> None:
    from trl.trainer import dpo_trainer, utils

    trainer_of(make_model(), dpo_config(), tokenizer)
    assert dpo_trainer.add_fused_lm_head is utils.add_fused_lm_head


def test_bad_data_is_refused(dpo_config: Configure, tokenizer: Any) -> None:
    chat = [{"role": "user", "content": "слово0"}]
    messages = Dataset.from_list([{"prompt": chat, "chosen": chat, "rejected": chat}])
    with pytest.raises(TrainingDataError, match="found chat messages"):
        trainer_of(make_model(), dpo_config(), tokenizer, messages)
    with pytest.raises(TrainingDataError, match="the training dataset has no pair"):
        trainer_of(make_model(), dpo_config(), tokenizer, make_rankings(1).select([]))
    no_prompt = Dataset.from_list([{"prompt_ids": [], "chosen_ids": [5, 1], "rejected_ids": [6, 1]}])
    trainer = trainer_of(make_model(), dpo_config(), tokenizer, no_prompt)
    with pytest.raises(ValueError, match="a row without a prompt"):
        trainer.train()


def test_nothing_is_sent(dpo_config: Configure, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("trl.trainer.base_trainer.send_telemetry", lambda topic, **_: sent.append(topic))
    monkeypatch.delenv("CI", raising=False)
    trainer_of(make_model(), dpo_config(), tokenizer)
    assert sent == []


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
