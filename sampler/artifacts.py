"""Model directories: what one must contain, its hash, and the way to and from a store (any fsspec URI).

A model directory is a Hugging Face checkpoint plus ``raisontext.json`` with its text format. Stored models are
addressed by their content: ``<store>/<name>-<first 12 digits of the hash>``, so storing again is harmless.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import fsspec
from fsspec.core import url_to_fs

from resumes.text_format import TextFormat as TextFormat
from sampler.errors import ArtifactError

MARKER = "raisontext.json"
STARTER = "starter"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")
TOKENIZERS = ("tokenizer.json", "spiece.model", "tokenizer.model", "vocab.json")
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_SAFE_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class ModelArtifact:
    """A model directory that has every file it needs."""

    path: Path
    text_format: TextFormat

    @classmethod
    def open(cls, path: Path) -> ModelArtifact:
        """Checks that the files are there (not that they load).

        Without ``raisontext.json`` (a stock checkpoint) the text format is ``plain``.

        Raises:
            ArtifactError: the directory or a needed file is missing, or ``raisontext.json`` is malformed.
        """
        if not path.is_dir():
            raise ArtifactError(f"Expected a model directory, found nothing at {path}")
        for wanted in (("config.json",), WEIGHTS, TOKENIZERS):
            if not any((path / name).is_file() for name in wanted):
                raise ArtifactError(f"Expected {' or '.join(wanted)} in the model directory {path}, found none")
        return cls(path, _text_format(path / MARKER))


def write_marker(directory: Path, text_format: TextFormat) -> None:
    """Writes ``raisontext.json`` into a model directory."""
    (directory / MARKER).write_text(json.dumps({"text_format": text_format}) + "\n", encoding="utf-8")


def content_sha256(directory: Path) -> str:
    """Hash of names and contents of all files below ``directory``; links are followed, time stamps do not count."""
    total = hashlib.sha256()
    for path in _files(directory):
        total.update(f"{path.relative_to(directory).as_posix()}\0{_file_sha256(path)}\n".encode())
    return total.hexdigest()


def store(directory: Path, store_uri: str, name: str) -> tuple[str, str]:
    """Copies a model directory into the store; returns its URI and hash.

    On local file systems the copy appears whole or not at all; on object stores files are uploaded before anybody
    learns the URI, and an interrupted upload is completed by storing again.

    Raises:
        ArtifactError: the directory is no model, or the store cannot be written.
    """
    artifact = ModelArtifact.open(directory)
    digest = content_sha256(artifact.path)
    filesystem, root = _filesystem(store_uri)
    target = f"{root.rstrip('/')}/{_SAFE_NAME.sub('-', name)}-{digest[:12]}"
    try:
        if _is_local(filesystem):
            _copy_atomically(artifact.path, Path(target), digest)
        else:
            for path in _files(artifact.path):
                filesystem.put_file(str(path), f"{target}/{path.relative_to(artifact.path).as_posix()}")
    except OSError as error:
        raise ArtifactError(f"Model {name!r} cannot be written to {store_uri}: {error}") from error
    return cast(str, filesystem.unstrip_protocol(target)), digest


def fetch(uri: str, sha256: str, cache_dir: Path) -> Path:
    """A local directory with the content that ``sha256`` names.

    Local URIs are used in place; others are downloaded into ``cache_dir`` once. Either way the content is hashed, so
    a damaged model is never loaded.

    Raises:
        ArtifactError: nothing is there, or it has another hash.
    """
    filesystem, root = _filesystem(uri)
    if _is_local(filesystem):
        return _verified(Path(root), sha256, uri)
    target = cache_dir / "models" / sha256
    if not target.is_dir():
        _download(filesystem, root, uri, sha256, target)
    return _verified(target, sha256, uri)


def starter_dir() -> Path:
    """The starter model that comes with this project."""
    return Path(__file__).resolve().parents[1] / "starter"


def resolve_base(base: str) -> Path:
    """The directory of a base model: ``starter``, a directory, or a name on the Hugging Face hub.

    Raises:
        ArtifactError: there is no such directory, or the hub does not give it.
    """
    if base == STARTER:
        return ModelArtifact.open(starter_dir()).path
    if Path(base).is_dir() or not _HUB_NAME.fullmatch(base):
        return ModelArtifact.open(Path(base)).path
    return ModelArtifact.open(_from_hub(base)).path


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    patterns = ["*.json", "*.safetensors", "*.bin", "*.model", "*.txt"]
    try:
        return Path(snapshot_download(name, allow_patterns=patterns))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ArtifactError(
            f"Base model {name!r} is no directory here and cannot be had from the Hugging Face hub: {first_line}"
        ) from error


def _text_format(marker: Path) -> TextFormat:
    if not marker.is_file():
        return "plain"
    try:
        value = json.loads(marker.read_text(encoding="utf-8"))["text_format"]
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f'Expected {{"text_format": "slots" | "plain"}} in {marker}') from error
    if value not in ("plain", "slots"):
        raise ArtifactError(f"Expected text_format slots or plain in {marker}, found {value!r}")
    return cast(TextFormat, value)


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _filesystem(uri: str) -> tuple[fsspec.AbstractFileSystem, str]:
    try:
        return cast(tuple[fsspec.AbstractFileSystem, str], url_to_fs(uri))
    except (ValueError, ImportError) as error:
        raise ArtifactError(f"Expected a file or object store URI, found {uri!r}: {error}") from error


def _is_local(filesystem: fsspec.AbstractFileSystem) -> bool:
    protocol = filesystem.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A directory beside ``target`` that becomes ``target`` when the block ends well, and vanishes when it does not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield staging
        try:
            staging.rename(target)
        except OSError:
            # Another process was faster; what is there has the same content hash in its name.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _copy_atomically(source: Path, target: Path, digest: str) -> None:
    if target.is_dir() and content_sha256(target) == digest:
        return
    if target.is_dir():
        raise ArtifactError(f"Expected the content {digest[:12]} at {target}, found other content")
    with _staging(target) as staging:
        for path in _files(source):
            copy = staging / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            _flush(copy)
        staging.chmod(0o755)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _download(filesystem: fsspec.AbstractFileSystem, root: str, uri: str, sha256: str, target: Path) -> None:
    try:
        remote_paths = filesystem.find(root)
        if not remote_paths:
            raise ArtifactError(f"Expected a model at {uri}, found nothing")
        with _staging(target) as staging:
            for remote_path in remote_paths:
                copy = staging / remote_path[len(root) :].lstrip("/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                filesystem.get_file(remote_path, str(copy))
            _verified(staging, sha256, uri)
    except OSError as error:
        raise ArtifactError(f"Model at {uri} cannot be read: {error}") from error


def _verified(directory: Path, sha256: str, uri: str) -> Path:
    artifact = ModelArtifact.open(directory)
    found = content_sha256(artifact.path)
    if found != sha256:
        raise ArtifactError(
            f"Model at {uri}: expected content hash {sha256[:12]}…, found {found[:12]}…; it was changed"
        )
    return artifact.path
