"""What is said when Label Studio runs without the fence."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from annotation.client import LabelStudioClient
from annotation.errors import LabelStudioRefusedError
from annotation.fence_client import UnfencedError, get_assignments, is_fenced, put_assignments, set_active

FENCED = {"/api/raisontext/status": {"fence": 1}, "/api/raisontext/assignments": {"7": [3, 1]}}


class _LabelStudio(BaseHTTPRequestHandler):
    """Knows the fence's paths, or, below ``/stock``, none of them; refuses what would change something."""

    def do_GET(self) -> None:
        found = FENCED.get(self.path.split("?")[0])
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(json.dumps(found or {"detail": "Not found."}).encode())

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(404 if self.path.startswith("/stock") else 400)
        self.end_headers()

    def do_PATCH(self) -> None:
        self.do_PUT()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _LabelStudio)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_without_the_fence_every_call_says_so(url: str) -> None:
    client = LabelStudioClient(f"{url}/stock", "a" * 40)

    assert not is_fenced(client)
    for call in (
        lambda: get_assignments(client, 1),
        lambda: put_assignments(client, 1, {7: [1]}),
        lambda: set_active(client, 3, active=False),
    ):
        with pytest.raises(UnfencedError, match=f"Expected the fence .* at {url}/stock, found none"):
            call()
    client.close()


def test_with_it_a_refusal_stays_one(url: str) -> None:
    client = LabelStudioClient(url, "a" * 40)

    assert is_fenced(client)
    assert get_assignments(client, 1) == {7: [3, 1]}
    put_assignments(client, 1, {})
    with pytest.raises(LabelStudioRefusedError, match="HTTP 400"):
        put_assignments(client, 1, {7: [1]})
    client.close()
