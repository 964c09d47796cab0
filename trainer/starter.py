"""``python -m trainer.starter``: trains the starter model from the corpus grammar, measures it, writes its card."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.errors import InvalidInputError, RaisonTextError
from resumes.schema import Profile
from sampler.artifacts import starter_dir, write_marker
from trainer.error_rate import ErrorRate, error_rate, sample_and_judge
from trainer.starter_card import write_card
from trainer.starter_training import StarterSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, T5ForConditionalGeneration

logger = logging.getLogger(__name__)
HELD_OUT_RESUMES = 300
HELD_OUT_SEED = 20
SAMPLING_SEED = 1
TRAINING_RECORD = "training.json"


def train_starter(out: Path, settings: StarterSettings) -> None:
    """Writes weights, tokenizer, generation defaults, text format and a training record to ``out``."""
    from trainer.starter_data import training_pairs
    from trainer.starter_tokenizer import build_tokenizer
    from trainer.starter_training import encode, train

    started, busy = time.monotonic(), time.process_time()
    tokenizer = build_tokenizer()
    logger.info("writing %d texts", settings.texts)
    examples = encode(list(training_pairs(settings.texts, settings.seed)), tokenizer)
    losses: list[tuple[int, float]] = []

    def progress(step: int, loss: float) -> None:
        losses.append((step, round(loss, 4)))
        logger.info("step %d of %d, loss %.4f, %.0f s", step, settings.steps, loss, time.monotonic() - started)

    model = train(examples, tokenizer, settings, progress)
    _save(model, tokenizer, out)
    record = {
        "settings": settings.to_dict(),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "vocabulary": len(tokenizer),
        "mean_target_tokens": round(sum(len(example.target) - 1 for example in examples) / len(examples), 1),
        "final_loss": losses[-1][1] if losses else None,
        "seconds": round(time.monotonic() - started),
        "cpu_seconds": round(time.process_time() - busy),
    }
    (out / TRAINING_RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _save(model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, out: Path) -> None:
    import transformers

    generation_config: Any = transformers.GenerationConfig  # untyped
    out.mkdir(parents=True, exist_ok=True)
    model.generation_config = generation_config(
        do_sample=True,
        temperature=0.8,
        top_k=50,
        max_new_tokens=160,
        pad_token_id=model.config.pad_token_id,
        eos_token_id=model.config.eos_token_id,
        decoder_start_token_id=model.config.decoder_start_token_id,
    )
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    (out / "model.safetensors").chmod(0o644)
    write_marker(out, "slots")


def read_profiles(path: Path) -> list[Profile]:
    """Résumés of a JSONL file; targets («about») are not needed and dropped.

    Raises:
        InvalidInputError: the file cannot be read or a line is no résumé.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"Expected a readable JSONL file, found {error}") from error
    profiles = [_read_profile(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not profiles:
        raise InvalidInputError(f"Expected résumés in {path}, found none")
    return profiles


def _read_profile(line: str, where: str) -> Profile:
    from pydantic import ValidationError

    try:
        fields: dict[str, Any] = json.loads(line)
        return Profile.model_validate({key: value for key, value in fields.items() if key in Profile.model_fields})
    except (ValueError, AttributeError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise InvalidInputError(f"Expected one résumé a line, found none in {where}: {first}") from error


def measure(directory: Path, real: Path | None) -> dict[str, ErrorRate]:
    """Error rates at temperature 0.8: held-out synthetic résumés and, where given, real ones."""
    from resumes.synthetic import generate_profiles
    from sampler.engines.base import Decoding
    from sampler.engines.load import load_engine

    sets = {"held-out synthetic": list(generate_profiles(HELD_OUT_RESUMES, HELD_OUT_SEED, vocabulary="heldout"))}
    if real is not None:
        sets["real"] = read_profiles(real)
    with tempfile.TemporaryDirectory() as cache:
        engine = load_engine("transformers", directory, cache_dir=Path(cache), threads=1)
        return {
            name: error_rate(sample_and_judge(engine, profiles, "slots", Decoding(), SAMPLING_SEED))
            for name, profiles in sets.items()
        }


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m trainer.starter", description=__doc__)
    parser.add_argument("--out", type=Path, help="directory to write (default: starter/ of the project)")
    parser.add_argument(
        "--steps", type=int, help="training steps (default: %(default)s)", default=StarterSettings.steps
    )
    parser.add_argument("--texts", type=int, help="corpus texts (default: %(default)s)", default=StarterSettings.texts)
    parser.add_argument("--real", type=Path, help="JSONL of real résumés to measure on besides")
    parser.add_argument("--measure-only", action="store_true", help="measure what is there and renew its card")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; answers the exit code."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    out = arguments.out or starter_dir()
    settings = dataclasses.replace(StarterSettings(), steps=arguments.steps, texts=arguments.texts)
    try:
        if not arguments.measure_only:
            train_starter(out, settings)
        measured = measure(out, arguments.real)
    except RaisonTextError as error:
        logger.error("%s", error)
        return error.exit_code
    write_card(out, json.loads((out / TRAINING_RECORD).read_text(encoding="utf-8")), measured)
    for name, rate in measured.items():
        logger.info("%s: raw %.2f %%, after check and redraw %.2f %%", name, 100 * rate.raw, 100 * rate.checked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
