"""What a destination is offered: a description rewritten to its codecs and protection (RFC 3264 §5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from yuelai.media.ports import Srtp
from yuelai.telephony.ports import Destination
from yuelai.wire.errors import PeerError
from yuelai.wire.sdp import Media, parse_sdp

_CLEAR = {"RTP/SAVP": "RTP/AVP", "RTP/SAVPF": "RTP/AVPF"}

ALWAYS = ("telephone-event", "cn")
"""Stay whatever the policy: keys and comfort noise are no codecs of speech."""


def fitted(sdp: str, place: Destination) -> str:
    """Return an offer as one destination wants it."""
    sdp = preferred(sdp, place.codecs)
    return sdp if place.srtp in (None, Srtp.REQUIRE) else unprotected(sdp)


def unprotected(sdp: str) -> str:
    """Return an offer without the keys in it (RFC 4568); whoever made it must know that the answer has none either."""
    if "a=crypto:" not in sdp:
        return sdp
    try:
        session = parse_sdp(sdp)
    except PeerError:
        return sdp
    for media in session.media:
        if media.protocol in _CLEAR:
            media.protocol = _CLEAR[media.protocol]
            media.remove("crypto")
    return str(session)


def preferred(sdp: str, codecs: Sequence[str]) -> str:
    """Return an offer whose audio names these codecs only, in this order, each with all its payload types.

    A description without any of them, or one that cannot be read, is returned as it is: better another codec than no
    call. Without `codecs` nothing changes. Everything else of it stays.
    """
    if not codecs:
        return sdp
    try:
        session = parse_sdp(sdp)
    except PeerError:
        return sdp
    changed = False
    for media in session.media:
        if media.kind == "audio" and not media.refused:
            changed |= _order(media, [name.lower() for name in codecs])
    return str(session) if changed else sdp


def _order(media: Media, wanted: list[str]) -> bool:
    found = {codec.payload_type: codec.name.lower() for codec in media.codecs}
    kept = [number for name in wanted for number, theirs in found.items() if theirs == name]
    if not kept:
        return False
    kept += [number for number, theirs in found.items() if theirs in ALWAYS and theirs not in wanted]
    media.formats[:] = [str(number) for number in kept]
    media.attributes[:] = [
        (name, value)
        for name, value in media.attributes
        if name not in ("rtpmap", "fmtp", "rtcp-fb") or _payload_type(value) in (*kept, None)
    ]
    return True


def _payload_type(value: str | None) -> int | None:
    """None for what is about all of them (`*`)."""
    number = (value or "").partition(" ")[0]
    return int(number) if number.isascii() and number.isdigit() else None
