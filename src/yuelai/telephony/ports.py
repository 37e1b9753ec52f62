"""What telephony offers upwards and what it needs from others.

A *leg* is one SIP dialog of ours with one party (RFC 3261 §12). It has one owner, who listens to its events, and it
always ends in exactly one `Ended`, whatever happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from yuelai.platform.ids import LegId
from yuelai.telephony.hops import Hop


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


class Capacity(Protocol):
    """A limit that a call counts against, such as the channels of a trunk."""

    def enter(self) -> bool:
        """Take one place; false when there is none, and then `leave` must not be called."""
        ...

    def leave(self, status: int) -> None:
        """Give the place back, once. `status` is how it ended: 200 for a call that stood, else the failure."""
        ...


@dataclass(frozen=True)
class Digest:
    """What we authenticate with at somebody else's server (RFC 3261 §22.1); never logged."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Destination:
    """One place to be called and how it is to be addressed. What is None follows from the call."""

    uri: str
    """The request URI."""
    hops: tuple[Hop, ...] = ()
    """Ways there, tried in their order on 503, time-out and broken transport (RFC 3263 §4.3); empty: found by `uri`."""
    sender: str | None = None
    """From, without a tag."""
    recipient: str | None = None
    """To."""
    route: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Fields of its own, over those of the call; P-Asserted-Identity and Privacy are such."""
    digest: Digest | None = None
    capacity: Capacity | None = None
    symmetric: bool = False
    user: str = ""
    instance: str = ""
    trunk_id: UUID | None = None
    patience: float | None = None
    """Seconds in which anything but 100 must have come; past them it counts as unreachable (408)."""


@dataclass(frozen=True)
class Registration:
    """One binding of an address of record (RFC 3261 §10)."""

    aor: str
    contact: str
    browser: bool
    expires: datetime


class Telephony(Protocol):
    def on_call(self, handler: Callable[[Leg], Awaitable[None]]) -> None:
        """Who takes new incoming legs. Until it calls `answer`, the caller hears nothing but 100."""
        ...

    async def dial(
        self,
        user: str,
        *,
        browser: bool,
        sdp: str,
        caller: str,
        caller_name: str,
        listener: Listener,
        headers: Mapping[str, str] | None = None,
        account: UUID | None = None,
    ) -> Leg:
        """INVITE a registered user's contacts of one kind (browser or phone).

        Raises `telephony.errors.NotRegistered`.
        """
        ...

    async def dial_to(
        self,
        stages: Sequence[Sequence[Destination]],
        *,
        sdp: str | None,
        caller: str,
        called: str,
        caller_name: str = "",
        listener: Listener,
        headers: Mapping[str, str] | None = None,
        account: UUID | None = None,
        correlation: UUID | None = None,
        timeout: float | None = None,
        browser: bool = False,
    ) -> Leg:
        """INVITE these places: all of a stage at once; the next stage when all of one have failed in a way that another
        may mend (408, 480 from a trunk, 5xx, unreachable, full), never after a person has refused.

        `timeout` is in seconds for the whole; then the leg ends with 408. Without `sdp` the offer is the other side's
        (`Answered.sdp` is then an offer and `Leg.accept` gives the answer, which goes into the ACK).
        """
        ...

    def registrations(self, user: str) -> Sequence[Registration]: ...

    def places(self, user: str, *, browser: bool) -> Sequence[Destination]:
        """Return where a registered user's devices of one kind are, to be dialled all at once; empty without any."""
        ...

    def stages(self, user: str, *, browser: bool) -> Sequence[Sequence[Destination]]:
        """Return the same as they are to be dialled: those that want to be called first in the first stage."""
        ...

    def crossing(self, across: Callable[[LegId], LegId | None]) -> None:
        """Who knows the other leg of a leg's call, so that short messages within the one go on in the other."""
        ...

    def on_registrations(self, handler: Callable[[str], None]) -> None:
        """Told the user whose bindings changed (registered, expired, connection lost)."""
        ...


@dataclass(frozen=True)
class Credential:
    """What a digest check needs. `user` is the address-of-record user the credential may register and call as."""

    user: str
    ha1_md5: str
    ha1_sha256: str


class CredentialStore(Protocol):
    """Implemented by identity; the name a phone authenticates with may differ from the user it acts for."""

    async def credential(self, username: str) -> Credential | None: ...


@dataclass(frozen=True)
class DialogRecord:
    """What is needed to go on with a dialog after a restart, or to end it (RFC 3261 §12); it names the peer, hence is
    never published."""

    leg_id: LegId
    at: datetime
    call_id: str
    local: str
    """Our address with its tag, as From of our requests; `remote` likewise is their To."""
    remote: str
    local_cseq: int
    remote_cseq: int | None
    route_set: tuple[str, ...]
    target: str
    hop: str
    """Transport address: `udp:HOST:PORT` or `flow:ID`."""
    symmetric: bool
    user: str
    instance: str
    account: UUID | None = None
    role: str = "called"
    """`caller` when the dialog's INVITE was ours, else `called`."""
    origin: str = ""
    """`o=` of the description that we sent last (RFC 8866 §5.2): a new offer must count on from its version."""
    media: str = ""
    """What the owner calls the leg in the media engine."""
    peer: LegId | None = None
    """The leg it was connected with."""


class DialogJournal(Protocol):
    """Keeps the list of standing dialogs. `confirmed` returns when the entry is safe; only then we act on it. It comes
    again when something in the record has changed."""

    async def confirmed(self, record: DialogRecord) -> None: ...

    async def ended(self, leg_id: LegId) -> None: ...


@dataclass(frozen=True)
class BindingRecord:
    """What is needed to reach a phone again after a restart; it names the user, hence is never published.

    A phone that refreshes every minute is not written every minute: `kept_until` lies well beyond the time the phone
    was granted, and once a restart has read the record it counts for `seconds` more at most, as the phone must have
    refreshed by then.
    """

    registration_id: UUID
    at: datetime
    kept_until: datetime
    seconds: int
    """Granted by the last REGISTER that was written."""
    user: str
    contact: str
    source: str
    """Transport address REGISTER came from, `udp:HOST:PORT`; `hop` is where requests go to."""
    hop: str
    symmetric: bool
    instance: str
    call_id: str
    cseq: int
    priority: float = 1.0
    """The q value of its contact."""
    path: tuple[str, ...] = ()
    """Proxies on the way to it (RFC 3327), the first one first."""


class BindingJournal(Protocol):
    """Keeps the list of registered phones. Both return when the entry is safe."""

    async def bound(self, record: BindingRecord) -> None: ...

    async def unbound(self, registration_id: UUID) -> None: ...
