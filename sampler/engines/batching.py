"""Batches across prompts: neighbours in length together, so that little is padded, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence

MAX_BATCH_TOKENS = 8192
"""Prompt tokens of a batch, padding included: prompts × the longest of them. What a batch costs in memory (keys and
values of the encoder, n times over in some runtimes) grows with it."""


def plan_batches(
    token_counts: Sequence[int], keys: Sequence[str], size: int, max_tokens: int = MAX_BATCH_TOKENS
) -> list[list[int]]:
    """Indices of prompts, cut into batches of at most ``size`` prompts and ``max_tokens`` padded tokens.

    Longest first (the slowest batch starts first); a prompt that is longer than ``max_tokens`` is a batch of its own.
    ``keys`` (the prompts) break ties, so that the plan does not depend on the order in which prompts arrive.
    """
    order = sorted(range(len(token_counts)), key=lambda index: (-token_counts[index], keys[index], index))
    batches: list[list[int]] = []
    start = 0
    while start < len(order):
        longest = max(token_counts[order[start]], 1)
        stop = start + max(1, min(size, max_tokens // longest))
        batches.append(order[start:stop])
        start = stop
    return batches
