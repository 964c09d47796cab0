"""DPO of encoder-decoder models on stock TRL.

TRL's ``DPOTrainer`` trains causal models: it joins prompt and completion in one row and asks a *fused head* for the
log-probability of every completion token. Losses, reference model, LoRA, precomputation and resuming never look behind
that head. So an encoder-decoder needs another head and nothing else (:mod:`trainer.seq2seq_head`); this module puts it
in place while the stock constructor runs, feeds it, and keeps the pairs of a ranking together.
"""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import trl
from torch import Tensor, nn
from torch.utils.data import Dataset, Sampler
from transformers import DataCollator, PreTrainedModel, PreTrainedTokenizerBase, ProcessorMixin, TrainerCallback
from trl.data_utils import extract_prompt, is_conversational
from trl.trainer import dpo_trainer
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer

from trainer.errors import TrainingDataError, TrainingError, UnsupportedModelError
from trainer.ranking_sampler import RankingSampler
from trainer.seq2seq_head import disable_float_dropout, install_head

if TYPE_CHECKING:
    import torch
    from peft import PeftConfig
    from transformers import BitsAndBytesConfig, EvalPrediction

TOKEN_COLUMNS = ("prompt_ids", "chosen_ids", "rejected_ids")
_SEAM = "add_fused_lm_head"
_seam_lock = threading.RLock()


class Seq2SeqDPOTrainer(DPOTrainer):
    """``trl.DPOTrainer`` for encoder-decoder models (T5 and its kin), with every loss of TRL.

    Takes what the stock trainer takes, and:

    deduplicate: encode each distinct prompt of a batch once and score each distinct completion once. Loss and
        gradients stay the same; the six pairs of a ranking cost four completions instead of twelve.

    A dataset with ``prompt_ids``, ``chosen_ids`` and ``rejected_ids`` is taken as it is (each list ends with the
    end-of-sequence token if the model is to learn it). Otherwise prompt and completions are tokenised separately and
    ``args.max_length`` limits each of them by itself, so that a long prompt cannot eat its completion.

    Raises :class:`UnsupportedModelError` for a causal model and for a model whose ``forward`` was replaced before (by
    an earlier trainer, say): a copy of such a model would go on computing with the old weights.
    """

    def __init__(
        self,
        model: str | PreTrainedModel | Any,
        ref_model: PreTrainedModel | None = None,
        args: DPOConfig | None = None,
        data_collator: DataCollator | None = None,
        train_dataset: Any = None,
        eval_dataset: Any = None,
        processing_class: PreTrainedTokenizerBase | ProcessorMixin | None = None,
        compute_metrics: Callable[[EvalPrediction], dict[str, Any]] | None = None,
        callbacks: list[TrainerCallback] | None = None,
        optimizers: tuple[torch.optim.Optimizer | None, torch.optim.lr_scheduler.LambdaLR | None] = (None, None),
        quantization_config: BitsAndBytesConfig | None = None,
        peft_config: PeftConfig | None = None,
        *,
        deduplicate: bool = True,
    ) -> None:
        if compute_metrics is not None:
            raise TrainingError(
                "compute_metrics needs the logits of causal rows, which an encoder-decoder does not have; "
                "read the trainer's own metrics (rewards/*, logps/*) instead"
            )
        for given in (model, ref_model):
            _refuse_unfit(given)
        if train_dataset is not None:
            _first_row(train_dataset, "training")
        self.deduplicate = deduplicate
        args = args if args is not None else DPOConfig(f"{_short_name(model)}-DPO")
        self._side_limit: int | None = args.max_length
        args = copy.copy(args)  # the caller's stays as it was
        args.max_length = None  # the stock collator cuts the joined row, which would cut completions
        if ref_model is None and peft_config is None and not args.precompute_ref_log_probs:
            ref_model = _frozen_copy(model)
        with self._own_head(disable_dropout=args.disable_dropout):
            super().__init__(
                model=model,
                ref_model=ref_model,
                args=args,
                data_collator=data_collator,
                train_dataset=train_dataset,
                eval_dataset=eval_dataset,
                processing_class=processing_class,
                callbacks=callbacks,
                optimizers=optimizers,
                quantization_config=quantization_config,
                peft_config=peft_config,
            )

    @contextlib.contextmanager
    def _own_head(self, *, disable_dropout: bool) -> Iterator[None]:
        """Let the stock constructor put our head on policy and reference instead of its own."""
        installed: list[nn.Module] = []

        def install(model: PreTrainedModel, *_: Any, outputs: tuple[str, ...] = ("log_probs",), **__: Any) -> None:
            _refuse_unfit(model)
            if disable_dropout:
                disable_float_dropout(model)
            install_head(model, outputs=outputs, deduplicate=lambda: self.deduplicate)
            installed.append(model)

        with _seam_lock:
            stock = getattr(dpo_trainer, _SEAM, None)
            if stock is None:
                raise TrainingError(_seam_moved("has no such name"))
            setattr(dpo_trainer, _SEAM, install)
            try:
                yield
            finally:
                setattr(dpo_trainer, _SEAM, stock)
        if not installed:
            raise TrainingError(_seam_moved("did not call it"))

    def _send_telemetry(self) -> None:
        """Nothing about a training run leaves the machine."""

    def _prepare_dataset(self, dataset: Any, processing_class: Any, args: DPOConfig, dataset_name: str) -> Any:
        del processing_class, args  # the tokenizer and the limit are known already
        first = _first_row(dataset, dataset_name)
        if all(column in first for column in TOKEN_COLUMNS):
            return dataset
        if "prompt" not in first:
            dataset = dataset.map(extract_prompt)
            first = _first_row(dataset, dataset_name)
        if is_conversational(first):
            raise TrainingDataError("encoder-decoder DPO takes texts in prompt, chosen, rejected; found chat messages")
        return dataset.map(_tokenise, fn_kwargs={"tokenizer": self._tokenizer, "limit": self._side_limit})

    def _get_train_sampler(self, train_dataset: Dataset[Any] | None = None) -> Sampler[int] | None:
        dataset: Any = train_dataset if train_dataset is not None else self.train_dataset
        plain = self.args.train_sampling_strategy == "random" and hasattr(dataset, "__len__")
        if not plain or "prompt_ids" not in getattr(dataset, "column_names", ()):
            sampler: Sampler[int] | None = super()._get_train_sampler(train_dataset)
            return sampler
        seed = self.args.data_seed if self.args.data_seed is not None else self.args.seed
        return RankingSampler([tuple(ids) for ids in dataset["prompt_ids"]], seed=seed)

    def prediction_step(
        self, model: nn.Module, inputs: dict[str, Any], prediction_loss_only: bool, ignore_keys: list[str] | None = None
    ) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        """Loss and metrics only: logits of joined rows have no meaning here."""
        del prediction_loss_only
        step: tuple[Tensor | None, Tensor | None, Tensor | None] = super().prediction_step(
            model, inputs, True, ignore_keys
        )
        return step


