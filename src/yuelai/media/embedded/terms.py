"""What offer and answer agree on for one leg (RFC 3264): read here, said by `descriptions`."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, field, replace

from yuelai.media.embedded.codecs import Agreed
from yuelai.media.embedded.spoken import EVENT, NOISE, agreed, answered, ranked
from yuelai.media.ports import LegKind, LegOptions, MediaUnfit, Srtp
from yuelai.wire.errors import PeerError
from yuelai.wire.sdes import new_key, readable
from yuelai.wire.sdp import Media, Session, parse_sdp

CLEAR = ("RTP/AVP", "RTP/AVPF")
SECURE = ("RTP/SAVP", "RTP/SAVPF")
BROWSERS = ("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP")

FRAME_MS = 20
MAX_PTIME = 60


@dataclass(frozen=True)
class Crypto:
    """SRTP by SDES: keys are master key and salt together, `ours` for what we send, `theirs` for what they do."""

    tag: int
    suite: str
    ours: bytes = field(repr=False)
    theirs: bytes = field(repr=False)

    @property
    def profile(self) -> str:
        """The suite's name in libsrtp: `SRTP_PROFILE_…` there."""
        return self.suite.replace("AES_CM_128_HMAC_SHA1", "AES128_CM_SHA1")


@dataclass(frozen=True)
class Terms:
    """How sound goes on a leg."""

    codec: Agreed
    """What we send."""
    answered: tuple[Agreed, ...]
    """What an answer of ours names, the preferred first."""
    codecs: dict[int, Agreed]
    """What we take, by payload type."""
    events: dict[int, int]
    """Clock of the telephone events we take, by payload type."""
    event: tuple[int, int] | None
    """Payload type and clock to send keys with."""
    noise: int | None
    """Payload type of comfort noise (RFC 3389)."""
    address: tuple[str, int]
    """Where the peer wants its sound."""
    sending: bool
    """We may send."""
    receiving: bool
    """The peer sends."""
    rtcp_mux: bool
    rtcp_address: tuple[str, int] | None
    """Where the peer wants its reports; None: one port up, or where its sound goes when muxed."""
    ptime: int
    """Milliseconds of sound the peer wants in a packet: 20, 40 or 60."""
    crypto: Crypto | None
    session: Session = field(repr=False)
    media: Media = field(repr=False)

    def speaking(self, codec: Agreed) -> Terms:
        """The same, but another of the answered codecs is sent, and keys by its clock."""
        return replace(self, codec=codec, event=_event(self.media, codec))


@dataclass
class Origin:
    """Our side of one leg, for as long as it lives.

    The version of the `o=` line grows with every description (RFC 8866 §5.2). Our key is one for each suite and stays:
    a key that changed would begin the stream's counting of packets anew (RFC 4568 §7.1.4).
    """

    address: str
    kind: LegKind = LegKind.PLAIN
    session_id: str = field(default_factory=lambda: str(secrets.randbits(62)))
    version: int = 0
    terms: Terms | None = None
    """Those that stand: later offers of ours keep their numbers and places."""
    offered: Media | None = field(default=None, repr=False)
    """Our audio as offered last."""
    _keys: dict[str, bytes] = field(default_factory=dict, repr=False)

    def session(self) -> Session:
        self.version += 1
        return Session(
            username="yuelai",
            session_id=self.session_id,
            version=self.version,
            origin_address=self.address,
            connection=self.address,
        )

    def key(self, suite: str) -> bytes:
        if suite not in self._keys:
            self._keys[suite] = new_key(suite)
        return self._keys[suite]


def read_offer(text: str, origin: Origin, options: LegOptions) -> Terms:
    """Read the peer's offer and choose what we will answer: the best of its audio sections that we can speak, secured
    ones first. Raises MediaUnfit; what stands is not touched."""
    session = _parse(text)
    found: list[tuple[Media, Crypto | None]] = []
    why = "no audio is offered"
    for media in session.media:
        if media.kind != "audio" or media.refused:
            continue
        try:
            crypto = _offered_crypto(media, origin, options)
        except MediaUnfit as error:
            why = str(error)
            continue
        if ranked(media, origin.kind, options):
            found.append((media, crypto))
        else:
            why = "no common codec"
    if not found:
        raise MediaUnfit(why)
    media, crypto = next((each for each in found if each[1] is not None), found[0])
    codecs = ranked(media, origin.kind, options)
    return _terms(session, media, answered(codecs, origin.kind), agreed(media), crypto, _events(media))


def read_answer(text: str, origin: Origin, options: LegOptions) -> Terms:
    """Read the peer's answer to what `origin` offered last. Raises MediaUnfit."""
    session, offered = _parse(text), origin.offered
    if offered is None:
        raise MediaUnfit("an answer to nothing")
    media = next((media for media in session.media if media.kind == "audio" and not media.refused), None)
    if media is None:
        raise MediaUnfit("the offer was refused: no audio in the answer")
    crypto = _answered_crypto(media, offered, origin, options)
    ours = agreed(offered)
    kinds = {(codec.name, codec.clock) for codec in ours.values()}
    codecs = ranked(media, origin.kind, options, among=kinds)
    if not codecs:
        raise MediaUnfit("no common codec in the answer")
    # Each side is sent what it numbered itself (RFC 3264 §6.1); nearly always the numbers are the same.
    theirs = {number: codec for number, codec in agreed(media).items() if (codec.name, codec.clock) in kinds}
    events = _events(media)
    return _terms(session, media, tuple(codecs), theirs | ours, crypto, events | _events(offered) if events else {})


