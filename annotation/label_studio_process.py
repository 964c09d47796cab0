"""Label Studio in a process that ends when the one that started it does, be it by ``kill -9``.

``python -m annotation.label_studio_process PARENT_PID ARGUMENTS…`` runs ``label-studio ARGUMENTS…``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import NoReturn

PARENT_CHECK_SECONDS = 0.5


def _end_with(parent: int) -> NoReturn:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit(1)


def main() -> None:
    """Runs Label Studio until it ends or its parent is gone."""
    parent = int(sys.argv[1])
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    sys.argv = ["label-studio", *sys.argv[2:]]
    from label_studio.server import main as run

    run()


if __name__ == "__main__":
    main()
