"""Telephony whose time runs faster, so that timers of half a minute go off within a test, over real sockets."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from yuelai.telephony.service import SipTelephony


class HastyClock:
    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._start, self._began = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)

    def monotonic(self) -> float:
        return time.monotonic() * self.speed


class HastyTelephony(SipTelephony):
    """Made with a `HastyClock`: T1 is then 500 ms divided by its speed, and so are all other timers."""

    def _schedule(self) -> None:
        assert isinstance(self._clock, HastyClock)
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        due = self._stack.timers.next_due()
        if due is not None:
            delay = max(0.0, due - self._clock.monotonic()) / self._clock.speed
            self._wake = asyncio.get_running_loop().call_later(delay, self._run_timers)
