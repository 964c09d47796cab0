"""Tiny real models and rankings: a T5 of 2+2 layers and 16 dimensions over 60 words."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration
from trl import DPOConfig

WORDS = [f"слово{number}" for number in range(57)]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A word-level tokenizer that ends every text with ``</s>``, as T5's does."""
    vocabulary = {"<pad>": 0, "</s>": 1, "<unk>": 2, **{word: number + 3 for number, word in enumerate(WORDS)}}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512
    )


def make_model(*, tied: bool = True, seed: int = 0, dtype: torch.dtype = torch.float32) -> T5ForConditionalGeneration:
    """A random T5; ``tied=False`` gives it a head of its own, as rut5 derivatives have."""
    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=60, d_model=16, d_kv=4, d_ff=32, num_layers=2, num_decoder_layers=2, num_heads=4,
        decoder_start_token_id=0, dropout_rate=0.1, tie_word_embeddings=tied,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config)
    if not tied:
        model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight) * 0.3)
    return model.to(dtype).eval()


def make_rankings(count: int = 6, *, seed: int = 0) -> Dataset:
    """``count`` rankings of four completions each, all six pairs, adjacent."""
    draw = random.Random(seed)

    def text(low: int, high: int) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(low, high)))

    rows = []
    for _ in range(count):
        prompt = text(3, 9)
        ranked = [text(3, 9) for _ in range(4)]
        rows += [
            {"prompt": prompt, "chosen": better, "rejected": worse}
            for better, worse in itertools.combinations(ranked, 2)
        ]
    return Dataset.from_list(rows)


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    return make_tokenizer()


@pytest.fixture
def dpo_config(tmp_path: Path) -> Callable[..., DPOConfig]:
    """DPOConfig for the CPU with everything at rest that tests do not ask for."""

    def make(**changes: object) -> DPOConfig:
        settings: dict[str, object] = {
            "output_dir": str(tmp_path / "out"), "per_device_train_batch_size": 12, "learning_rate": 1e-3,
            "bf16": False, "activation_checkpointing": False, "use_cpu": True, "report_to": "none",
            "logging_steps": 1, "num_train_epochs": 1, "save_strategy": "no", "disable_tqdm": True, "seed": 7,
        }  # fmt: skip
        return DPOConfig(**{**settings, **changes})

    return make


@pytest.fixture(params=[True, False], ids=["tied", "untied"])
def checkpoint(request: pytest.FixtureRequest, tmp_path: Path, tokenizer: PreTrainedTokenizerFast) -> Path:
    """A saved checkpoint with its tokenizer, once with a tied and once with an untied head."""
    directory = tmp_path / "parent"
    make_model(tied=request.param).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return directory
