"""Telephony as its users see it: calls that come, and places that are called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from yuelai.media.ports import Srtp
from yuelai.platform.ids import LegId
from yuelai.telephony.hops import Hop
from yuelai.telephony.ports.legs import Leg, Listener


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
    codecs: tuple[str, ...] = ()
    """Names of the codecs it is offered, the preferred first; nothing: whatever the offer holds."""
    srtp: Srtp | None = None
    """Of a description made for several places: one without keys goes where they are not required; None: as it is."""
    patience: float | None = None
    """Seconds in which anything but 100 must have come; past them it counts as unreachable (408)."""


@dataclass(frozen=True)
class Registration:
    """One binding of an address of record (RFC 3261 §10)."""

    aor: str
    contact: str
    browser: bool
    expires: datetime
    silent: bool = False
    """Registered, but it does not answer any more."""
    instance: str = ""
    """Which device it is (`+sip.instance`, RFC 5626 §4.1), if it says so."""


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
