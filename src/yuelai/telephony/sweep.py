"""The one supervision of all legs: once a minute, what has no owner any more is ended and counted.

Nothing should ever be found. Each leg, dialog and transaction has its own timers and its own end; the sweep is there
for the mistake in one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.metrics import ORPHANS
from yuelai.telephony.timers import T1, Timer

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()

EVERY_SECONDS = 60.0
LONGEST_DECISION = 128 * T1
"""Seconds in which a step of ours (journalling, waiting for an ACK, ending on the wire) is over, come what may."""
LONGEST_WRITING = 300.0
"""Seconds for the journal and the PRACK before it; a disk may be slow, and still come back."""
LONGEST_AWAITED = 4000.0
"""Seconds any request of ours may wait for its final answer; owners of calls set shorter limits."""
LONGEST_OFFERED = 1800.0
"""Seconds an incoming call may wait for its answer: who waited longer has long gone without telling us."""


class Sweep:
    """Of one user agent; `start` is for a process that serves, tests ask for a sweep when they like."""

    def __init__(self, ua: UserAgent) -> None:
        self._ua = ua
        self._timer: Timer | None = None

    def start(self) -> None:
        """Sweep from now on, once a minute."""
        self._timer = self._ua.timers.after(EVERY_SECONDS, self._again)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _again(self) -> None:
        self.start()
        self.sweep()

    def sweep(self) -> int:
        """End what has no owner; return how many that were."""
        return self._legs() + self._dialogs() + self._transactions()

    def _found(self, kind: str, **what: object) -> int:
        ORPHANS.labels(kind).inc()
        log.error("sip_orphan", kind=kind, **what)
        return 1

    def _legs(self) -> int:
        found, now = 0, self._ua.timers.now
        for leg in list(self._ua.legs.values()):
            age = now - leg.since
            if why := _astray(leg, age):
                found += self._found("leg", leg=str(leg.id), state=str(leg.state), why=why)
                leg.hang_up("system", 500, why)
                self._ua.legs.pop(leg.id, None)
        return found

    def _dialogs(self) -> int:
        found, now = 0, self._ua.timers.now
        for key, leg in list(self._ua.dialogs.items()):
            if leg.state is LegState.ENDED and now - leg.since > 2 * LONGEST_DECISION:
                found += self._found("dialog", leg=str(leg.id))
                leg.stop_repeating()
                self._ua.dialogs.pop(key, None)
        return found

    def _transactions(self) -> int:
        found, layer = 0, self._ua.layer
        waiting = {leg.pending for leg in self._ua.legs.values()}
        for server in layer.undecided(LONGEST_DECISION):
            if server not in waiting:
                found += self._found("request", method=server.method)
                server.refuse(500)
        for client in layer.awaiting(LONGEST_AWAITED):
            found += self._found("request of ours", method=client.key[1])
            client.abandon()
        return found


def _astray(leg: SipLeg, age: float) -> str:
    """Return what is wrong with a leg that has been in its state for `age` seconds; empty when nothing is."""
    if leg.state is LegState.ACCEPTED and age > LONGEST_DECISION:
        return "a step that does not end"
    if leg.state is LegState.JOURNALLING and age > LONGEST_WRITING:
        return "a journal that does not answer"
    if leg.unowned and age > LONGEST_DECISION:
        return "nobody listens"
    if leg.state is LegState.CONFIRMED and (leg.dialog is None or leg.ua.dialogs.get(leg.dialog.key) is not leg):
        return "no dialog"
    if leg.state is LegState.OFFERED and age > LONGEST_OFFERED:
        return "never answered"
    if leg.state is LegState.DIALLING and not leg.waiting:
        return "nothing is awaited"
    return ""
