"""Text to tokens and back, the same for every engine, without importing transformers where it can be avoided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from sampler.engines.base import MAX_INPUT_TOKENS
from sampler.errors import EngineError


class TextCodec:
    """The tokenizer of a checkpoint together with the special ids of its model configuration.

    Whatever the model wrote stays visible in decoded text, also padding and unknown tokens in the middle, so that a
    reader can reject the text.
    """

    def __init__(self, tokenizer: Tokenizer, config: dict[str, Any]) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.end_id = first_id(config, "eos_token_id")
        self.pad_id = first_id(config, "pad_token_id", "eos_token_id")
        self.start_id = first_id(config, "decoder_start_token_id", "pad_token_id", "eos_token_id")
        self._size = tokenizer.get_vocab_size(with_added_tokens=True)
        self._unknown_id = _unknown_id(tokenizer, default=self.pad_id)

    @classmethod
    def load(cls, directory: Path) -> TextCodec:
        """Reads ``config.json`` and ``tokenizer.json`` (made from a SentencePiece model where there is none).

        Raises:
            EngineError: one of them cannot be read.
        """
        return cls(load_tokenizer(directory), read_config(directory))

    @property
    def end_ids(self) -> tuple[int, ...]:
        """Ids that end a completion."""
        return (self.end_id,)

    def encode_prompt(self, text: str) -> list[int]:
        """Ids of a model input, ending in the end token, at most ``MAX_INPUT_TOKENS`` long.

        An empty text becomes two end tokens, since a single one is an empty input to CTranslate2, which then answers
        nothing.
        """
        ids = self.encode_completion(text)[: MAX_INPUT_TOKENS - 1]
        return [*(ids or [self.end_id]), self.end_id]

    def encode_completion(self, text: str) -> list[int]:
        """Ids of a completion without its end token."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Text of a completion without its end token.

        Ids beyond the vocabulary (a padded output layer has them) become the unknown token.
        """
        known = [index if index < self._size else self._unknown_id for index in ids]
        return str(self._tokenizer.decode(known, skip_special_tokens=False)).strip()

    def without_end(self, ids: Sequence[int]) -> tuple[list[int], bool]:
        """A completion up to its first end token, and whether it has one."""
        for place, index in enumerate(ids):
            if index in self.end_ids:
                return list(ids[:place]), True
        return list(ids), False

    def to_tokens(self, ids: Sequence[int]) -> list[str]:
        """Token strings of ids that this codec made."""
        return [str(self._tokenizer.id_to_token(index)) for index in ids]

    def to_ids(self, tokens: Sequence[str]) -> list[int]:
        """Ids of token strings; a string outside the vocabulary gets the first id beyond it."""
        found = (self._tokenizer.token_to_id(token) for token in tokens)
        return [self._size if index is None else index for index in found]


def read_config(directory: Path) -> dict[str, Any]:
    """The model's ``config.json``.

    Raises:
        EngineError: it cannot be read.
    """
    try:
        found: dict[str, Any] = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(f"Expected config.json in {directory}: {error}") from error
    return found


def load_tokenizer(directory: Path) -> Tokenizer:
    """The tokenizer of a model directory.

    Raises:
        EngineError: there is none that can be read.
    """
    path = directory / "tokenizer.json"
    try:
        if path.is_file():
            return Tokenizer.from_str(path.read_text(encoding="utf-8"))
        from transformers import AutoTokenizer

        made: Tokenizer = AutoTokenizer.from_pretrained(str(directory)).backend_tokenizer
    except Exception as error:  # the tokenizers library raises nothing narrower
        raise EngineError(f"Expected a tokenizer in {directory}: {' '.join(str(error).split())[:300]}") from error
    return made


def first_id(config: dict[str, Any], *names: str) -> int:
    """The first of these ids that a model configuration has; the first of a list.

    Raises:
        EngineError: it has none of them.
    """
    for name in names:
        value = config.get(name)
        if isinstance(value, list) and value:
            return int(value[0])
        if isinstance(value, int):
            return value
    raise EngineError(f"Expected {' or '.join(names)} in the model's config.json, found none")


def _unknown_id(tokenizer: Tokenizer, default: int) -> int:
    found = (tokenizer.token_to_id(token) for token in ("<unk>", "[UNK]"))
    return next((index for index in found if index is not None), default)
