"""Model directories go to a store and come back unchanged, or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import fsspec
import pytest

from sampler.artifacts import MARKER, ModelArtifact, content_sha256, fetch, resolve_base, store
from sampler.errors import ArtifactError


@pytest.fixture
def model(tied_checkpoint: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tied_checkpoint, tmp_path / "model"))


def test_store_and_fetch_on_disk(model: Path, tmp_path: Path) -> None:
    uri, sha256 = store(model, str(tmp_path / "store"), "dpo round 1")
    assert uri.startswith("file://")
    assert uri.endswith(f"/dpo-round-1-{sha256[:12]}")
    fetched = fetch(uri, sha256, tmp_path / "cache")
    assert content_sha256(fetched) == sha256 == content_sha256(model)
    assert store(model, str(tmp_path / "store"), "dpo round 1") == (uri, sha256)
    assert [path.name for path in (tmp_path / "store").iterdir()] == [f"dpo-round-1-{sha256[:12]}"]


def test_store_and_fetch_on_an_object_store(model: Path, tmp_path: Path) -> None:
    uri, sha256 = store(model, "memory://models", "sft")
    fetched = fetch(uri, sha256, tmp_path / "cache")
    assert fetched == tmp_path / "cache" / "models" / sha256
    assert content_sha256(fetched) == sha256
    fsspec.filesystem("memory").rm("/models", recursive=True)
    assert fetch(uri, sha256, tmp_path / "cache") == fetched
    with pytest.raises(ArtifactError, match="found nothing"):
        fetch(uri, sha256, tmp_path / "other")
    assert not list((tmp_path / "other").rglob("*.json"))


def test_hash_depends_on_names_and_contents_only(model: Path, tmp_path: Path) -> None:
    before = content_sha256(model)
    (model / "config.json").touch()
    assert content_sha256(model) == before
    (model / "generation_config.json").rename(model / "renamed.json")
    assert content_sha256(model) != before


def test_damaged_model_is_refused(model: Path, tmp_path: Path) -> None:
    uri, sha256 = store(model, str(tmp_path / "store"), "sft")
    weights = Path(uri.removeprefix("file://")) / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ArtifactError, match="expected content hash") as caught:
        fetch(uri, sha256, tmp_path / "cache")
    assert "\n" not in str(caught.value)
    with pytest.raises(ArtifactError, match="found other content"):
        store(model, str(tmp_path / "store"), "sft")


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_missing_file_is_named(model: Path, tmp_path: Path, missing: str) -> None:
    (model / missing).unlink()
    with pytest.raises(ArtifactError, match=missing):
        ModelArtifact.open(model)
    with pytest.raises(ArtifactError, match=missing):
        store(model, str(tmp_path / "store"), "sft")
    assert not (tmp_path / "store").exists()


def test_text_format(model: Path) -> None:
    (model / MARKER).write_text(json.dumps({"text_format": "slots"}))
    assert ModelArtifact.open(model).text_format == "slots"
    (model / MARKER).unlink()
    assert ModelArtifact.open(model).text_format == "plain"
    for content in ('{"text_format": "verse"}', "{}", "[]", "not json"):
        (model / MARKER).write_text(content)
        with pytest.raises(ArtifactError, match="text_format"):
            ModelArtifact.open(model)


def test_base_models(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve_base(str(model)) == model
    for wrong in (str(model / "nowhere"), "not a name"):
        with pytest.raises(ArtifactError, match="Expected a model directory"):
            resolve_base(wrong)
    with pytest.raises(ArtifactError, match="Expected a file or object store"):
        store(model, "nosuchprotocol://x", "sft")


def test_hub_out_of_reach_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ArtifactError, match="cannot be had from the Hugging Face hub") as caught:
        resolve_base("nobody/no-such-model")
    assert "\n" not in str(caught.value)
