"""Whose fault: what the peer did wrong on the wire. Our own misuse stays ValueError or TypeError."""

from __future__ import annotations


class PeerError(ValueError):
    """The peer sent bytes that its protocol does not allow; the message says what, never the bytes themselves."""
