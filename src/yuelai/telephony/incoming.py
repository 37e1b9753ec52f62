"""A leg that somebody called us on (RFC 3261 §13.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.telephony.dialog import Dialog
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.leg import LegState, SipLeg

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent


class IncomingLeg(SipLeg):
    dialled = False

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
    ) -> None:
        super().__init__(ua, LegState.OFFERED, caller=caller, called=called, trunk=trunk, browser=browser)
        self._transaction = transaction
        self._offer = transaction.request.sdp
        self.keep(dialog)

    @property
    def offer(self) -> str | None:
        return self._offer

    async def ringing(self) -> None:
        self.need(LegState.OFFERED)
        assert self.dialog is not None
        self._transaction.respond(self.ua.dialog_response(self._transaction.request, 180, self.dialog))

    async def answer(self, sdp: str) -> None:
        self.need(LegState.OFFERED)
        assert self.dialog is not None
        self.state = LegState.JOURNALLING
        if not await self.journal():
            return
        self.state = LegState.ACCEPTED
        self.negotiation.local = sdp
        ok = self.ok(self._transaction.request)
        ok.set_body("application/sdp", sdp)
        self.repeat_ok(self._transaction, ok)

    def on_cancelled(self) -> None:
        """CANCEL came before our 200 (§9.2); after it, it changes nothing and a BYE will follow."""
        if self.state in (LegState.OFFERED, LegState.JOURNALLING):
            self.end("remote", 487, "cancelled")
            self.abandon(self.state, 487, "")

    def abandon(self, state: LegState, status: int, reason: str) -> None:
        assert self.dialog is not None
        response = self._transaction.request.response(status if status >= 300 else 480, tag=self.dialog.local.tag)
        if reason and reason.isascii() and reason.isprintable():
            response.reason = reason
        if status == 503:
            response.add("retry-after", 5)
        self._transaction.respond(response)
        self.drop()
