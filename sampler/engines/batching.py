"""Batches across prompts: neighbours in length together, so that little is padded."""

from __future__ import annotations

from collections.abc import Sequence


def plan_batches(token_counts: Sequence[int], keys: Sequence[str], size: int) -> list[list[int]]:
    """Indices of prompts, cut into batches of at most ``size``; longest first (the slowest batch starts first).

    ``keys`` (the prompts) break ties, so that the plan does not depend on the order in which prompts arrive.
    """
    order = sorted(range(len(token_counts)), key=lambda index: (-token_counts[index], keys[index], index))
    return [order[start : start + size] for start in range(0, len(order), size)]
