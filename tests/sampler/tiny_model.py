"""Tiny T5 checkpoints with random weights and a word-level tokenizer."""

from __future__ import annotations

from pathlib import Path

WORDS = [f"слово{i}" for i in range(60)]


def make_checkpoint(directory: Path, *, tied: bool = True, seed: int = 0, text_format: str = "plain") -> Path:
    """A T5 of about 40,000 parameters whose 63 words are padded to 64 outputs; untied: an output layer of its own."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    from sampler.artifacts import write_marker

    vocabulary = {token: index for index, token in enumerate(["<pad>", "</s>", "<unk>", *WORDS])}
    _save_tokenizer(vocabulary, directory)
    config = T5Config(
        vocab_size=64,
        d_model=32,
        d_ff=64,
        d_kv=8,
        num_layers=2,
        num_heads=4,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
        tie_word_embeddings=tied,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = T5ForConditionalGeneration(config)
        model.shared.weight.data.normal_(0.0, 1.0)
        if not tied:
            model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.shared.weight) * 0.3)
    model.save_pretrained(directory)
    write_marker(directory, text_format)  # type: ignore[arg-type]
    return directory


def _save_tokenizer(vocabulary: dict[str, int], directory: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(directory)


def prompts(count: int) -> list[str]:
    """Prompts of different lengths."""
    return [" ".join(WORDS[(7 * i + j) % 60] for j in range(3 + i % 5)) for i in range(count)]
