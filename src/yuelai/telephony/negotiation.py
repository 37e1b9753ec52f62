"""New offers within a standing dialog, both ways (RFC 3261 §14, RFC 3264 §8; UPDATE, RFC 3311)."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

import structlog

from yuelai.telephony.dialog import Dialog
from yuelai.telephony.errors import OfferRefused, WrongState
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.ports import Reoffered
from yuelai.telephony.session import SHORTEST_SESSION, too_brief
from yuelai.telephony.timers import Timer
from yuelai.wire.sip import PeerError, Request, Response

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

log = structlog.get_logger()

OWNER_SECONDS = 20.0
"""How long the owner may think about an offer before it is refused for him."""
GLARE_TRIES = 4


class Negotiation:
    """At most one offer at a time, whoever made it. `local` is the description of ours that counts."""

    __slots__ = (
        "_last", "_leg", "_ours", "_patience", "_pending", "_their_dialog", "_theirs", "_tries", "local",
    )  # fmt: skip

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self.local: str | None = None
        self._theirs: ServerTransaction | None = None
        self._their_dialog: Dialog | None = None
        self._patience: Timer | None = None
        self._ours: asyncio.Future[str] | None = None
        self._tries = 0
        self._pending = False
        """True while an offer of ours has no final response; not between two tries."""
        self._last = 0
        """CSeq of the last offer of ours that was taken."""

    def on_offer(self, transaction: ServerTransaction, dialog: Dialog) -> None:
        """A re-INVITE or UPDATE of the other side (§14.2), or an offer in its PRACK (RFC 3262 §5)."""
        request, leg = transaction.request, self._leg
        if request.method == "INVITE" and not leg.standing:
            transaction.refuse(500, retry_after=str(secrets.randbelow(10)))
        elif self._theirs is not None or (request.body and not leg.agreed):
            transaction.refuse(500, retry_after=str(secrets.randbelow(10)))  # RFC 3311 §5.2
        elif (self._pending and (request.method == "INVITE" or request.body)) or leg.busy:
            transaction.refuse(491)
        elif request.body and request.sdp is None:
            transaction.refuse(415, accept="application/sdp")
        else:
            self._refresh_target(transaction, dialog)

    def _refresh_target(self, transaction: ServerTransaction, dialog: Dialog) -> None:
        request, leg = transaction.request, self._leg
        try:
            if too_brief(request):
                transaction.refuse(422, min_se=str(SHORTEST_SESSION))
                return
            if request.method != "PRACK" and dialog.take_target(request):
                leg.target_changed(dialog)
        except PeerError:
            transaction.refuse(400)
            return
        if request.sdp is not None:
            self._theirs, self._their_dialog = transaction, dialog
            if request.method == "INVITE":
                transaction.respond(request.response(100))
            self._patience = leg.ua.timers.after(OWNER_SECONDS, lambda: self.refuse(500))
            leg.emit(Reoffered(leg.id, request.sdp))
        elif request.method == "UPDATE":
            transaction.respond(
                self._ok(request, dialog)
            )  # only a sign of life (RFC 4028 §7.4 as the browsers' stacks use it)
        else:
            # Without an offer we make one (§14.2): what counts now.
            leg.repeat_ok(transaction, self._ok(request, dialog, self.local), offered=True)

    def _ok(self, request: Request, dialog: Dialog, sdp: str | None = None) -> Response:
        leg = self._leg
        response = request.response(200) if request.method == "PRACK" else leg.ok(request, dialog)
        if sdp is not None:
            response.set_body("application/sdp", sdp)
        return response

    def _take(self) -> ServerTransaction:
        if self._theirs is None:
            raise WrongState("there is no offer to answer")
        transaction, self._theirs, self._their_dialog = self._theirs, None, None
        if self._patience is not None:
            self._patience.cancel()
        return transaction

    def accept(self, sdp: str) -> None:
        dialog = self._their_dialog
        transaction = self._take()
        assert dialog is not None
        self.local = sdp
        self._leg.described()
        ok = self._ok(transaction.request, dialog, sdp)
        if transaction.method == "INVITE":
            self._leg.repeat_ok(transaction, ok)
        else:
            transaction.respond(ok)

    def refuse(self, status: int) -> None:
        self._take().refuse(status)

    def gone(self, dialog: Dialog) -> None:
        """An early dialog is no more; an offer that came in it finds nobody."""
        if self._their_dialog is dialog:
            self.refuse(481)

    def cancelled(self, transaction: ServerTransaction) -> None:
        """The other side took its re-INVITE back; the owner's answer to it, if it still comes, is refused."""
        if self._theirs is transaction:
            self.refuse(487)

    async def reoffer(self, sdp: str) -> str:
        """Raises OfferRefused when it was refused for good, WrongState when the leg is not free for it."""
        leg = self._leg
        if self._ours is not None or self._theirs is not None or self._pending or not self._possible:
            raise WrongState("an offer is under way, or the call does not stand")
        self._ours, self._tries = asyncio.get_running_loop().create_future(), 0
        try:
            self._send(sdp)
            answer = await self._ours
            self.local = sdp
            leg.described()
            return answer
        finally:
            self._ours = None

    @property
    def _possible(self) -> bool:
        """A standing call takes a re-INVITE; an early one an UPDATE, once its first offer is answered for good."""
        leg = self._leg
        dialog = leg.offering
        if leg.id not in leg.ua.legs:
            return False
        return dialog is not None and (leg.standing or (leg.agreed and "UPDATE" in (dialog.allow or ())))

    def refresh(self) -> None:
        """Renew the session by a re-INVITE with the description that counts (RFC 4028 §7.4), unless an offer stands."""
        if self.local is not None and not self._pending and self._theirs is None and self._ours is None:
            self._tries = 0
            self._send(self.local)

    def _send(self, sdp: str) -> None:
        leg = self._leg
        dialog = leg.offering
        if dialog is None or not self._possible:
            if self._ours is not None and not self._ours.done():
                self._ours.set_exception(WrongState("the dialog is gone"))
            return
        if self._theirs is not None or (leg.standing and leg.unacknowledged):
            # Theirs came between two tries of ours, or its ACK is on its way: it goes first (RFC 3261 §14.1).
            leg.ua.timers.after(0.5, lambda: self._send(sdp))
            return
        self._tries += 1
        self._pending = True
        request = dialog.request("INVITE" if leg.standing else "UPDATE")
        leg.session.ask(request)
        request.set_body("application/sdp", sdp)
        leg.ua.send(
            dialog,
            request,
            lambda response: self._answered(sdp, dialog, response),
            lambda status, _: self._unanswered(dialog, status),
        )

    def _unanswered(self, dialog: Dialog, status: int) -> None:
        self._pending = False
        self._lost(dialog, status)

    def _lost(self, dialog: Dialog, status: int) -> None:
        """No such dialog over there. An early one of several takes nothing with it but the offer."""
        if dialog is self._leg.dialog:
            self._leg.lost(status)
        elif self._ours is not None and not self._ours.done():
            self._ours.set_exception(OfferRefused("the early dialog is gone", sip_status=status))

    def _answered(self, sdp: str, dialog: Dialog, response: Response) -> None:
        leg = self._leg
        if response.status < 200:
            return
        self._pending = False
        leg.liveness.heard()
        waiting = self._ours is not None and not self._ours.done()
        if response.status < 300:
            if response.cseq.method == "INVITE":
                # A repeated 200 means that our ACK was lost; it is simply sent again (§13.2.2.4).
                leg.ua.transmit(dialog.acknowledge(response.cseq.number), leg.ua.way(dialog))
            self._taken(dialog, response, waiting=waiting)
        elif response.status == 491 and self._tries < GLARE_TRIES:
            # §14.1: whoever made the Call-ID waits longer, so that the two do not meet again.
            low, span = (2.1, 1.9) if leg.dialled else (0.0, 2.0)
            leg.ua.timers.after(low + span * secrets.randbelow(1000) / 1000, lambda: self._send(sdp))
        elif response.status in (408, 481):
            self._lost(dialog, response.status)
        elif waiting and self._ours is not None:
            self._ours.set_exception(
                OfferRefused(f"the offer was refused: {response.status}", sip_status=response.status)
            )

    def _taken(self, dialog: Dialog, response: Response, *, waiting: bool) -> None:
        leg = self._leg
        if response.cseq.number != self._last:
            self._last = response.cseq.number
            try:
                if dialog.take_target(response):
                    leg.target_changed(dialog)
            except PeerError:
                log.info("sip_target_malformed", leg=str(leg.id))
            if leg.standing:
                leg.session.agreed(response)
        if not waiting or self._ours is None:
            return
        if response.sdp is None:
            self._ours.set_exception(OfferRefused("the answer holds no description"))
        else:
            self._ours.set_result(response.sdp)

    def abort(self) -> None:
        """The leg is over: whoever waits is told, an open request of theirs is answered."""
        if self._theirs is not None:
            self.refuse(487)
        if self._ours is not None and not self._ours.done():
            self._ours.set_exception(WrongState("the call ended"))
