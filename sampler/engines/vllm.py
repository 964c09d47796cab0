"""vLLM: decoder-only models on GPUs (an optional extra).

Every request carries a seed of its own, from which vLLM seeds its ``n`` samples one by one; a prompt is read once,
its samples share the cached prefix. Seeds go by the rank of a prompt among the sorted prompts, so that their order does
not matter. vLLM batches by itself (by tokens, continuously), and what is computed together may change the last digits:
on one machine and version the same call repeats its samples, as vLLM promises for seeded requests.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sampler.artifacts import ModelArtifact
from sampler.engines.base import DEFAULT_BATCH_SIZE, MAX_INPUT_TOKENS, Decoding, Sample
from sampler.engines.causal_tokens import CausalCodec
from sampler.engines.tokens import read_config
from sampler.errors import EngineError
from sampler.seeds import derive

COMPUTE_TYPES = ("float32", "bfloat16", "float16")
MAX_NEW_TOKENS = 1024
"""Room that the model's context keeps for an answer, where its own context allows it."""


class VllmEngine:
    """A decoder-only model run by vLLM."""

    name = "vllm"

    def __init__(
        self,
        checkpoint: Path,
        *,
        compute_type: str = "float32",
        device: str = "auto",
        batch_size: int = DEFAULT_BATCH_SIZE,
    ) -> None:
        """Loads the checkpoint on vLLM's own choice of device; ``batch_size`` counts prompts handed over at once.

        Raises:
            ArtifactError: ``checkpoint`` is no model directory.
            EngineError: vLLM is not installed, or cannot run this model.
        """
        path = ModelArtifact.open(checkpoint).path
        config = read_config(path)
        if config.get("is_encoder_decoder", False):
            raise EngineError(f"Engine vllm: expected a decoder-only model, found an encoder-decoder in {path}")
        if compute_type not in COMPUTE_TYPES:
            raise EngineError(f"Engine vllm: expected compute type {', '.join(COMPUTE_TYPES)}, found {compute_type!r}")
        if device == "cpu":
            raise EngineError("Engine vllm: expected device auto or cuda, found 'cpu'")
        self._vllm = _import_vllm()
        self.version = str(self._vllm.__version__)
        self.compute_type = compute_type
        self.batch_size = batch_size
        self._codec = CausalCodec.load(path)
        self._lock = threading.Lock()
        room = MAX_INPUT_TOKENS + MAX_NEW_TOKENS
        self._model_length = min(room, int(config.get("max_position_embeddings", room)))
        try:
            self._model = self._vllm.LLM(
                model=str(path),
                skip_tokenizer_init=True,
                dtype=compute_type,
                seed=0,
                max_model_len=self._model_length,
                enable_prefix_caching=True,
                logprobs_mode="raw_logprobs",
                generation_config="vllm",
            )
        except (RuntimeError, ValueError, OSError) as error:
            reason = " ".join(str(error).split())[:300]
            raise EngineError(f"Model {path} cannot be loaded by vLLM: {reason}") from error

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        """See :class:`sampler.engines.base.Engine`."""
        order = sorted(range(len(prompts)), key=lambda index: (prompts[index], index))
        encoded = [self._codec.encode_prompt(prompts[index]) for index in order]
        parameters = [self._sampling(n, decoding, derive(seed, "prompt", rank)) for rank in range(len(order))]
        samples: list[list[Sample]] = [[] for _ in prompts]
        for index, request in zip(order, self._run(encoded, parameters), strict=True):
            samples[index] = [
                self._sample(output) for output in sorted(request.outputs, key=lambda output: int(output.index))
            ]
        return samples

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        """See :class:`sampler.engines.base.Engine`."""
        if len(prompts) != len(completions):
            raise ValueError(f"{len(prompts)} prompts but {len(completions)} completions")
        sources = [self._codec.encode_prompt(prompt) for prompt in prompts]
        targets = [[*self._codec.encode_completion(text), self._codec.end_id] for text in completions]
        rows = [[*source, *target] for source, target in zip(sources, targets, strict=True)]
        asked = self._vllm.SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=0, detokenize=False)
        requests = self._run(rows, [asked] * len(rows))
        return [
            sum(float(found[token].logprob) for found, token in _behind(request, row, len(source)))
            for request, row, source in zip(requests, rows, sources, strict=True)
        ]

    def _sampling(self, n: int, decoding: Decoding, seed: int) -> Any:
        return self._vllm.SamplingParams(
            n=n,
            temperature=decoding.temperature,
            top_k=decoding.top_k,
            top_p=decoding.top_p,
            repetition_penalty=decoding.repetition_penalty,
            seed=seed,
            max_tokens=decoding.max_new_tokens,
            stop_token_ids=list(self._codec.end_ids),
            logprobs=0,
            detokenize=False,
        )

    def _run(self, rows: list[list[int]], parameters: list[Any]) -> list[Any]:
        prompts = [{"prompt_token_ids": ids} for ids in rows]
        found: list[Any] = []
        with self._lock:
            for start in range(0, len(prompts), self.batch_size):
                part = slice(start, start + self.batch_size)
                found += self._model.generate(prompts[part], parameters[part], use_tqdm=False)
        return found

    def _sample(self, output: Any) -> Sample:
        ids, finished = self._codec.without_end(output.token_ids)
        return Sample(self._codec.decode(ids), len(ids), float(output.cumulative_logprob), finished)


def _behind(request: Any, row: list[int], start: int) -> list[tuple[Any, int]]:
    """Log-probabilities by token id at every place from ``start`` on, with the token that stands there."""
    return list(zip(request.prompt_logprobs[start:], row[start:], strict=True))


def _import_vllm() -> Any:
    try:
        return importlib.import_module("vllm")
    except ImportError as error:
        raise EngineError(
            "Engine vllm: expected the package vllm, found none here; docs/engines.md says how to install it"
        ) from error
