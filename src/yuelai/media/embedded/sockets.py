"""UDP ports for sound, from the range the operator opened."""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Iterator

from yuelai.media.ports import MediaError


class PortPool:
    """Hands out sockets with even ports (RTP) or pairs with the odd one above (RTCP), RFC 3550 §11.

    Ports go round the range, so that a released one rests as long as possible: late packets of the call before
    must not land in the next one.
    """

    def __init__(self, bind: str, low: int, high: int) -> None:
        self.bind = bind
        self._family = socket.AF_INET6 if ":" in bind else socket.AF_INET
        self._ports = range(low + low % 2, high, 2)
        self._next = 0

    def _candidates(self) -> Iterator[int]:
        for _ in range(len(self._ports)):
            port = self._ports[self._next]
            self._next = (self._next + 1) % len(self._ports)
            yield port

    def _open(self, port: int) -> socket.socket:
        sock = socket.socket(self._family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.bind((self.bind, port))
        except OSError:
            sock.close()
            raise
        return sock

    def single(self) -> socket.socket:
        """Return one non-blocking socket. Raises MediaError when the range is used up."""
        for port in self._candidates():
            try:
                return self._open(port)
            except OSError:
                continue
        raise MediaError("no free port for sound")

    def pair(self) -> tuple[socket.socket, socket.socket]:
        """Return RTP's and RTCP's sockets. Raises MediaError when the range is used up."""
        for port in self._candidates():
            try:
                rtp = self._open(port)
            except OSError:
                continue
            try:
                return rtp, self._open(port + 1)
            except OSError:
                rtp.close()
        raise MediaError("no free port for sound")


_libc = ctypes.CDLL(None, use_errno=True)


def disconnect(sock: socket.socket) -> None:
    """Let a connected UDP socket hear everybody again; it keeps its port. (connect(2): an address of AF_UNSPEC.)"""
    _libc.connect(sock.fileno(), bytes(16), 16)
