"""Calls that come in by trunks: whose they are, and their numbers as the centre knows them."""

from __future__ import annotations

import ipaddress

from yuelai.telephony.admission import Inbound, PeerCredential, dialled_user, number_of
from yuelai.telephony.hops import Hop, StreamHop
from yuelai.telephony.trunks.fleet import Fleet, Held
from yuelai.telephony.trunks.line import Line
from yuelai.telephony.trunks.numbers import incoming
from yuelai.wire.sip import PeerError, Request, parse_address
from yuelai.wire.sip.digest import Algorithm, ha1


class Inward(Fleet):
    """Implements `admission.TrunkDirectory`."""

    def known(self, invite: Request, source: Hop) -> Inbound | None:
        """By certificate, or by the contact that we registered (the number called then stands in To)."""
        names = self.network.peer_names(source) if isinstance(source, StreamHop) else frozenset()
        mark = invite.uri.params.get("line")
        for held in self._held.values():
            trunk = held.state.trunk
            if not trunk.calls_in:
                continue
            if trunk.certificate_name and trunk.certificate_name.lower() in names:
                return self._inbound(held)
            if mark and trunk.register and mark == held.line.mark:
                return self._inbound(held)
        return None

    def by_address(self, invite: Request, address: str) -> Inbound | None:
        """The trunk whose network is narrowest, or one that we are registered at and that calls from there."""
        place = ipaddress.ip_address(address)
        found: list[tuple[int, str, Held]] = []
        for held in self._held.values():
            trunk = held.state.trunk
            if not trunk.calls_in:
                continue
            widths = [network.prefixlen for network in trunk.sources if place in network]
            if trunk.register and held.line.at(address):
                widths.append(place.max_prefixlen)
            if widths:
                found.append((-max(widths), trunk.code, held))
        return self._inbound(min(found, key=lambda one: one[:2])[2]) if found else None

    def account(self, user: str) -> Inbound | None:
        for held in self._held.values():
            trunk = held.state.trunk
            if trunk.peer_username and trunk.peer_username == user and trunk.calls_in:
                return self._inbound(held)
        return None

    def credential(self, username: str, realm: str) -> PeerCredential | None:
        """What a peer that signs in here must know, None for a name that is nobody's."""
        for trunk in self._trunks.values():
            if trunk.peer_username == username and trunk.peer_secret and trunk.active:
                md5, sha256 = (
                    ha1(algorithm, username, realm, trunk.peer_secret)
                    for algorithm in (Algorithm.MD5, Algorithm.SHA256)
                )
                return PeerCredential(username, md5, sha256)
        return None

    def is_trunk_address(self, address: str) -> bool:
        """True for addresses that calls of trunks come from or go to; guards let them be."""
        try:
            place = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(
            any(place in network for network in held.state.trunk.sources) or held.line.at(address)
            for held in self._held.values()
            if held.state.trunk.active
        )

    def _inbound(self, held: Held) -> Inbound:
        trunk = held.state.trunk
        return Inbound(
            trunk.id,
            held.state.inward,
            lambda number: incoming(number, trunk.caller_in, trunk.country),
            lambda invite: incoming(_called(invite, held.line), trunk.called_in, trunk.country),
        )


def _called(invite: Request, line: Line) -> str:
    """The number called: the request URI's; where that is the contact we registered, To's, which has what was dialled
    (as P-Called-Party-ID, RFC 7315 §4.2)."""
    uri = invite.uri
    user = dialled_user(uri)
    if uri.params.get("line") == line.mark and user in (line.trunk.username, "yuelai"):
        for value in (*invite.all("p-called-party-id"), str(invite.to)):
            try:
                dialled = number_of(parse_address(value).uri)
            except PeerError:
                continue
            if dialled:
                return dialled
    return number_of(uri) or user
