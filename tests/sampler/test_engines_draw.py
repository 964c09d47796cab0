"""The drawing of tokens against the definition of each filter."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from sampler.engines.base import Decoding
from sampler.engines.draw import _largest, _nucleus, draw


def drawn(logits: list[float], count: int, past: list[int] | None = None, **options: float) -> Counter[int]:
    rows = torch.tensor([logits] * count)
    before = torch.tensor([past or []] * count, dtype=torch.int64)
    ids = draw(rows, before, Decoding(**options), torch.Generator().manual_seed(1))  # type: ignore[arg-type]
    return Counter(ids.tolist())


def test_frequencies_follow_the_tempered_softmax() -> None:
    logits = [0.0, 1.0, 2.0, -1.0]
    expected = torch.softmax(torch.tensor(logits) / 0.7, dim=0)
    counts = drawn(logits, 40_000, temperature=0.7, top_k=0)
    for index, probability in enumerate(expected.tolist()):
        assert abs(counts[index] - 40_000 * probability) < 5 * (40_000 * probability) ** 0.5


def test_top_k_of_a_large_vocabulary_is_exact() -> None:
    logits = torch.randn(30, 32_100, generator=torch.Generator().manual_seed(2))
    values, ids = _largest(logits, 50)
    assert ids is not None
    expected = logits.topk(50)
    assert torch.equal(values.sort(descending=True).values, expected.values)
    assert torch.equal(ids.sort().values, expected.indices.sort().values)


def test_top_k_that_exceeds_the_vocabulary_keeps_everything() -> None:
    assert set(drawn([0.0, 0.0, 0.0], 200, top_k=50)) == {0, 1, 2}


def test_top_p_keeps_the_smallest_set_that_reaches_it() -> None:
    probabilities = torch.tensor([[0.1, 0.5, 0.15, 0.25]])
    kept = _nucleus(probabilities, 0.75)
    assert kept.tolist()[0] == pytest.approx([0, 0.5, 0, 0.25])
    assert _nucleus(probabilities, 0.76).count_nonzero() == 3


def test_repetition_penalty_divides_positive_and_multiplies_negative_logits() -> None:
    """With a penalty of 2 the logits 2 and -1 of tokens seen before become 1 and -2."""
    expected = torch.softmax(torch.tensor([1.0, -2.0, 1.0]), dim=0)
    counts = drawn([2.0, -1.0, 1.0], 40_000, past=[0, 1, 1], temperature=1.0, top_k=0, repetition_penalty=2.0)
    for index, probability in enumerate(expected.tolist()):
        assert abs(counts[index] - 40_000 * probability) < 5 * (40_000 * probability) ** 0.5
