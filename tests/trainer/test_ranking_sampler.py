"""Order of training rows."""

from __future__ import annotations

from trainer.ranking_sampler import RankingSampler

# three rankings: 3 pairs, 1 pair, 2 pairs; the last prompt equals the first but is not adjacent to it
KEYS = ["a", "a", "a", "b", "c", "c", "a"]


def test_blocks_stay_together_and_every_row_comes_once() -> None:
    sampler = RankingSampler(KEYS, seed=3)
    assert sampler.blocks == [[0, 1, 2], [3], [4, 5], [6]]
    assert len(sampler) == 7
    for epoch in range(20):
        sampler.set_epoch(epoch)
        order = list(sampler)
        assert sorted(order) == list(range(7))
        for block in sampler.blocks:
            start = order.index(block[0])
            assert order[start : start + len(block)] == block


def test_order_depends_on_seed_and_epoch_alone() -> None:
    first, second = RankingSampler(KEYS, seed=3), RankingSampler(KEYS, seed=3)
    orders = []
    for epoch in range(20):
        first.set_epoch(epoch)
        orders.append(tuple(first))
    second.set_epoch(19)
    assert tuple(second) == orders[19]
    assert len(set(orders)) > 5
    assert any(tuple(RankingSampler(KEYS, seed=seed)) != orders[0] for seed in range(4, 9))
