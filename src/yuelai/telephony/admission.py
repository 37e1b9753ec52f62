"""Whose call is this? A trunk's by its certificate, our registration, its address or its digest; a phone's by its
digest (RFC 3261 §22.3); or nobody's."""

from __future__ import annotations

import ipaddress
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from yuelai.platform.config import Settings
from yuelai.telephony.auth import Authenticator, Verdict, has_credentials
from yuelai.telephony.hops import FlowHop, Hop
from yuelai.telephony.ports import Capacity, Credential
from yuelai.telephony.registrar import Registrar
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Request, Uri, parse_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SEPARATORS = str.maketrans("", "", "-.() ")
LONGEST_NUMBER = 32
HANDOVER = "X-Yuelai-Handover"
MOST_HANDOVERS = 200
"""Calls to ourselves that may be on their way at once."""
MOST_OF_USER = 60
"""Calls of one user at once; people have two or three."""
FULL: Mapping[str, str] = MappingProxyType(
    {
        "retry_after": "5",
        "reason": 'Q.850;cause=34;text="trunk full"',
        "warning": '399 yuelai "the trunk is at its limit of calls"',
    }
)
"""What the 503 to a call says that its trunk has no room for (RFC 6432 §1, RFC 3261 §20.43)."""


@dataclass(frozen=True)
class Caller:
    """`user` is the registered user, empty for a trunk."""

    number: str
    user: str
    instance: str
    trunk_id: UUID | None = None
    capacity: Capacity | None = None
    """Entered for the call, and left at its end."""
    called: str | None = None
    """The number called as we write it, when that is not how it came."""

    @property
    def trunk(self) -> bool:
        return not self.user


def parse_networks(text: str) -> list[Network]:
    """Read `settings.trunks`. Raises ValueError for what is no address."""
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]


@dataclass(frozen=True)
class Inbound:
    """A configured trunk that a call came by, and how it writes numbers."""

    trunk_id: UUID
    capacity: Capacity
    number: Callable[[str], str]
    """The caller's number, as we write it."""
    called: Callable[[Request], str]
    """The number called, as we write it."""


class PeerCredential(Credential):
    """Of a trunk's peer, not of a telephone, whatever its name."""


class TrunkDirectory(Protocol):
    """The configured trunks that may call in. Implemented by `trunks.manager`."""

    def known(self, invite: Request, source: Hop) -> Inbound | None:
        """By what only that trunk can show: a certificate, or the contact that we registered at it."""
        ...

    def by_address(self, invite: Request, address: str) -> Inbound | None: ...

    def account(self, user: str) -> Inbound | None:
        """By the name that its peer has authenticated with."""
        ...


class Lines:
    """How many calls each user has made that are not over: one phone gone mad, or in wrong hands, must not take the
    places of all others."""

    def __init__(self) -> None:
        self._busy: Counter[str] = Counter()

    def of(self, user: str) -> Capacity:
        return _Line(self._busy, user)

    def __len__(self) -> int:
        return self._busy.total()


class _Line:
    def __init__(self, busy: Counter[str], user: str) -> None:
        self._busy, self._user = busy, user

    def enter(self) -> bool:
        if self._busy[self._user] >= MOST_OF_USER:
            return False
        self._busy[self._user] += 1
        return True

    def leave(self, status: int) -> None:
        self._busy[self._user] -= 1
        if self._busy[self._user] <= 0:
            del self._busy[self._user]


class Admission:
    """`settings.trunks` are bare addresses; `trunks` knows those that are configured."""

    def __init__(self, settings: Settings, authenticator: Authenticator, registrar: Registrar) -> None:
        self._trunks = parse_networks(settings.trunks)
        self._authenticator, self._registrar = authenticator, registrar
        self.trunks: TrunkDirectory | None = None
        self._handovers: dict[str, None] = {}
        self.lines = Lines()

    def hand_over(self) -> Mapping[str, str]:
        """Return what lets one call of ours in as if it came from outside: a call in hand goes on as a contact."""
        token = secrets.token_hex(16)
        self._handovers[token] = None
        while len(self._handovers) > MOST_HANDOVERS:
            del self._handovers[next(iter(self._handovers))]
        return {HANDOVER: token}

    def _is_handover(self, invite: Request) -> bool:
        token = invite.get(HANDOVER.lower())
        if token is None or token.strip() not in self._handovers:
            return False
        del self._handovers[token.strip()]  # for one call
        return True

    def _by_place(self, request: Request, hop: Hop) -> str | None:
        """Return the address that may make a call a trunk's: not when a phone is registered at exactly this place, nor
        when credentials are given.

        Trunks and phones may share an address (a softphone beside a gateway); then the port tells them apart.
        """
        if isinstance(hop, FlowHop) or has_credentials(request) or self._registrar.at(hop) is not None:
            return None
        return hop.host

    def from_trunk(self, request: Request, hop: Hop) -> bool:
        """True for one of the bare addresses, see `_by_place`."""
        host = self._by_place(request, hop)
        return host is not None and any(ipaddress.ip_address(host) in network for network in self._trunks)

    def _inbound(self, invite: Request, hop: Hop) -> Inbound | None:
        if self.trunks is None or isinstance(hop, FlowHop):
            return None
        known, host = self.trunks.known(invite, hop), self._by_place(invite, hop)
        return known if known is not None or host is None else self.trunks.by_address(invite, host)

    async def caller(self, invite: Request, hop: Hop) -> Caller | Verdict:
        """Return who calls, or why the call is not let in."""
        if self._is_handover(invite):
            return Caller(claimed_number(invite), "", "")
        inbound = self._inbound(invite, hop)
        if inbound is not None:
            return _through(inbound, invite)
        if self.from_trunk(invite, hop):
            return Caller(claimed_number(invite), "", "")
        found = await self._authenticator.check(invite, hop)
        if isinstance(found, Verdict):
            return found
        if isinstance(found, PeerCredential):
            # Never a seat's: one that may not call in must not call out as if it were a telephone of ours either.
            account = self.trunks.account(found.user) if self.trunks is not None else None
            return _through(account, invite) if account is not None else Verdict.DENIED
        at = [binding for binding in self._registrar.bindings(found.user) if binding.source == hop]
        return Caller(found.user, found.user, at[0].instance if at else "", capacity=self.lines.of(found.user))


def _through(inbound: Inbound, invite: Request) -> Caller:
    return Caller(
        inbound.number(claimed_number(invite)), "", "",
        trunk_id=inbound.trunk_id, capacity=inbound.capacity, called=inbound.called(invite),
    )  # fmt: skip


def claimed_number(invite: Request) -> str:
    """Return what a trunk says the caller's number is: P-Asserted-Identity (RFC 3325), else From; empty if withheld."""
    for value in invite.all("p-asserted-identity"):
        try:
            number = number_of(parse_address(value).uri)
        except PeerError:
            continue
        if number:
            return number
    return number_of(invite.from_.uri)


def number_of(uri: Uri) -> str:
    """Return the digits of a URI's user part, with its `+` if any; empty when it is no number."""
    text = uri.user.partition(";")[0].translate(_SEPARATORS)
    digits = text.removeprefix("+")
    return text if digits.isascii() and digits.isdigit() and len(text) <= LONGEST_NUMBER else ""


def dialled_user(uri: Uri) -> str:
    """Return the user part that was called, without its parameters; empty when it holds what no number or name does."""
    text = uri.user.partition(";")[0]
    return text if text.isprintable() and len(text) <= 64 else ""
