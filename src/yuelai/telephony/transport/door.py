"""All ways of SIP behind one door: UDP, TCP, TLS, and the flows that the web process carries."""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

import structlog
from prometheus_client import Counter

from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop
from yuelai.telephony.transport.connection import Limits
from yuelai.telephony.transport.failures import Failure
from yuelai.telephony.transport.flows import Flows
from yuelai.telephony.transport.large import LargeRequests
from yuelai.telephony.transport.streams import ClientTls, Streams
from yuelai.telephony.transport.udp import UdpSocket
from yuelai.wire.sip import PeerError, Request, Response, parse_datagram

log = structlog.get_logger()

Receiver = Callable[[Request | Response, Hop], None]
_REMEMBERED_ERRORS = 512
QUIET_SECONDS = 60.0
"""How long the same failure of the same peer is not logged again."""

_received = Counter("yuelai_sip_received", "SIP messages that arrived, readable or not.", ["transport"])
_RECEIVED = {transport: _received.labels(transport) for transport in ("UDP", "TCP", "TLS", "WS", "WSS")}
"""Looked up once: this is done for each packet."""
_unreadable = Counter("yuelai_sip_unreadable", "Messages that are no SIP.", ["transport"])
_failures = Counter("yuelai_sip_peer_failures", "Peers that could not be reached or broke off, by why.", ["code"])


class Guard(Protocol):
    """Who may speak to us at all; asked about every packet before it is looked into."""

    def admits(self, source: Hop, data: bytes) -> bool:
        """`data` is a datagram, a WebSocket message or one message of a stream; empty when a connection is opened,
        which is closed at once when the answer is no."""
        ...

    def unreadable(self, source: Hop) -> None:
        """What was admitted was no SIP."""
        ...


Tap = Callable[[Hop, bytes, bool], None]
"""Told every message as it is on the wire: the peer, the bytes, true when we sent them."""


