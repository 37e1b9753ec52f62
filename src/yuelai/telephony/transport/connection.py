"""One TCP or TLS connection: frames, keep-alives, and the limits that keep one peer from hurting others."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, cast

import structlog

from yuelai.telephony.hops import StreamHop
from yuelai.telephony.transport.failures import Failure, explain, without_a_word
from yuelai.telephony.transport.tls import identities
from yuelai.wire.sip import PeerError, Request, Response, StreamParser

log = structlog.get_logger()

PONG = b"\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """Of connections; times in seconds, sizes in bytes."""

    connections: int = 4000
    per_address: int = 1000
    """Many phones may stand behind one address."""
    unproven_per_address: int = 100
    """Of those, how many may not yet have brought one whole message."""
    handshake: float = 10.0
    first_message: float = 10.0
    """From the connection to the end of its first message."""
    message: float = 10.0
    """From the first byte of a message to its last one."""
    idle: float = 3700.0
    """Without any message or keep-alive; beyond the longest registration (`registrar.LONGEST_SECONDS`)."""
    connect: float = 5.0
    """For connecting and the TLS handshake, when we connect."""
    queue: int = 256 * 1024
    """What may wait for a connection that is being made."""
    unsent: int = 1024 * 1024
    """What may wait for a peer that reads too slowly."""


class Owner(Protocol):
    limits: Limits

    def received(self, connection: Connection, message: Request | Response, raw: bytes) -> None: ...

    def stood(self, connection: Connection) -> None:
        """It is made, and whose it is was found good."""
        ...

    def proven(self, connection: Connection) -> None:
        """It has brought its first message."""
        ...

    def unreadable(self, connection: Connection) -> None:
        """It brought what is no SIP."""
        ...

    def gone(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """`hop` is the far end. What is sent before the connection stands waits in a queue."""

    def __init__(
        self,
        owner: Owner,
        hop: StreamHop,
        *,
        inbound: bool,
        verify: Callable[[ssl.SSLObject], None] | None = None,
    ) -> None:
        """`verify` looks at the peer's certificate before anything is sent or believed; it raises when it is wrong."""
        self.hop, self.inbound = hop, inbound
        self.failure: Failure | None = None
        """Why it ended, when that was not in good order."""
        self.asked = False
        """Whether a request of ours went over it, whose transaction must be told when it ends."""
        self.is_proven = False
        self._owner, self._limits, self._verify = owner, owner.limits, verify
        self._parser = StreamParser()
        self._transport: asyncio.Transport | None = None
        self._queue: list[bytes] = []
        self._queued = 0
        self._over = False
        self._began = self._heard = 0.0
        self._message_began: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def over(self) -> bool:
        return self._over

    @cached_property
    def names(self) -> frozenset[str]:
        """Whom the certificate of the peer speaks for, once it was found good; to be asked while it stands."""
        shown = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        return identities(shown.getpeercert() or {}) if shown is not None else frozenset()

    @property
    def standing(self) -> bool:
        return self._transport is not None and not self._over

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        if self._over:
            transport.abort()
            return
        if self._verify is not None:
            try:
                self._verify(transport.get_extra_info("ssl_object"))
            except Exception as error:
                self.end(explain(error, self.hop))
                return
        keep_alive(transport.get_extra_info("socket"))
        transport.set_write_buffer_limits(high=self._limits.unsent)
        self._began = self._heard = asyncio.get_running_loop().time()
        self._arm()
        queue, self._queue = self._queue, []
        for data in queue:
            self._write(data)
        self._owner.stood(self)

    def send(self, data: bytes) -> bool:
        """Return False when it is over, or too much waits already."""
        if self._over:
            return False
        if not data.startswith(b"SIP/2.0 "):
            self.asked = True
        if self._transport is None:
            self._queued += len(data)
            if self._queued > self._limits.queue:
                return False
            self._queue.append(data)
            return True
        return self._write(data)

    def _write(self, data: bytes) -> bool:
        if self._transport is None or self._over:
            return False
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > self._limits.unsent:
            self.end(Failure("closed", f"{self.hop} reads too slowly"))
            return False
        return True

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._heard = asyncio.get_running_loop().time()
        complete = False
        try:
            for message in self._parser.feed(data):
                complete = True
                if not self.is_proven:
                    self.is_proven = True
                    self._owner.proven(self)
                self._owner.received(self, message, self._parser.raw)
                if self._over:
                    return
        except PeerError as error:
            # Where the next message begins cannot be known any more (RFC 3261 §18.3).
            log.info("sip_stream_unreadable", peer=str(self.hop), why=str(error))
            self.failure = Failure("closed", f"{self.hop} sent what is not SIP: {error}")
            self._owner.unreadable(self)
            self.shut()  # with what was just answered to a request whose length is wrong
            return
        if self._parser.pings:
            self._parser.pings = 0
            self._write(PONG)
        if not self._parser.pending:
            self._message_began = None
        elif complete or self._message_began is None:
            self._message_began = self._heard
            self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self.failure is None:
            self.failure = explain(exc, self.hop)
        elif self.asked and not (self.inbound or self.is_proven):
            self.failure = self.failure or without_a_word(self.hop)
        self._finish()

    def end(self, failure: Failure | None = None) -> None:
        """Cut it; for whatever still waited there is no hope. Whoever sends is told after its call has returned."""
        if self._over:
            return
        self._over = True
        self.failure = self.failure or failure
        if self._transport is not None:
            self._transport.abort()  # `connection_lost` follows
        else:
            asyncio.get_running_loop().call_soon(self._finish)

    def shut(self) -> None:
        """Close it once all is written."""
        if self._transport is None:
            self.end()
        elif not self._over:
            self._over = True
            self._transport.close()

    def failed(self, failure: Failure) -> None:
        """It could not be made."""
        self.failure = self.failure or failure
        self._finish()

    def _finish(self) -> None:
        self._over = True
        self._queue.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._owner.gone(self)

    # --- patience ---------------------------------------------------------------------------------------------------

    def _due(self) -> float:
        due = self._heard + self._limits.idle
        if self.inbound and not self.is_proven:
            due = min(due, self._began + self._limits.first_message)
        if self._message_began is not None:
            due = min(due, self._message_began + self._limits.message)
        return due

    def _arm(self) -> None:
        due = self._due()
        if self._timer is not None:
            if self._timer.when() <= due:
                return  # it looks again then
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(due, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._over:
            return
        if asyncio.get_running_loop().time() < self._due():
            self._arm()
            return
        self.end(Failure("closed", f"{self.hop} said nothing whole for too long"))


def keep_alive(sock: socket.socket | None) -> None:
    """Have the kernel find out that the other side is gone, and send small messages at once."""
    if sock is None:
        return
    options = [(socket.SOL_SOCKET, "SO_KEEPALIVE", 1), (socket.IPPROTO_TCP, "TCP_NODELAY", 1)]
    options += [(socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60), (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 10)]
    options += [(socket.IPPROTO_TCP, "TCP_KEEPCNT", 3), (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 30_000)]
    for level, name, value in options:
        if hasattr(socket, name):
            sock.setsockopt(level, getattr(socket, name), value)
