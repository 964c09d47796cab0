"""What is said when there is no Label Studio to talk to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from annotation.client import LabelStudioClient, connect
from annotation.errors import LabelStudioDownError, NotLabelStudioError, PortTakenError
from annotation.server import LabelStudioServer
from db.errors import InvalidInputError, RaisonTextError


class _Other(BaseHTTPRequestHandler):
    """A service that knows nothing of Label Studio's paths but one, which it answers in HTML."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path.startswith("/html") else 404)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def other_service() -> Iterator[int]:
    """The port of another program."""
    server = HTTPServer(("127.0.0.1", 0), _Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def one_line(error: RaisonTextError) -> bool:
    return len(str(error).splitlines()) == 1


def test_nothing_answers() -> None:
    with pytest.raises(LabelStudioDownError, match=r"does not answer at http://127\.0\.0\.1:9:") as raised:
        connect("http://127.0.0.1:9", "key")
    assert one_line(raised.value)


@pytest.mark.parametrize("path", ["", "/html"])
def test_something_else_answers(other_service: int, path: str) -> None:
    with pytest.raises(NotLabelStudioError, match=r"Expected a Label Studio at .*found") as raised:
        connect(f"http://127.0.0.1:{other_service}{path}", "key")
    assert one_line(raised.value)


@pytest.mark.parametrize("url", ["", "label-studio", "ftp://host/", "http://"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(InvalidInputError, match="Expected the address of Label Studio"):
        connect(url, "key")


def test_a_port_that_is_taken(other_service: int, tmp_path: Path) -> None:
    with pytest.raises(PortTakenError, match=f"port {other_service} on 127.0.0.1, which another program uses"):
        LabelStudioServer(tmp_path, port=other_service).start()


class _Unfenced(BaseHTTPRequestHandler):
    """A Label Studio with its own import alone; ``imports`` has what came."""

    imports: list[object]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        own = self.path.startswith("/api/projects/7/import?")
        self.imports.append(json.loads(body) if own else None)
        self.send_response(201 if own else 404)
        self.end_headers()
        self.wfile.write(b'{"task_ids": [5, 6]}' if own else b"<html>")

    def log_message(self, format: str, *args: object) -> None:
        return


def test_without_the_fence_tasks_go_the_way_of_label_studio() -> None:
    seen: list[object] = []
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (_Unfenced,), {"imports": seen}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = LabelStudioClient(f"http://127.0.0.1:{server.server_address[1]}", "key")

    ids = [client.import_documents(7, ['{"a": 1}', '{"a": "ё"}'], [[1], [2]]) for _ in range(2)]

    client.close()
    server.shutdown()
    server.server_close()
    assert ids == [[5, 6], [5, 6]]
    sent = [{"data": {"a": 1}}, {"data": {"a": "ё"}}]
    assert seen == [None, sent, sent], "it is asked once"
    assert not client.imports_at_once
