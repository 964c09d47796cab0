"""Hugging Face checkpoint → CTranslate2 model, once per content, compute type and version.

Where that has been done, neither torch nor transformers is imported: they take longer than a small run.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ctranslate2

from sampler.artifacts import ModelArtifact, content_sha256
from sampler.engines.quiet import quiet_transformers
from sampler.errors import EngineError

log = logging.getLogger(__name__)

QUANTIZATIONS = ("float32", "float16", "bfloat16", "int16", "int8", "int8_float32", "int8_float16", "int8_bfloat16")


def converted(checkpoint: Path, compute_type: str, cache_dir: Path) -> Path:
    """Directory of the converted model with its ``tokenizer.json``; converts at most once.

    The directory appears whole or not at all; processes that want the same model wait for the first one.

    Raises:
        ArtifactError: ``checkpoint`` is no model directory.
        EngineError: the model cannot be converted.
    """
    if compute_type not in QUANTIZATIONS:
        raise EngineError(f"Compute type: expected one of {', '.join(QUANTIZATIONS)}, found {compute_type!r}")
    artifact = ModelArtifact.open(checkpoint)
    root = cache_dir / "ctranslate2"
    target = root / f"{content_sha256(artifact.path)[:32]}-{compute_type}-{ctranslate2.__version__}"
    if target.is_dir():
        return target
    root.mkdir(parents=True, exist_ok=True)
    with _exclusive(root / f"{target.name}.lock"):
        if not target.is_dir():
            _convert(artifact.path, compute_type, target)
    return target


def _convert(checkpoint: Path, compute_type: str, target: Path) -> None:
    from sampler.engines.converter import convert

    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    log.info("Converting %s for CTranslate2 (%s)", checkpoint, compute_type)
    try:
        with quiet_transformers():
            convert(checkpoint, partial / "model", compute_type)
            _save_codec_files(checkpoint, partial)
        partial.rename(target)
    except Exception as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise EngineError(f"Model {checkpoint} cannot be converted for CTranslate2: {_one_line(error)}") from error


def _save_codec_files(checkpoint: Path, target: Path) -> None:
    """``tokenizer.json`` (made from a SentencePiece model where there is none) and ``config.json``."""
    if (checkpoint / "tokenizer.json").is_file():
        shutil.copyfile(checkpoint / "tokenizer.json", target / "tokenizer.json")
    else:
        from transformers import AutoTokenizer

        AutoTokenizer.from_pretrained(str(checkpoint)).backend_tokenizer.save(str(target / "tokenizer.json"))
    shutil.copyfile(checkpoint / "config.json", target / "config.json")


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """A lock between processes; the kernel frees it when the holder dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
