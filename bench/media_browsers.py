"""Browsers for the media bench, without a browser: ICE check, DTLS handshake, protected G.711 from our sockets."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import struct
import time
from typing import Any, cast

import numpy as np
from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from media_load import FRAME, PERIOD, Result

from yuelai.media.client import EmbeddedMediaEngine
from yuelai.media.ports import LegKind
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.sdp import parse_sdp

SETTLE = 1.0
_CERTIFICATE = RTCCertificate.generateCertificate()


class Page(asyncio.DatagramProtocol):
    """One peer. Also what aiortc takes for an ICE transport: `_recv`, `_send`, `role`, `stop`."""

    role = "controlling"

    def __init__(self) -> None:
        self.leg = LegId(new_id())
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._arrived: asyncio.Queue[bytes] = asyncio.Queue()
        self._checked = asyncio.Event()
        self._dtls: Any = RTCDtlsTransport(cast(Any, self), [_CERTIFICATE])
        self._ssrc, self._tick = secrets.randbits(32), 0
        self.forget()

    def forget(self) -> None:
        self.count, self.first, self.highest = 0, -1, 0
        self.heard_at, self.deviations = 0.0, list[float]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data[0] < 4:
            self._checked.set()
        elif data[0] < 64:
            self._arrived.put_nowait(data)
        elif not 192 <= data[1] <= 223:
            now, sequence = time.monotonic(), int.from_bytes(data[2:4], "big")
            self.first = sequence if self.first < 0 else self.first
            self.count += 1
            self.highest = max(self.highest, (sequence - self.first) & 0xFFFF)
            if self.heard_at:
                self.deviations.append(abs(now - self.heard_at - PERIOD))
            self.heard_at = now

    async def _recv(self) -> bytes:
        return await self._arrived.get()

    async def _send(self, data: bytes) -> None:
        self._transport.sendto(data, self._target)

    async def stop(self) -> None:
        return None

    @property
    def offer(self) -> str:
        port = self._transport.get_extra_info("sockname")[1]
        fingerprint = next(f for f in _CERTIFICATE.getFingerprints() if f.algorithm == "sha-256")
        lines = [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
            f"m=audio {port} UDP/TLS/RTP/SAVPF 0", "c=IN IP4 127.0.0.1", "a=mid:0", "a=rtcp-mux", "a=sendrecv",
            f"a=ice-ufrag:{self._ufrag}", f"a=ice-pwd:{self._password}",
            f"a=fingerprint:sha-256 {fingerprint.value}", "a=setup:actpass", "a=rtpmap:0 PCMU/8000",
            f"a=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host",
        ]  # fmt: skip
        return "\r\n".join(lines) + "\r\n"

    async def connect(self, answer: str) -> None:
        session = parse_sdp(answer)
        media = session.audio
        ice, fingerprint = session.ice(media), session.fingerprint(media)
        assert ice is not None
        assert fingerprint is not None
        self._target = ("127.0.0.1", media.port)
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{ice[0]}:{self._ufrag}"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 1
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(ice[1].encode())
        self._transport.sendto(bytes(request), self._target)
        await asyncio.wait_for(self._checked.wait(), 5)
        self._dtls._set_role("client")
        await self._dtls.start(RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(*fingerprint)]))
        assert self._dtls.state == "connected"

    def speak(self) -> None:
        header = struct.pack(
            "!BBHII", 0x80, 0, self._tick & 0xFFFF, (self._tick * FRAME) & 0xFFFFFFFF, self._ssrc
        )  # fmt: skip
        self._tick += 1
        self._transport.sendto(self._dtls._tx_srtp.protect(header + b"\xf5" * FRAME), self._target)

    def close(self) -> None:
        self._transport.close()


async def join(engine: EmbeddedMediaEngine, count: int) -> list[Page]:
    """Return connected pages, bridged in pairs."""
    loop, pages = asyncio.get_running_loop(), list[Page]()
    for _ in range(count):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        page = Page()
        await loop.create_datagram_endpoint(lambda page=page: page, sock=sock)  # type: ignore[misc]
        beside = pages[-1].leg if len(pages) % 2 else None
        await page.connect(
            await engine.create_leg(page.leg, LegKind.BROWSER, lambda _: None, offer=page.offer, beside=beside)
        )
        if beside is not None:
            await engine.bridge(page.leg, beside)
        pages.append(page)
    return pages


async def talk(pages: list[Page], seconds: float) -> Result:
    """Speak for so long, in 20 groups a tick; the first second does not count."""
    loop, late, turn, counting = asyncio.get_running_loop(), 0, 0, False
    begun, step = loop.time(), PERIOD / 20
    while loop.time() - begun < seconds + SETTLE:
        if not counting and loop.time() - begun >= SETTLE:
            counting, late = True, 0
            for page in pages:
                page.forget()
        for page in pages[turn % 20 :: 20]:
            page.speak()
        turn += 1
        late += loop.time() - begun - turn * step > 0.005
        await asyncio.sleep(max(0.0, begun + turn * step - loop.time()))
    received = sum(page.count for page in pages)
    lost = sum(page.highest + 1 - page.count for page in pages if page.count)
    deviations = np.concatenate([page.deviations for page in pages] or [np.zeros(1)])
    gap = round(float(np.percentile(deviations, 99)) * 1000, 2)
    return Result(int(seconds / PERIOD) * len(pages), received, lost, sum(p.count > 0 for p in pages), gap, late)


async def leave(pages: list[Page]) -> None:
    for page in pages:
        with contextlib.suppress(Exception):
            page.close()
