"""Tokens of decoder-only models: prompts in the model's chat template, and the several ids that may end an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from sampler.engines.base import MAX_INPUT_TOKENS
from sampler.engines.tokens import TextCodec, load_tokenizer, read_config
from sampler.errors import EngineError

TEMPLATE_FILE = "chat_template.jinja"


class CausalCodec(TextCodec):
    """A prompt does not end in an end token: the answer begins where it stops.

    With a chat template the prompt is one message of the user and the header of the assistant's answer; without one it
    is the bare text, begun as the tokenizer begins texts (a beginning-of-sequence token, where the model has one).
    """

    def __init__(self, tokenizer: Tokenizer, config: dict[str, Any], ends: tuple[int, ...], template: Any) -> None:
        super().__init__(tokenizer, config)
        self._ends = ends
        self._template = template

    @classmethod
    def load(cls, directory: Path) -> CausalCodec:
        """Reads the configuration, the tokenizer, ``generation_config.json`` and the chat template.

        Raises:
            EngineError: one that is needed cannot be read, or no end token is known.
        """
        config, generation = read_config(directory), _optional_json(directory / "generation_config.json")
        tokenizer = load_tokenizer(directory)
        named = tokenizer.token_to_id(_token_name(_optional_json(directory / "tokenizer_config.json")))
        ends = _ids(generation.get("eos_token_id")) + _ids(config.get("eos_token_id")) + _ids(named)
        if not ends:
            raise EngineError(f"Expected eos_token_id in the configuration of {directory}, found none")
        return cls(
            tokenizer, {**config, "eos_token_id": ends[0]}, tuple(dict.fromkeys(ends)), _chat_template(directory)
        )

    @property
    def end_ids(self) -> tuple[int, ...]:
        """Ids that end a completion; the first is the one that scored completions end in."""
        return self._ends

    def encode_prompt(self, text: str) -> list[int]:
        """Ids of a prompt, at most ``MAX_INPUT_TOKENS``; what is too long is cut from the end of the text."""
        ids = self._framed(text)
        while len(ids) > MAX_INPUT_TOKENS:
            content = self.encode_completion(text)
            kept = content[: max(0, len(content) - (len(ids) - MAX_INPUT_TOKENS) - 1)]
            shorter = self.decode(kept)
            if len(shorter) >= len(text):
                return ids[:MAX_INPUT_TOKENS]
            text = shorter
            ids = self._framed(text)
        return ids or [self.start_id]

    def _framed(self, text: str) -> list[int]:
        if self._template is not None:
            message = [{"role": "user", "content": text}]
            framed = self._template.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
            return self.encode_completion(str(framed))
        ids: list[int] = self._tokenizer.encode(text).ids
        while ids and ids[-1] in self._ends:
            ids.pop()
        return ids


def _chat_template(directory: Path) -> Any:
    """The tokenizer that knows the template, or null where there is no template."""
    in_config = "chat_template" in _optional_json(directory / "tokenizer_config.json")
    if not in_config and not (directory / TEMPLATE_FILE).is_file():
        return None
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(directory))


def _optional_json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EngineError(f"{path} cannot be read: {error}") from error
    return found


def _token_name(config: dict[str, Any]) -> str:
    token = config.get("eos_token") or ""
    return str(token.get("content", "")) if isinstance(token, dict) else str(token)


def _ids(value: Any) -> tuple[int, ...]:
    if isinstance(value, list):
        return tuple(int(index) for index in value)
    return () if value is None else (int(value),)
