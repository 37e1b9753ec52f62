"""Session timers (RFC 4028): a call that nobody refreshes any more is over, on whichever side that is noticed.

We ask for them on calls of ours, and agree to those that others ask for. Whoever is to refresh does so at half time by
UPDATE, or by a re-INVITE with the description that counts where the peer does not know UPDATE.
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

SESSION_SECONDS = 1800
"""What we ask for (RFC 4028 §4, the interval it recommends)."""
SHORTEST_SESSION = 90
"""Least Session-Expires in seconds that may be agreed on (§4)."""
LONGEST_MIN_SE = 86_400
"""Past a day, a Min-SE is not one that we follow."""
MARGIN = 32.0
"""Before the very end the call is given up, so that its BYE still finds the other side (§10)."""
AGAIN_SECONDS = 10.0
"""When a refresh that found the peer busy is tried once more."""


class SessionTimer:
    """Of one leg. `seconds` is what was agreed on, None without a timer; `ours` says that we refresh."""

    __slots__ = ("_deadline", "_leg", "_timer", "ours", "seconds")

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self.seconds: int | None = None
        self.ours = False
        self._timer: Timer | None = None
        self._deadline = 0.0

    def ask(self, request: Request) -> None:
        """Put into an INVITE or UPDATE of ours what we want, or what goes on (§7.1, §7.4)."""
        leg = self._leg
        if leg.dialog is None:
            if (wanted := leg.ua.session_seconds) >= SHORTEST_SESSION:
                request.add("session-expires", wanted)
                request.add("min-se", SHORTEST_SESSION)
        elif self.seconds is not None:
            request.set("supported", "timer")
            request.add("session-expires", f"{self.seconds};refresher={'uac' if self.ours else 'uas'}")

    def agreed(self, response: Response) -> None:
        """Take what a 2xx to our INVITE or UPDATE says (§7.2). What is malformed counts as not said."""
        try:
            answered = _session(response)
        except PeerError:
            answered = None
        if answered is not None and answered[0] >= SHORTEST_SESSION:
            self.seconds, self.ours = answered[0], answered[1] != "uas"
        elif not self.ours:
            self.seconds = None  # they do not take part in it; a refresh that is ours goes on, it does no harm
        self._restart()

    def agree(self, request: Request, response: Response) -> None:
        """Put into a 2xx of ours what is agreed on (§9). Raises PeerError."""
        asked = session_asked(request)
        if asked is None:
            self.seconds = None
            self._restart()
            return
        seconds, refresher = asked
        if refresher == "uas":
            dialog = self._leg.dialog
            if dialog is None or "UPDATE" not in (dialog.allow or ()):
                return  # we could not refresh; whoever does not speak of the timer does not take part in it
            self.ours = True
        else:
            self.ours = False
            response.add("require", "timer")
        self.seconds = seconds
        response.add("session-expires", f"{seconds};refresher={refresher}")
        self._restart()

    def start(self) -> None:
        """The call stands; what was agreed on before begins to count."""
        self._restart()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _restart(self) -> None:
        self.stop()
        if self.seconds is None or not self._leg.standing:
            return
        now = self._leg.ua.timers.now
        self._deadline = now + self.seconds - min(MARGIN, self.seconds / 3)
        due = now + self.seconds / 2 if self.ours else self._deadline
        self._timer = self._leg.ua.timers.at(due, self._due)

    def _due(self) -> None:
        self._timer = None
        now = self._leg.ua.timers.now
        if now >= self._deadline:
            log.info("session_expired", leg=str(self._leg.id))
            self._leg.lost(408)
            return
        self._timer = self._leg.ua.timers.at(min(now + AGAIN_SECONDS, self._deadline), self._due)
        dialog = self._leg.dialog
        if dialog is not None and dialog.allow is not None and "UPDATE" not in dialog.allow:
            self._leg.negotiation.refresh()
        else:
            self._leg.liveness.probe("UPDATE")


def _session(message: Request | Response) -> tuple[int, str] | None:
    text = message.get("session-expires")
    if text is None:
        return None
    seconds, *params = (part.strip().lower() for part in text.split(";"))
    named = {name.strip(): value.strip() for name, _, value in (param.partition("=") for param in params)}
    refresher = named.get("refresher", "uac")
    if refresher not in ("uac", "uas"):
        raise PeerError("a refresher that is neither uac nor uas")
    return parse_number(seconds, 2**32 - 1, "session-expires"), refresher


def session_asked(request: Request) -> tuple[int, str] | None:
    """Return Session-Expires in seconds and who is to refresh (`uac` is who sent the request), None when it is not
    asked for. Raises PeerError."""
    if request.get("session-expires") is None:
        return None
    if "timer" not in request.options("supported") + request.options("require"):
        return None
    return _session(request)


def too_brief(request: Request) -> bool:
    """True when the session's timer that is asked for is shorter than we allow (§8). Raises PeerError."""
    asked = session_asked(request)
    return asked is not None and asked[0] < SHORTEST_SESSION


def lengthened(invite: Request, refusal: Response) -> bool:
    """Ask for as much as a 422 wants at least (§7.3); False when it wants nothing more, or too much."""
    try:
        least = parse_number(refusal.get("min-se") or "", LONGEST_MIN_SE, "Min-SE")
        now = _session(invite)
    except PeerError:
        return False
    if now is None or least <= now[0]:
        return False
    invite.set("session-expires", least)
    invite.set("min-se", least)
    return True
