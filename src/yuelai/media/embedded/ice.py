"""The server's side of ICE-lite (RFC 8445 §2.5): it only answers the browser's checks, on one port, rtcp-mux."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket

from aioice import stun

Address = tuple[str, int]

CONSENT = 30.0
"""Seconds without a check after which we must stop sending (RFC 7675 §5.1)."""

_CANDIDATE_PRIORITY = (126 << 24) | (65535 << 8) | 255
"""Host candidate, only interface, component 1 (RFC 8445 §5.1.2.1)."""


class IceLite:
    """Credentials, the address the browser was validated at, and its consent. Times are monotonic seconds."""

    def __init__(self, sock: socket.socket, advertised: str) -> None:
        self._sock, self._advertised = sock, advertised
        self.restart()
        self.remote: Address | None = None
        self.validated = asyncio.Event()
        self._checked_at = 0.0

    def restart(self) -> None:
        """Take new credentials (ICE restart); the old path serves until a check validates a new one."""
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(16)

    @property
    def candidate(self) -> str:
        port = self._sock.getsockname()[1]
        return f"1 1 udp {_CANDIDATE_PRIORITY} {self._advertised} {port} typ host"

    def consents(self, now: float) -> bool:
        return now - self._checked_at < CONSENT

    def take(self, data: bytes, source: Address, now: float) -> None:
        """Take a STUN datagram; anything but a binding request with our credentials is passed over."""
        try:
            request = stun.parse_message(data)
        except ValueError:
            return
        if request.message_class is not stun.Class.REQUEST or request.message_method is not stun.Method.BINDING:
            return
        named = str(request.attributes.get("USERNAME", "")).partition(":")[0]
        if named != self.ufrag or not request.check_message_integrity(self.password.encode()):
            return
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = source
        response.add_message_integrity(self.password.encode())
        self._checked_at = now
        if self.remote is None or "USE-CANDIDATE" in request.attributes:
            self.remote = source
        self._put(bytes(response), source)
        self.validated.set()

    def send(self, data: bytes) -> None:
        if self.remote is not None:
            self._put(data, self.remote)

    def _put(self, data: bytes, target: Address) -> None:
        with contextlib.suppress(OSError):
            self._sock.sendto(data, target)


class DtlsPath:
    """What aiortc's RTCDtlsTransport takes for its ICE transport: `_recv`, `_send`, `role` and `stop`."""

    role = "controlled"

    def __init__(self, ice: IceLite) -> None:
        self._ice = ice
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue(64)

    def feed(self, data: bytes | None) -> None:
        """Hand over a DTLS datagram, or None for the end of the path. A flood is dropped."""
        if data is None:
            while not self._arrived.empty():
                self._arrived.get_nowait()
        with contextlib.suppress(asyncio.QueueFull):
            self._arrived.put_nowait(data)

    async def _recv(self) -> bytes:
        data = await self._arrived.get()
        if data is None:
            raise ConnectionError("the leg is closed")
        return data

    async def _send(self, data: bytes) -> None:
        self._ice.send(data)

    async def stop(self) -> None:
        self.feed(None)
