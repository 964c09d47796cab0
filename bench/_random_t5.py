"""A T5 of the base shape (220 million parameters) with random weights, and prompts for it."""

from __future__ import annotations

import random
from pathlib import Path

VOCABULARY = 32_128
SPECIAL = ("<pad>", "</s>", "<unk>")
WORDS = [f"w{number}" for number in range(VOCABULARY - len(SPECIAL))]
SEED = 1
EMBEDDING_SCALE = 0.05


def make_t5_base(directory: Path) -> Path:
    """Writes the checkpoint.

    The initialisation is that of transformers, except that embeddings are small and the last normalisation makes up
    for it: logits keep about the spread of a standard normal variable, but come from all twelve layers (else the model
    repeats its last token, texts differ by how often, and means over them are noise). The end token has the logit 0,
    far below the fifty largest of 32,128, so that every text has the greatest length on every engine.
    """
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    from sampler.engines.quiet import quiet_transformers

    config = T5Config(
        vocab_size=VOCABULARY,
        d_model=768,
        d_ff=3072,
        d_kv=64,
        num_layers=12,
        num_heads=12,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
    )
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        model = T5ForConditionalGeneration(config)
    model.shared.weight.data *= EMBEDDING_SCALE
    model.decoder.final_layer_norm.weight.data /= EMBEDDING_SCALE
    model.shared.weight.data[config.eos_token_id] = 0.0
    with quiet_transformers():
        model.save_pretrained(directory)
    vocabulary = {token: index for index, token in enumerate([*SPECIAL, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(directory)
    return directory


def random_prompts(count: int, tokens: int) -> list[str]:
    """Prompts of exactly ``tokens`` tokens, the end token included."""
    numbers = random.Random(SEED)
    return [" ".join(numbers.choices(WORDS, k=tokens - 1)) for _ in range(count)]
