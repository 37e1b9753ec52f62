"""SRTP of a plain leg, with keys from its description (RFC 3711, RFC 4568)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pylibsrtp

from yuelai.media.embedded.leg import Buffer
from yuelai.media.embedded.terms import Crypto
from yuelai.media.ports import MediaError

MOST_SOURCES = 256
"""Whose packets of one key are opened: libsrtp keeps each sender (SSRC) for ever, and looks through all of them at each
packet. Whoever is called by a queue's music, its agents and their transfers hears a few dozen."""


class Opening:
    """What comes under one key. Raises nothing: what cannot be opened is None."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._known: set[bytes] = set()

    def rtp(self, data: bytes) -> bytes | None:
        return self._open(self._session.unprotect, data, data[8:12])

    def rtcp(self, data: bytes) -> bytes | None:
        return self._open(self._session.unprotect_rtcp, data, data[4:8])

    def _open(self, unprotect: Callable[[bytes], bytes], data: bytes, source: bytes) -> bytes | None:
        new = source not in self._known
        if new and len(self._known) >= MOST_SOURCES:
            return None
        try:
            plain = unprotect(data)
        except (pylibsrtp.Error, ValueError):
            return None
        if new:
            self._known.add(source)
        return plain


class Protection:
    """Both directions; kept for as long as the keys are the same, since counting packets begins anew with it."""

    def __init__(self, crypto: Crypto, before: Protection | None = None) -> None:
        """A direction whose key is that of `before` goes on with its count: packets are numbered beyond 16 bits by both
        ends (RFC 3711 §3.3.1), and whoever begins anew is not understood any more.

        Raises MediaError for keys or a suite that libsrtp does not take.
        """
        self.crypto = crypto
        self._out: Any
        self._in: Opening
        same = before is not None and before.crypto.suite == crypto.suite
        try:
            if before is not None and same and before.crypto.ours == crypto.ours:
                self._out = before._out
            else:
                self._out = _session(crypto, crypto.ours, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
            if before is not None and same and before.crypto.theirs == crypto.theirs:
                self._in = before._in
            else:
                self._in = Opening(_session(crypto, crypto.theirs, pylibsrtp.Policy.SSRC_ANY_INBOUND))
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
        return self._in.rtp(data)

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        return self._in.rtcp(data)


def _session(crypto: Crypto, key: bytes, direction: int) -> Any:
    profile = getattr(pylibsrtp.Policy, f"SRTP_PROFILE_{crypto.profile}")
    return pylibsrtp.Session(pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=profile))
