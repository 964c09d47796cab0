"""The webhook that wakes the sync: one per project, with its secret, and without content."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from annotation.webhooks import SECRET_HEADER, ensure_webhook
from db.session import Database
from tests.e2e.conftest import LabelStudioUnderTest
from tests.e2e.test_sync import World, places

pytestmark = pytest.mark.e2e

WAIT_SECONDS = 30


class Receiver(ThreadingHTTPServer):
    """Takes webhooks on a free port; ``calls`` are (secret, body)."""

    def __init__(self) -> None:
        self.calls: queue.Queue[tuple[str | None, dict[str, object]]] = queue.Queue()
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(202)
                self.end_headers()
                calls.put((self.headers[SECRET_HEADER], body))

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/webhooks/label-studio"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_every_change_wakes_us_with_the_secret_and_nothing_else(
    database: Database, label_studio: LabelStudioUnderTest, receiver: Receiver
) -> None:
    world = World(database, label_studio, tasks=1)
    project = world.tasks[0].project_id
    assert project is not None
    account = label_studio.account("webhook-anna")

    first = ensure_webhook(world.client, project, "http://127.0.0.1:9/old", "old")
    second = ensure_webhook(world.client, project, receiver.url, "s3cret")
    third = ensure_webhook(world.client, project, receiver.url, "s3cret")

    assert first == second == third
    [webhook] = world.client.get("api/webhooks/", {"project": project})
    assert (webhook["url"], webhook["project"], webhook["send_payload"]) == (receiver.url, project, False)

    annotation = world.submit(account, 0, places(1, 2, 3, 4))
    world.change(annotation, result=places(4, 3, 2, 1))
    world.delete(annotation)
    skip = world.submit(account, 0, [], was_cancelled=True)
    world.client.delete(f"api/tasks/{world.tasks[0].task_id}/")
    assert skip

    actions = ("ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED", "ANNOTATION_CREATED", "TASKS_DELETED")
    found = [receiver.calls.get(timeout=WAIT_SECONDS) for _ in actions]
    assert found == [("s3cret", {"action": action}) for action in actions]
