"""Descriptions (SDP) that are handed from one party to another: made to fit the session they come into. Pure."""

from __future__ import annotations

from dataclasses import replace

from yuelai.wire.errors import PeerError
from yuelai.wire.sdp import Media, parse_sdp

_DIRECTIONS = ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")


def succeeding(previous: str | None, sdp: str) -> str:
    """Return `sdp` as the description that follows `previous` in one session: the origin stays, its version grows
    (RFC 3264 §8). Needed where a party hears somebody else's description, whose origin is another."""
    before, now = _origin(previous or ""), _origin(sdp)
    if before is None or now is None:
        return sdp
    if _identity(before) == _identity(now) and now[2] >= before[2]:
        return sdp
    version = int(before[2]) + 1 if before[2].isdigit() else 1
    line = " ".join([*before[:2], str(version), *before[3:]])
    return sdp.replace(" ".join(now), line, 1)


def _origin(sdp: str) -> list[str] | None:
    for line in sdp.splitlines()[:6]:
        if line.startswith("o="):
            fields = line[2:].split()
            return fields if len(fields) == 6 else None
    return None


def _identity(origin: list[str]) -> list[str]:
    return [*origin[:2], *origin[3:]]


def directed(sdp: str, direction: str) -> str:
    """Return the same description with one direction (RFC 4566 §6) in every medium."""
    lines = [line for line in sdp.splitlines() if line.strip() not in _DIRECTIONS]
    first = next((at for at, line in enumerate(lines) if line.startswith("m=")), len(lines))
    return "\r\n".join([*lines[:first], f"a={direction}", *lines[first:]]) + "\r\n"


def held(sdp: str) -> bool:
    """True when whoever describes itself so does not want to hear (RFC 3264 §8.4)."""
    try:
        session = parse_sdp(sdp)
        return session.direction(session.audio) in ("sendonly", "inactive")
    except PeerError:
        return False


def hears_events(sdp: str | None) -> bool:
    """True when whoever describes itself so takes keys as telephone events (RFC 4733 §7.1)."""
    try:
        return sdp is not None and any(codec.is_("telephone-event") for codec in parse_sdp(sdp).audio.codecs)
    except PeerError:
        return False


def same_place(one: str, other: str) -> bool:
    """True when both want the same sound at the same place, whatever else they say."""
    return _places(one) == _places(other)


def _places(sdp: str) -> list[str]:
    return [line for line in sdp.splitlines() if line.startswith(("m=", "c="))]


def crossed(offer: str, other: str) -> str:
    """Return an answer to `offer` out of what `other`, an offer too, says of its sender: where two callers meet.

    Of each medium the formats are kept that both have under the same number. Raises PeerError when no audio is left.
    """
    asked, given = parse_sdp(offer), parse_sdp(other)
    rest = list(given.media)
    answer: list[Media] = []
    for wanted in asked.media:
        match = next((m for m in rest if (m.kind, m.protocol) == (wanted.kind, wanted.protocol)), None)
        if match is not None:
            rest.remove(match)
        answer.append(_common(wanted, match))
    given.media = answer
    _ = given.audio
    return str(given)


def _common(wanted: Media, match: Media | None) -> Media:
    known = {codec.payload_type: (codec.name.lower(), codec.rate, codec.channels) for codec in wanted.codecs}
    kept = [
        str(codec.payload_type)
        for codec in (match.codecs if match is not None else [])
        if known.get(codec.payload_type) == (codec.name.lower(), codec.rate, codec.channels)
    ]
    if match is None or not kept:
        return Media(kind=wanted.kind, port=0, protocol=wanted.protocol, formats=wanted.formats[:1])
    numbered = ("rtpmap", "fmtp", "rtcp-fb")
    attributes = [
        (name, value)
        for name, value in match.attributes
        if name not in numbered or (value or "").partition(" ")[0] in kept
    ]
    return replace(match, attributes=attributes, formats=kept)
