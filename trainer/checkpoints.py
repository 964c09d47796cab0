"""Loading a model to train and writing a trained one: the whole of what the sampler needs, and plain files only."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from sampler.artifacts import ModelArtifact, TextFormat, write_marker
from sampler.engines.tokens import TextCodec
from trainer.errors import UnsupportedModelError

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "spiece.model",
)


@dataclass(frozen=True)
class Checkpoint:
    """A loaded encoder-decoder in float32 with its tokenizer.

    ``codec`` turns text into ids exactly as the sampling engines do, so that training sees what serving sees.
    """

    path: Path
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    codec: TextCodec
    text_format: TextFormat

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Load a model directory.

        Raises:
            ArtifactError: a file is missing.
            UnsupportedModelError: it is there, but it is no encoder-decoder or it is damaged.
        """
        artifact = ModelArtifact.open(path)
        try:
            tokenizer: Any = AutoTokenizer.from_pretrained(path)
            model: Any = AutoModelForSeq2SeqLM.from_pretrained(path, dtype=torch.float32)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:300]
            raise UnsupportedModelError(f"{path} cannot be loaded as an encoder-decoder model: {reason}") from error
        if len(tokenizer) > model.config.vocab_size:
            raise UnsupportedModelError(
                f"{path}: expected a tokenizer of at most {model.config.vocab_size} tokens, found {len(tokenizer)}; "
                "it belongs to another model"
            )
        codec = TextCodec(Tokenizer.from_str(tokenizer.backend_tokenizer.to_str()), model.config.to_dict())
        return cls(path, model, tokenizer, codec, artifact.text_format)

    def prompt_ids(self, prompt: str) -> list[int]:
        """Ids of a model input, end token included."""
        return self.codec.encode_prompt(prompt)

    def completion_ids(self, raw: str, limit: int) -> list[int]:
        """Ids of a raw output, end token included unless it was cut at ``limit``."""
        return [*self.codec.encode_completion(raw), self.codec.end_id][:limit]


def save_model(model: PreTrainedModel, parent: Path, text_format: TextFormat, directory: Path) -> Path:
    """Write a plain checkpoint with the parent's tokenizer, files unchanged, and the text format."""
    shutil.rmtree(directory, ignore_errors=True)
    model.save_pretrained(directory)
    for name in TOKENIZER_FILES:
        if (parent / name).is_file():
            shutil.copyfile(parent / name, directory / name)
    if not (directory / "tokenizer.json").is_file():
        AutoTokenizer.from_pretrained(parent).save_pretrained(directory)
    write_marker(directory, text_format)
    return directory


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Seeds set and deterministic kernels on; the process's own random states and switches come back afterwards."""
    states = random.getstate(), np.random.get_state()
    deterministic = torch.are_deterministic_algorithms_enabled()
    try:
        with torch.random.fork_rng():
            random.seed(seed)
            np.random.seed(seed % 2**32)
            torch.manual_seed(seed)
            torch.use_deterministic_algorithms(True, warn_only=True)
            yield
    finally:
        torch.use_deterministic_algorithms(deterministic)
        random.setstate(states[0])
        np.random.set_state(states[1])
