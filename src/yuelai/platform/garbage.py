"""Python's garbage collector, so set that a process with many living objects seldom stops for it."""

from __future__ import annotations

import asyncio
import gc
import time

YOUNG, MIDDLE, NEVER = 50_000, 20, 1_000_000
SECONDS, MOST_SECONDS = 20.0, 60.0
"""Between two full collections."""
SHARE = 50
"""A collection that took long is followed by this many times as long without one, though not without end: what has not
been collected is memory that is held."""


def settle(loop: asyncio.AbstractEventLoop) -> None:
    """Call once everything has been loaded: what lives now is never looked through again, the rest by the clock.

    A full collection stops a process for as long as it takes to visit every object. Python begins one when many objects
    have survived, that is in the worst moment of a rush, and again before the rush is over: with the transactions of
    half a minute of calls in memory it was up to 0.7 s every two seconds. By the clock it is one part in `SHARE`.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    loop.call_later(SECONDS, _collect, loop)


def _collect(loop: asyncio.AbstractEventLoop) -> None:
    began = time.thread_time()  # its own work, however busy the machine is
    gc.collect()
    loop.call_later(min(max(SECONDS, SHARE * (time.thread_time() - began)), MOST_SECONDS), _collect, loop)
