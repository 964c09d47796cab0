"""T5 for sampling on CPU: the arithmetic of Hugging Face's T5, arranged so that ``n`` samples of a prompt share it.

What makes it faster than ``generate``: keys and values of the encoder are computed and kept once per prompt, and all
its samples attend to them in one product (a copy for each sample is what a decoding step otherwise spends its time
reading); linear layers that read the same states are one; and with ``int8`` the linear layers multiply bytes, and the
encoder's keys and values are kept in bfloat16.

Eight-bit linear layers scale weights by output channel and states by row: each row is brought to a largest magnitude
of 1 before PyTorch's dynamic quantization, which knows one scale for a whole batch, and brought back behind it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from sampler.errors import EngineError

Linear = Callable[[torch.Tensor], torch.Tensor]
ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": functional.relu,
    "gelu": functional.gelu,
    "gelu_new": lambda states: functional.gelu(states, approximate="tanh"),
}
READ_TOKENS = 512
"""Tokens that the encoder reads at once."""

PACKED_ROWS = 64
"""Rows that packed weights are laid out for; a hint."""

FIRST_TOKENS = 32
SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: torch.Tensor
    epsilon: float

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        return functional.rms_norm(states, self.weight.shape, self.weight, self.epsilon)


@dataclass(frozen=True, slots=True)
class _FeedForward:
    norm: _Norm
    inner: Linear
    outer: Linear
    activation: Callable[[torch.Tensor], torch.Tensor]
    gated: bool

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        inner = self.inner(self.norm(states))
        if not self.gated:
            return states + self.outer(self.activation(inner))
        gate, value = inner.chunk(2, dim=-1)
        return states + self.outer(self.activation(gate) * value)


@dataclass(frozen=True, slots=True)
class _EncoderLayer:
    norm: _Norm
    queries_keys_values: Linear
    output: Linear
    feed_forward: _FeedForward


@dataclass(frozen=True, slots=True)
class _DecoderLayer:
    norm: _Norm
    queries_keys_values: Linear
    output: Linear
    cross_norm: _Norm
    cross_queries: Linear
    cross_keys_values: Linear
    cross_output: Linear
    feed_forward: _FeedForward


@dataclass(slots=True)
class Memory:
    """What the decoder sees of its prompts.

    ``keys`` and ``values``: one ``(prompts, heads, width, length)`` and ``(prompts, heads, length, width)`` per layer;
    ``mask``: ``(prompts, 1, 1, length)``, 0 or minus infinity.
    """

    keys: list[torch.Tensor]
    values: list[torch.Tensor]
    mask: torch.Tensor

    def keep(self, prompts: torch.Tensor) -> None:
        """Drops all prompts but those with these indices."""
        self.keys = [keys[prompts] for keys in self.keys]
        self.values = [values[prompts] for values in self.values]
        self.mask = self.mask[prompts]


@dataclass(slots=True)
class Past:
    """Keys and values of the first ``length`` tokens: per layer ``(rows, heads, width, capacity)``."""

    keys: list[torch.Tensor]
    values: list[torch.Tensor]
    length: int = 0

    def add(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Stores those of one more token, ``(rows, heads, width)``; returns all so far."""
        place = self.length
        if place == self.keys[layer].shape[3]:
            self.keys[layer] = functional.pad(self.keys[layer], (0, place))
            self.values[layer] = functional.pad(self.values[layer], (0, place))
        self.keys[layer][..., place] = keys
        self.values[layer][..., place] = values
        return self.keys[layer][..., : place + 1], self.values[layer][..., : place + 1]

    def keep(self, rows: torch.Tensor) -> None:
        """Drops all rows but those with these indices."""
        self.keys = [keys[rows] for keys in self.keys]
        self.values = [values[rows] for values in self.values]


