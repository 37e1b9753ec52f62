"""What may be kept of a message: nothing by which somebody could sign in, listen in, or know what keys were pressed."""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(
    rb"^((?:proxy-)?authorization[ \t]*:)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE
)
_PARAMETER = re.compile(rb'([A-Za-z][A-Za-z0-9_-]*)[ \t\r\n]*=[ \t\r\n]*("(?:[^"\\]|\\.)*"|[^\s,"]+)')
_TOLD = frozenset({b"username", b"realm", b"nonce", b"uri", b"algorithm", b"nc", b"qop", b"opaque"})
"""Of a digest (RFC 7616 §3.4); without `response` the rest is what anybody on the way may know."""
_CRYPTO = re.compile(rb"^a=crypto:[^\r\n]*", re.IGNORECASE | re.MULTILINE)
_INLINE = re.compile(rb"(inline:)([^\r\n |;]+)", re.IGNORECASE)
"""There may be several in a line (RFC 4568 §6.1)."""
_OTHER_KEYS = re.compile(rb"(^(?:k=|a=key-mgmt:))([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
"""RFC 4566 §5.12, RFC 4567."""
_KEY = re.compile(rb"(^[ \t]*Signal[ \t]*=[ \t]*)([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
_BARE_KEY = re.compile(rb"\r\n(?:content-type|c)[ \t]*:[ \t]*application/dtmf[ \t]*(?:;|\r|\Z)", re.IGNORECASE)
"""The key is all of such a body."""


_NOT_BLANK = re.compile(rb"[^\r\n]")


def redacted(data: bytes) -> bytes:
    """Return the message as it may be kept. Bodies keep their length, so that Content-Length stays true.

    Blanked are credentials (RFC 3261 §22), keys of SRTP in SDP (RFC 4568) and keys pressed, sent by INFO.
    """
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        # Not a whole message; perhaps its lines end otherwise.
        return _body(_CREDENTIALS.sub(_credentials, data))
    # A quick look spares most messages the slow one.
    if b"uthorization" in head or b"AUTHORIZATION" in head.upper():
        head = _CREDENTIALS.sub(_credentials, head)
    if body and _BARE_KEY.search(head):
        return head + blank + _NOT_BLANK.sub(b"x", body)
    return head + blank + _body(body) if body else head + blank


def _body(body: bytes) -> bytes:
    body = _CRYPTO.sub(lambda line: _INLINE.sub(_starred, line[0]), body)
    body = _OTHER_KEYS.sub(_starred, body)
    return _KEY.sub(lambda found: found[1] + b"x" * len(found[2]), body)


def _starred(found: re.Match[bytes]) -> bytes:
    return found[1] + b"*" * len(found[2])


def _credentials(found: re.Match[bytes]) -> bytes:
    scheme, _, rest = found[2].strip().partition(b" ")
    if scheme.lower() != b"digest":
        return found[1] + b" ***"
    told = [
        b"%s=%s" % (name, b" ".join(value.split())) for name, value in _PARAMETER.findall(rest) if name.lower() in _TOLD
    ]
    return found[1] + b" Digest " + b", ".join([*told, b'response="***"'])
