"""Runs a push that kills its own process with SIGKILL at a chosen moment; the driver of ``test_push``.

``python -m tests.e2e.push_and_die DATABASE_URL LABEL_STUDIO_URL KEY ROUND_ID MOMENT N [CHUNK]``: at the N-th import,
``before`` it is sent, ``after`` Label Studio has answered (the ids are not stored), or ``during`` it (the request is on
its way); or before (``assigning``) or after (``assigned``) the N-th time that the fence is told who gets what.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import annotation.push
from annotation.client import LabelStudioClient
from db.session import Database

DURING_SECONDS = 0.05


class MortalClient(LabelStudioClient):
    """The real client, with a death on schedule."""

    moment = "before"
    left = 1

    def import_documents(
        self, project_id: int, documents: Sequence[str], people: Sequence[Sequence[int]] | None = None
    ) -> list[int]:
        self.left -= self.moment in ("before", "during", "after")
        if self.left > 0:
            return super().import_documents(project_id, documents, people)
        if self.moment == "before":
            die()
        if self.moment == "during":
            threading.Timer(DURING_SECONDS, die).start()
        ids = super().import_documents(project_id, documents, people)
        die()
        return ids

    def put(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> Any:
        self.left -= self.moment in ("assigning", "assigned")
        if self.left == 0 and self.moment == "assigning":
            die()
        answer = super().put(path, body, params)
        if self.left == 0 and self.moment == "assigned":
            die()
        return answer


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    database_url, url, key, round_id, moment, number, *chunk = sys.argv[1:]
    if chunk:
        annotation.push.CHUNK = int(chunk[0])
    client = MortalClient(url, key)
    client.moment, client.left = moment, int(number)
    # With the fence's import the people of tasks come along with them; assigned afterwards they are without it.
    client.imports_at_once = moment not in ("assigning", "assigned")
    annotation.push.push(Database(database_url), client, int(round_id))


if __name__ == "__main__":
    main()
