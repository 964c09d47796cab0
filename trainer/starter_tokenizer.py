"""Word-level tokenizer of the starter: one token a word, slot or presence feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resumes.corpus.grammar import words
from resumes.slots.facts import presence_vocabulary

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SPECIAL_TOKENS = ("<pad>", "</s>", "<unk>")


def vocabulary() -> list[str]:
    """Special tokens, then presence features, then words and slots; position is the id, none is unused."""
    return [*SPECIAL_TOKENS, *presence_vocabulary(), *words()]


def build_tokenizer() -> PreTrainedTokenizerFast:
    """Splits at spaces; a raw text comes back unchanged from its ids. Slots are ordinary tokens, so decoding that skips
    special tokens keeps them."""
    import transformers
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from tokenizers.processors import TemplateProcessing

    ids = {token: index for index, token in enumerate(vocabulary())}
    backend = Tokenizer(WordLevel(ids, unk_token="<unk>"))
    backend.pre_tokenizer = WhitespaceSplit()
    backend.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", ids["</s>"])])
    tokenizer_class: Any = transformers.PreTrainedTokenizerFast  # untyped
    tokenizer: PreTrainedTokenizerFast = tokenizer_class(
        tokenizer_object=backend,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        clean_up_tokenization_spaces=False,
        model_max_length=512,
    )
    return tokenizer
