"""Python's garbage collector, so set that a process with many living objects does not stop for it."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 100


def settle() -> None:
    """Call once everything has been loaded: what lives now is never looked through again, and the rest seldom.

    A full collection stops a process for as long as it takes to visit every object: with the transactions of half a
    minute of calls in memory that was up to 0.7 s. What matters here is freed by reference counts; cycles may wait.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
