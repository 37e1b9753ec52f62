"""Whose call is this? A trunk by its address, a phone by its digest (RFC 3261 §22.3), or nobody's."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from yuelai.platform.config import Settings
from yuelai.telephony.auth import Authenticator, Verdict, has_credentials
from yuelai.telephony.hops import FlowHop, Hop
from yuelai.telephony.registrar import Registrar
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Request, Uri, parse_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SEPARATORS = str.maketrans("", "", "-.() ")
LONGEST_NUMBER = 32


@dataclass(frozen=True)
class Caller:
    """`user` is the registered user, empty for a trunk."""

    number: str
    user: str
    instance: str

    @property
    def trunk(self) -> bool:
        return not self.user


def parse_networks(text: str) -> list[Network]:
    """Read `settings.trunks`. Raises ValueError for what is no address."""
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]


class Admission:
    def __init__(self, settings: Settings, authenticator: Authenticator, registrar: Registrar) -> None:
        self._trunks = parse_networks(settings.trunks)
        self._authenticator, self._registrar = authenticator, registrar

    def from_trunk(self, request: Request, hop: Hop) -> bool:
        """True for a trunk's address, unless a phone is registered at exactly this place or credentials are given.

        Trunks and phones may share an address (a softphone beside a gateway); then the port tells them apart.
        """
        if isinstance(hop, FlowHop) or has_credentials(request) or self._registrar.at(hop) is not None:
            return False
        address = ipaddress.ip_address(hop.host)
        return any(address in network for network in self._trunks)

    async def caller(self, invite: Request, hop: Hop) -> Caller | Verdict:
        """Return who calls, or why the call is not let in."""
        if self.from_trunk(invite, hop):
            return Caller(claimed_number(invite), "", "")
        found = await self._authenticator.check(invite, hop)
        if isinstance(found, Verdict):
            return found
        at = [binding for binding in self._registrar.bindings(found.user) if binding.source == hop]
        return Caller(found.user, found.user, at[0].instance if at else "")


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
