"""RTP over UDP as phones and trunks speak it, in the clear or protected by keys in the description."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

import pylibsrtp

from yuelai.media.embedded.descriptions import describe_answer, describe_offer
from yuelai.media.embedded.io import Address, Port
from yuelai.media.embedded.leg import Buffer
from yuelai.media.embedded.protection import Protection
from yuelai.media.embedded.sockets import PortPool, disconnect
from yuelai.media.embedded.terms import Crypto, Origin, Terms, read_answer, read_offer
from yuelai.media.ports import LegOptions

SETTLED_AFTER = 1.0
"""Seconds between connecting a socket and trusting it: what others sent before is out of its queue by then."""


QUIET_AFTER = 3.0
"""Seconds without a packet after which the next negotiation lets the peer's sound come from elsewhere."""


class PlainTransport:
    """A pair of ports. Sound goes to where the peer's own comes from (symmetric RTP, RFC 4961), within limits:

    - the signalled address and port, once heard, alone are heard from then on: the socket is connected to it, so that
      the kernel drops what others send;
    - until then, another port of that host will do (a NAT changes ports), the first one heard;
    - until then, a foreign host will do, the first one heard: this is what a phone behind a NAT looks like, whose
      description names a private address. Everything else is dropped.

    Protected sound settles it only once it has been verified. Reports are taken from the host that is heard. A new
    negotiation with another address starts over; so does any while nothing comes from where the peer was heard, for a
    NAT forgets a phone that was held for long and gives it another port. It gets ours where it was until then.
    """

    eager = False

    def __init__(self, pool: PortPool, advertised: str, options: LegOptions, changed: Callable[[], None]) -> None:
        rtp, rtcp = pool.pair()
        self._rtp, self._rtcp = Port(rtp, self), Port(rtcp, self, rtcp=True)
        self.ports: tuple[Port, ...] = (self._rtp, self._rtcp)
        self._origin, self._options, self._changed = Origin(advertised), options, changed
        self._protection: Protection | None = None
        self._signalled: Address | None = None
        self._source: Address | None = None
        self._trust = 0
        """How well the present source fits what was signalled; only a better one replaces it."""
        self._connected_at: float | None = None
        self._heard_at: float | None = None
        """When the present source was heard last, while others could be."""
        self._quiet = False
        self._report_from: Address | None = None
        self.terms: Terms | None = None
        self.sender: Callable[[Buffer], object] = self._nowhere

    @property
    def port(self) -> int:
        return self._rtp.number

    @property
    def ready(self) -> bool:
        """There is somewhere to send and leave to do so."""
        return self.terms is not None and self.terms.sending

    # Descriptions

    def offer(self, options: LegOptions | None = None) -> str:
        self._options = options or self._options
        session, _ = describe_offer(self._origin, self.port, self._options)
        return str(session)

    def take_offer(self, sdp: str) -> str:
        """Raises MediaError; the terms then stay as they were."""
        terms = read_offer(sdp, self._origin, self._options)
        protection = self._protected(terms.crypto)
        session, _ = describe_answer(terms, self._origin, self.port)
        self._agree(terms, protection)
        return str(session)

    def take_answer(self, sdp: str) -> None:
        """Raises MediaError."""
        terms = read_answer(sdp, self._origin, self._options)
        self._agree(terms, self._protected(terms.crypto))

    def adjust(self, options: LegOptions) -> None:
        self._options = options

    def _protected(self, crypto: Crypto | None) -> Protection | None:
        if crypto is None:
            return None
        return Protection(crypto, self._protection)

    def _agree(self, terms: Terms, protection: Protection | None) -> None:
        self.terms = self._origin.terms = terms
        self._protection = protection
        self._rtp.protected = self._rtcp.protected = protection is not None
        if terms.address != self._signalled:
            self._loosen()
            self._signalled, self._source, self._trust = terms.address, None, 0
            self._report_from = None
        elif self._quiet:
            self._trust = 0
        self._aim()

    # Sources

    def _fit(self, source: Address) -> int:
        if self._signalled is None:
            return 0
        if source[:2] == self._signalled:
            return 3
        return 2 if source[0] == self._signalled[0] else 1

    def admits(self, source: Address, *, report: bool) -> bool:
        if report:
            return self._source is not None and source[0] == self._source[0]
        return source == self._source or self._fit(source) > self._trust

    def heard(self, source: Address, now: float) -> None:
        self._heard_at, self._quiet = now, False
        if source == self._source:
            self._trust = self._fit(source)
            return
        self._source, self._trust = source, self._fit(source)
        if self._trust == 3:
            with contextlib.suppress(OSError):
                self._rtp.sock.connect(source)
                self._connected_at = now
        self._aim()
        self._changed()

    def _loosen(self) -> None:
        if self._connected_at is not None:
            disconnect(self._rtp.sock)
        self._connected_at, self._rtp.connected = None, False

    def other(self, data: bytes, source: Address, now: float) -> None:
        """Nothing else is spoken here."""

    def unprotect(self, data: bytes) -> bytes | None:
        return None if self._protection is None else self._protection.unprotect(data)

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        return None if self._protection is None else self._protection.unprotect_rtcp(data)

    # Out

    def _aim(self) -> None:
        """Choose the shortest way out: to where the peer is heard from, else to where it wants it."""
        sock, protection = self._rtp.sock, self._protection
        target = self._source or self._signalled
        if target is None:
            self.sender = self._nowhere
        elif protection is not None:
            self.sender = lambda packet: sock.sendto(protection.protect(packet), target)
        elif self._connected_at is not None:
            self.sender = sock.send
        else:
            self.sender = lambda packet: sock.sendto(packet, target)

    @staticmethod
    def _nowhere(packet: Buffer) -> None:
        """There is no address yet."""

    def send_report(self, packet: bytes) -> None:
        """Send RTCP where it was asked for (RFC 3605), along with the sound (RFC 5761), or one port up (RFC 3550 §11);
        a peer whose sound comes from elsewhere than it said gets it there too."""
        target = self._source or self._signalled
        if target is None or self.terms is None:
            return
        sock: socket.socket = self._rtcp.sock
        if self.terms.rtcp_mux:
            sock = self._rtp.sock
        elif self.terms.rtcp_address is not None and target[0] == self.terms.rtcp_address[0]:
            target = self.terms.rtcp_address
        else:
            target = (target[0], target[1] + 1, *target[2:])
        with contextlib.suppress(OSError, OverflowError, pylibsrtp.Error):
            data = packet if self._protection is None else self._protection.protect_rtcp(packet)
            sock.sendto(data, target)

    def look_after(self, now: float) -> None:
        if self._connected_at is not None and now - self._connected_at > SETTLED_AFTER:
            self._rtp.connected = True
        self._quiet = self._heard_at is not None and not self._rtp.connected and now - self._heard_at > QUIET_AFTER

    def close(self) -> None:
        self._rtp.sock.close()
        self._rtcp.sock.close()
