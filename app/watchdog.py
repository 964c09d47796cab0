"""``python -m app.watchdog``: ends the process groups of a supervisor that died without doing so.

It reads ``+PGID`` and ``-PGID`` lines from a pipe. The pipe closes when the supervisor is gone, whatever the reason;
every group that is still on the list is then asked to end, and killed after a while. Its own session keeps it safe
from the terminal's Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

GRACE_SECONDS = 10.0


def main() -> None:
    """Reads until the pipe closes, then cleans up."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        number = int(line[1:])
        (groups.add if line[0] == "+" else groups.discard)(number)
    end_groups(groups, GRACE_SECONDS)


def end_groups(groups: Iterable[int], grace_seconds: float) -> None:
    """SIGTERM to every group, SIGKILL to those that are left after ``grace_seconds``."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + grace_seconds
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Sends a signal (0: none, only asks); False when the group is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main()
