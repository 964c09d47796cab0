"""Trains the tiny T5 of the starter from scratch on CPU, the same weights every time on the same kind of machine."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from resumes.slots.facts import Facts
from trainer.starter_validity import Validity

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast, T5ForConditionalGeneration

logger = logging.getLogger(__name__)
_IGNORED_LABEL = -100
_POOL_BATCHES = 50


class Example(NamedTuple):
    """Token ids of input and target, each with the end token, and the sentences that could be said (a bit set)."""

    source: list[int]
    target: list[int]
    possible: int


@dataclass(frozen=True)
class StarterSettings:
    """Size, length and speed of the training; ``steps`` batches of ``batch`` pairs, each pair seen once or more."""

    steps: int = 5500
    batch: int = 48
    texts: int = 120_000
    learning_rate: float = 2e-3
    warmup_steps: int = 200
    average_steps: int = 400
    validity_weight: float = 3.0
    seed: int = 7
    threads: int = 1
    d_model: int = 128
    d_ff: int = 512
    layers: int = 2
    heads: int = 4

    def to_dict(self) -> dict[str, Any]:
        """For the model card."""
        return asdict(self)


def build_model(tokenizer: PreTrainedTokenizerFast, settings: StarterSettings) -> T5ForConditionalGeneration:
    """A fresh model whose vocabulary has exactly the tokenizer's ids."""
    import transformers

    config_class: Any = transformers.T5Config  # its keyword arguments are not typed
    config = config_class(
        vocab_size=len(tokenizer),
        d_model=settings.d_model,
        d_kv=settings.d_model // settings.heads,
        d_ff=settings.d_ff,
        num_layers=settings.layers,
        num_decoder_layers=settings.layers,
        num_heads=settings.heads,
        dropout_rate=0.0,
        feed_forward_proj="relu",
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    return transformers.T5ForConditionalGeneration(config)


def learning_rate_at(step: int, settings: StarterSettings) -> float:
    """Linear warm-up, then half a cosine to zero at the last step."""
    if step < settings.warmup_steps:
        return settings.learning_rate * (step + 1) / settings.warmup_steps
    done = (step - settings.warmup_steps) / max(1, settings.steps - settings.warmup_steps)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def encode(pairs: Iterable[tuple[Facts, str]], tokenizer: PreTrainedTokenizerFast) -> list[Example]:
    """Token ids of facts and raw texts."""
    ids = tokenizer.get_vocab()
    end = tokenizer.eos_token_id
    validity = Validity(ids, end)
    return [
        Example(
            [ids[token] for token in facts.tokens] + [end],
            [ids[token] for token in raw.split()] + [end],
            validity.possible(facts.values, facts.group),
        )
        for facts, raw in pairs
    ]


def batches(examples: Sequence[Example], settings: StarterSettings) -> Iterator[list[Example]]:
    """Endless seeded batches of targets of like length (less padding), shuffled anew on every pass."""
    rng = Random(settings.seed)
    pool = settings.batch * _POOL_BATCHES
    while True:
        order = list(range(len(examples)))
        rng.shuffle(order)
        for start in range(0, len(order), pool):
            chosen = sorted(order[start : start + pool], key=lambda i: len(examples[i].target))
            parts = [chosen[i : i + settings.batch] for i in range(0, len(chosen), settings.batch)]
            rng.shuffle(parts)
            for part in parts:
                yield [examples[i] for i in part]


def train(
    examples: Sequence[Example],
    tokenizer: PreTrainedTokenizerFast,
    settings: StarterSettings,
    progress: Callable[[int, float], None] | None = None,
) -> T5ForConditionalGeneration:
    """Trains on ``examples`` in a seeded order; ``progress`` gets step and mean loss. Deterministic algorithms only."""
    import torch

    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    torch.use_deterministic_algorithms(True)
    model = build_model(tokenizer, settings)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, betas=(0.9, 0.98), weight_decay=0.0)
    validity = Validity(tokenizer.get_vocab(), tokenizer.eos_token_id)
    average = _Average()
    recent = 0.0
    for step, batch in zip(range(settings.steps), batches(examples, settings), strict=False):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(step, settings)
        inputs = _tensors(batch, tokenizer.pad_token_id)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(**inputs).logits
        loss, invalid = losses(logits.float(), inputs["labels"], _allowed(batch, validity, logits.shape))
        total: Any = loss + settings.validity_weight * invalid
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        recent += loss.item()
        if step >= settings.steps - settings.average_steps:
            average.update(model)
        if (step + 1) % 100 == 0 and progress is not None:
            progress(step + 1, recent / 100)
            recent = 0.0
    average.apply(model)
    model.train(mode=False)
    return model


class _Average:
    """Mean of the weights of the last steps: less noise than the last ones alone."""

    def __init__(self) -> None:
        self.count = 0
        self.sums: dict[str, torch.Tensor] = {}

    def update(self, model: T5ForConditionalGeneration) -> None:
        self.count += 1
        for name, value in model.named_parameters():
            previous = self.sums.get(name)
            detached = value.detach().double()
            self.sums[name] = detached.clone() if previous is None else previous.add_(detached)

    def apply(self, model: T5ForConditionalGeneration) -> None:
        import torch

        if not self.count:
            return
        with torch.no_grad():
            for name, value in model.named_parameters():
                value.copy_((self.sums[name] / self.count).to(value.dtype))


def losses(logits: torch.Tensor, labels: torch.Tensor, allowed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross-entropy of the labels, and mean ``-log P(allowed)``, over the positions that have a label.

    ``logits`` and ``allowed``: (batch, length, vocabulary); ``labels``: (batch, length), padding ignored.
    """
    import torch

    wanted = labels != _IGNORED_LABEL
    log_probabilities = torch.log_softmax(logits[wanted], dim=-1)
    chosen = log_probabilities.gather(1, labels[wanted].unsqueeze(1)).squeeze(1)
    valid = torch.logsumexp(log_probabilities.masked_fill(~allowed[wanted], float("-inf")), dim=-1)
    return -chosen.mean(), -valid.mean()


def _allowed(batch: Sequence[Example], validity: Validity, shape: Sequence[int]) -> torch.Tensor:
    """Boolean (batch, length, vocabulary): the tokens that could stand at each position."""
    import torch

    allowed = torch.zeros(tuple(shape), dtype=torch.bool)
    rows, columns, tokens = [], [], []
    for row, example in enumerate(batch):
        for column, choices in enumerate(validity.allowed(example.target, example.possible)):
            rows += [row] * len(choices)
            columns += [column] * len(choices)
            tokens += choices
    allowed[rows, columns, tokens] = True
    return allowed


def _tensors(batch: Sequence[Example], pad: int) -> dict[str, torch.Tensor]:
    import torch

    inputs = _padded([example.source for example in batch], pad)
    labels = _padded([example.target for example in batch], _IGNORED_LABEL)
    input_ids = torch.tensor(inputs)
    return {"input_ids": input_ids, "attention_mask": (input_ids != pad).long(), "labels": torch.tensor(labels)}


def _padded(rows: Sequence[list[int]], value: int) -> list[list[int]]:
    width = max(map(len, rows))
    return [row + [value] * (width - len(row)) for row in rows]
