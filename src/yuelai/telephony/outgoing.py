"""A leg that we dialled: one INVITE to each contact, and a dialog for each tag that answers (RFC 3261 §13.2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from yuelai.telephony.dialog import Dialog, dialog_of_response
from yuelai.telephony.hops import Hop, uri_hop
from yuelai.telephony.layer import ClientTransaction
from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.ports import Answered, Destination, Ringing
from yuelai.wire.sip import Address, PeerError, Request, Response, Uri, parse_address
from yuelai.wire.sip.text import clean

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent


class _Branch:
    """One contact that is being called."""

    def __init__(self, place: Destination, hop: Hop, invite: Request) -> None:
        self.place, self.hop, self.invite = place, hop, invite
        self.transaction: ClientTransaction | None = None
        self.cancelled = False
        """CANCEL is wanted; it is sent once a provisional response allows it (§9.1)."""
        self.failure: tuple[str, int, str] | None = None
        self.acks: dict[str, tuple[Request, Hop]] = {}
        """By tag, to be sent again for a repeated 2xx."""

    def cancel(self) -> None:
        if not self.cancelled:
            self.cancelled = True
            if self.transaction is not None and self.transaction.provisional:
                self.transaction.cancel()


class OutgoingLeg(SipLeg):
    dialled = True

    def __init__(
        self,
        ua: UserAgent,
        stages: Sequence[Sequence[Destination]],
        *,
        caller: str,
        called: str,
        browser: bool,
    ) -> None:
        super().__init__(ua, LegState.DIALLING, caller=caller, called=called, trunk=False, browser=browser)
        self._stages = list(stages)
        self._branches: list[_Branch] = []
        self._winner: tuple[_Branch, str] | None = None

    def dial(self, sdp: str, caller_name: str, headers: Mapping[str, str]) -> None:
        """Send the INVITEs. Nothing is told to the owner before this returns."""
        self.negotiation.local = sdp
        host = self.ua.host
        for place in self._stages[0]:
            invite = Request("INVITE", place.uri)
            invite.add("max-forwards", 70)
            sender = Address(Uri("sip", self.caller or "anonymous", host), caller_name, {})
            own = parse_address(place.sender) if place.sender is not None else sender
            own.params["tag"] = secrets.token_hex(6)
            invite.add("from", own)
            invite.add("to", place.recipient or f"<{Uri('sip', self.called, host)}>")
            for route in place.route:
                invite.add("route", route)
            invite.add("call-id", secrets.token_hex(16))
            invite.add("cseq", f"{secrets.randbelow(1000) + 1} INVITE")
            for name, value in {**headers, **place.headers}.items():
                invite.add(name, value)
            invite.set_body("application/sdp", sdp)
            hop = place.hops[0] if place.hops else uri_hop(invite.uri)
            assert hop is not None
            branch = _Branch(place, hop, invite)
            self._branches.append(branch)
            self._send(branch)

    def _send(self, branch: _Branch) -> None:
        branch.transaction = self.ua.send_to(
            branch.hop,
            branch.invite,
            lambda response: self._on_response(branch, response),
            lambda status, reason: self._on_failure(branch, "system", status, reason),
        )

    def _on_response(self, branch: _Branch, response: Response) -> None:
        if response.status < 200:
            self._on_provisional(branch, response)
        elif response.status < 300:
            self._on_ok(branch, response)
        else:
            self._on_failure(branch, "remote", response.status, clean(response.reason))

    def _on_provisional(self, branch: _Branch, response: Response) -> None:
        if branch.cancelled:
            if branch.transaction is not None:
                branch.transaction.cancel()
        elif response.status > 100 and self.state is LegState.DIALLING:
            self.emit(Ringing(self.id, response.status, response.sdp))

    def _on_ok(self, branch: _Branch, response: Response) -> None:
        tag = response.to.tag or ""
        if tag in branch.acks:
            self.ua.transmit(*branch.acks[tag])  # our ACK was lost (§13.2.2.4)
            return
        if self._winner == (branch, tag):
            return  # its ACK follows as soon as the journal is safe
        try:
            dialog = self._dialog(branch, response)
        except PeerError:
            self._on_failure(branch, "system", 502, "malformed answer")
            return
        if self.state is not LegState.DIALLING or response.sdp is None:
            # Cancelled too late, another contact or another fork was first, or nothing to talk with.
            self._acknowledge(branch, tag, dialog)
            self.ua.bye(dialog, lambda: None)
            if self.state is LegState.DIALLING:
                self._on_failure(branch, "system", 488, "answer without description")
            return
        self._winner = (branch, tag)
        self.state = LegState.JOURNALLING
        for other in self._branches:
            if other is not branch:
                other.cancel()
        self.keep(dialog)
        self.ua.spawn(self._confirm(branch, tag, dialog, response.sdp))

    def _dialog(self, branch: _Branch, response: Response) -> Dialog:
        dialog = dialog_of_response(branch.invite, response, branch.hop, symmetric=branch.place.symmetric)
        dialog.user, dialog.instance = branch.place.user, branch.place.instance
        return dialog

    def _acknowledge(self, branch: _Branch, tag: str, dialog: Dialog) -> None:
        ack = dialog.request("ACK", cseq=branch.invite.cseq.number)
        branch.acks[tag] = (ack, dialog.next_hop)
        self.ua.transmit(ack, dialog.next_hop)

    async def _confirm(self, branch: _Branch, tag: str, dialog: Dialog, sdp: str) -> None:
        safe = await self.journal()
        self._acknowledge(branch, tag, dialog)
        if not safe:
            self.bye()
            return
        self.stand()
        self.emit(Answered(self.id, sdp))

    def _on_failure(self, branch: _Branch, by: str, status: int, reason: str) -> None:
        if branch.failure is None:
            branch.failure = (by, status, reason)
        if self.state is not LegState.DIALLING:
            return
        if status >= 600:
            # A global failure ends the search everywhere (§16.7, step 5).
            self.end(by, status, reason)
            for other in self._branches:
                other.cancel()
        elif all(other.failure is not None for other in self._branches):
            self.end(*min((b.failure for b in self._branches if b.failure), key=_rank))

    def abandon(self, state: LegState, status: int, reason: str) -> None:
        for branch in self._branches:
            if branch.failure is None and (self._winner is None or self._winner[0] is not branch):
                branch.cancel()


def _rank(failure: tuple[str, int, str]) -> tuple[int, int]:
    """The best response of several (§16.7 step 6): what a person decided before what the network failed at."""
    by, status, _ = failure
    return (0 if by == "remote" else 1, 0 if status in (486, 600, 603) else 1 if status < 500 else 2)
