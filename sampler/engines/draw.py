"""Drawing the next token from logits: temperature, top-k, top-p, and a penalty for repetition."""

from __future__ import annotations

import torch

from sampler.engines.base import Decoding

BLOCK = 128
"""Outputs that compete in groups first; the k largest of all are in the k groups with the largest leaders."""


def draw(logits: torch.Tensor, past: torch.Tensor, decoding: Decoding, generator: torch.Generator) -> torch.Tensor:
    """One id per row of ``logits``, ``(rows, vocabulary)``, which it overwrites; ``past``: ids drawn before, by row.

    Sampling by exponential races: ``argmax(p / e)`` with independent standard exponentials ``e`` draws from ``p``.
    """
    if decoding.repetition_penalty != 1:
        found = logits.gather(1, past)
        penalty = decoding.repetition_penalty
        logits.scatter_(1, past, torch.where(found < 0, found * penalty, found / penalty))
    values, ids = _largest(logits, decoding.top_k)
    probabilities = torch.softmax(values / decoding.temperature, dim=-1)
    if decoding.top_p < 1:
        probabilities = _nucleus(probabilities, decoding.top_p)
    races = probabilities / torch.empty_like(probabilities).exponential_(generator=generator)
    winners = races.argmax(dim=-1, keepdim=True)
    return (winners if ids is None else ids.gather(1, winners)).squeeze(1)


def _largest(logits: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The ``k`` largest values of each row and their ids; all values and null where ``k`` is 0 or exceeds them."""
    rows, size = logits.shape
    if not 0 < k < size:
        return logits, None
    if size < 2 * k * BLOCK:
        values, ids = logits.topk(k, sorted=False)
        return values, ids
    padded = torch.nn.functional.pad(logits, (0, -size % BLOCK), value=-torch.inf).view(rows, -1, BLOCK)
    blocks = padded.amax(dim=-1).topk(k, sorted=False).indices
    rivals = padded.gather(1, blocks[:, :, None].expand(-1, -1, BLOCK)).view(rows, -1)
    values, places = rivals.topk(k, sorted=False)
    return values, blocks.gather(1, places // BLOCK) * BLOCK + places % BLOCK


def _nucleus(probabilities: torch.Tensor, top_p: float) -> torch.Tensor:
    """Zero for all but the most probable ids whose sum reaches ``top_p``."""
    ordered, order = probabilities.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    return torch.zeros_like(probabilities).scatter(1, order, ordered.masked_fill(before >= top_p, 0.0))
