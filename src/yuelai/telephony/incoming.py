"""A leg that somebody called us on (RFC 3261 §13.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.platform.errors import Refusal
from yuelai.telephony.dialog import Dialog
from yuelai.telephony.errors import WrongState
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.ports import CARRIED, Capacity, Confirmed, Reanswered
from yuelai.telephony.reasons import cause
from yuelai.telephony.reliable import ReliableSender
from yuelai.telephony.timers import Timer
from yuelai.wire.sip import PeerError, Request
from yuelai.wire.sip.text import parse_number

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()

RING_SECONDS = 60.0


class IncomingLeg(SipLeg):
    dialled = False

    __slots__ = (
        "_capacity", "_exchanged", "_expiry", "_later", "_offer", "_reliable", "_required", "_ring", "_supported",
        "_their_answer", "_transaction", "_undescribed",
    )  # fmt: skip

    def __init__(
        self,
        ua: UserAgent,
        transaction: ServerTransaction,
        dialog: Dialog,
        *,
        caller: str,
        called: str,
        trunk: bool,
        browser: bool,
        trunk_id: UUID | None = None,
        capacity: Capacity | None = None,
    ) -> None:
        """`capacity` has been entered and is left at the end."""
        invite = transaction.request
        super().__init__(
            ua,
            LegState.OFFERED,
            caller=caller,
            called=called,
            trunk=trunk,
            browser=browser,
            trunk_id=trunk_id,
            carried=carried_by(invite),
        )
        self._transaction = transaction
        self._offer = invite.sdp
        self._capacity = capacity
        self._required = "100rel" in invite.options("require")
        self._supported = self._required or "100rel" in invite.options("supported")
        self._reliable: ReliableSender | None = None
        self._exchanged: str | None = None
        """Our description in a provisional response that was acknowledged."""
        self._their_answer: str | None = None
        """What a PRACK answered to an offer of ours."""
        self._undescribed: asyncio.Future[None] | None = None
        self._later: str | None = None
        """A description that differs from the early one, offered as soon as the call stands."""
        self._ring: Timer | None = None
        self._expiry = self._limit(invite)
        self.keep(dialog)

    def _limit(self, invite: Request) -> Timer | None:
        """§13.3.1: a caller may say how long it waits for an answer."""
        text = invite.get("expires")
        if text is None:
            return None
        try:
            seconds = parse_number(text.strip(), 2**32 - 1, "Expires")
        except PeerError:
            return None
        return self.ua.timers.after(seconds, self._expired)

    def _expired(self) -> None:
        if self.state is LegState.OFFERED:
            self.hang_up("remote", 487, "expired")

    @property
    def pending(self) -> ServerTransaction | None:
        return self._transaction

    @property
    def offer(self) -> str | None:
        return self._offer

    @property
    def agreed(self) -> bool:
        return self.standing or (
            self._exchanged is not None and (self._offer is not None or self._their_answer is not None)
        )

    async def ringing(self, sdp: str | None = None, *, status: int = 180) -> None:
        self.need(LegState.OFFERED)
        assert self.dialog is not None
        if not 101 <= status <= 199:
            raise WrongState("not a provisional status")
        response = self.ua.dialog_response(self._transaction.request, status, self.dialog)
        # An offer of ours may only travel reliably (RFC 3261 §13.2.1); an answer had better.
        reliably = self._required or (self._supported and sdp is not None)
        if sdp is not None and (self._offer is not None or reliably) and self._exchanged is None:
            self.negotiation.local = sdp
            response.set_body("application/sdp", sdp)
        self._ring_again(status)
        if not reliably:
            self._transaction.respond(response)
            return
        if self._reliable is None:
            self._reliable = ReliableSender(self.ua.timers, self._transaction.respond, self._never_acknowledged_early)
        self._reliable.put(response)

    def _ring_again(self, status: int) -> None:
        """§13.3.1.1: proxies on the way give a call up that says nothing for three minutes."""
        self._stop_ringing()
        self._ring = self.ua.timers.after(RING_SECONDS, lambda: self.ua.spawn(self.ringing(status=status)))

    def _stop_ringing(self) -> None:
        if self._ring is not None:
            self._ring.cancel()
            self._ring = None

    def _never_acknowledged_early(self) -> None:
        """RFC 3262 §3: without a PRACK the call is refused."""
        self.hang_up("system", 504, "no PRACK")

    def on_prack(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        acknowledged = self._reliable.acknowledge(request) if self._reliable is not None else None
        if acknowledged is None:
            transaction.refuse(481)
            return
        described = bool(acknowledged.body)
        if described:
            self._exchanged = self.negotiation.local
        answered = self._offer is None and described and self._their_answer is None
        if request.sdp is not None and answered:
            self._their_answer = request.sdp
        elif request.sdp is not None and self.agreed and self.dialog is not None:
            self._wake()
            self.negotiation.on_offer(transaction, self.dialog)  # a new offer; its answer goes into the 200 (§5)
            return
        transaction.respond(request.response(200))
        self._wake()

    def _wake(self) -> None:
        if self._undescribed is not None and not self._undescribed.done():
            self._undescribed.set_result(None)

    async def redirect(self, *uris: str) -> None:
        self.need(LegState.OFFERED)
        assert self.dialog is not None
        response = self._transaction.request.response(302, tag=self.dialog.local.tag)
        for uri in uris:
            response.add("contact", f"<{uri}>")
        self.end("local", 302, "redirected")
        self._transaction.respond(response)
        self.drop()

    async def answer(self, sdp: str) -> None:
        self.need(LegState.OFFERED)
        self._stop_ringing()
        self.state = LegState.JOURNALLING
        if not await self.journal() or not await self._descriptions_settled():
            return
        self.state = LegState.ACCEPTED
        if self._reliable is not None:
            self._reliable.stop()
        assert self.dialog is not None
        ok = self.ok(self._transaction.request, self.dialog)
        if self._exchanged is None:
            self.negotiation.local = sdp
            ok.set_body("application/sdp", sdp)
        elif sdp != self._exchanged:
            self._later = sdp  # offer and answer are over (RFC 3261 §13.2.1): this is a new offer
        self.repeat_ok(self._transaction, ok)

    async def _descriptions_settled(self) -> bool:
        """RFC 3262 §3: no 2xx while a description waits for its PRACK. False when the leg ended meanwhile."""
        current = self._reliable.current if self._reliable is not None else None
        if current is not None and current.body:
            self._undescribed = asyncio.get_running_loop().create_future()
            await self._undescribed
        return self.state is LegState.JOURNALLING

    def acknowledged(self, ack: Request) -> None:
        answer = self._their_answer or (ack.sdp if self._offer is None else None)
        self.emit(Confirmed(self.id, answer))
        if self._later is not None:
            self.ua.spawn(self._offer_later(self._later))

    async def _offer_later(self, sdp: str) -> None:
        try:
            answer = await self.reoffer(sdp)
        except Refusal as refusal:
            log.info("late_description_refused", leg=str(self.id), why=refusal.code)
        else:
            self.emit(Reanswered(self.id, answer))

    def on_cancelled(self, why: str = "") -> None:
        """CANCEL came before our 200 (§9.2); after it, it changes nothing and a BYE will follow."""
        if self.state in (LegState.OFFERED, LegState.JOURNALLING):
            state = self.state
            self.end("remote", 487, "cancelled", cause=why)
            self.abandon(state, 487, "", "")

    def abandon(self, state: LegState, status: int, reason: str, why: str) -> None:
        assert self.dialog is not None
        if self._transaction.answered:
            self.drop()
            return
        response = self._transaction.request.response(status if status >= 300 else 480, tag=self.dialog.local.tag)
        if reason and reason.isascii() and reason.isprintable():
            response.reason = reason
        if status == 503:
            response.add("retry-after", 5)
        if why and why != cause(status, reason):
            response.add("reason", why)  # what says more than the status itself (RFC 6432 §1)
        self._transaction.respond(response)
        self.drop()

    def released(self, status: int) -> None:
        self._stop_ringing()
        if self._expiry is not None:
            self._expiry.cancel()
        if self._reliable is not None:
            self._reliable.stop()
        self._wake()
        if self._capacity is not None:
            capacity, self._capacity = self._capacity, None
            capacity.leave(200 if self.stood else status)


def carried_by(invite: Request) -> Mapping[str, tuple[str, ...]]:
    """Return what the owner is told of the call's history and parties (`ports.CARRIED`), each field as it came."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in invite.fields:
        if name in _CARRIED:
            found[name] = (*found.get(name, ()), value)
    return found


_CARRIED = frozenset(CARRIED)
