"""What telephony needs of others: secrets to check, and a safe place for what must outlive it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from yuelai.platform.ids import LegId


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
