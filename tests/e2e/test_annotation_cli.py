"""``raisontext push`` and ``raisontext sync`` as people run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.models import RankingTask
from db.session import Database
from tests.annotation.factories import make_round
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e


def raisontext(
    *arguments: str, database: Database, data_dir: Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command with these settings alone."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAISONTEXT_")}
    ours = {"DATABASE_URL": database.url, "DATA_DIR": str(data_dir), **settings}
    environment = {**inherited, **{f"RAISONTEXT_{name}": value for name, value in ours.items()}}
    command = [sys.executable, "-m", "app.cli.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_push_and_sync(database: Database, label_studio: LabelStudioUnderTest, tmp_path: Path) -> None:
    make_round(database, 2)
    known = {"LABEL_STUDIO_URL": label_studio.url, "LABEL_STUDIO_API_KEY": label_studio.server.credentials.token}

    pushed = raisontext("push", "--json", database=database, data_dir=tmp_path, **known)
    synced = raisontext("sync", database=database, data_dir=tmp_path, **known)

    assert (pushed.returncode, pushed.stderr) == (0, "")
    assert json.loads(pushed.stdout)["pushed"] == 2
    assert (synced.returncode, synced.stderr) == (0, "")
    assert "rankings in use" in synced.stdout


@pytest.mark.parametrize("command", ["push", "sync"])
@pytest.mark.parametrize(
    ("url", "key", "message"),
    [
        ("{running}", "0" * 40, "does not accept the API key"),
        ("http://127.0.0.1:9", "0" * 40, "Label Studio does not answer at http://127.0.0.1:9"),
        ("", "", "Label Studio is not running: start it with `raisontext up`"),
    ],
)
def test_one_clear_line_and_nothing_done(
    database: Database,
    label_studio: LabelStudioUnderTest,
    tmp_path: Path,
    command: str,
    url: str,
    key: str,
    message: str,
) -> None:
    make_round(database, 2)
    known = {"LABEL_STUDIO_URL": url.format(running=label_studio.url), "LABEL_STUDIO_API_KEY": key}

    result = raisontext(command, database=database, data_dir=tmp_path, **known)

    assert (result.returncode, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
    assert message in result.stderr
    assert key == "" or key not in result.stderr
    with database.session() as session:
        assert session.scalar(select(func.count(RankingTask.id))) == 0
