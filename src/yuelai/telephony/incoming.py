"""A leg that somebody called us on (RFC 3261 §13.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.telephony.dialog import Dialog
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.ports import CARRIED
from yuelai.wire.sip import Request

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
        trunk_id: UUID | None = None,
    ) -> None:
        super().__init__(
            ua,
            LegState.OFFERED,
            caller=caller,
            called=called,
            trunk=trunk,
            browser=browser,
            trunk_id=trunk_id,
            carried=carried_by(transaction.request),
        )
        self._transaction = transaction
        self._offer = transaction.request.sdp
        self.keep(dialog)

    @property
    def offer(self) -> str | None:
        return self._offer

    async def ringing(self, sdp: str | None = None, *, status: int = 180) -> None:
        self.need(LegState.OFFERED)
        assert self.dialog is not None
        response = self.ua.dialog_response(self._transaction.request, status, self.dialog)
        if sdp is not None:
            self.negotiation.local = sdp
            response.set_body("application/sdp", sdp)
        self._transaction.respond(response)

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


def carried_by(invite: Request) -> Mapping[str, tuple[str, ...]]:
    """Return what the owner is told of the call's history and parties (`ports.CARRIED`), each field as it came."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in invite.fields:
        if name in _CARRIED:
            found[name] = (*found.get(name, ()), value)
    return found


_CARRIED = frozenset(CARRIED)