class Transports:
    """Implements `hops.Transport`. `lost(hop)` is set by whoever has transactions under way there."""

    guard: Guard | None = None
    tap: Tap | None = None

    def __init__(self, receive: Receiver, *, limits: Limits | None = None, tls: ClientTls | None = None) -> None:
        self._receive = receive
        self._udp: dict[bool, UdpSocket] = {}
        """By whether it is for IPv6."""
        self.flows = Flows(self._datagram)
        self.streams = Streams(
            self._message, lambda hop: self._admits(hop, b""), self._gone, self._no_sip, limits=limits, tls=tls
        )
        self.lost: Callable[[Hop], None] = lambda hop: None
        """Told, never within a call of `send`, that what was under way to a hop has failed (RFC 3261 §18.4)."""
        self.on_failure: list[Callable[[Hop, Failure], None]] = []
        self._errors: OrderedDict[Hop, Failure] = OrderedDict()
        self._said: OrderedDict[Hop, tuple[str, float]] = OrderedDict()
        self._large = LargeRequests(self.streams)

    # --- listening --------------------------------------------------------------------------------------------------

    async def open(self, host: str, port: int, *, tcp: bool = True) -> int:
        """Bind UDP and TCP at the same port and return it (useful with port 0); `::` is all addresses of both kinds.

        Raises OSError, which says what cannot be had, when a port is taken.
        """
        hosts = _hosts(host)
        for attempt in range(20):
            try:
                return self._open(hosts, port, tcp)
            except OSError:
                self.close()
                if port or attempt == 19:  # any port was good, but this one was not free for all of them
                    raise
        raise AssertionError

    def _open(self, hosts: list[str], port: int, tcp: bool) -> int:
        for host in hosts:
            socket = UdpSocket(self._datagram, self._refused)
            port = _bound("UDP", host, port, lambda h=host, p=port, s=socket: s.open(h, p))  # type: ignore[misc]
            self._udp[":" in host] = socket
        for host in hosts if tcp else ():
            _bound("TCP", host, port, lambda h=host: self.streams.listen("TCP", h, port))  # type: ignore[misc]
        self._connect_from(hosts)
        return port

    async def open_tls(self, host: str, port: int, context: ssl.SSLContext) -> int:
        """Listen for TLS; return the port. Raises OSError like `open`."""
        for address in _hosts(host):
            port = _bound(
                "TCP (TLS)",
                address,
                port,
                lambda a=address, p=port: self.streams.listen("TLS", a, p, context),  # type: ignore[misc]
            )
        return port

    def _connect_from(self, hosts: list[str]) -> None:
        """Peers know us by the address that we are bound to, if it is one."""
        if len(hosts) == 1 and hosts[0] not in ("0.0.0.0", "::"):  # noqa: S104 - compared with
            self.streams.source = hosts[0]

    def close(self) -> None:
        for socket in self._udp.values():
            socket.close()
        self._udp.clear()
        self.streams.close()

    @property
    def families(self) -> tuple[bool, bool]:
        """Whether we can send to addresses of IPv4, and of IPv6."""
        return False in self._udp, True in self._udp

    @property
    def udp_descriptors(self) -> list[int]:
        """Of the sockets that datagrams are read from."""
        return [socket.fileno() for socket in self._udp.values()]

    # --- receiving --------------------------------------------------------------------------------------------------

    def _admits(self, source: Hop, data: bytes) -> bool:
        return self.guard is None or self.guard.admits(source, data)

    def _datagram(self, data: bytes, source: Hop) -> None:
        _RECEIVED[source.transport].inc()
        if not self._admits(source, data):
            return
        if not data.strip(b"\r\n\0"):
            return  # keep-alive of a phone behind NAT
        if self.tap is not None:
            self.tap(source, data, False)
        try:
            message = parse_datagram(data)
        except PeerError as error:
            log.info("sip_unreadable", why=str(error), size=len(data))
            self._no_sip(source)
            return
        self._hand_over(message, source)

    def _no_sip(self, source: Hop) -> None:
        _unreadable.labels(source.transport).inc()
        if self.guard is not None:
            self.guard.unreadable(source)

    def _message(self, message: Request | Response, raw: bytes, source: StreamHop) -> None:
        _RECEIVED[source.transport].inc()
        if not self._admits(source, raw):
            return
        if self.tap is not None:
            self.tap(source, raw, False)
        self._hand_over(message, source)

    def _hand_over(self, message: Request | Response, source: Hop) -> None:
        if self._errors:
            self._errors.pop(source, None)
        try:
            self._receive(message, source)
        except Exception:
            # One message that we handle wrongly must not stop the others.
            log.exception("sip_receive_failed")

    # --- sending ----------------------------------------------------------------------------------------------------

    def send(self, hop: Hop, data: bytes) -> bool:
        if isinstance(hop, UdpHop):
            return self._large.send(hop, data) or self._send_udp(hop, data)
        if self.tap is not None:
            self.tap(hop, data, True)
        return self.flows.send(hop, data) if isinstance(hop, FlowHop) else self.streams.send(hop, data)

    def _send_udp(self, hop: UdpHop, data: bytes) -> bool:
        if self.tap is not None:
            self.tap(hop, data, True)
        socket = self._udp.get(":" in hop.host)
        return socket is not None and socket.send(hop, data)

    def large_by_tcp(self, hop: UdpHop) -> None:
        """Let requests too large for UDP go to this peer by TCP if it listens (RFC 3261 §18.1.1), which is found out in
        the background. So it is of all whom we ever reached by TCP."""
        self._large.try_out(hop)

    def reachable(self, hop: Hop) -> bool:
        if isinstance(hop, FlowHop):
            return hop.flow in self.flows
        if isinstance(hop, StreamHop):
            return self.streams.reachable(hop)
        return (":" in hop.host) in self._udp

    def address(self, hop: Hop) -> str:
        """Return the address of the peer, also of a browser; empty when it is not known."""
        return self.flows.address(hop) if isinstance(hop, FlowHop) else hop.host

    def peer_names(self, hop: Hop) -> frozenset[str]:
        """Return whom the certificate of this TLS peer speaks for, once it was found good (RFC 5922 §7.1)."""
        return self.streams.names(hop) if isinstance(hop, StreamHop) else frozenset()

    # --- failures ---------------------------------------------------------------------------------------------------

    def last_error(self, hop: Hop) -> Failure | None:
        """Return why the last try to reach this hop failed; None when it was heard since, or that is long ago."""
        return self._errors.get(hop)

    def _refused(self, hop: UdpHop, reason: str) -> None:
        self._fail(hop, Failure("refused", f"nothing listens at {hop} ({reason.lower()})"))
        self.lost(hop)

    def _gone(self, hop: StreamHop, failure: Failure | None) -> None:
        if failure is not None:
            self._fail(hop, failure)
        self._large.gone(hop, failed=failure is not None)
        self.lost(hop)

    def _fail(self, hop: Hop, failure: Failure) -> None:
        _failures.labels(failure.code).inc()
        self._say(hop, failure)
        self._errors[hop] = failure
        self._errors.move_to_end(hop)
        if len(self._errors) > _REMEMBERED_ERRORS:
            self._errors.popitem(last=False)
        for told in self.on_failure:
            told(hop, failure)

    def _say(self, hop: Hop, failure: Failure) -> None:
        """One line for each peer and reason in a while: each call that fails like the one before is no news."""
        now = asyncio.get_running_loop().time()
        code, at = self._said.get(hop, ("", 0.0))
        if failure.code == code and now - at < QUIET_SECONDS:
            return
        log.warning("sip_peer_failed", peer=str(hop), code=failure.code, why=failure.text)
        self._said[hop] = failure.code, now
        self._said.move_to_end(hop)
        if len(self._said) > _REMEMBERED_ERRORS:
            self._said.popitem(last=False)


def _hosts(host: str) -> list[str]:
    return ["::", "0.0.0.0"] if host == "::" else [host]  # noqa: S104 - the operator's choice


def _bound(what: str, host: str, port: int, bind: Callable[[], int]) -> int:
    try:
        return bind()
    except OSError as error:
        raise OSError(error.errno, f"SIP cannot listen on port {port}/{what} of {host}: {error.strerror}") from None
