"""What vLLM 0.32 and 0.33 look like from outside, as far as the engine uses it: same names, keywords and types.

Unknown keywords are a ``TypeError`` here as they are there (``LLM`` hands what it does not know to ``EngineArgs``,
whose fields are listed). The "model" behind it is the tiny causal checkpoint itself, read by transformers, so that
log-probabilities are real; samples are drawn per request from its seed, child seeds as vLLM makes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

__version__ = "0.32.0"

LLM_KEYWORDS = {
    "model", "runner", "convert", "tokenizer", "tokenizer_mode", "skip_tokenizer_init", "trust_remote_code",
    "tensor_parallel_size", "dtype", "quantization", "revision", "chat_template", "seed", "gpu_memory_utilization",
    "cpu_offload_gb", "enforce_eager", "hf_token", "hf_overrides", "kv_cache_memory_bytes", "compilation_config",
    "logits_processors", "max_model_len", "enable_prefix_caching", "logprobs_mode", "generation_config",
    "disable_log_stats", "max_logprobs", "max_num_seqs", "max_num_batched_tokens",
}  # fmt: skip


@dataclass(kw_only=True)
class SamplingParams:
    """The fields of ``vllm.SamplingParams`` that concern sampling, with its defaults and checks."""

    n: int = 1
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    repetition_penalty: float = 1.0
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    seed: int | None = None
    stop: str | list[str] | None = None
    stop_token_ids: list[int] | None = None
    ignore_eos: bool = False
    max_tokens: int | None = 16
    min_tokens: int = 0
    logprobs: int | None = None
    prompt_logprobs: int | None = None
    detokenize: bool = True
    skip_special_tokens: bool = True
    include_stop_str_in_output: bool = False

    def __post_init__(self) -> None:
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise ValueError("seed must fit into a signed 64-bit integer")
        if self.temperature == 0 and self.n > 1:
            raise ValueError("n must be 1 when using greedy sampling")
        if self.top_k < -1:
            raise ValueError("top_k must be 0 (disable) or at least 1")


@dataclass
class Logprob:
    logprob: float
    rank: int | None = None
    decoded_token: str | None = None


@dataclass
class CompletionOutput:
    index: int
    text: str
    token_ids: list[int]
    cumulative_logprob: float | None
    logprobs: list[dict[int, Logprob]] | None
    finish_reason: str | None = None
    stop_reason: int | str | None = None


@dataclass
class RequestOutput:
    request_id: str
    prompt: str | None
    prompt_token_ids: list[int]
    prompt_logprobs: list[dict[int, Logprob] | None] | None
    outputs: list[CompletionOutput]
    finished: bool = field(default=True)


class LLM:
    """``vllm.LLM``: keyword arguments only, ``generate`` with the signature of the real one."""

    made: list[LLM] = []  # noqa: RUF012 - what tests look at

    def __init__(self, model: str, **options: Any) -> None:
        unknown = set(options) - LLM_KEYWORDS
        if unknown:
            raise TypeError(f"EngineArgs.__init__() got an unexpected keyword argument {sorted(unknown)[0]!r}")
        from transformers import AutoModelForCausalLM

        self.options = options
        self.calls: list[int] = []
        self._model = AutoModelForCausalLM.from_pretrained(Path(model), dtype=torch.float32).eval()
        LLM.made.append(self)

    def generate(
        self,
        prompts: Any,
        sampling_params: Any = None,
        *,
        use_tqdm: bool = True,
        lora_request: Any = None,
        priority: Any = None,
        tokenization_kwargs: dict[str, Any] | None = None,
        mm_processor_kwargs: dict[str, Any] | None = None,
    ) -> list[RequestOutput]:
        if len(prompts) != len(sampling_params):
            raise ValueError("The lengths of prompts and params must be the same.")
        self.calls.append(len(prompts))
        return [self._request(*pair) for pair in zip(prompts, sampling_params, strict=True)]

    def _request(self, prompt: dict[str, Any], params: SamplingParams) -> RequestOutput:
        if set(prompt) != {"prompt_token_ids"}:
            raise TypeError(f"expected TokensPrompt, found {sorted(prompt)}")
        ids: list[int] = prompt["prompt_token_ids"]
        if self.options.get("skip_tokenizer_init") and params.detokenize:
            raise ValueError("cannot detokenize when skip_tokenizer_init is set")
        if len(ids) >= self.options["max_model_len"]:
            raise ValueError(f"The decoder prompt (length {len(ids)}) is longer than the maximum model length")
        outputs = [self._output(ids, params, index) for index in range(params.n)]
        # Backwards, because nobody promises an order.
        return RequestOutput("0", None, ids, self._prompt_logprobs(ids, params), outputs[::-1])

    @torch.inference_mode()
    def _output(self, ids: list[int], params: SamplingParams, index: int) -> CompletionOutput:
        generator = torch.Generator().manual_seed((params.seed or 0) + index)
        drawn: list[int] = []
        found: list[dict[int, Logprob]] = []
        reason = "length"
        while len(drawn) < (params.max_tokens or 16):
            raw = torch.log_softmax(self._model(torch.tensor([[*ids, *drawn]])).logits[0, -1], dim=-1)
            tempered = raw if params.temperature == 0 else raw / params.temperature
            if params.top_k > 0:
                tempered = tempered.masked_fill(tempered < tempered.topk(min(params.top_k, len(raw))).values[-1], -1e9)
            weights = torch.softmax(tempered, dim=-1)
            token = int(raw.argmax() if params.temperature == 0 else torch.multinomial(weights, 1, generator=generator))
            drawn.append(token)
            found.append({token: Logprob(float(raw[token]))})
            if token in (params.stop_token_ids or []):
                reason = "stop"
                break
        total = None if params.logprobs is None else sum(step[t].logprob for step, t in zip(found, drawn, strict=True))
        return CompletionOutput(index, "", drawn, total, found if params.logprobs is not None else None, reason)

    @torch.inference_mode()
    def _prompt_logprobs(self, ids: list[int], params: SamplingParams) -> list[dict[int, Logprob] | None] | None:
        if params.prompt_logprobs is None:
            return None
        table = torch.log_softmax(self._model(torch.tensor([ids])).logits[0], dim=-1)
        return [None, *({token: Logprob(float(table[place, token]))} for place, token in enumerate(ids[1:]))]
