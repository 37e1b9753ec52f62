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


COMPACT_AT = 1000
"""Cancelled timers that may lie about; past it, and when they are a third of all, the heap is made anew."""


class Timer:
    """Handle of one pending callback, due at a monotonic second."""

    __slots__ = ("_owner", "callback", "due")

    def __init__(self, callback: Callable[[], None] | None, due: float = 0.0, owner: Timers | None = None) -> None:
        self.callback, self.due, self._owner = callback, due, owner

    def cancel(self) -> None:
        if self.callback is not None:
            self.callback = None
            if self._owner is not None:
                self._owner.cancelled()

    def unowned(self) -> None:
        """It has left the heap; cancelling it is nobody else's business now."""
        self._owner = None


class Timers:
    """`on_earlier` is called when a new timer became the first due one, so that the owner can wake earlier."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.monotonic = clock.monotonic
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()
        self._cancelled = 0
        self.on_earlier: Callable[[], None] = lambda: None

    @property
    def now(self) -> float:
        return self.monotonic()

    def __len__(self) -> int:
        """How many are set."""
        return len(self._heap) - self._cancelled

    def at(self, due: float, callback: Callable[[], None]) -> Timer:
        """Call back once at `due` (monotonic seconds) or as soon after as `run` is called."""
        timer = Timer(callback, due, self)
        heap = self._heap
        earliest = not heap or due < heap[0][0]
        heapq.heappush(heap, (due, next(self._count), timer))
        if earliest:
            self.on_earlier()
        return timer

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self.at(self.monotonic() + seconds, callback)

    def cancelled(self) -> None:
        """One more lies in the heap that will never be called."""
        self._cancelled += 1
        if self._cancelled > COMPACT_AT and self._cancelled * 3 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].callback is not None]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def next_due(self) -> float | None:
        """When `run` has something to do next; cancelled timers do not count."""
        while self._heap and self._heap[0][2].callback is None:
            heapq.heappop(self._heap)
            self._cancelled -= 1
        return self._heap[0][0] if self._heap else None

    def run(self) -> None:
        """Call back everything due now, in order of time. Timers set meanwhile wait for the next run."""
        now, due = self.monotonic(), []
        while self._heap and self._heap[0][0] <= now:
            timer = heapq.heappop(self._heap)[2]
            if timer.callback is None:
                self._cancelled -= 1
            else:
                timer.unowned()
                due.append(timer)
        for timer in due:
            callback, timer.callback = timer.callback, None
            if callback is not None:
                try:
                    callback()
                except Exception:
                    # One that we handle wrongly must not take the others' time away.
                    log.exception("timer_failed")
