"""A DPO step over whole rankings: CPU time with and without deduplication, in one run.

The baseline is the same trainer on the same batch with ``deduplicate=False``, which computes every prompt and
completion of every pair, as TRL does. Both steps must give the same loss and gradients.
"""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from typing import Any

RANKINGS = 2
PROMPT_TOKENS = 200
COMPLETION_TOKENS = 80
VOCABULARY = 30_000
LAYERS = 6
D_MODEL = 512


def run() -> dict[str, Any]:
    """Seconds of CPU time of one step (policy forward and backward, reference forward) each way, and their ratio.

    One thread: idle threads that wait for work burn CPU time, too. One step each way is made before to warm up.
    """
    import torch

    from trainer.quiet import quiet

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with quiet(), tempfile.TemporaryDirectory() as directory:
            return _compare(_trainer(directory))
    finally:
        torch.set_num_threads(threads)


def _compare(trainer: Any) -> dict[str, Any]:
    batch = trainer._prepare_inputs(next(iter(trainer.get_train_dataloader())))
    steps = {}
    for deduplicate in (True, False) * 2:
        trainer.deduplicate = deduplicate
        steps[deduplicate] = _step(trainer, batch)
    (fast, loss, gradient), (plain, plain_loss, plain_gradient) = steps[True], steps[False]
    return {
        "pairs": 6 * RANKINGS,
        "deduplicated_cpu_s": round(fast, 2),
        "plain_cpu_s": round(plain, 2),
        "ratio": round(plain / fast, 2),
        "loss_difference": abs(loss - plain_loss),
        "gradient_norm_difference": abs(gradient - plain_gradient) / plain_gradient,
    }


def _step(trainer: Any, batch: Any) -> tuple[float, float, float]:
    """(CPU seconds, loss, gradient norm) of one step."""
    from torch.nn.utils import get_total_norm

    trainer.model.zero_grad()
    started = time.process_time()
    loss = trainer.compute_loss(trainer.model, batch)
    loss.backward()
    seconds = time.process_time() - started
    norm = get_total_norm([weight.grad for weight in trainer.model.parameters() if weight.grad is not None])
    return seconds, loss.item(), norm.item()


def _trainer(directory: str) -> Any:
    import torch
    from datasets import Dataset
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration
    from trl.trainer.dpo_config import DPOConfig

    from trainer.seq2seq_dpo import Seq2SeqDPOTrainer

    torch.manual_seed(0)
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=VOCABULARY,
            d_model=D_MODEL,
            d_ff=4 * D_MODEL,
            d_kv=64,
            num_heads=D_MODEL // 64,
            num_layers=LAYERS,
            num_decoder_layers=LAYERS,
            decoder_start_token_id=0,
        )
    )
    tokenizer = Tokenizer(models.WordLevel({"<pad>": 0, "</s>": 1}, unk_token="<pad>"))
    return Seq2SeqDPOTrainer(
        model,
        args=DPOConfig(
            directory,
            per_device_train_batch_size=6 * RANKINGS,
            bf16=False,
            activation_checkpointing=False,
            use_cpu=True,
            report_to="none",
        ),
        train_dataset=Dataset.from_list(_rankings()),
        processing_class=PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>"),
    )


def _rankings() -> list[dict[str, list[int]]]:
    draw = random.Random(0)

    def ids(count: int) -> list[int]:
        return [draw.randrange(2, VOCABULARY) for _ in range(count - 1)] + [1]

    rows = []
    for _ in range(RANKINGS):
        prompt, ranked = ids(PROMPT_TOKENS), [ids(COMPLETION_TOKENS) for _ in range(4)]
        rows += [
            {"prompt_ids": prompt, "chosen_ids": better, "rejected_ids": worse}
            for better, worse in itertools.combinations(ranked, 2)
        ]
    return rows
