"""Supervised fine-tuning on (model input, target) pairs, with transformers' own ``Seq2SeqTrainer``."""

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
from trainer.quiet import quiet
from trainer.watch import Progress, watch
from trainer.workspace import Workspace, fingerprint_hash

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import Seq2SeqTrainer

    from trainer.checkpoints import Checkpoint

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Example:
    """One résumé as the model reads it and what it should write."""

    input: str
    target: str


@dataclass(frozen=True)
class SFTSettings:
    """Defaults for the starter model; a large pretrained model wants ``learning_rate`` 1e-4 or less."""

    learning_rate: float = 5e-4
    epochs: float = 3.0
    batch: int = 32
    warmup_steps: int = 20
    max_target_tokens: int = 512
    save_every: int = 200
    seed: int = 0


@dataclass(frozen=True)
class SFTResult:
    """What a run did; losses are mean negative log-likelihoods per token."""

    directory: Path
    sha256: str
    data_hash: str
    examples: int
    unknown: int
    steps: int
    seconds: float
    validation_loss: tuple[float, float] | None
    losses: list[float] = field(repr=False)

    def summary(self) -> dict[str, Any]:
        """Figures for reports and the registry. ``validation_loss`` is (before, after), null without examples."""
        return {
            "examples": self.examples,
            "unknown": self.unknown,
            "steps": self.steps,
            "seconds": round(self.seconds, 2),
            "first_loss": self.losses[0],
            "last_loss": self.losses[-1],
            "validation_loss": self.validation_loss,
        }


def train_sft(
    base_dir: Path,
    examples: Sequence[Example],
    out_dir: Path,
    config: SFTSettings | None = None,
    progress: Progress | None = None,
    validation: Sequence[Example] = (),
) -> SFTResult:
    """Fine-tune a copy of the model in ``base_dir``; write it to ``out_dir``, which appears whole or not at all.

    Examples whose target has words that the tokenizer cannot write are left out and counted as ``unknown``. Called
    again with the same arguments it continues a killed run, or returns the result of a finished one.

    Raises:
        TrainingDataError: no example is left to learn from.
        ArtifactError, UnsupportedModelError: the base is missing, damaged or no encoder-decoder.
        TrainingError: ``out_dir`` holds something else, or the loss is not finite.
    """
    settings = config or SFTSettings()
    if not examples:
        raise TrainingDataError("expected at least one résumé with a text to learn from, found none")
    data_hash = fingerprint_hash([asdict(example) for example in (*examples, *validation)])
    run = {"run": "sft", "base": content_sha256(base_dir), "data": data_hash, "settings": asdict(settings)}
    workspace = Workspace(out_dir, run)
    finished = workspace.finished()
    if finished is None:
        finished = _run(base_dir, examples, validation, workspace, settings, progress) | {"data_hash": data_hash}
        workspace.finish(workspace.work / "trained", finished)
    interval = finished.pop("validation_loss")
    return SFTResult(directory=out_dir, validation_loss=tuple(interval) if interval else None, **finished)


def _run(
    base_dir: Path,
    examples: Sequence[Example],
    validation: Sequence[Example],
    workspace: Workspace,
    settings: SFTSettings,
    progress: Progress | None,
) -> dict[str, Any]:
    from trainer.checkpoints import Checkpoint, repeatable, save_model

    started = time.monotonic()
    checkpoint = workspace.prepare()
    with quiet(), repeatable(settings.seed):
        base = Checkpoint.load(base_dir)
        training = _dataset(base, examples, settings.max_target_tokens)
        held_out = _dataset(base, validation, settings.max_target_tokens)
        if not len(training):
            raise TrainingDataError(
                f"expected targets in the vocabulary of {base_dir}, found unknown words in all {len(examples)}"
            )
        trainer = _trainer(base, training, workspace.work, settings, progress)
        logger.info("SFT of %s on %d examples", base_dir, len(training))
        before = _loss(trainer, held_out)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        after = _loss(trainer, held_out)
        save_model(base.model, base_dir, base.text_format, workspace.work / "trained")
    return {
        "sha256": content_sha256(workspace.work / "trained"),
        "examples": len(training),
        "unknown": len(examples) - len(training),
        "steps": trainer.state.global_step,
        "seconds": time.monotonic() - started,
        "validation_loss": [before, after] if before is not None else None,
        "losses": [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry],
    }


def _trainer(
    base: Checkpoint, training: Dataset, work: Path, settings: SFTSettings, progress: Progress | None
) -> Seq2SeqTrainer:
    from transformers import DataCollatorForSeq2Seq, PrinterCallback, Seq2SeqTrainer, Seq2SeqTrainingArguments

    arguments = Seq2SeqTrainingArguments(
        output_dir=str(work),
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        max_steps=max(1, math.ceil(settings.epochs * len(training) / settings.batch)),
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup_steps,
        seed=settings.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would hide the loss that the watch looks for
        save_strategy="steps",
        save_steps=settings.save_every,
        save_total_limit=2,
        disable_tqdm=True,
        report_to="none",
    )
    trainer = Seq2SeqTrainer(
        model=base.model,
        args=arguments,
        train_dataset=training,
        data_collator=DataCollatorForSeq2Seq(base.tokenizer, model=base.model),
        processing_class=base.tokenizer,
        callbacks=[watch(progress)],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _dataset(base: Checkpoint, examples: Sequence[Example], limit: int) -> Dataset:
    from datasets import Dataset

    unknown = base.tokenizer.unk_token_id
    rows = []
    for example in examples:
        prompt, labels = base.prompt_ids(example.input), base.completion_ids(example.target, limit)
        if unknown is None or unknown not in labels:
            rows.append({"input_ids": prompt, "attention_mask": [1] * len(prompt), "labels": labels})
    return Dataset.from_list(rows)


def _loss(trainer: Seq2SeqTrainer, examples: Dataset) -> float | None:
    if not len(examples):
        return None
    return float(trainer.evaluate(examples)["eval_loss"])
