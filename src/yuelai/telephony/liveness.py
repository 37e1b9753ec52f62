"""Is the other side still there? Probes of standing dialogs.

A device that loses its power sends no BYE. So a dialog in which nothing was heard for a while is asked for a sign of
life: an UPDATE without an offer where the peer knows that method, else an OPTIONS. Any answer will do, save that there
is no such call; when none comes at all the call is over.

Session timers (`session`) are another matter; but a probe by UPDATE refreshes them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from yuelai.telephony.hops import FlowHop
from yuelai.telephony.timers import Timer
from yuelai.telephony.transactions import SECONDS, Event
from yuelai.wire.sip import Response

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

log = structlog.get_logger()

IDLE_SECONDS = 90.0
RETICENCE = 10
"""How many times longer a peer is left in peace that never said what it allows: some abort a call when they are asked
anything they do not expect."""
GONE = {404, 408, 410, 416, 480, 481, 482, 483, 484, 485, 502, 604}
"""Responses within a dialog after which there is no dialog any more (RFC 5057 §5.1)."""
GONE_OPTIONS = {408, 481}
"""OPTIONS is answered by whoever is there, who may find the address unknown and the call all right."""

AWAY_TRIES = 6
"""How often a peer that cannot be reached is tried before it is given up."""


class Liveness:
    """Of one leg. `idle_seconds` is how long it may be silent before it is asked."""

    __slots__ = (
        "_asking", "_away_since", "_heard_at", "_idle", "_leg", "_suspected", "_timer",
    )  # fmt: skip

    def __init__(self, leg: SipLeg, idle_seconds: float) -> None:
        self._leg, self._idle = leg, idle_seconds
        self._heard_at = 0.0
        self._timer: Timer | None = None
        self._asking = False
        self._away_since: float | None = None
        """Since when nothing can even be sent to it."""
        self._suspected = False
        """Its sound has stopped, too."""

    def start(self) -> None:
        """The call stands."""
        self._heard_at = self._leg.ua.timers.now
        self._arm(self._patience)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def heard(self) -> None:
        """A sign of life."""
        self._heard_at = self._leg.ua.timers.now
        self._away_since = None
        self._suspected = False

    def suspect(self) -> None:
        """Its sound has stopped, which is no proof: ask now. Who never said what it allows is asked when it has been
        silent as long as others may be; it would otherwise be left in peace."""
        dialog = self._leg.dialog
        if dialog is None or not self._leg.standing:
            return
        if dialog.allow is not None:
            self.probe()
            return
        self._suspected = True
        self._arm(max(0.0, self._heard_at + self._patience - self._leg.ua.timers.now))

    @property
    def _patience(self) -> float:
        dialog = self._leg.dialog
        reticent = dialog is not None and dialog.allow is None and not self._suspected
        return self._idle * RETICENCE if reticent else self._idle

    def _arm(self, seconds: float) -> None:
        self.stop()
        self._timer = self._leg.ua.timers.after(seconds, self._due)

    def _due(self) -> None:
        left = self._heard_at + self._patience - self._leg.ua.timers.now
        if left <= 0:
            self.probe()
        self._arm(left if left > 0 else self._patience)

    def probe(self, method: str | None = None) -> None:
        """Ask the peer whether it still knows the dialog: a reloaded page does not, and says 481 (or 404)."""
        leg, dialog = self._leg, self._leg.dialog
        if dialog is None or not leg.standing or (self._asking and method is None):
            return
        chosen = method or ("UPDATE" if dialog.allow is not None and "UPDATE" in dialog.allow else "OPTIONS")
        request = dialog.request(chosen)
        if chosen == "UPDATE":
            leg.session.ask(request)
        self._asking = True
        gone = GONE if chosen == "UPDATE" else GONE_OPTIONS
        asked_at = leg.ua.timers.now
        leg.ua.send(
            dialog,
            request,
            lambda response: self._answered(response, gone),
            lambda status, _reason: self._unanswered(status, asked_at),
        )

    def _answered(self, response: Response, gone: set[int]) -> None:
        if response.status < 200:
            return
        self._asking = False
        self.heard()
        if response.status in gone:
            self._leg.forgotten(response.status)
        elif response.cseq.method == "UPDATE" and response.status < 300:
            self._leg.session.agreed(response)

    def _unanswered(self, status: int, asked_at: float) -> None:
        self._asking = False
        leg = self._leg
        if leg.dialog is None or self._heard_at > asked_at:
            return
        if status != 408:
            # A browser may have come back over another flow meanwhile; while one is away, its grace decides. Others who
            # cannot be reached have as long to come back as an answer would have been waited for.
            if isinstance(leg.dialog.hop, FlowHop):
                return
            now, patience = leg.ua.timers.now, SECONDS[Event.F]
            self._away_since = now if self._away_since is None else self._away_since
            if now - self._away_since < patience:
                self._arm(patience / AWAY_TRIES)
                return
        log.info("peer_silent", leg=str(leg.id), status=status)
        leg.lost(408)
