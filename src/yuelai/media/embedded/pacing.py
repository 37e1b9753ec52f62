"""When the next tick is due. Deadlines are absolute, so that no error adds up over a call of hours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

import structlog

log = structlog.get_logger()

PERIOD = 0.02
"""Seconds a tick stands for."""

LOOKS = 5
"""How often in a tick what has come is taken in and handed on: a relayed packet waits 4 ms at most."""

MAX_CATCH_UP = 5
"""Ticks made up at once after a stall (100 ms); what is missing beyond that is skipped, as nobody could hear it."""


class Due(NamedTuple):
    run: int
    skip: int


class Metronome:
    """Counts ticks against a monotonic clock given as seconds."""

    def __init__(self, now: float) -> None:
        self._start, self._done = now, 0

    @property
    def deadline(self) -> float:
        """When the next tick should begin."""
        return self._start + self._done * PERIOD

    def due(self, now: float) -> Due:
        """Return how many ticks to run now, and how many before them to skip; both are then counted as done."""
        behind = int((now - self._start) / PERIOD + 1e-9) + 1 - self._done
        if behind <= 0:
            return Due(0, 0)
        self._done += behind
        run = min(behind, MAX_CATCH_UP)
        return Due(run, behind - run)


class Timed(Protocol):
    @property
    def idle(self) -> bool:
        """There is nobody to listen to."""
        ...

    def listen(self) -> None: ...
    def tick(self, behind: int) -> None: ...
    def skip(self, ticks: int) -> None: ...


async def keep_time(
    engine: Timed, late: Callable[[float], object], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Run an engine's ticks for ever; `late` is told by how many seconds each came late."""
    metronome, failed_at = Metronome(time.monotonic()), 0.0
    while True:
        try:
            now = time.monotonic()
            if now < metronome.deadline:
                engine.listen()
            else:
                late(now - metronome.deadline)
                due = metronome.due(now)
                if due.skip:
                    log.warning("media_stalled", ticks=due.skip)
                    engine.skip(due.skip)
                for behind in reversed(range(due.run)):
                    engine.tick(behind)
        except Exception:
            # One leg's trouble must not end all calls; but a log line a tick would help nobody.
            if time.monotonic() - failed_at > 1:
                failed_at = time.monotonic()
                log.exception("tick_failed")
        look = PERIOD if engine.idle else PERIOD / LOOKS
        await sleep(max(0.0, min(metronome.deadline - time.monotonic(), look)))
