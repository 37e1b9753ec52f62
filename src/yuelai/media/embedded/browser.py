"""A browser's leg: ICE-lite, DTLS-SRTP (RFC 5764), rtcp-mux, G.711, on one port of ours.

The handshake is aiortc's; once it is done, packets are protected and unprotected here, in the tick, without a task
switch each. That leans on private names of aiortc (`_set_role`, `_rx_srtp`, `_tx_srtp`): its version is pinned, and a
test with Chromium guards it.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from typing import Any, cast

import pylibsrtp
import structlog
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from yuelai.media.embedded.descriptions import describe_answer, describe_offer
from yuelai.media.embedded.ice import Address, DtlsPath, IceLite, host_addresses
from yuelai.media.embedded.plain import MAX_PER_TICK
from yuelai.media.embedded.sockets import PortPool
from yuelai.media.embedded.stream import RtpStream, spoken
from yuelai.media.embedded.terms import Origin, Terms, read_answer, read_offer
from yuelai.media.ports import LegKind, LegOptions, MediaError
from yuelai.wire.rtp import MAX_DATAGRAM, is_rtcp
from yuelai.wire.sdp import Media, Session

log = structlog.get_logger()

_OPTIONS = LegOptions(codecs=("PCMU", "PCMA"))
_DAY = 86_400
_ROLES = {"active": "client", "passive": "server"}


@functools.lru_cache(1)
def _certificate_of(day: int) -> Any:
    return RTCCertificate.generateCertificate()


def certificate() -> Any:
    """Return today's certificate; all legs share it (it is known by its fingerprint, not by a name)."""
    return _certificate_of(int(time.time()) // _DAY)


class BrowserTransport:
    """DTLS is set up once a leg; a page that reloads comes back as a new leg."""

    def __init__(self, pool: PortPool, advertised: str, stream: RtpStream) -> None:
        self._sock = pool.single()
        self._origin, self._stream = Origin(advertised, LegKind.BROWSER), stream
        self._ice = IceLite(host_addresses(pool.bind, advertised), self._port, self._put)
        self._path = DtlsPath(self._ice)
        self._certificate = certificate()
        self._dtls: Any = RTCDtlsTransport(cast(Any, self._path), [self._certificate])
        self._setup = "actpass"
        """Our role as SDP says it; settled by the first answer, either way, and repeated ever after."""
        self._peer: tuple[str, str] | None = None
        """The page's fingerprint: its algorithm and value."""
        self._peer_ufrag: str | None = None
        self._handshake: asyncio.Task[None] | None = None
        self._protected = self._consented = False
        self.terms: Terms | None = None
        # A handshake must not wait for ticks; once it is over, the tick reads.
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._sock, self._readable)

    @property
    def ready(self) -> bool:
        return self._protected and self._consented and self.terms is not None and self.terms.sending

    # Descriptions

    def offer(self) -> str:
        session, audio = describe_offer(self._origin, self._port, _OPTIONS)
        return self._complete(session, audio, mid="0", setup="actpass")

    def take_offer(self, sdp: str) -> str:
        """Raises MediaError; what stands then goes on."""
        terms = self._checked(read_offer(sdp, self._origin, _OPTIONS))
        if self._setup == "actpass":
            # Passive unless the page insists: its ClientHello comes as soon as its checks succeed.
            self._setup = "active" if terms.session.setup(terms.media) == "passive" else "passive"
        self._agree(terms)
        session, audio = describe_answer(terms, self._origin, self._port)
        return self._complete(session, audio, mid=terms.media.get("mid"), setup=self._setup)

    def take_answer(self, sdp: str) -> None:
        """Raises MediaError."""
        terms = self._checked(read_answer(sdp, self._origin, _OPTIONS))
        if self._setup == "actpass":
            self._setup = "active" if terms.session.setup(terms.media) == "passive" else "passive"
        self._agree(terms)

    def _checked(self, terms: Terms) -> Terms:
        spoken(terms)
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
        if self._peer_ufrag not in (None, ice[0]):
            self._ice.restart()
        self._peer_ufrag = ice[0]
        self.terms = self._origin.terms = terms
        self._stream.agree(terms)
        if self._handshake is None:
            self._handshake = asyncio.ensure_future(self._shake_hands())

    @property
    def _port(self) -> int:
        port: int = self._sock.getsockname()[1]
        return port

    def _complete(self, session: Session, audio: Media, *, mid: str | None, setup: str) -> str:
        """Add what a browser insists on: it answers 488 without fingerprint, credentials or rtcp-mux."""
        session.add("ice-lite")
        if mid is not None:
            session.add("group", f"BUNDLE {mid}")
            audio.add("mid", mid)
        # Without a stream id the page's `track` event would carry no stream to attach.
        session.add("msid-semantic", " WMS yuelai")
        audio.add("msid", "yuelai audio")
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

    # Packets

    def _put(self, data: bytes, target: Address) -> None:
        with contextlib.suppress(OSError):
            self._sock.sendto(data, target)

    async def _shake_hands(self) -> None:
        assert self._peer is not None
        # As client we would speak first, but there is nobody to speak to before the first check.
        await self._ice.validated.wait()
        self._dtls._set_role(_ROLES[self._setup])
        self._dtls.on("statechange", self._state_changed)
        await self._dtls.start(RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(*self._peer)]))

    def _state_changed(self) -> None:
        self._protected = self._dtls.state == "connected"
        if self._protected:
            self._loop.remove_reader(self._sock)
        elif self._dtls.state == "failed":
            log.warning("dtls_failed", port=self._port)

    def _readable(self) -> None:
        self.drain(time.monotonic())

    def drain(self, now: float) -> None:
        """Take in what has arrived."""
        with contextlib.suppress(BlockingIOError, ConnectionError):
            for _ in range(MAX_PER_TICK):
                data, source = self._sock.recvfrom(MAX_DATAGRAM)
                if data:
                    self._take(data, source, now)
        self._consented = self._ice.consents(now)

    def _take(self, data: bytes, source: Address, now: float) -> None:
        first = data[0]  # RFC 7983 §7 tells the protocols apart by it.
        if first < 4:
            self._ice.take(data, source, now)
        elif 20 <= first < 64:
            if self._ice.admits(source):
                self._path.feed(data)
        elif 128 <= first < 192 and self._protected:
            with contextlib.suppress(pylibsrtp.Error):
                if is_rtcp(data):
                    self._stream.receive_rtcp(self._dtls._rx_srtp.unprotect_rtcp(data), now)
                else:
                    self._stream.receive(self._dtls._rx_srtp.unprotect(data), now)

    def send(self, packet: bytes) -> None:
        self._ice.send(self._dtls._tx_srtp.protect(packet))

    def send_report(self, packet: bytes) -> None:
        self._ice.send(self._dtls._tx_srtp.protect_rtcp(packet))

    def close(self) -> None:
        self._loop.remove_reader(self._sock)
        self._protected = False
        if self._handshake is not None:
            self._handshake.cancel()
        # Ends the task that aiortc reads with; without a path there is no close_notify, the BYE tells the page.
        self._path.feed(None)
        self._sock.close()
