"""T5 on CPU in PyTorch, with the ``n`` samples of a prompt sharing what the encoder made of it; float32 or int8.

Faster than CTranslate2 for models of this family from about 100 M parameters on, one copy of the weights whatever the
number of threads, and a batch can be seeded at will: every batch has a generator of its own. :mod:`~.t5_model` has the
arithmetic. Batches run side by side, each on one thread, so that results do not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from sampler.artifacts import ModelArtifact
from sampler.engines.base import DEFAULT_BATCH_SIZE, Decoding, Sample, available_cores
from sampler.engines.batching import plan_batches
from sampler.engines.device import pick_device
from sampler.engines.draw import draw
from sampler.engines.quiet import quiet_transformers
from sampler.engines.t5_model import Memory, Past, T5Model
from sampler.engines.tokens import TextCodec
from sampler.errors import EngineError
from sampler.seeds import derive

COMPUTE_TYPES = ("float32", "int8")
MODEL_TYPES = ("t5", "mt5")
SCORED_ROWS = 64
KEPT_SHARE = 0.8
"""Rows that have ended are dropped when fewer than this share are still being written."""


class T5Engine:
    """A T5 (version 1.0 or 1.1) or mT5 on CPU."""

    name = "t5"

    def __init__(
        self,
        checkpoint: Path,
        *,
        compute_type: str = "float32",
        device: str = "auto",
        threads: int | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
    ) -> None:
        """Loads the checkpoint and, for ``int8``, rounds its weights.

        Raises:
            ArtifactError: ``checkpoint`` is no model directory.
            EngineError: it is no T5, or cannot be loaded; the compute type or the device is none of this engine's.
        """
        if compute_type not in COMPUTE_TYPES:
            raise EngineError(f"Engine t5: expected compute type {' or '.join(COMPUTE_TYPES)}, found {compute_type!r}")
        pick_device(self.name, device, gpus=0)
        self.version = str(torch.__version__)
        self.compute_type = compute_type
        self.batch_size = batch_size
        path = ModelArtifact.open(checkpoint).path
        self._codec = TextCodec.load(path)
        self._model = T5Model(_load(path), compute_type)
        self._threads = threads or available_cores()

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        """See :class:`sampler.engines.base.Engine`."""
        encoded = [self._codec.encode_prompt(prompt) for prompt in prompts]
        batches = plan_batches([len(ids) for ids in encoded], prompts, self.batch_size)
        samples: list[list[Sample]] = [[] for _ in prompts]

        def run(number: int) -> None:
            batch = batches[number]
            generator = torch.Generator().manual_seed(derive(seed, "batch", number))
            drawn = self._sample_batch([encoded[i] for i in batch], n, decoding, generator)
            for place, index in enumerate(batch):
                samples[index] = drawn[place * n : (place + 1) * n]

        self._side_by_side(run, len(batches))
        return samples

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        """See :class:`sampler.engines.base.Engine`."""
        sources = [self._codec.encode_prompt(prompt) for prompt in prompts]
        targets = [[*self._codec.encode_completion(text), self._codec.end_id] for text in completions]
        if len(sources) != len(targets):
            raise ValueError(f"{len(sources)} prompts but {len(targets)} completions")
        scores = [0.0] * len(sources)

        def run(number: int) -> None:
            part = slice(number * SCORED_ROWS, (number + 1) * SCORED_ROWS)
            scores[part] = self._score_batch(sources[part], targets[part])

        self._side_by_side(run, -(-len(sources) // SCORED_ROWS))
        return scores

    @torch.inference_mode()
    def _sample_batch(
        self, prompts: list[list[int]], n: int, decoding: Decoding, generator: torch.Generator
    ) -> list[Sample]:
        """``n`` samples for each prompt, prompt by prompt."""
        memory, rows = self._read(prompts), len(prompts) * n
        state = _Rows(memory, self._model.start(rows), n, torch.full((rows,), self._codec.start_id))
        biases = self._model.biases(decoding.max_new_tokens)
        tokens = torch.full((rows, decoding.max_new_tokens), self._codec.end_id)
        scores = torch.zeros(rows)
        for step in range(decoding.max_new_tokens):
            logits = self._model.step(state.last, state.past, state.memory, state.slots, n, biases)
            totals = torch.logsumexp(logits, dim=-1)
            raw = logits.clone() if decoding.repetition_penalty != 1 else logits
            chosen = draw(logits, tokens[state.rows, :step], decoding, generator)
            found = raw.gather(1, chosen[:, None]).squeeze(1) - totals
            scores[state.rows] += found.masked_fill(~state.writing, 0.0)
            tokens[state.rows, step] = chosen
            if not state.go_on(chosen, self._codec.end_id):
                break
        return [self._sample(ids, score) for ids, score in zip(tokens.tolist(), scores.tolist(), strict=True)]

    @torch.inference_mode()
    def _score_batch(self, prompts: list[list[int]], completions: list[list[int]]) -> list[float]:
        memory, past = self._read(prompts), self._model.start(len(prompts))
        labels, mask = _padded(completions, self._codec.pad_id)
        biases, slots = self._model.biases(labels.shape[1]), torch.arange(len(prompts))
        last, sums = torch.full((len(prompts),), self._codec.start_id), torch.zeros(len(prompts))
        for place in range(labels.shape[1]):
            logits = self._model.step(last, past, memory, slots, 1, biases)
            last = labels[:, place]
            found = logits.gather(1, last[:, None]).squeeze(1) - torch.logsumexp(logits, dim=-1)
            sums += found * mask[:, place]
        return [float(total) for total in sums]

    def _read(self, prompts: list[list[int]]) -> Memory:
        return self._model.read(*_padded(prompts, self._codec.pad_id))

    def _sample(self, row: list[int], score: float) -> Sample:
        """What ``row`` has behind its first end token counts for nothing."""
        ids, finished = self._codec.without_end(row)
        return Sample(self._codec.decode(ids), len(ids), score, finished)

    def _side_by_side(self, run: Callable[[int], None], count: int) -> None:
        """Every batch on one thread of PyTorch; what the process had set is set again afterwards."""
        before = torch.get_num_threads()
        try:
            with ThreadPoolExecutor(
                max(1, min(self._threads, count)), "sampler", initializer=torch.set_num_threads, initargs=(1,)
            ) as pool:
                list(pool.map(run, range(count)))
        finally:
            torch.set_num_threads(before)


class _Rows:
    """The samples of a batch that are still being written."""

    def __init__(self, memory: Memory, past: Past, n: int, start: torch.Tensor) -> None:
        self.memory = memory
        self.past = past
        self.last = start
        self.rows = torch.arange(len(start))
        self.slots = self.rows
        self._n = n
        self.writing = torch.ones(len(start), dtype=torch.bool)

    def go_on(self, chosen: torch.Tensor, end_id: int) -> bool:
        """Takes the tokens just drawn; false when every sample has ended.

        A row that has ended is carried along (what it writes behind its end is cut off) until there are enough of
        them to be worth copying the others.
        """
        self.writing &= chosen != end_id
        self.last = chosen
        left = int(self.writing.sum())
        if left and left < KEPT_SHARE * len(self.writing):
            self._keep(self.writing.nonzero().squeeze(1))
        return left > 0

    def _keep(self, kept: torch.Tensor) -> None:
        self.rows, self.last, self.writing = self.rows[kept], self.last[kept], self.writing[kept]
        self.past.keep(kept)
        prompts, places = torch.unique(self.slots[kept] // self._n, return_inverse=True)
        self.slots = places * self._n + self.slots[kept] % self._n
        if len(prompts) < len(self.memory.mask):
            self.memory.keep(prompts)


def _padded(rows: list[list[int]], pad_id: int) -> tuple[torch.Tensor, torch.Tensor]:
    """``(rows, longest)`` ids padded on the right, and the mask of what is no padding."""
    longest = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[pad_id] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def _load(path: Path) -> Any:
    from safetensors import SafetensorError
    from transformers import AutoConfig, T5ForConditionalGeneration
    from transformers.models.mt5 import MT5ForConditionalGeneration

    try:
        with quiet_transformers():
            found = AutoConfig.from_pretrained(str(path)).model_type
            if found not in MODEL_TYPES:
                raise EngineError(f"Engine t5: expected a model of type {' or '.join(MODEL_TYPES)}, found {found!r}")
            kind: Any = MT5ForConditionalGeneration if found == "mt5" else T5ForConditionalGeneration
            return kind.from_pretrained(str(path), dtype=torch.float32).eval()
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300]
        raise EngineError(f"Model {path} cannot be loaded as a T5: {reason}") from error
