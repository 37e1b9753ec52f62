"""Plain RTP over UDP, as phones and trunks speak it."""

from __future__ import annotations

import contextlib
import socket

from yuelai.media.embedded.descriptions import describe_answer, describe_offer
from yuelai.media.embedded.sockets import PortPool
from yuelai.media.embedded.stream import RtpStream, spoken
from yuelai.media.embedded.terms import Origin, Terms, read_answer, read_offer
from yuelai.media.ports import LegOptions, Srtp
from yuelai.wire.rtp import MAX_DATAGRAM

MAX_PER_TICK = 32
"""Datagrams read from one leg in a tick; the rest waits in the kernel, so that a flood starves nobody else."""

_OPTIONS = LegOptions(srtp=Srtp.OFF)

Address = tuple[str, int]


class PlainTransport:
    """A pair of ports. Sound goes to where the peer's own comes from (symmetric RTP, RFC 4961), within limits:

    - the signalled address and port, once heard, alone are heard from then on;
    - until then, another port of that host will do (a NAT changes ports), the first one heard;
    - until then, a foreign host will do, the first one heard: this is what a phone behind a NAT looks like, whose
      description names a private address. Everything else is dropped.

    A new negotiation with another address starts over.
    """

    def __init__(self, pool: PortPool, advertised: str, stream: RtpStream) -> None:
        self._rtp, self._rtcp = pool.pair()
        self._origin, self._stream = Origin(advertised), stream
        self._signalled: Address | None = None
        self._source: Address | None = None
        self._trust = 0
        """How well the present source fits what was signalled; only a better one replaces it."""
        self.terms: Terms | None = None

    @property
    def port(self) -> int:
        port: int = self._rtp.getsockname()[1]
        return port

    @property
    def ready(self) -> bool:
        """There is somewhere to send and leave to do so."""
        return self.terms is not None and self.terms.sending

    def offer(self) -> str:
        session, _ = describe_offer(self._origin, self.port, _OPTIONS)
        return str(session)

    def take_offer(self, sdp: str) -> str:
        """Raises MediaError; the terms then stay as they were."""
        terms = spoken(read_offer(sdp, self._origin, _OPTIONS))
        session, audio = describe_answer(terms, self._origin, self.port)
        audio.remove("rtcp-mux")
        self._agree(terms)
        return str(session)

    def take_answer(self, sdp: str) -> None:
        """Raises MediaError."""
        self._agree(spoken(read_answer(sdp, self._origin, _OPTIONS)))

    def _agree(self, terms: Terms) -> None:
        if terms.address != self._signalled:
            self._signalled, self._source, self._trust = terms.address, None, 0
        self.terms = self._origin.terms = terms
        self._stream.agree(terms)

    def drain(self, now: float) -> None:
        """Take in what has arrived since the last tick."""
        with contextlib.suppress(BlockingIOError, ConnectionError):
            for _ in range(MAX_PER_TICK):
                data, source = self._rtp.recvfrom(MAX_DATAGRAM)
                if self._admits(source) and self._stream.receive(data, now):
                    self._latch(source)
        with contextlib.suppress(BlockingIOError, ConnectionError):
            for _ in range(MAX_PER_TICK):
                data, source = self._rtcp.recvfrom(MAX_DATAGRAM)
                if self._source is not None and source[0] == self._source[0]:
                    self._stream.receive_rtcp(data, now)

    def _fit(self, source: Address) -> int:
        if source == self._signalled:
            return 3
        return 2 if self._signalled is not None and source[0] == self._signalled[0] else 1

    def _admits(self, source: Address) -> bool:
        return self._signalled is not None and (source == self._source or self._fit(source) > self._trust)

    def _latch(self, source: Address) -> None:
        if source != self._source:
            self._source, self._trust = source, self._fit(source)

    def send(self, packet: bytes) -> None:
        """Send to where the peer is heard from, else to where it wants it; what does not go out is lost."""
        self._put(self._rtp, packet, self._source or self._signalled)

    def send_report(self, packet: bytes) -> None:
        """Send RTCP one port up (RFC 3550 §11)."""
        target = self._source or self._signalled
        if target is not None:
            self._put(self._rtcp, packet, (target[0], target[1] + 1))

    @staticmethod
    def _put(sock: socket.socket, packet: bytes, target: Address | None) -> None:
        if target is not None:
            with contextlib.suppress(OSError, OverflowError):
                sock.sendto(packet, target)

    def close(self) -> None:
        self._rtp.close()
        self._rtcp.close()
