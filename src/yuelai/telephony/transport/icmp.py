"""ICMP errors for datagrams of ours, read from the socket's error queue (Linux, ip(7) and ipv6(7), IP_RECVERR)."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_IP_RECVERR, _IP_MTU_DISCOVER, _IP_PMTUDISC_DONT = 11, 10, 0
_IPV6_RECVERR, _IPV6_MTU_DISCOVER = 25, 23
_EXTENDED = struct.Struct("=IBBBBII")  # struct sock_extended_err
_FROM_ICMP = (2, 3)  # SO_EE_ORIGIN_ICMP and its sister of IPv6; 1 would be an error of this machine's own
_MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Someone on the way says that a datagram did not arrive. `quoted` is the start of it, for a proof."""

    host: str
    port: int
    quoted: bytes
    reason: str


def listen(sock: socket.socket) -> None:
    """Have the errors of this socket queued, and let large datagrams be cut into fragments."""
    if sys.platform != "linux":
        return
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _IP_PMTUDISC_DONT)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_DONT)


def drain(sock: socket.socket) -> Iterator[Unreachable]:
    """Yield what is in the queue, without waiting."""
    if sys.platform != "linux":
        return
    for _ in range(_MOST_AT_ONCE):
        try:
            quoted, control, _flags, address = sock.recvmsg(2048, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
        except OSError:
            return
        for _level, kind, data in control:
            if kind not in (_IP_RECVERR, _IPV6_RECVERR) or len(data) < _EXTENDED.size:
                continue
            number, origin, *_ = _EXTENDED.unpack_from(data)
            if origin in _FROM_ICMP and address:
                yield Unreachable(address[0], address[1], quoted, os.strerror(number))
