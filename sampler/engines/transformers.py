"""The reference engine: ``generate`` of Hugging Face transformers on an encoder-decoder model, float32."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import SafetensorError

from sampler.artifacts import ModelArtifact
from sampler.engines.base import DEFAULT_BATCH_SIZE, Decoding, Sample
from sampler.engines.batching import plan_batches
from sampler.engines.quiet import quiet_transformers
from sampler.engines.tokens import TextCodec
from sampler.errors import EngineError
from sampler.seeds import derive

_GenerationConfig: Any = transformers.GenerationConfig

_random_state = threading.Lock()
"""torch samples from one generator per process."""


class TransformersEngine:
    """An encoder-decoder model run by PyTorch."""

    name = "transformers"
    version: str = transformers.__version__
    compute_type = "float32"

    def __init__(self, checkpoint: Path, *, threads: int | None = None, batch_size: int = DEFAULT_BATCH_SIZE) -> None:
        """Loads the checkpoint. ``threads`` sets PyTorch's thread count for the whole process.

        Raises:
            ArtifactError: ``checkpoint`` is no model directory.
            EngineError: it cannot be loaded, or is no encoder-decoder.
        """
        self.batch_size = batch_size
        path = ModelArtifact.open(checkpoint).path
        if threads:
            torch.set_num_threads(threads)
        self._model = _load_model(path)
        self._codec = TextCodec.load(path)

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        """See :class:`sampler.engines.base.Engine`."""
        encoded = [self._codec.encode_prompt(prompt) for prompt in prompts]
        samples: list[list[Sample]] = [[] for _ in prompts]
        for number, batch in enumerate(plan_batches([len(ids) for ids in encoded], prompts, self.batch_size)):
            drawn = self._sample_batch([encoded[i] for i in batch], n, decoding, derive(seed, "batch", number))
            for index, result in zip(batch, drawn, strict=True):
                samples[index] = result
        return samples

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        """See :class:`sampler.engines.base.Engine`."""
        sources = [self._codec.encode_prompt(prompt) for prompt in prompts]
        targets = [[*self._codec.encode_completion(text), self._codec.end_id] for text in completions]
        if len(sources) != len(targets):
            raise ValueError(f"{len(sources)} prompts but {len(targets)} completions")
        scores: list[float] = []
        for start in range(0, len(sources), self.batch_size):
            stop = start + self.batch_size
            scores += self._log_probabilities(sources[start:stop], targets[start:stop])
        return scores

    def _sample_batch(self, prompts: list[list[int]], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        inputs, mask = _padded(prompts, self._codec.pad_id)
        config = self._generation_config(n, decoding)
        with _random_state, torch.inference_mode(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            output = self._model.generate(input_ids=inputs, attention_mask=mask, generation_config=config)
        completions = [self._until_end(row) for row in output[:, 1:].tolist()]
        repeated = [prompt for prompt in prompts for _ in range(n)]
        scores = self._log_probabilities(repeated, completions)
        samples = [self._sample(ids, score) for ids, score in zip(completions, scores, strict=True)]
        return [samples[start : start + n] for start in range(0, len(samples), n)]

    def _generation_config(self, n: int, decoding: Decoding) -> Any:
        return _GenerationConfig(
            do_sample=True,
            temperature=decoding.temperature,
            top_k=decoding.top_k,
            top_p=decoding.top_p,
            repetition_penalty=decoding.repetition_penalty,
            max_new_tokens=decoding.max_new_tokens,
            num_return_sequences=n,
            pad_token_id=self._codec.pad_id,
            eos_token_id=self._codec.end_id,
            decoder_start_token_id=self._codec.start_id,
        )

    def _until_end(self, ids: list[int]) -> list[int]:
        """A row up to and with its end token; rows that finished early are padded behind it."""
        if self._codec.end_id not in ids:
            return ids
        return ids[: ids.index(self._codec.end_id) + 1]

    def _sample(self, ids: list[int], score: float) -> Sample:
        finished = ids[-1] == self._codec.end_id
        completion = ids[:-1] if finished else ids
        return Sample(self._codec.decode(completion), len(completion), score, finished)

    @torch.inference_mode()
    def _log_probabilities(self, prompts: list[list[int]], completions: list[list[int]]) -> list[float]:
        """Teacher forcing: one summed log-probability per row."""
        inputs, mask = _padded(prompts, self._codec.pad_id)
        labels, label_mask = _padded(completions, self._codec.pad_id)
        start = torch.full((len(completions), 1), self._codec.start_id)
        shifted = torch.cat([start, labels[:, :-1]], dim=1)
        logits = self._model(input_ids=inputs, attention_mask=mask, decoder_input_ids=shifted, use_cache=False).logits
        tokens = torch.log_softmax(logits.float(), dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        return [float(total) for total in (tokens * label_mask).sum(dim=-1)]


def _padded(rows: list[list[int]], pad_id: int) -> tuple[torch.Tensor, torch.Tensor]:
    """``(rows, longest)`` ids padded on the right, and the mask of what is no padding."""
    longest = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[pad_id] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def _load_model(path: Path) -> Any:
    try:
        with quiet_transformers():
            model = transformers.AutoModelForSeq2SeqLM.from_pretrained(str(path), dtype=torch.float32)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300]
        raise EngineError(f"Model {path} cannot be loaded as an encoder-decoder by transformers: {reason}") from error
    # Decoding is ours alone: nothing of the checkpoint's generation_config.json (beams, forced tokens) may leak in.
    model.generation_config = _GenerationConfig()
    return model.eval()