def _parse(text: str) -> Session:
    try:
        return parse_sdp(text)
    except PeerError as error:
        raise MediaUnfit(f"bad session description: {error}") from None


def _terms(
    session: Session,
    media: Media,
    chosen: tuple[Agreed, ...],
    codecs: dict[int, Agreed],
    crypto: Crypto | None,
    events: dict[int, int],
) -> Terms:
    try:
        # A name here would have to be looked up before each packet; nobody sends one.
        address = ipaddress.ip_address(session.address(media))
    except (PeerError, ValueError) as error:
        raise MediaUnfit(f"bad session description: {error}") from None
    direction = session.direction(media)
    # The hold of RFC 2543 in the newer family; `direction` knows the older one.
    nowhere = address.version == 6 and address.is_unspecified and session.ice(media) is None
    return Terms(
        codec=chosen[0],
        answered=chosen,
        codecs=codecs,
        events=events,
        event=_event(media, chosen[0]),
        noise=next((c.payload_type for c in media.codecs if c.is_(NOISE)), None),
        address=(str(address), media.port),
        sending=direction in ("sendrecv", "recvonly") and not nowhere,
        receiving=direction in ("sendrecv", "sendonly"),
        rtcp_mux=media.rtcp_mux,
        rtcp_address=None if media.rtcp_mux else _rtcp(media, str(address)),
        ptime=_ptime(media),
        crypto=crypto,
        session=session,
        media=media,
    )


def _events(media: Media) -> dict[int, int]:
    return {codec.payload_type: codec.rate for codec in media.codecs if codec.name.lower() == EVENT}


def _event(media: Media, codec: Agreed) -> tuple[int, int] | None:
    """Events go by the clock of the sound they stand in (RFC 4733 §2.1); who offers just another one gets that."""
    found = [(clock != codec.clock, number, clock) for number, clock in _events(media).items()]
    return min(found, key=lambda event: event[0])[1:] if found else None


def _rtcp(media: Media, address: str) -> tuple[str, int] | None:
    """The attribute of RFC 3605 §2.1: `port [IN IP4 address]`."""
    port, *where = (media.get("rtcp") or "").split()[:4] or [""]
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536):
        return None
    if len(where) == 3:
        try:
            address = str(ipaddress.ip_address(where[2]))
        except ValueError:
            return None
    return address, int(port)


def _ptime(media: Media) -> int:
    most = media.get("maxptime") or ""
    bound = int(most) if most.isascii() and most.isdigit() and len(most) <= 4 else MAX_PTIME
    wanted = min(media.ptime or FRAME_MS, bound, MAX_PTIME)
    return max(wanted // FRAME_MS, 1) * FRAME_MS


# Protection


def _offered_crypto(media: Media, origin: Origin, options: LegOptions) -> Crypto | None:
    """Raises MediaUnfit: not protected as it must be, or not as this leg's kind is.

    Some phones offer keys within RTP/AVP for those who want them: these get what they ask for.
    """
    if origin.kind is LegKind.BROWSER:
        if media.protocol not in BROWSERS:
            raise MediaUnfit(f"{media.protocol} is not spoken on this leg")
        return None
    if media.protocol not in CLEAR + SECURE:
        raise MediaUnfit(f"{media.protocol} is not spoken on this leg")
    secure = media.protocol in SECURE
    if options.srtp is Srtp.OFF:
        if secure:
            raise MediaUnfit("SRTP is not spoken on this leg")
        return None
    # The first we can follow: the offerer lists the preferred ones first (RFC 4568 §5.1.2).
    line = next(iter(readable(media.all("crypto"))), None)
    if line is None:
        if secure:
            raise MediaUnfit("no key of SRTP that can be used")
        if options.srtp is Srtp.REQUIRE:
            raise MediaUnfit("SRTP is required on this leg")
        return None
    return Crypto(line.tag, line.suite, origin.key(line.suite), line.key)


def wishes_secure(origin: Origin, options: LegOptions) -> bool:
    """Tell whether an offer of ours is to name keys."""
    if options.srtp is Srtp.ACCEPT:
        return origin.terms is not None and origin.terms.crypto is not None
    return options.srtp is Srtp.REQUIRE


def _answered_crypto(media: Media, offered: Media, origin: Origin, options: LegOptions) -> Crypto | None:
    """Raises MediaUnfit: the answer is of another kind than our offer, or does not take one of our lines (§5.1.3)."""
    if origin.kind is LegKind.BROWSER:
        if media.protocol not in BROWSERS:
            raise MediaUnfit(f"{media.protocol} is not spoken on this leg")
        return None
    ours = {line.tag: line for line in readable(offered.all("crypto"))}
    if not ours:
        if media.protocol not in CLEAR:
            raise MediaUnfit("SRTP was answered, but not offered")
        return None
    if media.protocol not in SECURE and offered.protocol in SECURE:
        if options.srtp is Srtp.REQUIRE:
            raise MediaUnfit("SRTP was offered, but not answered")
        return None  # our keys were taken out on their way, by whoever sent our offer
    lines = readable(media.all("crypto"))
    if len(lines) != 1 or lines[0].tag not in ours or ours[lines[0].tag].suite != lines[0].suite:
        raise MediaUnfit("the answer takes none of the keys offered")
    line = lines[0]
    return Crypto(line.tag, line.suite, origin.key(line.suite), line.key)
