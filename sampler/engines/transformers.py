"""The reference engine: ``generate`` of Hugging Face transformers on any encoder-decoder or causal model.

``generate`` runs the encoder on the prompts and repeats its output for the ``n`` samples; of a causal model it repeats
the prompt itself. Prompts of causal models are padded on the left and cut off from what comes back.
"""

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
from sampler.engines.causal_tokens import CausalCodec
from sampler.engines.device import on_device, pick_device
from sampler.engines.quiet import quiet_transformers
from sampler.engines.tokens import TextCodec, read_config
from sampler.errors import EngineError
from sampler.seeds import derive

COMPUTE_TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
SCORED_VALUES = 2**27
"""Logits that scoring holds at once (512 MiB of them): rows × tokens × vocabulary."""

_GenerationConfig: Any = transformers.GenerationConfig

_random_state = threading.Lock()
"""torch samples from one generator per process."""


class TransformersEngine:
    """An encoder-decoder or decoder-only model run by PyTorch."""

    name = "transformers"

    def __init__(
        self,
        checkpoint: Path,
        *,
        compute_type: str = "float32",
        device: str = "auto",
        threads: int | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
    ) -> None:
        """Loads the checkpoint. ``threads`` sets PyTorch's thread count for the whole process.

        Raises:
            ArtifactError: ``checkpoint`` is no model directory.
            EngineError: it cannot be loaded, or not with this compute type on this device.
        """
        if compute_type not in COMPUTE_TYPES:
            raise EngineError(
                f"Engine transformers: expected compute type {', '.join(COMPUTE_TYPES)}, found {compute_type!r}"
            )
        self._device = pick_device(self.name, device, torch.cuda.device_count())
        self.version = on_device(transformers.__version__, self._device)
        self.compute_type = compute_type
        self.batch_size = batch_size
        path = ModelArtifact.open(checkpoint).path
        if threads:
            torch.set_num_threads(threads)
        self._causal = not read_config(path).get("is_encoder_decoder", False)
        self._model = _load_model(path, COMPUTE_TYPES[compute_type], self._causal).to(self._device)
        self._codec: TextCodec = CausalCodec.load(path) if self._causal else TextCodec.load(path)
        self._vocabulary_size: int = self._model.get_output_embeddings().weight.shape[0]

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
        longest = max((len(ids) for ids in targets), default=1)
        rows = max(1, min(self.batch_size, SCORED_VALUES // (longest * self._vocabulary_size)))
        scores: list[float] = []
        for start in range(0, len(sources), rows):
            scores += self._log_probabilities(sources[start : start + rows], targets[start : start + rows])
        return scores

    def _sample_batch(self, prompts: list[list[int]], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        inputs, mask = self._padded(prompts, left=self._causal)
        skipped = inputs.shape[1] if self._causal else 1
        recorder = _Recorder(self._codec.end_ids, skipped)
        processors: list[Any] = [recorder]
        if decoding.repetition_penalty != 1:
            ignored = skipped if self._causal else None
            processors.append(_RepetitionPenalty(decoding.repetition_penalty, prompt_ignore_length=ignored))
        devices = [self._model.device] if self._device == "cuda" else []
        with _random_state, torch.inference_mode(), torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            output = self._model.generate(
                input_ids=inputs,
                attention_mask=mask,
                generation_config=self._generation_config(n, decoding),
                logits_processor=transformers.LogitsProcessorList(processors),
            )
        scores = recorder.totals(output).tolist()
        samples = [self._sample(row, score) for row, score in zip(output[:, skipped:].tolist(), scores, strict=True)]
        return [samples[start : start + n] for start in range(0, len(samples), n)]

    def _generation_config(self, n: int, decoding: Decoding) -> Any:
        return _GenerationConfig(
            do_sample=True,
            temperature=decoding.temperature,
            top_k=decoding.top_k,
            top_p=decoding.top_p,
            max_new_tokens=decoding.max_new_tokens,
            num_return_sequences=n,
            pad_token_id=self._codec.pad_id,
            eos_token_id=list(self._codec.end_ids),
            decoder_start_token_id=None if self._causal else self._codec.start_id,
        )

    def _sample(self, row: list[int], score: float) -> Sample:
        ids, finished = self._codec.without_end(row)
        return Sample(self._codec.decode(ids), len(ids), score, finished)

    @torch.inference_mode()
    def _log_probabilities(self, prompts: list[list[int]], completions: list[list[int]]) -> list[float]:
        """Teacher forcing: one summed log-probability per row."""
        labels, label_mask = self._padded(completions)
        if self._causal:
            rows = [[*prompt, *completion] for prompt, completion in zip(prompts, completions, strict=True)]
            inputs, mask = self._padded(rows)
            # The token at place p is predicted at p - 1; labels are shorter than rows, so padding points anywhere.
            first = torch.tensor([[len(prompt) - 1] for prompt in prompts], device=inputs.device)
            places = (first + torch.arange(labels.shape[1], device=inputs.device)).clamp_max(inputs.shape[1] - 1)
            hidden = self._model.base_model(input_ids=inputs, attention_mask=mask, use_cache=False).last_hidden_state
            logits = self._model.lm_head(hidden.gather(1, places[:, :, None].expand(-1, -1, hidden.shape[2])))
        else:
            inputs, mask = self._padded(prompts)
            start = torch.full((len(completions), 1), self._codec.start_id, device=labels.device)
            shifted = torch.cat([start, labels[:, :-1]], dim=1)
            logits = self._model(
                input_ids=inputs, attention_mask=mask, decoder_input_ids=shifted, use_cache=False
            ).logits
        tokens = _log_softmax_of(logits, labels)
        return [float(total) for total in (tokens * label_mask).sum(dim=-1)]

    def _padded(self, rows: list[list[int]], left: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
        """``(rows, longest)`` ids, padded on the right or the left, and the mask of what is no padding."""
        longest = max(len(row) for row in rows)
        filled = torch.full((len(rows), longest), self._codec.pad_id)
        mask = torch.zeros((len(rows), longest), dtype=torch.int64)
        for number, row in enumerate(rows):
            place = slice(longest - len(row), longest) if left else slice(0, len(row))
            filled[number, place] = torch.tensor(row)
            mask[number, place] = 1
        return filled.to(self._device), mask.to(self._device)


class _Recorder(transformers.LogitsProcessor):
    """Sums the model's own log-probabilities while ``generate`` samples.

    It stands before all other processors, so that it sees raw logits; what was chosen from them it sees at the next
    step, or at the end.
    """

    def __init__(self, end_ids: Sequence[int], skipped: int) -> None:
        self._ends = torch.tensor(end_ids)
        self._skipped = skipped
        self._logits: torch.Tensor | None = None
        self._sums: torch.Tensor | None = None

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        self._add(input_ids)
        self._logits = scores
        return scores

    def totals(self, output: torch.Tensor) -> torch.Tensor:
        """One sum per row of the finished ``output``."""
        self._add(output)
        assert self._sums is not None
        return self._sums

    def _add(self, ids: torch.Tensor) -> None:
        """Adds the last token of every row that had not ended before it."""
        if self._logits is None or self._sums is None:
            self._sums = torch.zeros(len(ids), device=ids.device)
            return
        ended = torch.isin(ids[:, self._skipped : -1], self._ends.to(ids.device)).any(dim=1)
        tokens = _log_softmax_of(self._logits, ids[:, -1])
        self._sums = self._sums + tokens.masked_fill(ended, 0.0)


_RepetitionPenalty: Any = transformers.RepetitionPenaltyLogitsProcessor


def _log_softmax_of(logits: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Log-probability of ``ids`` (``…``) under ``logits`` (``…, vocabulary``)."""
    logits = logits.float()
    return logits.gather(-1, ids.unsqueeze(-1)).squeeze(-1) - torch.logsumexp(logits, dim=-1)


def _load_model(path: Path, dtype: torch.dtype, causal: bool) -> Any:
    kind: Any = transformers.AutoModelForCausalLM if causal else transformers.AutoModelForSeq2SeqLM
    try:
        with quiet_transformers():
            model = kind.from_pretrained(str(path), dtype=dtype)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300]
        what = "a causal model" if causal else "an encoder-decoder"
        raise EngineError(f"Model {path} cannot be loaded as {what} by transformers: {reason}") from error
    # Decoding is ours alone: nothing of the checkpoint's generation_config.json (beams, forced tokens) may leak in.
    model.generation_config = _GenerationConfig()
    return model.eval()
