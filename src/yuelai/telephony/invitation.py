"""One INVITE of ours on the wire: the early dialogs that it makes, one for each tag, and the 2xx of each
(RFC 3261 §13.2, forked as in §13.2.2.4; reliable provisional responses, RFC 3262)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from yuelai.telephony.dialog import Dialog, dialog_of_response
from yuelai.telephony.hops import Hop
from yuelai.telephony.layer import ClientTransaction
from yuelai.wire.sip import PeerError, Request, Response
from yuelai.wire.sip.text import clean, parse_number

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()

MOST_FORKS = 20
"""Tags of one INVITE that are looked at; a peer that makes up more is not listened to."""


class Fork:
    """One tag that answers our INVITE, hence one dialog, early or not."""

    __slots__ = ("ack", "agreed", "answered", "dialog", "sdp", "sequence")

    def __init__(self, dialog: Dialog) -> None:
        self.dialog = dialog
        self.sdp: str | None = None
        """The last description that came with a provisional response."""
        self.agreed = False
        """True once an answer came reliably: offer and answer are exchanged although nobody has picked up."""
        self.answered = False
        """True once its 2xx has come."""
        self.sequence: int | None = None
        """The last RSeq that was acknowledged (RFC 3262 §4)."""
        self.ack: tuple[bytes, Hop] | None = None
        """To be sent again for each 2xx that is repeated."""


class Inviter(Protocol):
    """Who hears what becomes of an INVITE."""

    def on_ringing(self, invitation: Invitation, fork: Fork | None, response: Response) -> None:
        """A provisional response other than 100, each once."""
        ...

    def on_trying(self) -> None: ...

    def on_ok(self, invitation: Invitation, fork: Fork, response: Response) -> None:
        """The first 2xx of this tag; it must be acknowledged."""
        ...

    def on_failed(self, invitation: Invitation, by: str, status: int, reason: str, response: Response | None) -> None:
        """The final failure; nothing but a late 2xx may follow."""
        ...


class Invitation:
    """`invite` is complete but for Via and Contact."""

    __slots__ = (
        "_inviter",
        "_reason",
        "_symmetric",
        "_transaction",
        "_ua",
        "cancelled",
        "forks",
        "hop",
        "invite",
        "over",
    )

    def __init__(self, ua: UserAgent, inviter: Inviter, invite: Request, hop: Hop, *, symmetric: bool) -> None:
        self._ua, self._inviter, self._symmetric = ua, inviter, symmetric
        self.invite, self.hop = invite, hop
        self.forks: dict[str, Fork] = {}
        self.cancelled = False
        """CANCEL is wanted; it is sent once a provisional response allows it (§9.1)."""
        self.over = False
        """True after a failure, and after the first 2xx."""
        self._reason = ""
        self._transaction: ClientTransaction | None = None

    def send(self) -> None:
        self._transaction = self._ua.send_to(self.hop, self.invite, self._heard, self._broken)

    def cancel(self, cause: str = "") -> None:
        """Take it back; what comes nevertheless is told as before."""
        if not self.cancelled:
            self.cancelled, self._reason = True, cause
            self._take_back()

    def _take_back(self) -> None:
        if self._transaction is not None and self._transaction.provisional:
            self._transaction.cancel(self._reason)

    def _broken(self, status: int, reason: str) -> None:
        self._fail("system", status, reason, None)

    def _fail(self, by: str, status: int, reason: str, response: Response | None) -> None:
        if not self.over:
            self.over = True
            self._inviter.on_failed(self, by, status, reason, response)

    def _heard(self, response: Response) -> None:
        if response.status >= 300:
            self._fail("remote", response.status, clean(response.reason), response)
        elif response.status >= 200:
            self._ok(response)
        else:
            if self.cancelled:
                self._take_back()
            if response.status == 100:
                self._inviter.on_trying()
            else:
                self._provisional(response)

    def _provisional(self, response: Response) -> None:
        try:
            fork = self._fork(response)
            if fork is not None and "100rel" in response.options("require") and not self._acknowledged(fork, response):
                return
        except PeerError as error:
            log.info("sip_provisional_malformed", why=str(error))
            return
        if fork is not None and (sdp := response.sdp) is not None:
            fork.sdp = sdp
        self._inviter.on_ringing(self, fork, response)

    def _fork(self, response: Response) -> Fork | None:
        """Return the early dialog of this tag, made when it is new (§12.1.2)."""
        tag = response.to.tag
        if not tag:
            return None
        fork = self.forks.get(tag)
        if fork is None and len(self.forks) < MOST_FORKS:
            dialog = dialog_of_response(self.invite, response, self.hop, symmetric=self._symmetric)
            fork = self.forks[tag] = Fork(dialog)
        elif fork is not None:
            fork.dialog.take_target(response)
        return fork

    def _acknowledged(self, fork: Fork, response: Response) -> bool:
        """Send PRACK for a reliable provisional response (RFC 3262 §4); False when it is an old one or out of order."""
        sequence = parse_number(response.get("rseq") or "", 2**32 - 1, "RSeq")
        if fork.sequence is not None and sequence != fork.sequence + 1:
            return False
        fork.sequence = sequence
        fork.agreed = fork.agreed or (response.sdp is not None and bool(self.invite.body))
        prack = fork.dialog.request("PRACK")
        prack.add("rack", f"{sequence} {response.cseq.number} INVITE")
        # Whether it arrives shows in what the other side does next; a refusal changes nothing for us.
        self._ua.send(fork.dialog, prack, lambda _response: None, lambda _status, _reason: None)
        return True

    def _ok(self, response: Response) -> None:
        tag = response.to.tag or ""
        fork = self.forks.get(tag)
        if fork is not None and fork.ack is not None:
            self._ua.wire.send(fork.ack[1], fork.ack[0])  # our ACK was lost (§13.2.2.4)
            return
        if fork is not None and fork.answered:
            return  # its ACK follows as soon as the owner has what it needs
        try:
            if fork is None:
                if len(self.forks) >= MOST_FORKS:
                    return
                dialog = dialog_of_response(self.invite, response, self.hop, symmetric=self._symmetric)
                fork = self.forks[tag] = Fork(dialog)
            else:
                # The route set and the target are what the 2xx says; what was counted since goes on (§13.2.2.4).
                fork.dialog.take_target(response)
                fork.dialog.route_set = response.addresses("record-route")[::-1]
        except PeerError:
            self._fail("system", 502, "malformed answer", None)
            return
        fork.answered = True
        self.over = True
        self._inviter.on_ok(self, fork, response)

    def acknowledge(self, fork: Fork, sdp: str | None = None) -> None:
        """Send the ACK to a 2xx, with the answer when the offer was theirs."""
        dialog = fork.dialog
        ack = dialog.acknowledge(self.invite.cseq.number)
        if sdp is not None:
            ack.set_body("application/sdp", sdp)
        hop = self._ua.way(dialog)
        fork.ack = self._ua.transmit(ack, hop), hop