def _first_row(dataset: Any, name: str) -> dict[str, Any]:
    first: dict[str, Any] | None = next(iter(dataset), None)
    if first is None:
        raise TrainingDataError(f"the {name} dataset has no pair")
    return first


def _seam_moved(what: str) -> str:
    return (
        f"this trainer replaces trl.trainer.dpo_trainer.{_SEAM}, but TRL {trl.__version__} {what}; "
        "install the TRL version pinned by this project (1.16.0)"
    )


def _short_name(model: Any) -> str:
    name = model if isinstance(model, str) else getattr(model.config, "_name_or_path", "")
    return name.rstrip("/").split("/")[-1] or "model"


def _base(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "peft_config") and hasattr(model, "get_base_model") else model


def _refuse_unfit(model: Any) -> None:
    if model is None or isinstance(model, str):
        return
    base = _base(model)
    if not getattr(base.config, "is_encoder_decoder", False):
        raise UnsupportedModelError(
            f"expected an encoder-decoder model, found {type(base).__name__}; causal models train with trl.DPOTrainer"
        )
    if "forward" in vars(base):
        raise UnsupportedModelError(
            f"the forward of this {type(base).__name__} was replaced before (by an earlier trainer, or it is a copy of "
            "such a model, which computes with old weights); save the model and load it again"
        )


def _frozen_copy(model: Any) -> PreTrainedModel | None:
    """The reference of a policy given as an object: the same weights now, untied heads included.

    The stock trainer would load them again by name, which an in-memory model does not have.
    """
    if isinstance(model, str) or hasattr(model, "peft_config"):
        return None
    reference: PreTrainedModel = copy.deepcopy(model)
    reference.train(False)
    reference.requires_grad_(False)
    return reference


def _tokenise(example: dict[str, str], tokenizer: PreTrainedTokenizerBase, limit: int | None) -> dict[str, list[int]]:
    """Token ids of one pair; a cut prompt keeps its end-of-sequence token, a cut completion loses it.

    A completion that was cut did not end there, and the model must not learn that it did.
    """

    def ended(ids: list[int]) -> list[int]:
        eos = tokenizer.eos_token_id
        return ids if eos is None or (ids and ids[-1] == eos) else [*ids, eos]

    prompt = ended(list(tokenizer(example["prompt"])["input_ids"]))
    if limit is not None and len(prompt) > limit:
        prompt = [*prompt[: limit - 1], prompt[-1]]
    chosen, rejected = (
        ended(list(tokenizer(text_target=example[side])["input_ids"])) for side in ("chosen", "rejected")
    )
    return {"prompt_ids": prompt, "chosen_ids": chosen[:limit], "rejected_ids": rejected[:limit]}
