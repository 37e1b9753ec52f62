"""Time as an argument: instants from the wall clock, durations from the monotonic one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a clock that never jumps; only differences mean anything."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


SLEW = 0.2
"""Part of the time that passes by which a steady clock nears a wall clock that was set."""
SLEPT_SECONDS = 60.0
"""A wall clock that is ahead by more was not set: the machine has slept, and its time is over."""


class SteadyClock:
    """A clock whose instants durations can be taken of: it goes on as the monotonic clock does when somebody sets the
    wall clock, and nears that slowly."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now, self._at = clock.now(), clock.monotonic()

    def now(self) -> datetime:
        wall, at = self._clock.now(), self._clock.monotonic()
        passed, self._at = max(0.0, at - self._at), at
        steady = self._now + timedelta(seconds=passed)
        off = (wall - steady).total_seconds()
        if abs(off) <= passed * SLEW or off > SLEPT_SECONDS:
            self._now = wall
        else:
            self._now = steady + timedelta(seconds=passed * SLEW if off > 0 else -passed * SLEW)
        return self._now

    def monotonic(self) -> float:
        return self._clock.monotonic()


class VirtualClock:
    """A clock that moves only when told to, for tests and simulations."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 1, 1, tzinfo=UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wall(self, by: float) -> None:
        """Somebody sets the wall clock by so many seconds; no time passes."""
        self._now += timedelta(seconds=by)
