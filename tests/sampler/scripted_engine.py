"""An engine that says what it is told, for rules that a random model cannot be made to trigger."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sampler.engines.base import Decoding, Sample


class ScriptedEngine:
    """``write(prompt, number)`` gives the ``number``-th text drawn for a prompt (from 0); every call is recorded.

    ``calls`` are (prompts, texts for each, seed); ``temperatures`` those of the calls.
    """

    name = "scripted"
    version = "1"
    compute_type = "float32"
    batch_size = 32

    def __init__(self, write: Callable[[str, int], str], *, finished: bool = True) -> None:
        self._write = write
        self._finished = finished
        self.calls: list[tuple[int, int, int]] = []
        self.temperatures: list[float] = []
        self._drawn: dict[str, int] = {}

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        self.calls.append((len(prompts), n, seed))
        self.temperatures.append(decoding.temperature)
        return [[self._next(prompt) for _ in range(n)] for prompt in prompts]

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        return [0.0 for _ in completions]

    def _next(self, prompt: str) -> Sample:
        number = self._drawn.get(prompt, 0)
        self._drawn[prompt] = number + 1
        text = self._write(prompt, number)
        return Sample(text, len(text.split()), -1.0, self._finished)
