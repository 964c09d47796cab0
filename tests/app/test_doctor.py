"""The doctor finds what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import doctor
from app.cli.main import main
from app.doctor import Finding, examine
from app.settings import Settings


def named(findings: list[Finding], name: str) -> Finding:
    return next(finding for finding in findings if finding.name == name)


def test_a_sound_installation_is_found_sound_and_left_alone(tmp_path: Path) -> None:
    findings = examine(Settings(data_dir=tmp_path / "not yet"))
    bad = {finding.name: finding.found for finding in findings if not finding.ok}
    # These are the machine's, not ours.
    assert not bad.keys() - {"Disk", "Memory"}
    assert list(tmp_path.iterdir()) == []


def test_everything_that_can_be_configured_wrong(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        host="203.0.113.7",
        database_url="postgresql://someone:secret@127.0.0.1:1/nothing",
        label_studio_url="http://127.0.0.1:1",
        label_studio_api_key="key",  # type: ignore[arg-type]
        base_model=str(tmp_path / "no-model"),
        engine="vllm",
    )
    findings = examine(settings)
    wrong = (
        "Port of api",
        "Port of demo",
        "Port of label_studio",
        "PostgreSQL",
        "Label Studio",
        "Base model",
        "Engine",
    )
    for name in wrong:
        assert not named(findings, name).ok, name
        assert named(findings, name).advice
    assert "secret" not in str(findings)


def test_a_package_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("# pins\nclick==0.1\nnot-installed-at-all==1.0\n")
    monkeypatch.setattr(doctor, "CONSTRAINTS", constraints)
    found = doctor.packages()
    assert not found.ok
    assert found.found.startswith("click ")
    assert found.found.endswith("(not 0.1)")


def test_a_busy_port_is_no_ailment(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        found = named(list(doctor.ports(Settings(data_dir=tmp_path, api_port=port))), "Port of api")
    assert found.ok
    assert f"{port} is busy, " in found.found


def test_exit_code_and_json(tmp_path: Path) -> None:
    env = {"RAISONTEXT_DATA_DIR": str(tmp_path), "RAISONTEXT_BASE_MODEL": str(tmp_path / "none")}
    result = CliRunner().invoke(main, ["doctor", "--json"], env=env)
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["ok"] is False
    assert {"name", "ok", "found", "advice"} == set(data["checks"][0])
