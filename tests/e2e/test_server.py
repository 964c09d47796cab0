"""The local Label Studio: gone when its starter is killed, well again at the next start."""

from __future__ import annotations

import dataclasses
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from annotation.client import connect
from annotation.credentials import read_credentials, replace_token
from annotation.errors import LabelStudioDownError, WrongKeyError
from annotation.server import LabelStudioServer
from db.embedded import EmbeddedPostgres
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e

STARTER = """
import sys, time
from pathlib import Path
from annotation.server import LabelStudioServer
server = LabelStudioServer(Path(sys.argv[1]), port=0, database_url=sys.argv[2])
server.start()
print(server.pid, server.port, flush=True)
time.sleep(600)
"""


@pytest.fixture
def twin(label_studio: LabelStudioUnderTest, tmp_path: Path) -> Path:
    """A data directory with the secrets of the running Label Studio, for a second server on the same database."""
    shutil.copytree(label_studio.data_dir / "label-studio", tmp_path / "label-studio")
    return tmp_path


def test_kill_9_of_the_starter_leaves_no_server_and_the_next_start_is_well(
    label_studio: LabelStudioUnderTest, pg_server: EmbeddedPostgres, twin: Path
) -> None:
    database_url = pg_server.url("labelstudio")
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(twin), database_url], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        pid, port = map(int, starter.stdout.readline().split())
        server_process = psutil.Process(pid)
        starter.send_signal(signal.SIGKILL)
    server_process.wait(30)
    key = read_credentials(twin).token
    # A first start that was killed between making the administrator and setting the key leaves another key behind.
    replace_token(twin, "0" * 40)

    with LabelStudioServer(twin, port=port, database_url=database_url) as server:
        assert server.port == port
        assert server.credentials.token == key
        assert connect(server.url, key).instance == label_studio.client.instance
        with pytest.raises(WrongKeyError):
            connect(server.url, "0" * 40)
        pid_of_second = server.pid
    assert pid_of_second is not None
    assert not psutil.pid_exists(pid_of_second)
    with pytest.raises(LabelStudioDownError):
        connect(server.url, key)


def test_accounts_can_log_in_and_are_made_once(label_studio: LabelStudioUnderTest) -> None:
    first = label_studio.account("expert-once")

    again = label_studio.account("expert-once")

    assert dataclasses.replace(first, new=False) == again
    user = label_studio.client_of("expert-once").user
    assert (user["id"], user["email"], user["first_name"]) == (first.user_id, first.login, "expert-once")


def test_nobody_signs_up_without_an_invitation(label_studio: LabelStudioUnderTest) -> None:
    from annotation.errors import LabelStudioRefusedError
    from annotation.web_session import LabelStudioSession

    with LabelStudioSession(label_studio.url) as session, pytest.raises(LabelStudioRefusedError):
        session.sign_up("wrong", "intruder@annotators.raisontext.local", "long enough password")


def test_a_killed_server_is_noticed_while_starting(tmp_path: Path) -> None:
    from annotation.errors import ServerStartError

    nowhere = f"postgresql://postgres@/none?host={tmp_path}"
    started = time.monotonic()
    with pytest.raises(ServerStartError, match=r"ended while starting: .* see .*label-studio\.log"):
        LabelStudioServer(tmp_path, port=0, database_url=nowhere).start()
    assert time.monotonic() - started < 300
