"""CTranslate2 on CPU or CUDA: the default engine.

Its random numbers live in one generator per worker thread, seeded from a process-wide value when the thread first
draws. A ``Translator`` that has drawn cannot be seeded again (unloading and loading its model keeps the thread), and
one with several workers hands out batches in whatever order they come free. Hence: the batches of a call are dealt to
at most ``STREAMS`` streams, each stream is a new single-worker ``Translator``, seeded from the call's seed and the
stream's number, and our own threads run the streams side by side. Samples therefore depend neither on the number of
threads nor on earlier calls, and a call loads the model (from the page cache: a millisecond for the starter, a tenth
of a second for 220 M parameters in int8) at most ``STREAMS`` times.

The encoder runs once per prompt: ``translate_batch`` encodes the batch and repeats the decoder's state ``n`` times.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ctranslate2

from sampler.engines.base import DEFAULT_BATCH_SIZE, Decoding, Sample, available_cores
from sampler.engines.batching import plan_batches
from sampler.engines.conversion import converted
from sampler.engines.device import on_device, pick_device
from sampler.engines.tokens import TextCodec
from sampler.errors import EngineError
from sampler.seeds import derive

STREAMS = 32
"""Streams that the batches of a call are dealt to: as many cores as one process can use. A stream computes with one
thread, since how sums are split between threads changes their last digits."""

_seeding = threading.Lock()
"""Guards the process-wide seed from being set until the new worker thread has read it."""


class CTranslate2Engine:
    """An encoder-decoder model, in any number type that CTranslate2 knows on the device."""

    name = "ctranslate2"

    def __init__(
        self,
        checkpoint: Path,
        *,
        compute_type: str = "float32",
        cache_dir: Path,
        device: str = "auto",
        threads: int | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
    ) -> None:
        """Converts ``checkpoint`` if that has not been done, and loads it once to see that it works.

        Raises:
            ArtifactError: ``checkpoint`` is no model directory.
            EngineError: it cannot be converted or loaded, or not on this device with this compute type.
        """
        self._device = pick_device(self.name, device, ctranslate2.get_cuda_device_count())
        self.version = on_device(ctranslate2.__version__, self._device)
        self.compute_type = compute_type
        self.batch_size = batch_size
        _check_compute_type(compute_type, self._device)
        directory = converted(checkpoint, compute_type, cache_dir)
        self._model_path = str(directory / "model")
        self._codec = TextCodec.load(directory)
        self._workers = 1 if self._device == "cuda" else threads or available_cores()
        self._scorer = self._new_translator()
        self._vocabulary_size = _vocabulary_size(directory)

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        """See :class:`sampler.engines.base.Engine`."""
        encoded = [self._codec.encode_prompt(prompt) for prompt in prompts]
        batches = plan_batches([len(ids) for ids in encoded], prompts, self.batch_size)
        streams = min(len(batches), 1 if self._device == "cuda" else STREAMS)
        samples: list[list[Sample]] = [[] for _ in prompts]

        def run(stream: int) -> None:
            stream_seed = derive(seed, "stream", stream)
            translator, shuffler = self._seeded_translator(stream_seed), random.Random(stream_seed)
            for batch in batches[stream::streams]:
                results = self._sample_batch(translator, [encoded[i] for i in batch], n, decoding)
                for index, result in zip(batch, results, strict=True):
                    samples[index] = self._samples(result, shuffler)

        self._side_by_side(run, streams)
        return samples

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        """See :class:`sampler.engines.base.Engine`."""
        sources = [self._codec.to_tokens(self._codec.encode_prompt(prompt)) for prompt in prompts]
        targets = [self._codec.to_tokens(self._codec.encode_completion(text)) for text in completions]
        if len(sources) != len(targets):
            raise ValueError(f"{len(sources)} prompts but {len(targets)} completions")
        results = self._scorer.score_batch(sources, targets, max_batch_size=self.batch_size, max_input_length=0)
        return [float(sum(result.log_probs)) for result in results]

    def _sample_batch(self, translator: Any, prompts: list[list[int]], n: int, decoding: Decoding) -> list[Any]:
        found: list[Any] = translator.translate_batch(
            [self._codec.to_tokens(ids) for ids in prompts],
            max_batch_size=0,
            max_input_length=0,
            beam_size=1,
            num_hypotheses=n,
            sampling_topk=min(decoding.top_k, self._vocabulary_size),
            sampling_topp=decoding.top_p,
            sampling_temperature=decoding.temperature,
            repetition_penalty=decoding.repetition_penalty,
            min_decoding_length=0,
            max_decoding_length=decoding.max_new_tokens,
            return_scores=True,
            length_penalty=0,
            return_end_token=True,
        )
        return found

    def _samples(self, result: Any, shuffler: random.Random) -> list[Sample]:
        """Hypotheses come back best first; the order is made to say nothing."""
        samples = [self._sample(tokens, score) for tokens, score in zip(result.hypotheses, result.scores, strict=True)]
        shuffler.shuffle(samples)
        return samples

    def _sample(self, tokens: list[str], score: float) -> Sample:
        ids = self._codec.to_ids(tokens)
        finished = bool(ids) and ids[-1] == self._codec.end_id
        completion = ids[:-1] if finished else ids
        return Sample(self._codec.decode(completion), len(completion), float(score), finished)

    def _seeded_translator(self, seed: int) -> Any:
        translator = self._new_translator()
        with _seeding:
            ctranslate2.set_random_seed(seed % (2**31 - 1) + 1)
            # One token, sampled: the worker thread reads the seed now, before anybody sets another. (An input of a
            # single end token counts as empty and draws nothing.)
            start = [self._codec.to_tokens([self._codec.end_id] * 2)]
            translator.translate_batch(start, beam_size=1, sampling_topk=2, max_decoding_length=1)
        return translator

    def _new_translator(self) -> Any:
        try:
            return ctranslate2.Translator(
                self._model_path,
                device=self._device,
                compute_type=self.compute_type,
                inter_threads=1,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"CTranslate2 cannot load the model in {self._model_path}: {error}") from error

    def _side_by_side(self, run: Callable[[int], None], count: int) -> None:
        if count <= 1 or self._workers == 1:
            for number in range(count):
                run(number)
            return
        with ThreadPoolExecutor(min(self._workers, count), thread_name_prefix="sampler") as pool:
            list(pool.map(run, range(count)))


def _check_compute_type(compute_type: str, device: str) -> None:
    supported = sorted(ctranslate2.get_supported_compute_types(device))
    if compute_type not in supported:
        raise EngineError(f"Compute type on {device}: expected one of {', '.join(supported)}, found {compute_type!r}")


def _vocabulary_size(directory: Path) -> int:
    return int(json.loads((directory / "config.json").read_text(encoding="utf-8"))["vocab_size"])
