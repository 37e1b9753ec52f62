"""One UDP socket. Sending never waits: what the kernel does not take is as lost as on the way, and is sent again."""

from __future__ import annotations

import asyncio
import errno
import select
import socket
import sys
from collections import OrderedDict, deque
from collections.abc import Callable

from prometheus_client import Counter

from yuelai.telephony.hops import UdpHop
from yuelai.telephony.transport import icmp
from yuelai.wire.sip import MAGIC_COOKIE

RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes; a burst of calls must not be lost while we think (the kernel may grant less)."""
BATCH = 64
"""Datagrams read before timers and connections have their turn."""
LONGEST = 65_535
DOUBT_SECONDS = 1.0
"""How long ICMP must go on saying that a peer is away, without a word from it, until that is believed: a phone or a
trunk that is only starting anew is served by the next repetition (RFC 3261 §17.1.1.2)."""
FORGET_SECONDS = 60.0
"""After which silence of ICMP and peer the doubt begins anew."""
_SO_RCVBUFFORCE = 33
_REMEMBERED_PLACES, _REMEMBERED_REQUESTS = 1024, 16

_PENDING = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPROTO, errno.ENOPROTOOPT, errno.EACCES}
_LOST = {errno.EPERM, errno.ENOBUFS, errno.ENOMEM}
"""A firewall of this machine, or no room: as if lost on the way."""

_dropped = Counter("yuelai_sip_udp_send_dropped", "Datagrams that the kernel had no room for.")
_unreachable = Counter("yuelai_sip_udp_unreachable", "ICMP errors for datagrams of ours.", ["proven"])

_COOKIE = MAGIC_COOKIE.encode()


class UdpSocket:
    """`take` gets each datagram and where it came from; `refused` a peer that ICMP proves to be away, and why.

    Anybody can send ICMP. It is believed when it quotes a request that we have lately sent there, whose branch nobody
    could guess, and not at its first word; all else is left to the timers (RFC 3261 §18.4, RFC 5927 §4).
    """

    def __init__(self, take: Callable[[bytes, UdpHop], None], refused: Callable[[UdpHop, str], None]) -> None:
        self._take, self._refused = take, refused
        self._sock: socket.socket | None = None
        self._ready: select.epoll | None = None
        self._sent: OrderedDict[tuple[str, int], deque[bytes]] = OrderedDict()
        self._away: OrderedDict[tuple[str, int], tuple[float, float]] = OrderedDict()
        """Since when ICMP says so of a peer, and when it did last."""

    def open(self, host: str, port: int) -> int:
        """Bind; return the port (useful with port 0). Raises OSError when it is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # No SO_REUSEADDR: with UDP it would let a second process take half of our messages.
            _ask_for_room(sock)
            icmp.listen(sock)
            sock.bind((host, port))
        except BaseException:
            sock.close()
            raise
        self._sock = sock
        if sys.platform == "linux":
            # uvloop never looks again at a descriptor that has reported an error, and ICMP makes this one do so. An
            # epoll of our own in between is only ever readable.
            self._ready = select.epoll()
            self._ready.register(sock.fileno(), select.EPOLLIN)
        asyncio.get_running_loop().add_reader(self._watched, self._readable)
        return int(sock.getsockname()[1])

    @property
    def _watched(self) -> int:
        assert self._sock is not None
        return self._ready.fileno() if self._ready is not None else self._sock.fileno()

    def fileno(self) -> int:
        """The descriptor it is read from; -1 while it is not open."""
        return -1 if self._sock is None else self._sock.fileno()

    def close(self) -> None:
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._watched)
            if self._ready is not None:
                self._ready.close()
                self._ready = None
            self._sock.close()
            self._sock = None

    def _readable(self) -> None:
        errors = False
        for count in range(BATCH):
            if self._sock is None:
                return
            try:
                data, address = self._sock.recvfrom(LONGEST)
            except (BlockingIOError, InterruptedError):
                errors = errors or count == 0  # woken for nothing: by the error queue
                break
            except OSError:
                errors = True
                continue
            if self._away:
                self._away.pop((address[0], address[1]), None)
            self._take(data, UdpHop(address[0], address[1]))
        if errors:
            self._hear_errors()

    def _hear_errors(self) -> None:
        if self._sock is None:
            return
        for error in icmp.drain(self._sock):
            lately = self._sent.get((error.host, error.port), ())
            proven = _COOKIE in error.quoted and any(data.startswith(error.quoted) for data in lately)
            _unreachable.labels("yes" if proven else "no").inc()
            if proven and self._for_long((error.host, error.port)):
                self._refused(UdpHop(error.host, error.port), error.reason)

    def _for_long(self, place: tuple[str, int]) -> bool:
        now = asyncio.get_running_loop().time()
        since, last = self._away.get(place, (now, now))
        if now - last > FORGET_SECONDS:
            since = now
        self._away[place] = since, now
        self._away.move_to_end(place)
        if len(self._away) > _REMEMBERED_PLACES:
            self._away.popitem(last=False)
        return now - since >= DOUBT_SECONDS

    def send(self, hop: UdpHop, data: bytes) -> bool:
        """Return False when there is no way there from this machine, or the message is too long for a datagram."""
        if self._sock is None:
            return False
        place = (hop.host, hop.port)
        if not data.startswith(b"SIP/2.0 "):
            self._remember(place, data)
        # An error that is pending is reported by the next call, whatever that is about: so one more try.
        for attempt in (1, 2):
            try:
                self._sock.sendto(data, place)
            except (BlockingIOError, InterruptedError):
                _dropped.inc()
            except (OverflowError, UnicodeError):
                return False
            except OSError as error:
                if error.errno in _PENDING and attempt == 1:
                    self._hear_errors_soon()
                    continue
                if error.errno not in _LOST:
                    return False
                _dropped.inc()
            return True
        return False

    def _hear_errors_soon(self) -> None:
        """Not within the call that sends: whoever sends must not be told of a failure before it returns."""
        asyncio.get_running_loop().call_soon(self._hear_errors)

    def _remember(self, place: tuple[str, int], data: bytes) -> None:
        held = self._sent.get(place)
        if held is None:
            held = self._sent[place] = deque(maxlen=_REMEMBERED_REQUESTS)
            if len(self._sent) > _REMEMBERED_PLACES:
                self._sent.popitem(last=False)
        held.append(data)


def _ask_for_room(sock: socket.socket) -> None:
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)  # past rmem_max, where we may
    except OSError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
