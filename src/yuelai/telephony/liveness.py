"""Is the other side still there? Probes of standing dialogs, and session timers as they are asked of us (RFC 4028).

A device that loses its power sends no BYE. So a dialog in which nothing was heard for a while is asked for a sign of
life: an UPDATE without an offer where the peer knows that method, else an OPTIONS. Any answer will do, save that there
is no such call; when none comes at all the call is over.

Session timers are agreed on when a caller asks for them. A peer that refreshes is heard thereby; where the refreshing
falls to us, the probe does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from yuelai.telephony.timers import Timer
from yuelai.wire.sip import PeerError, Request, Response
from yuelai.wire.sip.text import parse_number

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

log = structlog.get_logger()

IDLE_SECONDS = 90.0
RETICENCE = 10
"""How many times longer a peer is left in peace that never said what it allows: some abort a call when they are asked
anything they do not expect."""
SHORTEST_SESSION = 90
"""Least Session-Expires in seconds that may be agreed on (RFC 4028 §4)."""
GONE = {404, 408, 410, 416, 480, 481, 482, 483, 484, 485, 502, 604}
"""Responses within a dialog after which there is no dialog any more (RFC 5057 §5.1)."""
GONE_OPTIONS = {408, 481}
"""OPTIONS is answered by whoever is there, who may find the address unknown and the call all right."""


class Liveness:
    """Of one leg. `idle_seconds` is how long it may be silent before it is asked."""

    def __init__(self, leg: SipLeg, idle_seconds: float) -> None:
        self._leg, self._idle = leg, idle_seconds
        self._heard_at = 0.0
        self._timer: Timer | None = None
        self._asking = False
        self._session: int | None = None
        """Session-Expires in seconds, when the refreshing is ours."""

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

    @property
    def _patience(self) -> float:
        dialog = self._leg.dialog
        idle = self._idle * RETICENCE if dialog is not None and dialog.allow is None else self._idle
        return idle if self._session is None else min(idle, self._session / 2)

    def _arm(self, seconds: float) -> None:
        self.stop()
        self._timer = self._leg.ua.timers.after(seconds, self._due)

    def _due(self) -> None:
        # A session that we refresh is refreshed in time, however much else was heard (RFC 4028 §10).
        left = 0.0 if self._session else self._heard_at + self._patience - self._leg.ua.timers.now
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
        if self._session is not None and chosen == "UPDATE":
            request.add("supported", "timer")
            request.add("session-expires", f"{self._session};refresher=uac")
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

    def _unanswered(self, status: int, asked_at: float) -> None:
        self._asking = False
        # A browser may have come back over another flow meanwhile; while one is away, its grace decides.
        if status == 408 and self._heard_at <= asked_at:
            log.info("peer_silent", leg=str(self._leg.id))
            self._leg.lost(status)

    def agree(self, request: Request, response: Response) -> None:
        """Put into a 2xx of ours what is agreed on about the session's timer (RFC 4028 §9)."""
        asked = session_asked(request)
        if asked is None:
            return
        seconds, refresher = asked
        if refresher == "uas":
            dialog = self._leg.dialog
            if dialog is None or "UPDATE" not in (dialog.allow or ()):
                return  # we could not refresh; whoever does not speak of the timer does not take part in it
            self._session = seconds
        else:
            self._session = None
            response.add("require", "timer")
        response.add("supported", "timer")
        response.add("session-expires", f"{seconds};refresher={refresher}")
        if self._timer is not None:
            self._arm(self._patience)


def too_brief(request: Request) -> bool:
    """True when the session's timer that is asked for is shorter than we allow (§8). Raises PeerError."""
    asked = session_asked(request)
    return asked is not None and asked[0] < SHORTEST_SESSION


def session_asked(request: Request) -> tuple[int, str] | None:
    """Return Session-Expires in seconds and who is to refresh (`uac` is who sent the request), None when it is not
    asked for. Raises PeerError."""
    text = request.get("session-expires")
    if text is None or "timer" not in request.options("supported") + request.options("require"):
        return None
    seconds, *params = (part.strip().lower() for part in text.split(";"))
    named = {name.strip(): value.strip() for name, _, value in (param.partition("=") for param in params)}
    refresher = named.get("refresher", "uac")
    if refresher not in ("uac", "uas"):
        raise PeerError("a refresher that is neither uac nor uas")
    return parse_number(seconds, 2**32 - 1, "session-expires"), refresher