class T5Model:
    """Weights of a T5 (version 1.0 or 1.1, mT5; tied or not) in ``float32`` or ``int8``. Thread-safe."""

    def __init__(self, model: Any, compute_type: str) -> None:
        """Takes the weights of a ``T5ForConditionalGeneration`` or ``MT5ForConditionalGeneration``.

        Raises:
            EngineError: it has an activation that is not known here.
        """
        config = model.config
        if config.dense_act_fn not in ACTIVATIONS:
            known = " or ".join(ACTIVATIONS)
            raise EngineError(f"Engine t5: expected the activation {known}, found {config.dense_act_fn!r}")
        self.vocabulary_size: int = config.vocab_size
        self._heads: int = config.num_heads
        self._width: int = config.d_kv
        self._linear = _int8 if compute_type == "int8" else _float32
        self._memory_type = torch.bfloat16 if compute_type == "int8" else torch.float32
        self._embedding: torch.Tensor = model.shared.weight.detach()
        self._encoder_bias = model.encoder.block[0].layer[0].SelfAttention
        self._decoder_bias = model.decoder.block[0].layer[0].SelfAttention
        self._encoder_layers = [self._encoder_layer(block.layer, config) for block in model.encoder.block]
        self._decoder_layers = [self._decoder_layer(block.layer, config) for block in model.decoder.block]
        self._encoder_norm = _norm(model.encoder.final_layer_norm)
        self._decoder_norm = _norm(model.decoder.final_layer_norm)
        scale = config.d_model**-0.5 if getattr(config, "scale_decoder_outputs", config.tie_word_embeddings) else 1.0
        self._head = self._linear(model.lm_head.weight.detach() * scale)

    def read(self, ids: torch.Tensor, mask: torch.Tensor) -> Memory:
        """Encodes prompts: ``ids`` and ``mask`` (1 where there is a token) are ``(prompts, length)``.

        A few prompts at a time, so that their states stay in the processor's cache.
        """
        size = max(1, READ_TOKENS // ids.shape[1])
        parts = [self._read(*part) for part in zip(torch.split(ids, size), torch.split(mask, size), strict=True)]
        layers = range(len(self._decoder_layers))
        return Memory(
            [torch.cat([part.keys[layer] for part in parts]) for layer in layers],
            [torch.cat([part.values[layer] for part in parts]) for layer in layers],
            torch.cat([part.mask for part in parts]),
        )

    def _read(self, ids: torch.Tensor, mask: torch.Tensor) -> Memory:
        length = ids.shape[1]
        blocked = torch.zeros(mask.shape).masked_fill_(mask == 0, -torch.inf)[:, None, None, :]
        bias = self._encoder_bias.compute_bias(length, length) + blocked
        states = functional.embedding(ids, self._embedding)
        for layer in self._encoder_layers:
            queries, keys, values = self._split(layer.queries_keys_values(layer.norm(states)), 3)
            found = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=bias, scale=1.0)
            states = layer.feed_forward(states + layer.output(found.transpose(1, 2).flatten(2)))
        states = self._encoder_norm(states)
        pairs = [self._split(layer.cross_keys_values(states.clone()), 2) for layer in self._decoder_layers]
        kept = self._memory_type
        return Memory(
            [keys.transpose(2, 3).to(kept, memory_format=torch.contiguous_format) for keys, _ in pairs],
            [values.to(kept, memory_format=torch.contiguous_format) for _, values in pairs],
            blocked,
        )

    def start(self, rows: int) -> Past:
        """A past without tokens for ``rows`` rows; it makes room as it grows."""
        shape = (rows, self._heads, self._width, FIRST_TOKENS)
        empty = [torch.empty(shape) for _ in range(2 * len(self._decoder_layers))]
        return Past(empty[::2], empty[1::2])

    def biases(self, tokens: int) -> torch.Tensor:
        """Relative position bias of the decoder: ``(heads, tokens, tokens)``, queries by keys."""
        table: torch.Tensor = self._decoder_bias.compute_bias(tokens, tokens)[0]
        return table

    def step(
        self, ids: torch.Tensor, past: Past, memory: Memory, slots: torch.Tensor, n: int, biases: torch.Tensor
    ) -> torch.Tensor:
        """Logits ``(rows, vocabulary)`` of the token after ``ids`` (``(rows,)``), which ``past`` then includes.

        ``slots`` says where each row stands among the ``prompts × n`` places of ``memory``.
        """
        rows, now = len(ids), past.length
        bias = biases[None, :, now : now + 1, : now + 1]
        states = functional.embedding(ids, self._embedding)
        for number, layer in enumerate(self._decoder_layers):
            projected = layer.queries_keys_values(layer.norm(states)).view(rows, 3, self._heads, self._width)
            queries, keys, values = projected.unbind(1)
            keys, values = past.add(number, keys, values)
            weights = torch.softmax(torch.matmul(queries[:, :, None], keys) + bias, dim=-1)
            found = torch.matmul(values, weights.transpose(2, 3))
            states = states + layer.output(found.view(rows, -1))
            asked = layer.cross_queries(layer.cross_norm(states))
            states = states + layer.cross_output(self._look_up(asked, memory, number, slots, n))
            states = layer.feed_forward(states)
        past.length = now + 1
        return self._head(self._decoder_norm(states))

    def _look_up(self, asked: torch.Tensor, memory: Memory, number: int, slots: torch.Tensor, n: int) -> torch.Tensor:
        """Attention of ``(rows, heads × width)`` queries to the memory: all samples of a prompt in one product."""
        keys, values = memory.keys[number], memory.values[number]
        prompts = len(keys)
        full = len(slots) == prompts * n
        places = asked if full else asked.new_zeros(prompts * n, asked.shape[1]).index_copy_(0, slots, asked)
        queries = places.view(prompts, n, self._heads, self._width).transpose(1, 2).to(keys.dtype)
        weights = torch.softmax(torch.matmul(queries, keys) + memory.mask, dim=-1)
        found = torch.matmul(weights.to(values.dtype), values).float().transpose(1, 2).reshape(prompts * n, -1)
        return found if full else found[slots]

    def _split(self, states: torch.Tensor, parts: int) -> Sequence[torch.Tensor]:
        """``(rows, length, parts × heads × width)`` → ``parts`` of ``(rows, heads, length, width)``."""
        rows, length, _ = states.shape
        return states.view(rows, length, parts, self._heads, self._width).permute(2, 0, 3, 1, 4).unbind(0)

    def _encoder_layer(self, layer: Any, config: Any) -> _EncoderLayer:
        attention = layer[0].SelfAttention
        return _EncoderLayer(
            _norm(layer[0].layer_norm),
            self._joined(attention.q, attention.k, attention.v),
            self._joined(attention.o),
            self._feed_forward(layer[1], config),
        )

    def _decoder_layer(self, layer: Any, config: Any) -> _DecoderLayer:
        own, cross = layer[0].SelfAttention, layer[1].EncDecAttention
        return _DecoderLayer(
            _norm(layer[0].layer_norm),
            self._joined(own.q, own.k, own.v),
            self._joined(own.o),
            _norm(layer[1].layer_norm),
            self._joined(cross.q),
            self._joined(cross.k, cross.v),
            self._joined(cross.o),
            self._feed_forward(layer[2], config),
        )

    def _feed_forward(self, layer: Any, config: Any) -> _FeedForward:
        dense, gated = layer.DenseReluDense, bool(config.is_gated_act)
        inner = self._joined(dense.wi_0, dense.wi_1) if gated else self._joined(dense.wi)
        activation = ACTIVATIONS[config.dense_act_fn]
        return _FeedForward(_norm(layer.layer_norm), inner, self._joined(dense.wo), activation, gated)

    def _joined(self, *layers: Any) -> Linear:
        return self._linear(torch.cat([layer.weight.detach() for layer in layers]))


