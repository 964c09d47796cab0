"""What an inference engine must do. Engines know tokens and probabilities; they know nothing of résumés.

Reproducibility that every engine here gives: ``generate`` with the same prompts (as a multiset), ``n``, decoding,
seed and batch size returns the same samples, on the same version and compute type, whatever the number of threads
and whatever was generated before. It does *not* promise the same sample for a prompt that is asked for in other
company: a batch shares one stream of random numbers.

Every engine here reads a prompt once, whatever ``n`` is: encoder-decoders run the encoder on the prompts alone and
repeat its output, decoder-only models share the prompt's keys and values or its prefix.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from db.errors import InvalidInputError

MAX_INPUT_TOKENS = 1024
"""Longer prompts are cut here, before the end-of-sequence token, by every engine alike."""

DEFAULT_BATCH_SIZE = 32
"""Prompts decoded together, where their tokens allow it (:mod:`sampler.engines.batching`)."""


@dataclass(frozen=True)
class Decoding:
    """Sampling parameters. ``top_k`` 0 and ``top_p`` 1 switch the respective filter off."""

    temperature: float = 0.8
    top_k: int = 50
    top_p: float = 1.0
    max_new_tokens: int = 160
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        checks = {
            "temperature > 0": self.temperature > 0,
            "top_k >= 0": self.top_k >= 0,
            "0 < top_p <= 1": 0 < self.top_p <= 1,
            "max_new_tokens >= 1": self.max_new_tokens >= 1,
            "repetition_penalty > 0": self.repetition_penalty > 0,
        }
        broken = [rule for rule, holds in checks.items() if not holds]
        if broken:
            raise InvalidInputError(f"Decoding parameters: expected {', '.join(broken)}, found {asdict(self)}")

    def to_dict(self) -> dict[str, Any]:
        """As stored with a sampling run."""
        return asdict(self)


@dataclass(frozen=True)
class Sample:
    """One sampled completion.

    ``token_count`` counts the completion without its end token; ``log_probability`` is the natural logarithm of the
    model's own (untempered, unfiltered) probability of what was sampled, the end token included; ``finished`` is
    false where ``max_new_tokens`` cut the text off.
    """

    raw: str
    token_count: int
    log_probability: float
    finished: bool = True


class Engine(Protocol):
    """A loaded model. Thread-safe."""

    name: str
    version: str
    compute_type: str
    batch_size: int

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        """``n`` independent samples for each prompt, in the order of the prompts; never sorted by quality."""
        ...

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        """Summed log-probability of each completion, end token included, given its prompt."""
        ...


def describe(engine: Engine) -> dict[str, Any]:
    """What must be equal for two runs to give the same texts; stored with a sampling run."""
    return {
        "name": engine.name,
        "version": engine.version,
        "compute_type": engine.compute_type,
        "batch_size": engine.batch_size,
    }


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))
