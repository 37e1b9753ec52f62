"""Signs of life of a trunk: OPTIONS at intervals (RFC 3261 §11). Any answer is one, save 503."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from yuelai.telephony.trunks.line import Line
from yuelai.telephony.trunks.state import Trouble
from yuelai.wire.sip import Response, Uri

PATIENCE = 4.0
"""Seconds an answer may take before it counts as missing; one that comes later is a sign of life all the same."""
MISSES = 3
"""Missing answers in a row until the trunk counts as down."""
AGAIN = 2.0
"""Seconds until it is asked again after one was missing; once it is down, the configured interval."""
JITTER = 0.1
"""Part of the interval, so that many trunks are not asked at once."""


class Health:
    def __init__(self, line: Line, dice: Random) -> None:
        self._line, self._dice = line, dice
        self._missed = 0
        self._round = 0
        """The OPTIONS that is being waited for; answers to earlier ones come late."""
        self._running = False
        self._stop_waiting: Callable[[], None] = lambda: None
        self._stop_next: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin at once, but not all in the same moment."""
        self.stop()
        trunk = self._line.trunk
        if trunk.active and trunk.host and trunk.options_seconds:
            self._running, self._missed = True, 0
            self._next(self._dice.random())

    def stop(self) -> None:
        self._running = False
        self._round += 1
        self._stop_waiting()
        self._stop_next()

    def look(self) -> None:
        """Somebody has doubts: ask now."""
        if self._running:
            self._stop_waiting()
            self._ask()

    def _next(self, seconds: float) -> None:
        self._stop_next()
        self._stop_next = self._line.after(seconds, self._ask)

    def _ask(self) -> None:
        self._stop_next()
        self._round += 1
        number = self._round
        self._line.find(lambda hops: self._found(number))

    def _found(self, number: int) -> None:
        if number != self._round:
            return
        line = self._line
        if not line.hops:
            self._miss(number, line.why(503))
            return
        party = Uri("sip", line.trunk.username or "yuelai", line.domain)
        request = line.request("OPTIONS", line.uri(""), party)
        request.add("contact", line.contact(line.hops[0]))
        request.add("accept", "application/sdp")
        asked = line.timers.now
        self._stop_waiting = line.after(PATIENCE, lambda: self._give_up(number))
        line.send(
            request,
            lambda response: self._told(number, response, asked),
            lambda trouble, _status: self._miss(number, trouble),
        )

    def _told(self, number: int, response: Response, asked: float) -> None:
        if response.status < 200 or not self._running:
            return
        if response.status == 503:
            self._miss(number, Trouble("busy", f"trunk {self._line.trunk.code} says it takes no calls (503)"))
            return
        self._missed = 0
        self._line.state.alive(round((self._line.timers.now - asked) * 1000))
        if number == self._round:
            self._round += 1
            self._stop_waiting()
            self._schedule()

    def _give_up(self, number: int) -> None:
        self._line.avoid()
        self._miss(number, self._line.why(408))

    def _miss(self, number: int, trouble: Trouble) -> None:
        if number != self._round or not self._running:
            return
        self._round += 1
        self._stop_waiting()
        self._missed += 1
        if self._missed >= MISSES:
            self._line.state.silent(trouble)
            self._schedule()
        else:
            self._next(AGAIN)

    def _schedule(self) -> None:
        spread = 1 + JITTER * (2 * self._dice.random() - 1)
        self._next(self._line.trunk.options_seconds * spread)
