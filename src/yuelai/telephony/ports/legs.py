"""Legs: what they tell their owner, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from yuelai.platform.ids import LegId


@dataclass(frozen=True)
class Ringing:
    """18x arrived on a leg we dialled; `sdp` is early media if any."""

    leg: LegId
    status: int
    sdp: str | None


@dataclass(frozen=True)
class Answered:
    """200 arrived on a leg we dialled; it has been acknowledged."""

    leg: LegId
    sdp: str


@dataclass(frozen=True)
class Confirmed:
    """The ACK to our 200 arrived: the call stands. `sdp` is the answer when the INVITE had brought no offer."""

    leg: LegId
    sdp: str | None = None


@dataclass(frozen=True)
class Reoffered:
    """The other side sent a re-INVITE with a new offer; answer it with `Leg.accept` or `Leg.refuse_offer`."""

    leg: LegId
    sdp: str


@dataclass(frozen=True)
class Reanswered:
    """The other side asked for our offer (a re-INVITE without one), was given the description that counts, and answered
    with this one: what it hears and where may be another now."""

    leg: LegId
    sdp: str


@dataclass(frozen=True)
class InfoDigit:
    """A key by SIP INFO (application/dtmf-relay)."""

    leg: LegId
    digit: str


@dataclass(frozen=True)
class Ended:
    """The leg is over. `by` is `remote`, `local` or `system` (time-out, transport lost); `status` is SIP's, or 0."""

    leg: LegId
    by: str
    status: int
    reason: str
    cause: str = ""
    """Reason (RFC 3326) of the BYE, CANCEL or final response that ended it, as it came."""
    contacts: tuple[str, ...] = ()
    """Where a 3xx that ended it points to, when that was not followed."""


class Referral(Protocol):
    """A transfer that the other side asks for (RFC 3515); it must be accepted or refused, then told how it goes."""

    @property
    def target(self) -> str:
        """The URI to be called, without its headers."""
        ...

    @property
    def user(self) -> str:
        """Its user part: the number or name wanted."""
        ...

    @property
    def replaces(self) -> LegId | None:
        """The leg of ours whose dialog the new call is to take over (RFC 3891): an attended transfer."""
        ...

    @property
    def referred_by(self) -> str:
        """Referred-By (RFC 3892) as it came; empty without."""
        ...

    def accept(self) -> None:
        """202; a subscription to its progress begins, unless none was wanted (RFC 4488)."""
        ...

    def refuse(self, status: int = 603) -> None: ...

    def progress(self, status: int) -> None:
        """NOTIFY with this status of the new call; a final one (200 and above) ends the subscription. Idempotent."""
        ...


@dataclass(frozen=True)
class Referred:
    """The other side of a standing leg asks to be transferred."""

    leg: LegId
    referral: Referral


LegEvent = Ringing | Answered | Confirmed | Reoffered | Reanswered | InfoDigit | Referred | Ended
Listener = Callable[[LegEvent], None]


class Leg(Protocol):
    """Verbs are refused with `telephony.errors.WrongState` when the dialog is not in a state for them."""

    account: UUID | None
    """On whose account it is, as the dialog journal is told; nothing here asks what that means."""

    @property
    def id(self) -> LegId: ...
    @property
    def call_id(self) -> str:
        """Call-ID of the dialog; before there is one, of the first INVITE."""
        ...

    @property
    def caller(self) -> str:
        """Number the party claims to be (ANI): P-Asserted-Identity from a trunk, else From; digits, maybe a `+`."""
        ...

    @property
    def called(self) -> str:
        """User part of the request URI (DNIS)."""
        ...

    @property
    def trunk(self) -> bool:
        """True when it came from a trunk, false from a registered phone."""
        ...

    @property
    def browser(self) -> bool:
        """True when the party is on SIP over WebSocket, hence its media is ICE and DTLS."""
        ...

    @property
    def offer(self) -> str | None:
        """SDP of the INVITE, if it carried one (incoming legs)."""
        ...

    media: str
    """What the owner calls the leg in the media engine, and `peer` the leg it talks with: both are journalled."""
    peer: LegId | None
    correlation: UUID | None
    """What the owner calls the matter it belongs to; traces are found by it. Nothing here asks what that means."""

    @property
    def carried(self) -> Mapping[str, tuple[str, ...]]:
        """What the INVITE said of the call's history and parties, by lower-case field name (`ports.CARRIED`)."""
        ...

    @property
    def trunk_id(self) -> UUID | None:
        """The configured trunk it came from or went to, if it is one."""
        ...

    @property
    def replaces(self) -> LegId | None:
        """The leg of ours that this incoming call wants to take the place of (RFC 3891); it is not ended by itself."""
        ...

    @property
    def joins(self) -> LegId | None:
        """The leg of ours whose call this incoming one wants to join (RFC 3911)."""
        ...

    @property
    def standing(self) -> bool:
        """True from the ACK until its end."""
        ...

    def listen(self, listener: Listener) -> None:
        """Become the owner. Events that came before are delivered at once, in order."""
        ...

    async def ringing(self, sdp: str | None = None, *, status: int = 180) -> None:
        """Send a provisional response (incoming), with early media if given; reliably where the caller asked for it
        (RFC 3262). May be sent several times."""
        ...

    async def redirect(self, *uris: str) -> None:
        """Send 302 with these contacts (incoming)."""
        ...

    async def reoffer(self, sdp: str) -> str:
        """Send a re-INVITE with a new offer and return the answer. Raises OfferRefused, WrongState."""
        ...

    async def refer(self, target: str, *, replaces: LegId | None = None) -> int:
        """Ask the other side to call `target` instead (REFER); return the final status of their new call, or of the
        REFER when it was refused. Raises WrongState."""
        ...

    async def digit(self, digit: str, milliseconds: int = 160) -> None:
        """Send a key by INFO (application/dtmf-relay)."""
        ...

    def suspect(self) -> None:
        """Its sound has stopped: ask now whether it is still there; `Ended` follows if not. Nothing happens to a leg
        that does not stand."""
        ...

    async def answer(self, sdp: str) -> None:
        """Journal the dialog, then send 200 with this SDP (incoming). `Confirmed` or `Ended` follows."""
        ...

    async def accept(self, sdp: str) -> None:
        """Answer a `Reoffered`."""
        ...

    async def refuse_offer(self, status: int = 488) -> None: ...

    async def hangup(self, status: int = 480, reason: str = "", *, cause: str = "") -> None:
        """End it as its state demands: final response, CANCEL, or BYE. Idempotent; `Ended` follows.

        `cause` is the Reason field to go with it (RFC 3326); without one it follows from `status` when there is a
        `reason`.
        """
        ...


CARRIED = (
    "p-asserted-identity", "privacy", "diversion", "history-info", "reason", "user-to-user", "subject", "priority",
    "call-info", "alert-info", "referred-by", "remote-party-id", "accept-language", "max-forwards",
)  # fmt: skip
"""What is kept of an incoming INVITE for its owner, who decides what the next party is told (RFC 3325, 3323, 5806,
7044, 3326, 7433)."""
