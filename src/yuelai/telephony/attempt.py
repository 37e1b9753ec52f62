"""One destination of a call: its INVITE at the next hop, with credentials, with a longer session, until it is decided
(RFC 3261 §8.1.3, RFC 3263 §4.3, RFC 4028 §7.3)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import structlog

from yuelai.telephony.client_auth import MOST_ANSWERS, ClientAuth
from yuelai.telephony.hops import Hop
from yuelai.telephony.invitation import Fork, Invitation
from yuelai.telephony.ports import Destination
from yuelai.telephony.reasons import COMPLETED_ELSEWHERE, cause_of
from yuelai.telephony.session import lengthened
from yuelai.telephony.stages import Failure
from yuelai.telephony.timers import Timer
from yuelai.wire.sip import PeerError, Request, Response, parse_address

if TYPE_CHECKING:
    from yuelai.telephony.outgoing import OutgoingLeg

log = structlog.get_logger()

MOST_LENGTHENED = 2
"""Times a session interval that is called too brief is made longer."""


_SPENT = Request("NONE", "sip:invalid")


class Attempt:
    """`invite` is what is to be sent, without Via, Contact and CSeq; each sending is a copy of it."""

    __slots__ = (
        "_answers", "_auth", "_cancelled", "_cause", "_cseq", "_entered", "_hops", "_invite", "_leg", "_lengthened",
        "_patience", "failure", "invitation", "place",
    )  # fmt: skip

    def __init__(self, leg: OutgoingLeg, place: Destination, invite: Request) -> None:
        self._leg, self.place, self._invite = leg, place, invite
        self._auth = ClientAuth(place.digest) if place.digest is not None else None
        self._answers = self._lengthened = 0
        self._cseq = secrets.randbelow(1000)
        self._hops: list[Hop] = list(place.hops)
        self._patience: Timer | None = None
        self._entered = False
        self._cancelled = False
        self._cause = ""
        self.failure: Failure | None = None
        self.invitation: Invitation | None = None
        """The one that counts; earlier ones may still bring a 2xx that nobody wants."""

    def start(self) -> None:
        """Call. Nothing is told before this returns."""
        if self.place.capacity is not None:
            if not self.place.capacity.enter():
                self._fail_soon(503, "full")
                return
            self._entered = True
        self._leg.began(self._invite, self.place)
        if self._hops:
            self._send()
            return
        try:
            uri = parse_address(self.place.route[0]).uri if self.place.route else self._invite.uri
        except PeerError:
            self._fail_soon(502, "malformed destination")
            return
        known = self._leg.ua.literal(uri)
        if known is not None:
            self._hops = [known]
            self._send()
        else:
            self._leg.ua.look_up(uri, self._found)

    def _found(self, hops: list[Hop]) -> None:
        self._hops = hops
        if self._cancelled:
            self._fail("local", 487, "cancelled")
        elif hops:
            self._send()
        else:
            self._fail("system", 503, "no such host")

    def _fail_soon(self, status: int, reason: str) -> None:
        self._leg.ua.timers.after(0, lambda: self._fail("system", status, reason))

    def _send(self) -> None:
        """Send the INVITE to the first hop left, with a branch and CSeq of its own."""
        self._cseq += 1
        invite = Request("INVITE", self._invite.target, list(self._invite.fields), self._invite.body)
        invite.add("cseq", f"{self._cseq} INVITE")
        if self._auth is not None:
            try:
                self._auth.sign(invite)
            except PeerError:
                self._fail_soon(502, "a challenge that cannot be answered")
                return
        self.invitation = Invitation(self._leg.ua, self, invite, self._hops[0], symmetric=self.place.symmetric)
        self.invitation.send()
        if self.place.patience is not None:
            self._patience = self._leg.ua.timers.after(self.place.patience, self._impatient)

    def _impatient(self) -> None:
        invitation = self.invitation
        if invitation is not None and not invitation.over:
            invitation.cancel()
            self._next_hop("system", 408, "unreachable")

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def cancel(self, cause: str = "") -> None:
        """Nobody wants this one any more; its place is left once the other side has said its last."""
        if not self._cancelled:
            self._cancelled, self._cause = True, cause
            self._calm()
            if self.invitation is not None:
                self.invitation.cancel(cause)

    def settle(self, invitation: Invitation) -> None:
        """Somebody picked up here; another hop that is being asked is no longer wanted."""
        self._calm()
        if self.invitation is not None and self.invitation is not invitation:
            self.invitation.cancel(COMPLETED_ELSEWHERE)

    def forget_the_way(self) -> None:
        """The call stands: only the place that was entered is still to be left."""
        self.invitation = None
        self._invite = _SPENT
        self._hops = []

    def release(self, status: int) -> None:
        """Leave the place that was entered, once."""
        self._calm()
        if self._entered:
            self._entered = False
            assert self.place.capacity is not None
            self.place.capacity.leave(status)

    def on_trying(self) -> None:
        """100 says nothing about whether anybody is there."""

    def on_ringing(self, invitation: Invitation, fork: Fork | None, response: Response) -> None:
        if invitation is self.invitation:
            self._calm()
            self._leg.on_ringing(self, fork, response)

    def on_ok(self, invitation: Invitation, fork: Fork, response: Response) -> None:
        self._calm()
        fork.dialog.user, fork.dialog.instance = self.place.user, self.place.instance
        fork.dialog.auth = self._auth
        self._leg.on_ok(self, invitation, fork, response)

    def on_failed(self, invitation: Invitation, by: str, status: int, reason: str, response: Response | None) -> None:
        if invitation is not self.invitation or self.failure is not None:
            return  # an earlier hop, given up before
        self._calm()
        if self._cancelled:
            self._fail(by, status, reason, response)
        elif response is not None and self._again(status, response):
            self._send()
        elif status == 503 or by == "system":
            self._next_hop(by, status, reason, response)
        else:
            self._fail(by, status, reason, response)

    def _again(self, status: int, response: Response) -> bool:
        """True when the same hop is asked again, as its answer wants it."""
        if status in (401, 407) and self._auth is not None and self._answers < MOST_ANSWERS:
            self._answers += 1
            return self._auth.learn(response)
        if status == 422 and self._lengthened < MOST_LENGTHENED:
            self._lengthened += 1
            return lengthened(self._invite, response)
        return False

    def _next_hop(self, by: str, status: int, reason: str, response: Response | None = None) -> None:
        """RFC 3263 §4.3: the same call at the next address."""
        if self._leg.ua.resolver is not None and self._hops:
            self._leg.ua.resolver.failed(self._hops[0])
        if len(self._hops) > 1:
            log.info("sip_hop_failed", hop=str(self._hops[0]), status=status, reason=reason)
            self._hops = self._hops[1:]
            self._send()
        else:
            self._fail(by, status, reason, response)

    def _fail(self, by: str, status: int, reason: str, response: Response | None = None) -> None:
        if self.failure is None:
            cause = cause_of(response) if response is not None else ""
            self.failure = Failure(by, status, reason, cause)
            self.release(status)
            self._leg.on_attempt_failed(self, response)
