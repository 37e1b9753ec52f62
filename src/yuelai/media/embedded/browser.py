"""A browser's leg: ICE-lite, DTLS-SRTP (RFC 5764), rtcp-mux, on one port of ours.

The handshake is aiortc's; once it is done, packets are protected and unprotected here, in the batch path, without a
task switch each. That leans on private names of aiortc (`_set_role`, `_rx_srtp`, `_tx_srtp`): its version is pinned,
and a test with Chromium guards it.

Of G.711 and Opus both are agreed on where the page knows them, so that either side may change from one to the other at
any packet. We send what the options prefer, and Opus while the link is poor: its packets tell again what the one before
said, and are a third of the size.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import Callable
from typing import Any, cast

import pylibsrtp
import structlog
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from yuelai.media.embedded.descriptions import describe_answer, describe_offer
from yuelai.media.embedded.ice import Address, DtlsPath, IceLite, host_addresses
from yuelai.media.embedded.io import Port, Ports
from yuelai.media.embedded.leg import Buffer
from yuelai.media.embedded.protection import Opening
from yuelai.media.embedded.sockets import PortPool
from yuelai.media.embedded.terms import Origin, Terms, read_answer, read_offer
from yuelai.media.ports import LegKind, LegOptions, MediaError
from yuelai.wire.rtp import MAX_DATAGRAM
from yuelai.wire.sdp import Media, Session

log = structlog.get_logger()

MAX_PER_READ = 32
"""Datagrams read at a time during the handshake, by which the loop is not held up."""

_DAY = 86_400
_ROLES = {"active": "client", "passive": "server"}
_ROBUST = "opus"


@functools.lru_cache(1)
def _certificate_of(day: int) -> Any:
    return RTCCertificate.generateCertificate()


def certificate() -> Any:
    """Return today's certificate; all legs share it (it is known by its fingerprint, not by a name)."""
    return _certificate_of(int(time.time()) // _DAY)


class BrowserTransport:
    """Implements `leg.Transport`. DTLS is set up once a leg; a page that reloads comes back as a new leg.

    `changed` is called whenever `ready` or `terms` became different outside of a verb.
    """

    eager = True
    """It adds its port to the batch path itself: a handshake must not wait for ticks."""

    def __init__(
        self, pool: PortPool, advertised: str, options: LegOptions, changed: Callable[[], None], ports: Ports
    ) -> None:
        self._sock = pool.single()
        self._origin, self._options = Origin(advertised, LegKind.BROWSER), options
        self._changed, self._batch = changed, ports
        port = Port(self._sock, self, protected=True)
        self.ports: tuple[Port, ...] = (port,)
        self._number = port.number
        self._ice = IceLite(host_addresses(pool.bind, advertised), self._number, self._put)
        self._path = DtlsPath(self._ice)
        self._certificate = certificate()
        self._dtls: Any = RTCDtlsTransport(cast(Any, self._path), [self._certificate])
        self._setup = "actpass"
        """Our role as SDP says it; settled by the first answer, either way, and repeated ever after."""
        self._peer: tuple[str, str] | None = None
        """The page's fingerprint: its algorithm and value."""
        self._peer_ufrag: str | None = None
        self._handshake: asyncio.Task[None] | None = None
        self._protected = self._consented = self._poor = False
        self._opening: Opening | None = None
        self._agreed: Terms | None = None
        self.terms: Terms | None = None
        self.sender: Callable[[Buffer], object] = self._send
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._sock, self._readable)

    @property
    def ready(self) -> bool:
        return self._protected and self._consented and self.terms is not None and self.terms.sending

    # Descriptions

    def offer(self, options: LegOptions | None = None) -> str:
        """Return a first or a later offer; ICE goes on as it is."""
        self._options = options or self._options
        session, audio = describe_offer(self._origin, self._number, self._options)
        mid = (self._agreed.media.get("mid") if self._agreed is not None else None) or "0"
        return self._complete(session, audio, mid=mid, setup="actpass")

    def take_offer(self, sdp: str) -> str:
        """Raises MediaError; what stands then goes on."""
        terms = self._checked(read_offer(sdp, self._origin, self._options))
        session, audio = describe_answer(terms, self._origin, self._number)
        ice = terms.session.ice(terms.media)
        if ice is not None and self._peer_ufrag not in (None, ice[0]):
            self._ice.restart()
        self._agree(terms)
        return self._complete(session, audio, mid=terms.media.get("mid"), setup=self._setup)

    def take_answer(self, sdp: str) -> None:
        """Raises MediaError."""
        self._agree(self._checked(read_answer(sdp, self._origin, self._options)))

    def adjust(self, options: LegOptions) -> None:
        self._options = options

    def link(self, poor: bool) -> bool:
        """Say whether the link is poor; return whether another codec is sent from now on."""
        self._poor = poor
        if self._agreed is None:
            return False
        before, self.terms = self.terms, self._fitting(self._agreed)
        if before is not None and before.codec == self.terms.codec:
            return False
        self._changed()
        return True

    def _fitting(self, terms: Terms) -> Terms:
        """The terms as they were agreed on, with the codec for this link."""
        robust = next((codec for codec in terms.answered if codec.name == _ROBUST), None)
        return terms.speaking(robust) if self._poor and robust is not None else terms

    def _checked(self, terms: Terms) -> Terms:
        session, media = terms.session, terms.media
        ice, fingerprint = session.ice(media), session.fingerprint(media)
        if ice is None or fingerprint is None or not media.rtcp_mux:
            raise MediaError("a browser's leg needs ICE, a fingerprint and rtcp-mux")
        if self._peer not in (None, fingerprint):
            raise MediaError("another certificate is another leg")
        return terms

    def _agree(self, terms: Terms) -> None:
        ice, self._peer = terms.session.ice(terms.media), terms.session.fingerprint(terms.media)
        assert ice is not None
        self._peer_ufrag = ice[0]
        if self._setup == "actpass":
            # Passive unless the page insists: its ClientHello comes as soon as its checks succeed.
            self._setup = "active" if terms.session.setup(terms.media) == "passive" else "passive"
        self._agreed = self._origin.terms = terms
        self.terms = self._fitting(terms)
        if self._handshake is None:
            self._handshake = asyncio.ensure_future(self._shake_hands())

    def _complete(self, session: Session, audio: Media, *, mid: str | None, setup: str) -> str:
        """Add what a browser insists on: it answers 488 without fingerprint, credentials or rtcp-mux."""
        session.add("ice-lite")
        if mid is not None:
            session.add("group", f"BUNDLE {mid}")
            audio.remove("mid")
            audio.add("mid", mid)
        # Without a stream id the page's `track` event would carry no stream to attach.
        session.add("msid-semantic", " WMS yuelai")
        audio.add("msid", "yuelai audio")
        audio.remove("rtcp-mux")
        audio.add("rtcp-mux")
        audio.add("ice-ufrag", self._ice.ufrag)
        audio.add("ice-pwd", self._ice.password)
        fingerprint = next(f for f in self._certificate.getFingerprints() if f.algorithm == "sha-256")
        audio.add("fingerprint", f"sha-256 {fingerprint.value}")
        audio.add("setup", setup)
        for candidate in self._ice.candidates:
            audio.add("candidate", candidate)
        audio.add("end-of-candidates")
        return str(session)

    # The handshake

    async def _shake_hands(self) -> None:
        assert self._peer is not None
        # As client we would speak first, but there is nobody to speak to before the first check.
        await self._ice.validated.wait()
        self._dtls._set_role(_ROLES[self._setup])
        self._dtls.on("statechange", self._state_changed)
        await self._dtls.start(RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(*self._peer)]))

    def _state_changed(self) -> None:
        protected = self._dtls.state == "connected"
        if protected and not self._protected:
            self._opening = Opening(self._dtls._rx_srtp)
            self._loop.remove_reader(self._sock)
            self._batch.add(self.ports[0])
        elif self._dtls.state == "failed":
            self._loop.remove_reader(self._sock)
            log.warning("dtls_failed", port=self._number)
        self._protected = protected
        self._changed()

    def _readable(self) -> None:
        """Before there are keys: checks and the handshake, nothing else."""
        now = time.monotonic()
        with contextlib.suppress(BlockingIOError, ConnectionError):
            for _ in range(MAX_PER_READ):
                data, source = self._sock.recvfrom(MAX_DATAGRAM)
                if data:
                    self.other(data, source, now)
                if self._protected:
                    break

    # Packets

    def admits(self, source: Address, *, report: bool = False) -> bool:
        return self._ice.admits(source)

    def heard(self, source: Address, now: float) -> None:
        """Where to send is said by the page's checks alone."""

    def other(self, data: bytes, source: Address, now: float) -> None:
        """Take what is neither RTP nor RTCP; the first byte tells (RFC 7983 §7)."""
        if data[0] < 4:
            self._ice.take(data, source, now)
            if not self._consented:
                self._look_at_consent(now)
        elif 20 <= data[0] < 64 and self._ice.admits(source):
            self._path.feed(data)

    def unprotect(self, data: bytes) -> bytes | None:
        return None if self._opening is None else self._opening.rtp(data)

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        return None if self._opening is None else self._opening.rtcp(data)

    def _send(self, packet: Buffer) -> None:
        """Send a complete RTP packet while `ready`. Raises OSError and pylibsrtp.Error."""
        self._sock.sendto(self._dtls._tx_srtp.protect(bytes(packet)), cast(Address, self._ice.remote))

    def send_report(self, packet: bytes) -> None:
        if self.ready:
            with contextlib.suppress(pylibsrtp.Error):
                self._ice.send(self._dtls._tx_srtp.protect_rtcp(packet))

    def _put(self, data: bytes, target: Address) -> None:
        with contextlib.suppress(OSError):
            self._sock.sendto(data, target)

    def look_after(self, now: float) -> None:
        """Once a second: a page that has stopped checking wants nothing more (RFC 7675)."""
        self._look_at_consent(now)

    def _look_at_consent(self, now: float) -> None:
        consented = self._ice.consents(now)
        if consented is not self._consented:
            self._consented = consented
            self._changed()

    def close(self) -> None:
        self._loop.remove_reader(self._sock)
        self._batch.remove(self.ports[0])
        self._protected = False
        if self._handshake is not None:
            self._handshake.cancel()
        # Ends the task that aiortc reads with; without a path there is no close_notify, the BYE tells the page.
        self._path.feed(None)
        self._sock.close()
