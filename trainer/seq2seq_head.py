"""The fused head of an encoder-decoder: per-token log-probabilities of joined prompt-completion rows.

A row of TRL's batch is ``prompt tokens, completion tokens, padding`` with labels ``-100`` outside the completion. The
head splits rows at the labels, runs encoder and decoder, and puts each token's values back at the position at which a
causal model would have predicted it (one to the left), so that everything above works unchanged.

Shapes: B rows, L tokens a row, P prompt tokens, T completion tokens, U distinct rows, V vocabulary.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput
from trl.trainer.utils import FusedCausalLMOutput

IGNORED = -100
_NO_TOKEN = -1


@dataclass(frozen=True)
class Rows:
    """What encoder and decoder shall compute, and where the results belong.

    prompts (U_p, P): token ids, ``-1`` beyond the end. completions (U, T): labels, ``-100`` beyond the end.
    prompt_of (U,): the prompt of each completion. row_of (B,): the completion of each row of the batch.
    shifted (B, L-1): true where a completion token was predicted.
    """

    prompts: Tensor
    completions: Tensor
    prompt_of: Tensor
    row_of: Tensor
    shifted: Tensor


def pack_left(values: Tensor, mask: Tensor, fill: int) -> Tensor:
    """Move the masked values of each row to its start: (B, L) → (B, longest), the rest is ``fill``."""
    width = int(mask.sum(dim=1).max().clamp(min=1))
    packed = values.new_full((values.size(0), width), fill)
    inside = torch.arange(width, device=values.device) < mask.sum(dim=1, keepdim=True)
    return packed.masked_scatter(inside, values[mask])


def split_rows(input_ids: Tensor, attention_mask: Tensor, labels: Tensor, *, deduplicate: bool) -> Rows:
    """Split joined rows at the labels; with ``deduplicate`` keep each distinct prompt and completion once."""
    answered = labels != IGNORED
    if bool(answered[:, 0].any()):
        raise ValueError("a row without a prompt: an encoder-decoder needs at least one prompt token (</s>)")
    prompts = pack_left(input_ids, attention_mask.bool() & ~answered, _NO_TOKEN)
    completions = pack_left(labels, answered, IGNORED)
    shifted = answered[:, 1:]
    every = torch.arange(len(prompts), device=prompts.device)
    if not deduplicate:
        return Rows(prompts, completions, every, every, shifted)
    prompts, prompt_of_row = torch.unique(prompts, dim=0, return_inverse=True)
    keyed = torch.cat([prompt_of_row.unsqueeze(1), completions], dim=1)
    keyed, row_of = torch.unique(keyed, dim=0, return_inverse=True)
    return Rows(prompts, keyed[:, 1:].contiguous(), keyed[:, 0].contiguous(), row_of, shifted)


def token_statistics(logits: Tensor, labels: Tensor, outputs: tuple[str, ...]) -> dict[str, Tensor]:
    """Values of each token from its logits (N, V) and label (N,); only ``log_probs`` carries a gradient.

    ``log_sum_sq_probs`` is log Σ_v p_v², the normaliser of WPO weights (arXiv 2406.11827, eq. 2).
    """
    logits = logits.float() if logits.dtype in (torch.float16, torch.bfloat16) else logits
    normaliser = logits.logsumexp(dim=-1)
    values = {"log_probs": logits.gather(-1, labels.unsqueeze(-1)).squeeze(-1) - normaliser}
    with torch.no_grad():
        fixed = logits.detach()
        if "entropy" in outputs:
            values["entropy"] = normaliser.detach() - (fixed.softmax(dim=-1) * fixed).sum(dim=-1)
        if "mean_logits" in outputs:
            values["mean_logits"] = fixed.mean(dim=-1)
        if "is_top1" in outputs:
            values["is_top1"] = fixed.argmax(dim=-1) == labels
        if "log_sum_sq_probs" in outputs:
            values["log_sum_sq_probs"] = (2 * fixed).logsumexp(dim=-1) - 2 * normaliser.detach()
    return values


def install_head(model: PreTrainedModel, *, outputs: tuple[str, ...], deduplicate: Callable[[], bool]) -> None:
    """Give ``model`` the call ``model(input_ids, attention_mask, labels=…, fused_lm_head=True)``.

    Without ``fused_lm_head`` the forward is the original one. The head lives on the instance and is never saved.
    """
    original_forward = model.forward

    @functools.wraps(type(model).forward)
    def forward(self: PreTrainedModel, *args: Any, fused_lm_head: bool = False, **kwargs: Any) -> Any:
        if not fused_lm_head:
            return original_forward(*args, **kwargs)
        rows = split_rows(kwargs["input_ids"], kwargs["attention_mask"], kwargs["labels"], deduplicate=deduplicate())
        logits = _completion_logits(self, original_forward, rows)
        return _joined_output(logits, rows, outputs)

    model.forward = types.MethodType(forward, model)


def _completion_logits(model: PreTrainedModel, original_forward: Callable[..., Any], rows: Rows) -> Tensor:
    """Logits of the distinct completions, (U, T, V); each distinct prompt is encoded once."""
    mask = rows.prompts != _NO_TOKEN
    pad = model.config.get_text_config().pad_token_id or 0
    encoder: Any = model.get_encoder()
    hidden = encoder(
        input_ids=rows.prompts.masked_fill(~mask, pad), attention_mask=mask.long(), return_dict=True
    ).last_hidden_state
    labels_to_inputs: Any = model.prepare_decoder_input_ids_from_labels
    logits: Tensor = original_forward(
        encoder_outputs=BaseModelOutput(last_hidden_state=hidden.index_select(0, rows.prompt_of)),
        attention_mask=mask.index_select(0, rows.prompt_of).long(),
        decoder_input_ids=labels_to_inputs(rows.completions),
        use_cache=False,
        return_dict=True,
    ).logits
    return logits


def _joined_output(logits: Tensor, rows: Rows, outputs: tuple[str, ...]) -> FusedCausalLMOutput:
    """Values of every completion token at its place in the joined rows, (B, L-1), zero elsewhere."""
    counted = rows.completions != IGNORED
    values = token_statistics(logits[counted], rows.completions[counted], outputs)
    per_row = counted.index_select(0, rows.row_of)

    def place(value: Tensor) -> Tensor:
        distinct = value.new_zeros(counted.shape).masked_scatter(counted, value)
        by_row = distinct.index_select(0, rows.row_of).masked_select(per_row)
        return value.new_zeros(rows.shifted.shape).masked_scatter(rows.shifted, by_row)

    placed = {name: place(value) for name, value in values.items()}
    loss = -placed["log_probs"].sum() / rows.shifted.sum().clamp(min=1)
    return FusedCausalLMOutput(loss=loss, label_mask=rows.shifted, **placed)


def disable_float_dropout(model: nn.Module) -> None:
    """Switch off dropout kept as a plain number on a module: T5's attention, BART's layers.

    ``torch.nn.Dropout`` modules are the stock trainer's business.
    """
    for module in model.modules():
        for name, value in vars(module).items():
            if "drop" in name and isinstance(value, float):
                setattr(module, name, 0.0)
