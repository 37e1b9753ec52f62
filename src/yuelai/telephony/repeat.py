"""Repeating a 200 to an INVITE until its ACK comes (RFC 3261 §13.3.1.4)."""

from __future__ import annotations

from collections.abc import Callable

from yuelai.telephony.timers import T1, T2, Timer, Timers


class OkRepeater:
    """Resends at T1, doubling up to T2; gives up once after 64*T1. The first sending is the caller's."""

    __slots__ = (
        "_give_up", "_interval", "_last", "_next", "_resend", "_timers",
    )  # fmt: skip

    def __init__(self, timers: Timers, resend: Callable[[], None], give_up: Callable[[], None]) -> None:
        self._timers, self._resend, self._give_up = timers, resend, give_up
        self._interval = T1
        self._next: Timer = timers.after(T1, self._again)
        self._last: Timer = timers.after(64 * T1, self._over)

    def _again(self) -> None:
        self._resend()
        self._interval = min(self._interval * 2, T2)
        self._next = self._timers.after(self._interval, self._again)

    def _over(self) -> None:
        self.stop()
        self._give_up()

    def stop(self) -> None:
        """The ACK came, or it no longer matters."""
        self._next.cancel()
        self._last.cancel()
