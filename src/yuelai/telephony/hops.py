"""Where a message comes from or goes to: an address by UDP, TCP or TLS, or a flow (one WebSocket, RFC 7118)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from yuelai.wire.sip import Uri, Via


@dataclass(frozen=True, slots=True)
class UdpHop:
    host: str
    port: int

    reliable = False
    transport = "UDP"

    def __str__(self) -> str:
        return f"udp:{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class StreamHop:
    """The far end of a TCP or TLS connection: the one that stands is used, else one is made (RFC 3261 §18.1.1).

    A peer that connected to us is known by the port it came from, as long as its connection stands.
    """

    transport: str
    """`TCP` or `TLS`."""
    host: str
    port: int
    name: str = field(default="", compare=False)
    """Whose certificate is expected when we connect by TLS (RFC 5922 §7.1); the address itself when empty."""

    inbound: bool = field(default=False, compare=False)
    """The peer connected to us: nobody listens at its port, so without that connection it cannot be reached there."""

    reliable = True

    def __str__(self) -> str:
        name = f"{self.name}@" if self.name else ""
        return f"{self.transport.lower()}{'-from' if self.inbound else ''}:{name}{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class FlowHop:
    """A browser: its WebSocket is the only way to it."""

    flow: str
    secure: bool = field(default=False, compare=False)
    """Whether the browser came by HTTPS."""

    reliable = True

    @property
    def transport(self) -> str:
        return "WSS" if self.secure else "WS"

    def __str__(self) -> str:
        return f"{'flows' if self.secure else 'flow'}:{self.flow}"


Hop = UdpHop | StreamHop | FlowHop


class Transport(Protocol):
    """Sends messages; both kinds of hop behind one door."""

    def send(self, hop: Hop, data: bytes) -> bool:
        """Return False when the hop cannot be reached at all (its connection is gone)."""
        ...


def parse_hop(text: str) -> Hop:
    """Read back what `str(hop)` wrote. Raises ValueError."""
    kind, _, rest = text.partition(":")
    if kind in ("flow", "flows"):
        return FlowHop(rest, kind == "flows")
    kind, _, inbound = kind.partition("-")
    host, _, port = rest.rpartition(":")
    if kind in ("tcp", "tls"):
        name, _, host = host.rpartition("@")
    if kind not in ("udp", "tcp", "tls") or inbound not in ("", "from") or not host:
        raise ValueError("not a hop")
    if kind == "udp":
        return UdpHop(host, int(port))
    return StreamHop(kind.upper(), host, int(port), name, inbound == "from")


@lru_cache(maxsize=4096)
def literal_address(host: str) -> str | None:
    """Return the address when the host is written as one (brackets off), None for a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None


DEFAULT_PORTS = {"UDP": 5060, "TCP": 5060, "TLS": 5061}


def uri_transport(uri: Uri) -> str | None:
    """Return UDP, TCP or TLS as a SIP URI asks for it (RFC 3263 §4.1), UDP when it says nothing; None for others."""
    asked = uri.transport
    if uri.scheme == "sips":
        return "TLS" if asked in (None, "tcp", "tls") else None
    return {None: "UDP", "udp": "UDP", "tcp": "TCP", "tls": "TLS"}.get(asked)


def make_hop(transport: str, host: str, port: int, name: str = "") -> UdpHop | StreamHop:
    """`host` is a literal address without brackets; `name` is for TLS only."""
    if transport == "UDP":
        return UdpHop(host, port)
    return StreamHop(transport, host, port, name if transport == "TLS" else "")


def uri_hop(uri: Uri) -> UdpHop | StreamHop | None:
    """Return where a SIP URI with a literal address is reached (RFC 3263 §4); names are not resolved: None."""
    address = literal_address(uri.host) if uri.is_sip else None
    transport = uri_transport(uri)
    if address is None or uri.port == 0 or transport is None:
        return None
    return make_hop(transport, address, uri.port or DEFAULT_PORTS[transport])


def response_hop(via: Via, source: Hop) -> Hop:
    """Return where responses go (RFC 3261 §18.2.2, RFC 3581 §4)."""
    if not isinstance(source, UdpHop) or "rport" in via.params:
        return source
    return UdpHop(source.host, via.port or 5060)


def behind_nat(via: Via, source: Hop) -> bool:
    """True when the sender believes to have another address than we see."""
    return not isinstance(source, FlowHop) and literal_address(via.host) != source.host
