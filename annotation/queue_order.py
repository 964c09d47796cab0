"""The order in which the tasks of a round go out: Label Studio hands them on one after another as they came in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

# A repetition comes at least this share of the round after its original, so that the original is not fresh in mind.
GAP = 0.25


class Queued(NamedTuple):
    """A row of ``ranking_task`` as far as its place matters."""

    id: int
    kind: str
    original_id: int | None


def queue_order(tasks: Sequence[Queued], seed: str) -> list[int]:
    """Ids in the order of the queue, the same at every call.

    Regular tasks keep the order of ``tasks``; gold tasks stand anywhere among them; a repetition stands anywhere later
    than its original by ``GAP`` or more (see :func:`repeatable`).
    """
    regular = [task.id for task in tasks if task.kind == "regular"]
    places = {task_id: (number + 0.5) / len(regular) for number, task_id in enumerate(regular)}
    for task in tasks:
        draw = random.Random(f"place:{seed}:{task.id}").random()
        if task.kind == "gold":
            places[task.id] = draw
        elif task.original_id is not None:
            earliest = min(places.get(task.original_id, 0.0) + GAP, 1.0)
            places[task.id] = earliest + draw * (1.0 - earliest)
    return sorted(places, key=lambda task_id: (places[task_id], task_id))


def repeatable(count: int) -> int:
    """How many of the first of ``count`` regular tasks leave room for a repetition behind them."""
    return int(count * (1.0 - GAP))
