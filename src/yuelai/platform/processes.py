"""What a process of the centre does first: see to it that it does not outlive its supervisor."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "YUELAI_PARENT"
"""Environment variable with the process id of the supervisor."""

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int | None = None) -> None:
    """Have the kernel kill this process when `parent` dies; without a parent (run by hand) do nothing.

    Call it in the main thread, before anything else. Processes started by a role call it with `os.getppid()`'s value
    as seen by the role, so that they go with it.
    """
    wanted = parent if parent is not None else int(os.environ.get(PARENT, "0"))
    if not wanted:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(wanted,), daemon=True).start()
    if os.getppid() != wanted:  # it died before we asked
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
