"""Keys of SRTP within a description: the crypto attribute of RFC 4568, with the suites of §6.2 and RFC 7714 §14.

A line is taken only when all of it is understood: an answer to it is a promise to do what it says (§5.1.2). Keys show
in no repr and in no error.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, field

from yuelai.wire.errors import PeerError

_KEY_OCTETS = {
    "AES_CM_128_HMAC_SHA1_80": 30,
    "AES_CM_128_HMAC_SHA1_32": 30,
    "AEAD_AES_128_GCM": 28,
    "AEAD_AES_256_GCM": 44,
}
"""Master key and master salt together."""

SUITES = tuple(_KEY_OCTETS)
"""What can be spoken."""

OFFERED = SUITES[:2]
"""What we offer, the preferred first: every phone that speaks SDES knows one of these."""

MAX_TAG = 999_999_999
MAX_LIFETIME = 48
"""The logarithm to base 2 of most packets under one key (§6.1)."""


@dataclass(frozen=True)
class CryptoLine:
    """One `a=crypto`: `key` is the master key followed by its salt, `lifetime` in packets when said."""

    tag: int
    suite: str
    key: bytes = field(repr=False)
    lifetime: int | None = None

    def __str__(self) -> str:
        """The attribute's value. It holds the key: for a description, never for a log."""
        return f"{self.tag} {self.suite} inline:{base64.b64encode(self.key).decode()}"


def new_key(suite: str) -> bytes:
    """Return a fresh master key with its salt. Raises KeyError for a suite we cannot speak."""
    return secrets.token_bytes(_KEY_OCTETS[suite])


def parse_crypto(value: str) -> CryptoLine:
    """Read an attribute's value (§9.1). Raises PeerError when it is malformed or holds what we cannot do: another
    suite, a master key identifier, several keys, or a session parameter that is not ours to ignore."""
    parts = value.split()
    if len(parts) < 3:
        raise PeerError("a crypto line of too few parts")
    tag, suite, parameters, *session = parts
    if not (tag.isascii() and tag.isdigit() and 0 < len(tag) <= 9):
        raise PeerError("a crypto line without a tag")
    suite = suite.upper()
    if suite not in _KEY_OCTETS:
        raise PeerError("another suite than ours")
    for said in session:
        # The hint at a window (§6.3.6) binds nobody; of the others only those with a dash may be ignored (§6.3.7).
        if not said.startswith("-") and not said.upper().startswith("WSH="):
            raise PeerError("a session parameter we do not follow")
    key, lifetime = _parse_key(parameters, _KEY_OCTETS[suite])
    return CryptoLine(int(tag), suite, key, lifetime)


def _parse_key(parameters: str, octets: int) -> tuple[bytes, int | None]:
    method, colon, rest = parameters.partition(":")
    if not colon or method.lower() != "inline" or ";" in rest:
        raise PeerError("not one key in the line")
    encoded, *more = rest.split("|")
    if any(":" in part for part in more) or len(more) > 1:
        raise PeerError("a master key identifier")
    try:
        # Some leave the padding out.
        key = base64.b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise PeerError("a key that is no base64") from None
    if len(key) != octets:
        raise PeerError("a key of another length than its suite's")
    return key, _parse_lifetime(more[0]) if more else None


def _parse_lifetime(text: str) -> int:
    power = text.removeprefix("2^")
    if not (power.isascii() and power.isdigit() and len(power) <= 15):
        raise PeerError("a lifetime that is no number")
    if power != text:
        if int(power) > MAX_LIFETIME:
            raise PeerError("a lifetime that is too long")
        return 1 << int(power)
    if not 0 < int(power) <= 1 << MAX_LIFETIME:
        raise PeerError("a lifetime that is too long")
    return int(power)


def readable(values: list[str]) -> list[CryptoLine]:
    """Return those lines we can follow, in their order; of two with one tag the first."""
    found: dict[int, CryptoLine] = {}
    for value in values:
        try:
            line = parse_crypto(value)
        except PeerError:
            continue
        found.setdefault(line.tag, line)
    return list(found.values())
