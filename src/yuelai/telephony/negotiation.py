"""New offers within a standing dialog, both ways (RFC 3261 §14, RFC 3264 §8; UPDATE, RFC 3311)."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from yuelai.telephony.errors import OfferRefused, WrongState
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.liveness import SHORTEST_SESSION, too_brief
from yuelai.telephony.ports import Reoffered
from yuelai.telephony.timers import Timer
from yuelai.wire.sip import PeerError, Request, Response

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

OWNER_SECONDS = 20.0
"""How long the owner may think about an offer before it is refused for him."""
GLARE_TRIES = 4


class Negotiation:
    """At most one offer at a time, whoever made it. `local` is the description of ours that counts."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self.local: str | None = None
        self._theirs: ServerTransaction | None = None
        self._patience: Timer | None = None
        self._ours: asyncio.Future[str] | None = None
        self._tries = 0
        self._pending = False
        """True while an INVITE of ours has no final response; not between two tries."""

    def on_offer(self, transaction: ServerTransaction) -> None:
        """A re-INVITE or UPDATE of the other side (§14.2)."""
        request = transaction.request
        if self._theirs is not None or not self._leg.standing:
            transaction.refuse(500, retry_after=str(secrets.randbelow(10)))
        elif self._pending:
            transaction.refuse(491)
        elif request.body and request.sdp is None:
            transaction.refuse(415, accept="application/sdp")
        else:
            self._refresh_target(transaction)

    def _refresh_target(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        assert self._leg.dialog is not None
        try:
            if too_brief(request):
                transaction.refuse(422, min_se=str(SHORTEST_SESSION))
                return
            self._leg.dialog.take_target(request)
        except PeerError:
            transaction.refuse(400)
            return
        if request.sdp is not None:
            self._theirs = transaction
            if request.method == "INVITE":
                transaction.respond(request.response(100))
            self._patience = self._leg.ua.timers.after(OWNER_SECONDS, lambda: self.refuse(500))
            self._leg.emit(Reoffered(self._leg.id, request.sdp))
        elif request.method == "UPDATE":
            transaction.respond(self._ok(request))  # only a sign of life (RFC 4028 §7.4 as the browsers' stacks use it)
        else:
            # Without an offer we make one (§14.2): what counts now. The answer in the ACK changes nothing.
            self._leg.repeat_ok(transaction, self._ok(request, self.local))

    def _ok(self, request: Request, sdp: str | None = None) -> Response:
        response = self._leg.ok(request)
        if sdp is not None:
            response.set_body("application/sdp", sdp)
        return response

    def _take(self) -> ServerTransaction:
        if self._theirs is None:
            raise WrongState("there is no offer to answer")
        transaction, self._theirs = self._theirs, None
        if self._patience is not None:
            self._patience.cancel()
        return transaction

    def accept(self, sdp: str) -> None:
        transaction = self._take()
        self.local = sdp
        ok = self._ok(transaction.request, sdp)
        if transaction.request.method == "INVITE":
            self._leg.repeat_ok(transaction, ok)
        else:
            transaction.respond(ok)

    def refuse(self, status: int) -> None:
        self._take().refuse(status)

    def cancelled(self, transaction: ServerTransaction) -> None:
        """The other side took its re-INVITE back; the owner's answer to it, if it still comes, is refused."""
        if self._theirs is transaction:
            self.refuse(487)

    async def reoffer(self, sdp: str) -> str:
        """Raises OfferRefused when it was refused for good, WrongState when the leg is not free for it."""
        if not self._leg.standing or self._ours is not None or self._theirs is not None:
            raise WrongState("an offer is under way, or the call does not stand")
        self._ours, self._tries = asyncio.get_running_loop().create_future(), 0
        try:
            self._send(sdp)
            answer = await self._ours
            self.local = sdp
            return answer
        finally:
            self._ours = None

    def _send(self, sdp: str) -> None:
        leg = self._leg
        if leg.dialog is None or not leg.standing:
            return
        if self._theirs is not None:
            leg.ua.timers.after(0.5, lambda: self._send(sdp))  # theirs came between two tries of ours: it goes first
            return
        self._tries += 1
        self._pending = True
        invite = leg.dialog.request("INVITE")
        invite.set_body("application/sdp", sdp)
        leg.ua.send(
            leg.dialog,
            invite,
            lambda response: self._answered(sdp, invite, response),
            lambda status, _: leg.lost(status),
        )

    def _answered(self, sdp: str, invite: Request, response: Response) -> None:
        leg = self._leg
        if response.status < 200 or leg.dialog is None:
            return
        self._pending = False
        leg.liveness.heard()
        if response.status < 300:
            # A repeated 200 means that our ACK was lost; it is simply sent again (§13.2.2.4).
            leg.ua.transmit(leg.dialog.request("ACK", cseq=invite.cseq.number), leg.dialog.next_hop)
            if self._ours is not None and not self._ours.done():
                leg.dialog.take_target(response)
                if response.sdp is None:
                    self._ours.set_exception(OfferRefused("the answer holds no description"))
                else:
                    self._ours.set_result(response.sdp)
        elif response.status == 491 and self._tries < GLARE_TRIES:
            # §14.1: whoever made the Call-ID waits longer, so that the two do not meet again.
            low, span = (2.1, 1.9) if leg.dialled else (0.0, 2.0)
            leg.ua.timers.after(low + span * secrets.randbelow(1000) / 1000, lambda: self._send(sdp))
        elif response.status in (408, 481):
            leg.lost(response.status)
        elif self._ours is not None and not self._ours.done():
            self._ours.set_exception(
                OfferRefused(f"the offer was refused: {response.status}", sip_status=response.status)
            )

    def abort(self) -> None:
        """The leg is over: whoever waits is told, an open request of theirs is answered."""
        if self._theirs is not None:
            self.refuse(487)
        if self._ours is not None and not self._ours.done():
            self._ours.set_exception(WrongState("the call ended"))
