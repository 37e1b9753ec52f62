"""What offer and answer agree on for one leg (RFC 3264), and the descriptions that say so."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, field

from yuelai.media.ports import MediaError
from yuelai.wire.errors import PeerError
from yuelai.wire.g711 import Law
from yuelai.wire.sdp import Codec, Media, Session, parse_sdp

EVENT = "telephone-event"
OUR_EVENT_TYPE = 101
_REVERSED = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


@dataclass(frozen=True)
class Terms:
    """How sound goes on a leg. `codecs` maps payload types we take as G.711; `events` are those that carry keys."""

    law: Law
    payload_type: int
    codecs: dict[int, Law]
    events: frozenset[int]
    address: tuple[str, int]
    """Where the peer wants its sound."""
    sending: bool
    """We may send."""
    receiving: bool
    """The peer sends."""
    session: Session = field(repr=False)
    media: Media = field(repr=False)


@dataclass
class Origin:
    """The `o=` line of our side of one leg: the version grows with every description (RFC 8866 §5.2)."""

    address: str
    session_id: str = field(default_factory=lambda: str(secrets.randbits(62)))
    version: int = 0

    def session(self) -> Session:
        self.version += 1
        return Session(
            username="yuelai",
            session_id=self.session_id,
            version=self.version,
            origin_address=self.address,
            connection=self.address,
        )


def parse(text: str) -> Session:
    """Raises MediaError: not a session description."""
    try:
        return parse_sdp(text)
    except PeerError as error:
        raise MediaError(f"bad session description: {error}") from None


def law_of(codec: Codec) -> Law | None:
    if codec.channels == 1:
        if codec.is_("PCMU"):
            return Law.PCMU
        if codec.is_("PCMA"):
            return Law.PCMA
    return None


def read(text: str, *, protocol: tuple[str, ...]) -> Terms:
    """Read the peer's offer or answer; the first law it lists is used. Raises MediaError."""
    session = parse(text)
    try:
        media = session.audio
        # A name here would have to be looked up before each packet; nobody sends one.
        address = str(ipaddress.ip_address(session.address(media)))
    except (PeerError, ValueError) as error:
        raise MediaError(f"bad session description: {error}") from None
    if media.protocol not in protocol:
        raise MediaError(f"{media.protocol} is not spoken on this leg")
    laws = {codec.payload_type: law for codec in media.codecs if (law := law_of(codec)) is not None}
    if not laws:
        raise MediaError("no common codec: only G.711 is spoken")
    payload_type, law = next(iter(laws.items()))
    direction = session.direction(media)
    return Terms(
        law=law,
        payload_type=payload_type,
        codecs=laws,
        events=frozenset(codec.payload_type for codec in media.codecs if codec.name.lower() == EVENT),
        address=(address, media.port),
        sending=direction in ("sendrecv", "recvonly"),
        receiving=direction in ("sendrecv", "sendonly"),
        session=session,
        media=media,
    )


def describe_answer(terms: Terms, origin: Origin, port: int) -> tuple[Session, Media]:
    """Answer what was read: one codec, keys under the number offered for our clock, everything else refused."""
    session = origin.session()
    ours: Media | None = None
    for offered in terms.session.media:
        if offered is terms.media:
            event = next((c.payload_type for c in offered.codecs if c.is_(EVENT)), None)
            ours = _audio(port, offered.protocol, [(terms.payload_type, terms.law)], event)
            ours.add(_REVERSED[terms.session.direction(offered)])
            session.media.append(ours)
        else:
            # Each section is answered in its place; port 0 refuses it (RFC 3264 §6).
            refused = Media(kind=offered.kind, port=0, protocol=offered.protocol, formats=offered.formats[:1])
            if mid := offered.get("mid"):
                refused.add("mid", mid)
            session.media.append(refused)
    assert ours is not None
    return session, ours


def describe_offer(origin: Origin, port: int, protocol: str, laws: tuple[Law, ...]) -> tuple[Session, Media]:
    session = origin.session()
    audio = _audio(port, protocol, [(int(law), law) for law in laws], OUR_EVENT_TYPE)
    audio.add("sendrecv")
    session.media.append(audio)
    return session, audio


def _audio(port: int, protocol: str, laws: list[tuple[int, Law]], event: int | None) -> Media:
    audio = Media(kind="audio", port=port, protocol=protocol, formats=[str(number) for number, _ in laws])
    for number, law in laws:
        audio.add("rtpmap", f"{number} {law.name}/8000")
    if event is not None:
        audio.formats.append(str(event))
        audio.add("rtpmap", f"{event} {EVENT}/8000")
        audio.add("fmtp", f"{event} 0-15")
    audio.add("ptime", "20")
    return audio
