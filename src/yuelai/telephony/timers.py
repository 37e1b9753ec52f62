"""One heap of timers on the monotonic clock, run by the event loop or, in tests, by hand in virtual time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

import structlog

from yuelai.platform.clock import Clock

log = structlog.get_logger()

T1 = 0.5
"""Estimate of the round trip in seconds (RFC 3261 §17.1.1.1)."""
T2 = 4.0
"""Longest interval between retransmissions of non-INVITE requests and INVITE responses."""
T4 = 5.0
"""How long a message may stay in the network."""


class Timer:
    """Handle of one pending callback."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None] | None) -> None:
        self.callback = callback

    def cancel(self) -> None:
        self.callback = None


class Timers:
    """`on_earlier` is called when a new timer became the first due one, so that the owner can wake earlier."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()
        self.on_earlier: Callable[[], None] = lambda: None

    @property
    def now(self) -> float:
        return self._clock.monotonic()

    def at(self, due: float, callback: Callable[[], None]) -> Timer:
        """Call back once at `due` (monotonic seconds) or as soon after as `run` is called."""
        timer = Timer(callback)
        earliest = not self._heap or due < self._heap[0][0]
        heapq.heappush(self._heap, (due, next(self._count), timer))
        if earliest:
            self.on_earlier()
        return timer

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self.at(self.now + seconds, callback)

    def next_due(self) -> float | None:
        """When `run` has something to do next; cancelled timers do not count."""
        while self._heap and self._heap[0][2].callback is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def run(self) -> None:
        """Call back everything due now, in order of time. Timers set meanwhile wait for the next run."""
        now, due = self.now, []
        while self._heap and self._heap[0][0] <= now:
            due.append(heapq.heappop(self._heap)[2])
        for timer in due:
            callback, timer.callback = timer.callback, None
            if callback is not None:
                try:
                    callback()
                except Exception:
                    # One that we handle wrongly must not take the others' time away.
                    log.exception("timer_failed")
