"""Tiny checkpoints with random weights and a word-level tokenizer: T5 of both kinds, and a decoder-only model."""

from __future__ import annotations

from pathlib import Path

WORDS = [f"слово{i}" for i in range(60)]


def make_checkpoint(
    directory: Path, *, tied: bool = True, gated: bool = False, seed: int = 0, text_format: str = "plain"
) -> Path:
    """A T5 of about 40,000 parameters whose 63 words are padded to 64 outputs.

    ``tied`` false: an output layer of its own; ``gated``: the feed-forward layers of version 1.1.
    """
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
        feed_forward_proj="gated-gelu" if gated else "relu",
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


CHAT_TEMPLATE = (
    "{% for message in messages %}слово1 {{ message.content }} слово2{% endfor %}"
    "{% if add_generation_prompt %} слово3{% endif %}"
)


def make_causal_checkpoint(directory: Path, *, chat: bool = False, seed: int = 0) -> Path:
    """A Llama of about 30,000 parameters over the same words; ``chat`` gives it a template that frames the prompt."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from sampler.artifacts import write_marker

    vocabulary = {token: index for index, token in enumerate(["<pad>", "</s>", "<unk>", *WORDS])}
    _save_tokenizer(vocabulary, directory)
    if chat:
        (directory / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    config = LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=2048,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=0,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config)
        model.lm_head.weight.data.normal_(0.0, 0.6)
    model.save_pretrained(directory)
    write_marker(directory, "plain")
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
