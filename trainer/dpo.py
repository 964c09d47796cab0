"""DPO from a frozen snapshot of pairs: the parent model in, a new model directory out.

A run that is killed goes on from its last checkpoint and ends with the weights that it would have had; the same
snapshot, parent, settings and machine give the same weights bit for bit.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sampler.artifacts import content_sha256
from trainer.errors import TrainingDataError
from trainer.pairs import PairRow, Snapshot
from trainer.quiet import quiet
from trainer.watch import Progress, watch
from trainer.workspace import Workspace

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import TrainerCallback

    from trainer.checkpoints import Checkpoint
    from trainer.seq2seq_dpo import Seq2SeqDPOTrainer

logger = logging.getLogger(__name__)

PAIRS_PER_RANKING = 6
_LOGGED = {
    "loss": "loss",
    "grad_norm": "grad_norm",
    "rewards/accuracies": "accuracy",
    "rewards/margins": "margin",
    "logps/chosen": "chosen_log_probability",
    "logps/rejected": "rejected_log_probability",
}


@dataclass(frozen=True)
class DPOSettings:
    """Defaults are those that hold up on the starter model; a large pretrained model wants ``learning_rate`` 1e-6.

    beta: strength of the reference (Rafailov et al. 2023, eq. 7). batch_pairs: pairs a step, a multiple of 6 so that
    whole rankings of four stay together. steps: null means ``epochs`` over the pairs, at least ``min_steps``.
    losses and loss_weights: terms of TRL; the ``sft`` term holds raw errors down at some points of win rate less, as do
    the pairs of ``trainer.fact_pairs``. lora_rank: null trains every weight.
    save_every: steps between checkpoints.
    """

    beta: float = 0.1
    learning_rate: float = 3e-4
    losses: tuple[str, ...] = ("sigmoid", "sft")
    loss_weights: tuple[float, ...] = (1.0, 4.0)
    batch_pairs: int = 4 * PAIRS_PER_RANKING
    epochs: float = 6.0
    min_steps: int = 60
    steps: int | None = None
    warmup_steps: int = 5
    max_completion_tokens: int = 512
    lora_rank: int | None = None
    save_every: int = 50
    seed: int = 0

    def step_count(self, pairs: int) -> int:
        """Steps to make over so many pairs."""
        return self.steps or max(self.min_steps, math.ceil(self.epochs * pairs / self.batch_pairs))


@dataclass(frozen=True)
class DPOResult:
    """What a run did. ``log`` has one entry a step: loss, accuracy, margin, log-probabilities (sums over tokens)."""

    directory: Path
    sha256: str
    steps: int
    pairs: int
    seconds: float
    log: list[dict[str, float]] = field(repr=False)
    resumed_from: int = 0

    @property
    def losses(self) -> list[float]:
        """Loss of every step."""
        return [entry["loss"] for entry in self.log]

    def summary(self) -> dict[str, Any]:
        """Figures for reports and the registry."""
        first, last = self.log[0], self.log[-1]
        return {
            "steps": self.steps,
            "pairs": self.pairs,
            "seconds": round(self.seconds, 2),
            "first_loss": first["loss"],
            "last_loss": last["loss"],
            "last_accuracy": last["accuracy"],
            "chosen_log_probability": [first["chosen_log_probability"], last["chosen_log_probability"]],
            "rejected_log_probability": [first["rejected_log_probability"], last["rejected_log_probability"]],
        }


def train_dpo(
    parent_dir: Path,
    snapshot: Snapshot,
    out_dir: Path,
    config: DPOSettings | None = None,
    progress: Progress | None = None,
) -> DPOResult:
    """Train a copy of the model in ``parent_dir`` on the training pairs of ``snapshot``; write it to ``out_dir``.

    ``out_dir`` appears whole or not at all. Called again with the same arguments it continues a killed run, or returns
    the result of a finished one.

    Raises:
        TrainingDataError: there is no pair to train on.
        ArtifactError, UnsupportedModelError: the parent is missing, damaged or no encoder-decoder.
        TrainingError: ``out_dir`` holds something else, or the loss is not finite.
    """
    settings = config or DPOSettings()
    if not snapshot.training:
        raise TrainingDataError("expected at least one preference pair of a training résumé, found none")
    parent = {"parent": content_sha256(parent_dir), "snapshot": snapshot.hash, "settings": asdict(settings)}
    workspace = Workspace(out_dir, {"run": "dpo", **parent})
    finished = workspace.finished()
    if finished is not None:
        logger.info("DPO was finished before: %s", out_dir)
        return DPOResult(directory=out_dir, **finished)
    started = time.monotonic()
    checkpoint = workspace.prepare()
    log = _train(parent_dir, snapshot.training, workspace, settings, checkpoint, progress)
    final = workspace.work / "trained"
    outcome: dict[str, Any] = {
        "sha256": content_sha256(final),
        "steps": settings.step_count(len(snapshot.training)),
        "pairs": len(snapshot.training),
        "seconds": time.monotonic() - started,
        "log": log,
        "resumed_from": int(checkpoint.name.rpartition("-")[2]) if checkpoint else 0,
    }
    workspace.finish(final, outcome)
    return DPOResult(directory=out_dir, **outcome)


def _train(
    parent_dir: Path,
    rows: Sequence[PairRow],
    workspace: Workspace,
    settings: DPOSettings,
    checkpoint: Path | None,
    progress: Progress | None,
) -> list[dict[str, float]]:
    from trainer.checkpoints import Checkpoint, repeatable, save_model

    with quiet(), repeatable(settings.seed):
        parent = Checkpoint.load(parent_dir)
        trainer = _trainer(parent, rows, workspace.work, settings, [watch(progress)])
        logger.info("DPO of %s on %d pairs, %d steps", parent_dir, len(rows), settings.step_count(len(rows)))
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trained: Any = trainer.model
        model = trained if settings.lora_rank is None else trained.merge_and_unload()
        save_model(model, parent_dir, parent.text_format, workspace.work / "trained")
    return _log(trainer.state.log_history)


def _trainer(
    parent: Checkpoint, rows: Sequence[PairRow], work: Path, settings: DPOSettings, callbacks: list[TrainerCallback]
) -> Seq2SeqDPOTrainer:
    from transformers import PrinterCallback
    from trl.trainer.dpo_config import DPOConfig

    from trainer.seq2seq_dpo import Seq2SeqDPOTrainer

    arguments = DPOConfig(
        output_dir=str(work),
        per_device_train_batch_size=settings.batch_pairs,
        max_steps=settings.step_count(len(rows)),
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup_steps,
        beta=settings.beta,
        loss_type=list(settings.losses),
        loss_weights=list(settings.loss_weights),
        precompute_ref_log_probs=True,
        seed=settings.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would hide the loss that Watch looks for
        save_strategy="steps",
        save_steps=settings.save_every,
        save_total_limit=2,
        bf16=False,
        activation_checkpointing=False,
        disable_tqdm=True,
        report_to="none",
    )
    trainer = Seq2SeqDPOTrainer(
        parent.model,
        args=arguments,
        train_dataset=_dataset(parent, rows, settings.max_completion_tokens),
        processing_class=parent.tokenizer,
        callbacks=callbacks,
        peft_config=_lora(settings),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _dataset(parent: Checkpoint, rows: Sequence[PairRow], limit: int) -> Dataset:
    """Token ids of the pairs, those of equal prompts adjacent."""
    from datasets import Dataset

    ordered = sorted(rows, key=lambda row: (row.resume_id, row.pair_id))
    return Dataset.from_list(
        [
            {
                "prompt_ids": parent.prompt_ids(row.prompt),
                "chosen_ids": parent.completion_ids(row.chosen, limit),
                "rejected_ids": parent.completion_ids(row.rejected, limit),
            }
            for row in ordered
        ]
    )


def _lora(settings: DPOSettings) -> Any:
    if settings.lora_rank is None:
        return None
    from peft import LoraConfig

    rank = settings.lora_rank
    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=["q", "k", "v", "o"], task_type="SEQ_2_SEQ_LM")


def _log(history: list[dict[str, float]]) -> list[dict[str, float]]:
    steps = [entry for entry in history if "loss" in entry]
    return [
        {"step": entry["step"], **{ours: float(entry[theirs]) for theirs, ours in _LOGGED.items() if theirs in entry}}
        for entry in steps
    ]
