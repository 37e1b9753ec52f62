"""When the next tick is due. Deadlines are absolute, so that no error adds up over a call of hours."""

from __future__ import annotations

from typing import NamedTuple

PERIOD = 0.02
"""Seconds a tick stands for."""

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
