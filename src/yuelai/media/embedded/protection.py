"""SRTP of a plain leg, with keys from its description (RFC 3711, RFC 4568)."""

from __future__ import annotations

from typing import Any

import pylibsrtp

from yuelai.media.embedded.leg import Buffer
from yuelai.media.embedded.terms import Crypto
from yuelai.media.ports import MediaError


class Protection:
    """Both directions; kept for as long as the keys are the same, since counting packets begins anew with it."""

    def __init__(self, crypto: Crypto, before: Protection | None = None) -> None:
        """A direction whose key is that of `before` goes on with its count: packets are numbered beyond 16 bits by both
        ends (RFC 3711 §3.3.1), and whoever begins anew is not understood any more.

        Raises MediaError for keys or a suite that libsrtp does not take.
        """
        self.crypto = crypto
        self._out: Any
        self._in: Any
        same = before is not None and before.crypto.suite == crypto.suite
        try:
            if before is not None and same and before.crypto.ours == crypto.ours:
                self._out = before._out
            else:
                self._out = _session(crypto, crypto.ours, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
            if before is not None and same and before.crypto.theirs == crypto.theirs:
                self._in = before._in
            else:
                self._in = _session(crypto, crypto.theirs, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        except (AttributeError, TypeError, ValueError, pylibsrtp.Error):
            raise MediaError(f"{crypto.suite} cannot be spoken") from None

    def protect(self, packet: Buffer) -> bytes:
        """Raises pylibsrtp.Error: a number that was used already; ValueError: longer than any packet is."""
        sealed: bytes = self._out.protect(bytes(packet))
        return sealed

    def protect_rtcp(self, packet: bytes) -> bytes:
        sealed: bytes = self._out.protect_rtcp(packet)
        return sealed

    def unprotect(self, data: bytes) -> bytes | None:
        try:
            plain: bytes = self._in.unprotect(data)
        except (pylibsrtp.Error, ValueError):
            return None
        return plain

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        try:
            plain: bytes = self._in.unprotect_rtcp(data)
        except (pylibsrtp.Error, ValueError):
            return None
        return plain


def _session(crypto: Crypto, key: bytes, direction: int) -> Any:
    profile = getattr(pylibsrtp.Policy, f"SRTP_PROFILE_{crypto.profile}")
    return pylibsrtp.Session(pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=profile))
