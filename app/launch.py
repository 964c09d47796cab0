"""``python -m app.launch PARENT COMMAND…``: becomes COMMAND, and gets SIGTERM when its parent dies, even by kill -9.

Linux keeps the parent-death signal across exec; elsewhere the watchdog alone does the work. The signal follows the
*thread* that started this process, so servers are started from threads that live as long as the supervisor.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Never returns."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the signal was asked for
        sys.exit(1)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
