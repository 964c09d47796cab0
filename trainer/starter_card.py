"""The starter's model card, written from what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.error_rate import FULL_FIELDS, REDRAWS, ErrorRate

CARD = "MODEL_CARD.md"


def write_card(directory: Path, training: Mapping[str, Any], measured: Mapping[str, ErrorRate]) -> None:
    """Writes ``MODEL_CARD.md`` beside the weights."""
    size = (directory / "model.safetensors").stat().st_size
    parts = [_head(training, size), _measurements(measured), _counting(), _limits(), _training(training)]
    (directory / CARD).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _head(training: Mapping[str, Any], size: int) -> str:
    settings = training["settings"]
    layers = settings["layers"]
    return f"""# RaisonText starter

Writes Russian «О себе» texts in slots format: it reads which facts a résumé has (never the facts themselves) and
writes words and slots such as `<city:loct>`; `resumes.text_format.realise` fills the slots in, inflected. Cities,
employers, salaries, skills and other open-class facts are therefore right by construction.

- T5 encoder-decoder, d_model {settings["d_model"]}, d_ff {settings["d_ff"]}, {layers} + {layers} layers,
  {settings["heads"]} heads, tied embeddings: {training["parameters"]:,} parameters, {size / 1e6:.1f} MB in float32
- word-level vocabulary of {training["vocabulary"]} tokens, every id in use
- {training["mean_target_tokens"]} tokens a training text on average
- trained from scratch on synthetic data only; no personal data of any kind
- made again by `make starter` (same seed, same kind of machine: same weights)"""


def _measurements(measured: Mapping[str, ErrorRate]) -> str:
    rows = [
        "## Measured",
        "",
        "Temperature 0.8, top-k 50, float32.",
        "",
        "| résumés | n | texts | raw texts with any error | wrong after check and redraw | four texts all different"
        " | median length | median length, full résumés | tokens a text |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows += [_row(name, rate) for name, rate in measured.items()]
    rows += ["", *(_kinds(name, rate) for name, rate in measured.items())]
    return "\n".join(rows)


def _row(name: str, rate: ErrorRate) -> str:
    cells = (
        name,
        rate.resumes,
        rate.texts,
        f"{100 * rate.raw:.2f} % ({rate.raw_errors})",
        f"{100 * rate.checked:.2f} % ({rate.resumes_without_clean_text})",
        f"{100 * rate.resumes_with_distinct_texts / rate.resumes:.1f} %",
        _number(rate.median_length),
        f"{_number(rate.median_length_full)} ({rate.full_resumes} résumés)",
        f"{rate.mean_tokens:.1f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f}"


def _kinds(name: str, rate: ErrorRate) -> str:
    kinds = ", ".join(f"{kind} {count}" for kind, count in rate.kinds.items()) or "none"
    return f"Errors by kind, {name} (texts): {kinds}."


def _counting() -> str:
    return f"""## How errors were counted

Held-out synthetic résumés come from `resumes.synthetic` with the vocabulary `heldout`: its cities, employers, skills
and institutions occur nowhere in training. Each résumé got {1 + REDRAWS} independent samples. A text counts as wrong
when one of its slots has no value in the résumé, when it states a fact twice, repeats a word or sentence, breaks off,
or when `resumes.faithfulness.check` finds anything against the realised text. *Raw* is the share of all samples that
are wrong. *After check and redraw* is the share of résumés for which the first sample and all {REDRAWS} redraws are
wrong. A full résumé is one with at least {FULL_FIELDS} filled fields. The check is the project's own: an error that it
cannot see is not counted. No model was trained on these résumés, but grammar and check were improved while errors on
them were read."""


def _limits() -> str:
    return """## Limits

It can say nothing that its grammar cannot: one plain style, a few hundred words, general self-praise. Skills, positions
and employers that cannot be inflected with certainty are quoted in the nominative or left out. It is a starting point
for preference training and a demonstration, not a substitute for a large pretrained model."""


def _training(training: Mapping[str, Any]) -> str:
    settings = training["settings"]
    return f"""## Training

{settings["steps"]} steps of {settings["batch"]} texts drawn from {settings["texts"]:,} grammar texts (`resumes.corpus`;
six in ten inputs are synthetic résumés with facts taken away at random, the rest are random combinations of facts).
AdamW, peak learning rate {settings["learning_rate"]}, cosine to zero, bfloat16 autocast, mean of the weights of the
last {settings["average_steps"]} steps, seed {settings["seed"]}, {settings["threads"]} thread. Last mean loss
{training["final_loss"]}; {training["cpu_seconds"] / 60:.0f} CPU minutes, {training["seconds"] / 60:.0f} minutes by the
clock."""
