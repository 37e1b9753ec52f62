"""Telephony whose time runs faster, so that timers of half a minute go off within a test, over real sockets."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from yuelai.platform.clock import SystemClock
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

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # How late the event loop is, is a matter of real time.
        self.guards._waiting._clock = SystemClock()

    def _schedule(self) -> None:
        assert isinstance(self._clock, HastyClock)
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        due = self._stack.timers.next_due()
        if due is not None:
            delay = max(0.0, due - self._clock.monotonic()) / self._clock.speed
            self._wake = asyncio.get_running_loop().call_later(delay, self._run_timers)