def _norm(layer: Any) -> _Norm:
    return _Norm(layer.weight.detach(), layer.variance_epsilon)


def _float32(weight: torch.Tensor) -> Linear:
    """By oneDNN where there is one: a fifth faster on AMD than the product that PyTorch takes by itself."""
    backend: Any = torch.backends.mkldnn
    if not backend.is_available():
        return lambda states: functional.linear(states, weight)
    packed = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), PACKED_ROWS)

    def linear(states: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = torch.ops.mkldnn._linear_pointwise(states, packed, None, "none", [], "")
        return result

    return linear


def _int8(weight: torch.Tensor) -> Linear:
    """Bytes by bytes: weights scaled by output channel, states by row."""
    scales = weight.abs().amax(dim=1).clamp_min(SMALLEST) / 127
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rounded = torch.quantize_per_channel(
            weight, scales.double(), torch.zeros(len(weight), dtype=torch.int64), 0, torch.qint8
        )
    packed = torch.ops.quantized.linear_prepack(rounded, None)

    def linear(states: torch.Tensor) -> torch.Tensor:
        largest = states.abs().amax(dim=-1, keepdim=True).clamp_min_(SMALLEST)
        result: torch.Tensor = torch.ops.quantized.linear_dynamic(states.div_(largest), packed, False)
        return result.mul_(largest)

    return linear
