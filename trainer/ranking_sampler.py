"""Order of training rows: shuffled, but the pairs of one ranking stay next to each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby

import torch
from torch.utils.data import Sampler


class RankingSampler(Sampler[int]):
    """Yields indices block by block; a block is a run of adjacent rows with equal keys (prompts).

    Blocks are shuffled anew each epoch by ``seed`` and epoch alone, so a resumed run sees the order that it would
    have seen. A batch size that is a multiple of the pairs of a ranking (6 for four candidates) keeps rankings whole.
    """

    def __init__(self, keys: Sequence[Hashable], *, seed: int) -> None:
        self.blocks = [[index for index, _ in run] for _, run in groupby(enumerate(keys), key=lambda item: item[1])]
        self.seed = seed
        self.epoch = 0
        self._length = len(keys)

    def set_epoch(self, epoch: int) -> None:
        """Called by the training loop before each epoch."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        for block in torch.randperm(len(self.blocks), generator=generator).tolist():
            yield from self.blocks[block]

    def __len__(self) -> int:
        return self._length
