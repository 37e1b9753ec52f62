"""The descriptions we send: answers to what was read, and offers of our own (RFC 3264)."""

from __future__ import annotations

from yuelai.media.embedded import spoken
from yuelai.media.embedded.spoken import EVENT, NOISE
from yuelai.media.embedded.terms import BROWSERS, CLEAR, SECURE, Origin, Terms, wishes_secure
from yuelai.media.ports import LegKind, LegOptions
from yuelai.wire.sdes import OFFERED, CryptoLine
from yuelai.wire.sdp import REVERSED, Media, Session

PTIME = 20


def describe_answer(terms: Terms, origin: Origin, port: int) -> tuple[Session, Media]:
    """Answer what was read; return the description, and our audio in it.

    It names what we chose, keys by the clocks of that, comfort noise where a phone offers it, and our key under the
    offered tag; every other section is refused in its place.
    """
    ours = Media(kind="audio", port=port, protocol=terms.media.protocol)
    for codec in terms.answered:
        spoken.add(ours, codec.name, codec.payload_type, codec.clock)
    for number, clock in _answered_events(terms):
        spoken.add(ours, EVENT, number, clock)
    if terms.noise is not None and origin.kind is LegKind.PLAIN:
        spoken.add(ours, NOISE, terms.noise, 8000)
    _wish_ptime(ours, origin)
    if terms.crypto is not None:
        ours.add("crypto", str(CryptoLine(terms.crypto.tag, terms.crypto.suite, terms.crypto.ours)))
    if terms.rtcp_mux and origin.kind is LegKind.PLAIN:
        ours.add("rtcp-mux")
    ours.add(REVERSED[terms.session.direction(terms.media)])
    return _placed(origin, terms, ours), ours


def _wish_ptime(ours: Media, origin: Origin) -> None:
    """Chromium takes it for a parameter of each codec, which are then no codecs it could change to (`OPUS_WISHES`)."""
    if origin.kind is LegKind.PLAIN:
        ours.add("ptime", str(PTIME))


def _answered_events(terms: Terms) -> list[tuple[int, int]]:
    """Return one number for each clock that our codecs have, or the one there is."""
    by_clock = {clock: number for number, clock in reversed(terms.events.items())}
    found = {clock: by_clock[clock] for codec in terms.answered if (clock := codec.clock) in by_clock}
    if found:
        return [(number, clock) for clock, number in found.items()]
    return [terms.event] if terms.event is not None else []


def describe_offer(origin: Origin, port: int, options: LegOptions) -> tuple[Session, Media]:
    """Offer what the options name; return the description, and our audio in it.

    On a leg that stands, numbers keep their meaning, sections their places, and protected sound stays so.
    """
    terms = origin.terms
    standing = terms.media if terms is not None else None
    numbers = spoken.Numbers(origin.offered, standing)
    ours = Media(kind="audio", port=port, protocol=_protocol(origin, options))
    kinds = spoken.offered(origin.kind, options)
    for name, clock in kinds:
        spoken.add(ours, name, numbers.of(name, clock), clock)
    for clock in dict.fromkeys(clock for _, clock in kinds if clock != 16_000) or [8000]:
        spoken.add(ours, EVENT, numbers.of(EVENT, clock), clock)
    _wish_ptime(ours, origin)
    if origin.kind is LegKind.PLAIN and wishes_secure(origin, options):
        standing_suite = [terms.crypto.suite] if terms is not None and terms.crypto is not None else []
        for tag, suite in enumerate(dict.fromkeys([*standing_suite, *OFFERED]), 1):
            ours.add("crypto", str(CryptoLine(tag, suite, origin.key(suite))))
    ours.add("sendrecv")
    origin.offered = ours
    return _placed(origin, terms, ours), ours


def _protocol(origin: Origin, options: LegOptions) -> str:
    if origin.kind is LegKind.BROWSER:
        return BROWSERS[0]
    secure = wishes_secure(origin, options)
    if origin.terms is not None:
        said, stands = origin.terms.media.protocol, origin.terms.crypto is not None
        # What stands is said as it was, be it keys within RTP/AVP.
        if stands == secure and said in CLEAR + SECURE:
            return said
    return SECURE[0] if secure else CLEAR[0]


def _placed(origin: Origin, terms: Terms | None, ours: Media) -> Session:
    """Return a description with our audio where it belongs, and everything else refused where it was (§6, §8)."""
    session = origin.session()
    if terms is None:
        session.media.append(ours)
        return session
    for media in terms.session.media:
        if media is terms.media:
            session.media.append(ours)
            continue
        refused = Media(kind=media.kind, port=0, protocol=media.protocol, formats=media.formats[:1])
        if mid := media.get("mid"):
            refused.add("mid", mid)
        session.media.append(refused)
    return session
