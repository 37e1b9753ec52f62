"""One trunk at work: where it is reached, and what we send it outside of calls."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from yuelai.telephony.client_auth import ClientAuth
from yuelai.telephony.hops import FlowHop, Hop, UdpHop
from yuelai.telephony.layer import FailureHandler, ResponseHandler
from yuelai.telephony.ports import Digest
from yuelai.telephony.timers import Timers
from yuelai.telephony.trunks.model import Trunk
from yuelai.telephony.trunks.state import Trouble, TrunkState
from yuelai.telephony.useragent import UserAgent
from yuelai.wire.sip import Address, PeerError, Request, Uri, parse_uri


class Failed(Protocol):
    """Why a peer could not be reached (`transport.Failure`)."""

    @property
    def code(self) -> str: ...

    @property
    def text(self) -> str: ...


@dataclass
class Network:
    """What is known below of places and names; each may be left as it is."""

    last_error: Callable[[Hop], Failed | None] = lambda _hop: None
    """Why a hop could not be reached (`transports.last_error`)."""
    name_error: Callable[[str], Failed | None] = lambda _name: None
    """Why a name leads nowhere (`resolver.last_error`)."""
    silent: Callable[[Hop], None] = lambda _hop: None
    """To be told of a hop that does not answer, so that others come first (`resolver.failed`)."""
    peer_names: Callable[[Hop], frozenset[str]] = lambda _hop: frozenset()
    """Whom the certificate names that the peer of a connection has shown (`transports.peer_names`)."""
    large_by_tcp: Callable[[UdpHop], None] = lambda _hop: None
    """Lets requests too large for UDP go by TCP where the peer listens (`transports.large_by_tcp`)."""


class Line:
    """`hops` are the ways there as they were last found, in their order (RFC 3263)."""

    def __init__(self, ua: UserAgent, state: TrunkState, network: Network) -> None:
        self.ua, self.state, self._network = ua, state, network
        self.hops: list[Hop] = []
        self.configure()

    def configure(self) -> None:
        """Take up what the state's trunk says now."""
        trunk = self.trunk
        self.hops = []
        self.digest = Digest(trunk.username, trunk.secret) if trunk.username and trunk.secret else None
        self.auth = ClientAuth(self.digest) if self.digest is not None else None
        mark = hashlib.sha256(trunk.id.bytes + trunk.secret.encode("utf-8", "surrogatepass"))
        self.mark = mark.hexdigest()[:20]
        """What only that trunk's registrar has seen of us; the same after a restart."""

    @property
    def trunk(self) -> Trunk:
        return self.state.trunk

    @property
    def timers(self) -> Timers:
        return self.ua.timers

    @property
    def domain(self) -> str:
        """The host part of our address of record there."""
        return bracketed(self.trunk.domain or self.trunk.host)

    def uri(self, user: str) -> Uri:
        """Return the URI of a number at this trunk."""
        trunk = self.trunk
        params: dict[str, str | None] = {} if trunk.transport in ("auto", "udp") else {"transport": trunk.transport}
        return Uri("sip", user, bracketed(trunk.host), trunk.port, params)

    @property
    def route(self) -> tuple[str, ...]:
        """The outbound proxy as a Route (RFC 3261 §8.1.2), none without one."""
        proxy = self._proxy
        return (str(Address(proxy)),) if proxy is not None else ()

    @property
    def _proxy(self) -> Uri | None:
        trunk = self.trunk
        if not trunk.outbound_proxy:
            return None
        try:
            uri = parse_uri(f"sip:{_proxy_host(trunk.outbound_proxy)};lr")
        except PeerError:
            return None
        if trunk.transport not in ("auto", "udp"):
            uri.params["transport"] = trunk.transport
        return uri

    def find(self, found: Callable[[list[Hop]], None]) -> None:
        """Look where it is reached; none when its name leads nowhere."""
        uri = self._proxy or self.uri("")
        known = self.ua.literal(uri)

        if self.trunk.transport == "udp" and uri.transport is None:
            uri = replace(uri, params={**uri.params, "transport": "udp"})  # whatever DNS would rather have

        def keep(hops: list[Hop]) -> None:
            self.hops = hops
            if self.trunk.transport == "auto":
                for hop in hops:
                    if isinstance(hop, UdpHop):
                        self._network.large_by_tcp(hop)
            found(hops)

        if known is not None:
            keep([known])
        else:
            self.ua.look_up(uri, keep)

    def at(self, address: str) -> bool:
        return any(hop.host == address for hop in self.hops if not isinstance(hop, FlowHop))

    def contact(self, hop: Hop) -> str:
        """Where we want to be called by this trunk; `line` says which trunk it is when they do."""
        kind = hop.transport.lower()
        params: dict[str, str | None] = {} if kind == "udp" else {"transport": kind}
        params["line"] = self.mark
        user, host, port = self.trunk.username or "yuelai", self.ua.host_for(hop), self.ua.port_for(hop)
        return str(Address(Uri("sip", user, host, port, params)))

    def request(self, method: str, target: Uri, party: Uri) -> Request:
        """Return a request outside any dialog, from and to one party, without Via."""
        request = Request(method, str(target))
        for route in self.route:
            request.add("route", route)
        request.add("max-forwards", 70)
        request.add("from", Address(party, "", {"tag": secrets.token_hex(6)}))
        request.add("to", Address(party if method == "REGISTER" else target))
        request.add("call-id", secrets.token_hex(16))
        request.add("cseq", f"{secrets.randbelow(1000) + 1} {method}")
        return request

    def send(self, request: Request, told: ResponseHandler, failed: Callable[[Trouble, int], None]) -> None:
        """Send it the ways that were found; `failed` gets the reason and SIP's status for it."""

        def broken(status: int, reason: str) -> None:
            failed(self.why(status, reason), status)

        handler: FailureHandler = broken
        if not self.hops:
            handler(503, "no such host")
            return
        self.ua.request(request, self.hops, told=told, failed=handler, auth=self.auth)

    def avoid(self) -> None:
        """The first way did not answer in time: others come first for a while."""
        if len(self.hops) > 1:
            self._network.silent(self.hops[0])

    def known_error(self) -> Trouble | None:
        """What the sockets know of the ways there, None when they know of nothing wrong."""
        errors = (self._network.last_error(hop) for hop in self.hops)
        error = next((one for one in errors if one is not None), None)
        return Trouble(error.code, f"trunk {self.trunk.code}: {error.text}") if error is not None else None

    def why(self, status: int, reason: str = "") -> Trouble:
        """Return what is known of a failure to reach the trunk, in one line."""
        trunk = self.trunk
        if not self.hops:
            error = self._network.name_error(trunk.outbound_proxy or trunk.host)
            text = error.text if error is not None else f"the name {trunk.host} leads nowhere"
            return Trouble(error.code if error is not None else "not_resolved", f"trunk {trunk.code}: {text}")
        known = self.known_error()
        if known is not None:
            return known
        code, text = ("timeout", "does not answer") if status == 408 else ("unreachable", reason or "cannot be reached")
        return Trouble(code, f"trunk {trunk.code}: {self.hops[0]} {text}")

    def after(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back later; return what takes it back."""
        return partial(self.timers.after(seconds, callback).cancel)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _proxy_host(text: str) -> str:
    """`outbound_proxy` as the host part of a URI: an IPv6 address without brackets has no port."""
    return bracketed(text) if text.count(":") > 1 and not text.startswith("[") else text
