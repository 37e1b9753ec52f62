"""A phone whose sound is protected by keys in its description (RFC 4568)."""

from __future__ import annotations

import asyncio
import contextlib

import pylibsrtp

from tests.media.rtp_phone import Phone
from yuelai.wire.g711 import Law
from yuelai.wire.rtp import is_rtcp
from yuelai.wire.sdes import CryptoLine, new_key, readable
from yuelai.wire.sdp import parse_sdp

PROFILES = {
    "AES_CM_128_HMAC_SHA1_80": pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    "AES_CM_128_HMAC_SHA1_32": pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
    "AEAD_AES_128_GCM": pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    "AEAD_AES_256_GCM": pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
}


class SrtpPhone(Phone):
    """Offers one suite, within `protocol`, or takes the first of an offer; counts what it could not open."""

    def __init__(
        self, law: Law = Law.PCMU, *, suite: str = "AES_CM_128_HMAC_SHA1_80", protocol: str = "RTP/SAVP"
    ) -> None:
        super().__init__(law)
        self.protocol = protocol
        self.line = CryptoLine(1, suite, new_key(suite))
        self.unopened = 0
        self.exposed = False
        """It sends in the clear, as somebody would who sees its packets, but not its keys."""
        self._ours: pylibsrtp.Session | None = None
        self._theirs: pylibsrtp.Session | None = None

    def describe(self, direction: str = "sendrecv") -> str:
        return super().describe(direction).replace("RTP/AVP", self.protocol) + f"a=crypto:{self.line}\r\n"

    def answer_to(self, offer: str) -> str:
        """Take the first key offered and say so."""
        first = readable(parse_sdp(offer).audio.all("crypto"))[0]
        self.line = CryptoLine(first.tag, first.suite, new_key(first.suite))
        return self.describe()

    def rekey(self) -> None:
        """Describe itself with a new key from now on; it counts once it has been taken."""
        self.line = CryptoLine(self.line.tag, self.line.suite, new_key(self.line.suite))
        self._ours = None

    def take(self, sdp: str) -> None:
        (theirs,) = [line for line in readable(parse_sdp(sdp).audio.all("crypto")) if line.tag == self.line.tag]
        profile = PROFILES[self.line.suite]
        if self._ours is None:
            policy = pylibsrtp.Policy(self.line.key, pylibsrtp.Policy.SSRC_ANY_OUTBOUND, 0, profile)
            self._ours = pylibsrtp.Session(policy)
        if self._theirs is None:
            policy = pylibsrtp.Policy(theirs.key, pylibsrtp.Policy.SSRC_ANY_INBOUND, 0, profile)
            self._theirs = pylibsrtp.Session(policy)
        super().take(sdp)

    async def __aenter__(self) -> SrtpPhone:
        await super().__aenter__()
        assert self._transport is not None
        plain, phone = self._transport, self

        class Protected(asyncio.DatagramTransport):
            """Sends what the phone sends, protected."""

            def sendto(self, data: bytes, addr: tuple[str, int] | None = None) -> None:
                assert phone._ours is not None
                plain.sendto(data if phone.exposed else phone._ours.protect(bytes(data)), addr)

            def get_extra_info(self, name: str, default: object = None) -> object:
                return plain.get_extra_info(name, default)

            def close(self) -> None:
                plain.close()

        self._transport = Protected()
        return self

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr == self.target and self._theirs is not None and not is_rtcp(data):
            opened = None
            with contextlib.suppress(pylibsrtp.Error):
                opened = self._theirs.unprotect(data)
            if opened is None:
                self.unopened += 1
                return
            data = opened
        super().datagram_received(data, addr)
