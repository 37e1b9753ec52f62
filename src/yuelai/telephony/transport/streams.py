"""TCP and TLS: who is listened to, which connection leads to whom, and new ones (RFC 3261 §18, RFC 5923)."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import socket
import ssl
import struct
from collections import Counter as Tally
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol

import structlog
from prometheus_client import Counter, Gauge

from yuelai.platform.certificates import CertificateUnreadable
from yuelai.telephony.hops import DEFAULT_PORTS, StreamHop, literal_address
from yuelai.telephony.transport.connection import Connection, Limits
from yuelai.telephony.transport.failures import Failure, explain
from yuelai.wire.sip import PeerError, Request, Response, parse_datagram

log = structlog.get_logger()

_BACKLOG = 1024
_REMEMBERED = 4096
_standing = Gauge("yuelai_sip_connections", "TCP and TLS connections that stand.", ["transport", "direction"])
_refused = Counter("yuelai_sip_connections_refused", "Connections turned away or cut.", ["why"])

Key = tuple[str, str, int, str]


def _key(hop: StreamHop) -> Key:
    """With the name: a connection that proved to be one party's is never another's (RFC 5923 §6)."""
    return hop.transport, hop.host, hop.port, hop.name


class ClientTls(Protocol):
    def context(self) -> ssl.SSLContext: ...

    def verify(self, hop: StreamHop) -> Callable[[ssl.SSLObject], None]: ...


class Streams:
    """`take(message, raw, hop)` for each message; `admits(hop)` is asked about each new peer; `lost(hop, failure)`
    tells that whatever was under way on a connection has failed (RFC 3261 §18.4); `unreadable(hop)` who is no SIP."""

    def __init__(
        self,
        take: Callable[[Request | Response, bytes, StreamHop], None],
        admits: Callable[[StreamHop], bool],
        lost: Callable[[StreamHop, Failure | None], None],
        unreadable: Callable[[StreamHop], None],
        *,
        limits: Limits | None = None,
        tls: ClientTls | None = None,
    ) -> None:
        self._take, self._admits, self._lost, self._unreadable = take, admits, lost, unreadable
        self.limits = _within_files(limits or Limits())
        self.tls = tls
        self.closed: Callable[[StreamHop], None] = lambda hop: None
        """Told of each connection that ends and had brought a message."""
        self.listens: Callable[[StreamHop], None] = lambda hop: None
        """Told of each peer that took a connection of ours."""
        self.source: str | None = None
        """Address that we connect from, None for any."""
        self._by_key: dict[Key, Connection] = {}
        self._all: set[Connection] = set()
        self._addresses: Tally[str] = Tally()
        self._unproven: Tally[str] = Tally()
        self._strangers: OrderedDict[Connection, None] = OrderedDict()
        """Who connected and has not yet brought a message, the oldest first."""
        self._callers: OrderedDict[StreamHop, None] = OrderedDict()
        """Far ends that connected to us and are gone: nobody listens at such a port."""
        self._listeners: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._making: dict[Connection, asyncio.Task[None]] = {}
        """Who makes a connection, a handshake included."""

    # --- listening --------------------------------------------------------------------------------------------------

    def listen(self, transport: str, host: str, port: int, context: ssl.SSLContext | None = None) -> int:
        """Accept connections; return the port. Raises OSError when it is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # past the TIME_WAIT of an earlier life
            sock.bind((host, port))
            sock.listen(_BACKLOG)
        except BaseException:
            sock.close()
            raise
        self._listeners.append(sock)
        self._spawn(self._accept(sock, transport, context))
        return int(sock.getsockname()[1])

    async def _accept(self, listener: socket.socket, transport: str, context: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, address = await loop.sock_accept(listener)
            except OSError as error:
                if listener.fileno() < 0:
                    return
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    log.error("sip_no_more_connections", why=error.strerror)
                    await asyncio.sleep(0.5)
                continue
            hop = StreamHop(transport, address[0], address[1], inbound=True)
            why = self._why_not(hop)
            if why is not None:
                _refused.labels(why).inc()
                # Reset, so that nothing of it stays here in TIME_WAIT.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                sock.close()
                continue
            connection = Connection(self, hop, inbound=True)
            self._enter(connection)
            self._making[connection] = self._spawn(self._welcome(connection, sock, context))

    def _why_not(self, hop: StreamHop) -> str | None:
        if len(self._all) >= self.limits.connections and not self._make_room():
            return "full"
        if self._addresses[hop.host] >= self.limits.per_address:
            return "address_full"
        if self._unproven[hop.host] >= self.limits.unproven_per_address:
            return "silent"
        return None if self._admits(hop) else "guard"

    def _make_room(self) -> bool:
        """Whoever has said nothing for the longest gives way to whoever comes: a flood then holds up only itself."""
        if not self._strangers:
            return False
        stranger, _ = self._strangers.popitem(last=False)
        _refused.labels("gave_way").inc()
        stranger.end(Failure("closed", f"{stranger.hop} said nothing, and others wait"))
        return True

    async def _welcome(self, connection: Connection, sock: socket.socket, context: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        patience = self.limits.handshake if context else None
        try:
            await loop.connect_accepted_socket(lambda: connection, sock, ssl=context, ssl_handshake_timeout=patience)
        except (OSError, asyncio.CancelledError) as error:
            sock.close()
            if isinstance(error, asyncio.CancelledError):
                raise
            if isinstance(error, ssl.SSLError):
                _refused.labels("handshake").inc()
                log.info("sip_tls_refused", peer=str(connection.hop), why=(error.reason or str(error)).lower())
            connection.failed(explain(error, connection.hop))

    # --- sending ----------------------------------------------------------------------------------------------------

    def send(self, hop: StreamHop, data: bytes) -> bool:
        """Use the connection that stands, else make one. False when that is known to be in vain."""
        connection = self._by_key.get(_key(hop))
        if connection is not None and connection.send(data):
            return True
        if connection is not None and not connection.over:
            return False  # too much waits for it
        if hop.inbound or hop in self._callers or (connection is not None and connection.inbound):
            back = _sent_by(hop, data)
            if back is None:
                return False
            hop = back
            connection = self._by_key.get(_key(hop))
            if connection is not None:
                return connection.send(data)
        if len(self._all) >= self.limits.connections or literal_address(hop.host) is None:
            return False
        return self._connect(hop).send(data)

    def try_out(self, hop: StreamHop) -> None:
        """Connect without anything to say, to find out whether somebody listens. That nobody does is no failure."""
        if _key(hop) not in self._by_key and len(self._all) < self.limits.connections:
            self._connect(hop)

    def reachable(self, hop: StreamHop) -> bool:
        """False for a peer that had connected to us and is gone, perhaps in an earlier life of ours."""
        connection = self._by_key.get(_key(hop))
        return (connection is not None and not connection.over) or not (hop.inbound or hop in self._callers)

    def names(self, hop: StreamHop) -> frozenset[str]:
        """Return whom the certificate of the peer speaks for; nobody without a connection that stands."""
        connection = self._by_key.get(_key(hop))
        return connection.names if connection is not None and connection.standing else frozenset()

    def _connect(self, hop: StreamHop) -> Connection:
        verify = self.tls.verify(hop) if hop.transport == "TLS" and self.tls is not None else None
        connection = Connection(self, hop, inbound=False, verify=verify)
        self._enter(connection)
        self._making[connection] = self._spawn(self._dial(connection))
        return connection

    async def _dial(self, connection: Connection) -> None:
        hop, context = connection.hop, None
        try:
            if hop.transport == "TLS":
                if self.tls is None:
                    raise CertificateUnreadable("TLS is not set up")
                context = self.tls.context()
            same_family = self.source is not None and (":" in self.source) == (":" in hop.host)
            async with asyncio.timeout(self.limits.connect):
                await asyncio.get_running_loop().create_connection(
                    lambda: connection,
                    hop.host,
                    hop.port,
                    ssl=context,
                    server_hostname=(hop.name or hop.host) if context else None,
                    local_addr=(self.source, 0) if self.source is not None and same_family else None,
                )
        except (OSError, ValueError, OverflowError) as error:  # TimeoutError and SSLError are OSErrors
            connection.failed(explain(error, hop))

    # --- what connections tell --------------------------------------------------------------------------------------

    def received(self, connection: Connection, message: Request | Response, raw: bytes) -> None:
        self._take(message, raw, connection.hop)

    def stood(self, connection: Connection) -> None:
        if not connection.inbound:
            self.listens(connection.hop)

    def unreadable(self, connection: Connection) -> None:
        self._unreadable(connection.hop)

    def proven(self, connection: Connection) -> None:
        if connection.inbound:
            self._less(self._unproven, connection.hop.host)
            self._strangers.pop(connection, None)

    def gone(self, connection: Connection) -> None:
        if connection not in self._all:
            return
        hop = connection.hop
        self._all.discard(connection)
        making = self._making.pop(connection, None)
        if making is not None and making is not asyncio.current_task():
            making.cancel()  # a handshake that nobody waits for any more; nothing once it is done
        _standing.labels(hop.transport, "in" if connection.inbound else "out").dec()
        self._less(self._addresses, hop.host)
        if self._by_key.get(_key(hop)) is connection:
            del self._by_key[_key(hop)]
        if connection.inbound:
            if not connection.is_proven:
                self._less(self._unproven, hop.host)
                self._strangers.pop(connection, None)
            else:
                self._callers[hop] = None
                if len(self._callers) > _REMEMBERED:
                    self._callers.popitem(last=False)
        if connection.is_proven:
            self.closed(hop)
        # To look for transactions takes time, which strangers who come and go must not cost.
        if connection.asked:
            self._lost(hop, connection.failure)

    def _enter(self, connection: Connection) -> None:
        hop = connection.hop
        self._all.add(connection)
        self._by_key[_key(hop)] = connection
        self._callers.pop(hop, None)
        self._addresses[hop.host] += 1
        if connection.inbound:
            self._unproven[hop.host] += 1
            self._strangers[connection] = None
        _standing.labels(hop.transport, "in" if connection.inbound else "out").inc()

    @staticmethod
    def _less(tally: Tally[str], address: str) -> None:
        tally[address] -= 1
        if tally[address] <= 0:
            del tally[address]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @property
    def size(self) -> int:
        return len(self._all)

    def close(self) -> None:
        """Stop listening; what is written already still goes out."""
        for task in self._tasks:
            task.cancel()
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        for connection in list(self._all):
            connection.shut()


def _within_files(limits: Limits) -> Limits:
    """No more connections than half the files that this process may open, which is made as many as are needed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * limits.connections if hard == resource.RLIM_INFINITY else min(2 * limits.connections, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return limits if soft == resource.RLIM_INFINITY else replace(limits, connections=min(limits.connections, soft // 2))


def _sent_by(hop: StreamHop, data: bytes) -> StreamHop | None:
    """Return where a response goes when the connection of its request is gone (RFC 3261 §18.2.2)."""
    if not data.startswith(b"SIP/2.0 "):
        return None
    try:
        via = parse_datagram(data).via
    except PeerError:
        return None
    _, port = via.sent_by
    host = literal_address(via.params.get("received") or "") or hop.host
    back = StreamHop(hop.transport, host, port or DEFAULT_PORTS[hop.transport], hop.name)
    return back if back != hop else None
