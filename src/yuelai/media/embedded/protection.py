"""SRTP of a plain leg, with keys from its description (RFC 3711, RFC 4568)."""

from __future__ import annotations

import pylibsrtp
import structlog

from yuelai.media.embedded.leg import Buffer
from yuelai.media.embedded.terms import Crypto
from yuelai.media.ports import MediaError

log = structlog.get_logger()

WINDOW = 1024
"""Packets that may come out of order; the same one is taken once."""


class Protection:
    """Both directions; kept for as long as the keys are the same, since counting packets begins anew with it."""

    def __init__(self, crypto: Crypto) -> None:
        """Raises MediaError for keys or a suite that libsrtp does not take."""
        self.crypto = crypto
        try:
            profile = getattr(pylibsrtp.Policy, f"SRTP_PROFILE_{crypto.profile}")
            self._out = pylibsrtp.Session(
                pylibsrtp.Policy(key=crypto.ours, ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile)
            )
            self._in = pylibsrtp.Session(
                pylibsrtp.Policy(key=crypto.theirs, ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND, srtp_profile=profile)
            )
        except (AttributeError, TypeError, ValueError, pylibsrtp.Error):
            raise MediaError(f"{crypto.suite} cannot be spoken") from None

    def protect(self, packet: Buffer) -> bytes:
        """Raises pylibsrtp.Error: a number that was used already."""
        sealed: bytes = self._out.protect(bytes(packet))
        return sealed

    def protect_rtcp(self, packet: bytes) -> bytes:
        sealed: bytes = self._out.protect_rtcp(packet)
        return sealed

    def unprotect(self, data: bytes) -> bytes | None:
        try:
            plain: bytes = self._in.unprotect(data)
        except (pylibsrtp.Error, TypeError):
            return None
        return plain

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        try:
            plain: bytes = self._in.unprotect_rtcp(data)
        except (pylibsrtp.Error, TypeError):
            return None
        return plain
