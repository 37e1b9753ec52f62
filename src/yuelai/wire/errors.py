"""Whose fault: what the peer did wrong on the wire. Our own misuse stays ValueError or TypeError."""

from __future__ import annotations


class PeerError(ValueError):
    """The peer sent bytes that its protocol does not allow; the message says what, never the bytes themselves."""

    status = 400
    """What a request that holds it is answered with (RFC 3261 §21.4)."""


class VersionUnknown(PeerError):
    """A version of SIP that nobody speaks (RFC 3261 §21.5.6)."""

    status = 505


class TooLong(PeerError):
    """A request longer than we read (RFC 3261 §21.5.7)."""

    status = 513
