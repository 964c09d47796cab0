"""Runs a sync that kills its own process with SIGKILL at a chosen moment; the driver of fault tests.

``python -m tests.e2e.sync_and_die DATABASE_URL LABEL_STUDIO_URL KEY ROUND_ID WORK MOMENT N``: ``WORK`` is ``sync``,
``sweep`` or ``send_back``; at the N-th request to Label Studio, ``before`` it is sent, ``after`` it was answered, or
``during`` it. Without reaching the N-th request it ends like any other.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

from annotation.client import LabelStudioClient
from annotation.returns import send_back
from annotation.sync import sync
from db.session import Database

DURING_SECONDS = 0.02


class MortalClient(LabelStudioClient):
    """The real client, with a death on schedule."""

    moment = "before"
    requests_left = 0  # never

    def _request(self, method: str, path: str, **request: Any) -> Any:
        self.requests_left -= 1
        if self.requests_left != 0:
            return super()._request(method, path, **request)
        if self.moment == "before":
            die()
        if self.moment == "during":
            threading.Timer(DURING_SECONDS, die).start()
        answer = super()._request(method, path, **request)
        if self.moment == "after":
            die()
        return answer


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    database_url, url, key, round_id, work, moment, number = sys.argv[1:]
    client = MortalClient(url, key)
    _ = client.instance
    client.moment, client.requests_left = moment, int(number)
    database = Database(database_url)
    if work == "send_back":
        send_back(database, client, int(round_id))
    else:
        sync(database, client, int(round_id), sweep=work == "sweep")


if __name__ == "__main__":
    main()
