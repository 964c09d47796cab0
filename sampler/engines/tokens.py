"""Text to tokens and back, the same for every engine, without importing transformers."""

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
        self.end_id = _first_id(config, "eos_token_id")
        self.pad_id = _first_id(config, "pad_token_id")
        self.start_id = _first_id(config, "decoder_start_token_id", "pad_token_id")
        self._size = tokenizer.get_vocab_size(with_added_tokens=True)
        self._unknown_id = _unknown_id(tokenizer, default=self.pad_id)

    @classmethod
    def load(cls, directory: Path) -> TextCodec:
        """Reads ``tokenizer.json`` and ``config.json``.

        Raises:
            EngineError: one of them cannot be read.
        """
        try:
            config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
            text = (directory / "tokenizer.json").read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise EngineError(f"Expected config.json and tokenizer.json in {directory}: {error}") from error
        return cls(_parse_tokenizer(text, directory), config)

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

    def to_tokens(self, ids: Sequence[int]) -> list[str]:
        """Token strings of ids that this codec made."""
        return [str(self._tokenizer.id_to_token(index)) for index in ids]

    def to_ids(self, tokens: Sequence[str]) -> list[int]:
        """Ids of token strings; a string outside the vocabulary gets the first id beyond it."""
        found = (self._tokenizer.token_to_id(token) for token in tokens)
        return [self._size if index is None else index for index in found]


def _unknown_id(tokenizer: Tokenizer, default: int) -> int:
    found = (tokenizer.token_to_id(token) for token in ("<unk>", "[UNK]"))
    return next((index for index in found if index is not None), default)


def _parse_tokenizer(text: str, directory: Path) -> Tokenizer:
    try:
        return Tokenizer.from_str(text)
    except Exception as error:
        raise EngineError(f"{directory / 'tokenizer.json'} is no tokenizer: {error}") from error


def _first_id(config: dict[str, Any], *names: str) -> int:
    for name in names:
        value = config.get(name)
        if isinstance(value, list) and value:
            return int(value[0])
        if isinstance(value, int):
            return value
    raise EngineError(f"Expected {' or '.join(names)} in the model's config.json, found neither")
