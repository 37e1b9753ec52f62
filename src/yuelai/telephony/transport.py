"""Sockets: SIP over UDP, and flows that the web process carries (SIP over WebSocket, RFC 7118)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

import structlog

from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop
from yuelai.wire.sip import PeerError, Request, Response, parse_datagram

log = structlog.get_logger()

RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes; a burst of calls must not be lost while we think (the kernel may grant less)."""

Receiver = Callable[[Request | Response, Hop], None]


class Guard(Protocol):
    """Who may speak to us at all; asked about every packet before it is read."""

    def admits(self, source: Hop, data: bytes) -> bool: ...


Tap = Callable[[Hop, bytes, bool], None]
"""Told every message as it is on the wire: the peer, the bytes, true when we sent them."""


class Transports(asyncio.DatagramProtocol):
    """One UDP socket and any number of flows behind one `send`."""

    guard: Guard | None = None
    tap: Tap | None = None

    def __init__(self, receive: Receiver) -> None:
        self._receive = receive
        self._udp: asyncio.DatagramTransport | None = None
        self._flows: dict[str, Callable[[bytes], None]] = {}

    async def open(self, host: str, port: int) -> int:
        """Bind the UDP socket; return its port (useful with port 0). Raises OSError when it is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            sock.bind((host, port))
        except BaseException:
            sock.close()
            raise
        self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=sock)
        return int(sock.getsockname()[1])

    def close(self) -> None:
        if self._udp is not None:
            self._udp.close()
            self._udp = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, UdpHop(addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """An ICMP message for something we sent; the transaction's timers decide what it means."""

    def open_flow(self, flow: str, send: Callable[[bytes], None]) -> None:
        self._flows[flow] = send

    def close_flow(self, flow: str) -> None:
        self._flows.pop(flow, None)

    def flow_received(self, flow: str, data: bytes) -> None:
        """Take one WebSocket message, which is one SIP message (RFC 7118 §5.1) or a keep-alive."""
        if flow not in self._flows:
            return
        if data == b"\r\n\r\n":
            self._flows[flow](b"\r\n")
            return
        self._take(data, FlowHop(flow))

    def _take(self, data: bytes, source: Hop) -> None:
        if self.guard is not None and not self.guard.admits(source, data):
            return
        if not data.strip(b"\r\n\0"):
            return  # keep-alive of a phone behind NAT
        if self.tap is not None:
            self.tap(source, data, False)
        try:
            message = parse_datagram(data)
        except PeerError as error:
            log.info("sip_unreadable", why=str(error), size=len(data))
            return
        try:
            self._receive(message, source)
        except Exception:
            # One message that we handle wrongly must not stop the others.
            log.exception("sip_receive_failed")

    def reachable(self, hop: Hop) -> bool:
        return hop.flow in self._flows if isinstance(hop, FlowHop) else self._udp is not None

    def send(self, hop: Hop, data: bytes) -> bool:
        if self.tap is not None:
            self.tap(hop, data, True)
        if isinstance(hop, FlowHop):
            send = self._flows.get(hop.flow)
            if send is None:
                return False
            send(data)
            return True
        if self._udp is None or isinstance(hop, StreamHop):
            return False
        self._udp.sendto(data, (hop.host, hop.port))
        return True
