"""What telephony offers upwards and what it needs from others.

A *leg* is one SIP dialog of ours with one party (RFC 3261 §12). It has one owner, who listens to its events, and it
always ends in exactly one `Ended`, whatever happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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


LegEvent = Ringing | Answered | Confirmed | Reoffered | InfoDigit | Ended
Listener = Callable[[LegEvent], None]


class Leg(Protocol):
    """Verbs are refused with `telephony.errors.WrongState` when the dialog is not in a state for them."""

    account: UUID | None
    """On whose account it is, as the dialog journal is told; nothing here asks what that means."""

    @property
    def id(self) -> LegId: ...
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

    def listen(self, listener: Listener) -> None:
        """Become the owner. Events that came before are delivered at once, in order."""
        ...

    async def ringing(self) -> None:
        """Send 180 (incoming)."""
        ...

    async def answer(self, sdp: str) -> None:
        """Journal the dialog, then send 200 with this SDP (incoming). `Confirmed` or `Ended` follows."""
        ...

    async def accept(self, sdp: str) -> None:
        """Answer a `Reoffered`."""
        ...

    async def refuse_offer(self, status: int = 488) -> None: ...

    async def hangup(self, status: int = 480, reason: str = "") -> None:
        """End it as its state demands: final response, CANCEL, or BYE. Idempotent; `Ended` follows."""
        ...


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

    def registrations(self, user: str) -> Sequence[Registration]: ...

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
    """What is needed to end a dialog after a restart (RFC 3261 §12); it names the peer, hence is never published."""

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


class DialogJournal(Protocol):
    """Keeps the list of standing dialogs. `confirmed` returns when the entry is safe; only then we act on it."""

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


class BindingJournal(Protocol):
    """Keeps the list of registered phones. Both return when the entry is safe."""

    async def bound(self, record: BindingRecord) -> None: ...

    async def unbound(self, registration_id: UUID) -> None: ...
