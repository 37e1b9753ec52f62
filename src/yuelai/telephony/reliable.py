"""Provisional responses that must arrive (100rel, RFC 3262), on the side of who sends them."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable

from yuelai.telephony.timers import T1, Timer, Timers
from yuelai.wire.sip import PeerError, Request, Response
from yuelai.wire.sip.text import parse_number

MOST_WAITING = 10
"""Provisional responses in the queue behind one that is not acknowledged; further ones are dropped."""


class ReliableSender:
    """One response is under way at a time (§3); `resend` sends bytes of it, `lost` is called once when no PRACK came in
    64*T1."""

    __slots__ = (
        "_interval",
        "_late",
        "_lost",
        "_next",
        "_over",
        "_send",
        "_sequence",
        "_timers",
        "_waiting",
        "current",
    )

    def __init__(self, timers: Timers, send: Callable[[Response], None], lost: Callable[[], None]) -> None:
        self._timers, self._send, self._lost = timers, send, lost
        self._sequence = secrets.randbelow(2**31 - 1) + 1
        self._interval = T1
        self._next: Timer | None = None
        self._over: Timer | None = None
        self._waiting: deque[Response] = deque()
        self._late: Response | None = None
        """What a final response overtook; its PRACK is on its way."""
        self.current: Response | None = None
        """What no PRACK has come for yet."""

    def put(self, response: Response) -> None:
        """Send it as soon as the ones before are acknowledged. Its To tag must be the dialog's."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(response)
        if self.current is None:
            self._start()

    def _start(self) -> None:
        self.current = response = self._waiting.popleft()
        response.add("require", "100rel")
        response.add("rseq", self._sequence)
        self._interval = T1
        self._send(response)
        self._next = self._timers.after(T1, self._again)
        self._over = self._timers.after(64 * T1, self._give_up)

    def _again(self) -> None:
        if self.current is not None:
            self._send(self.current)
            self._interval *= 2
            self._next = self._timers.after(self._interval, self._again)

    def _give_up(self) -> None:
        self.stop()
        self._lost()

    def acknowledge(self, prack: Request) -> Response | None:
        """Return the response that this PRACK is for, None when there is none such (§3). Raises PeerError."""
        parts = (prack.get("rack") or "").split()
        if len(parts) != 3:
            raise PeerError("malformed RAck")
        sequence = parse_number(parts[0], 2**32 - 1, "RAck")
        cseq = parse_number(parts[1], 2**31 - 1, "RAck")
        current = self.current or self._late
        if current is None or (sequence, cseq, parts[2]) != (self._sequence, current.cseq.number, "INVITE"):
            return None
        self._late = None
        self._halt()
        self._sequence += 1
        if self._waiting:
            self._start()
        return current

    def _halt(self) -> None:
        self.current = None
        for timer in (self._next, self._over):
            if timer is not None:
                timer.cancel()

    def stop(self) -> None:
        """A final response is sent: nothing provisional matters any more."""
        self._waiting.clear()
        self._late = self.current
        self._halt()
