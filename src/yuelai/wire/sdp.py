"""Session descriptions (RFC 8866): lenient in, strict out; what is unknown is kept in its order.

Media of every kind stay in their places, refused ones too, since offer and answer go by position (RFC 3264 §6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from yuelai.wire.errors import PeerError

MAX_SDP = 32_768
MAX_LINES = 1_000
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")

REVERSED = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
"""A direction as the other side says it (RFC 3264 §6.1)."""

Attributes = list[tuple[str, str | None]]

# Static payload types that need no rtpmap (RFC 3551 §6).
STATIC = {0: ("PCMU", 8000), 3: ("GSM", 8000), 4: ("G723", 8000), 8: ("PCMA", 8000), 9: ("G722", 8000),
          13: ("CN", 8000), 15: ("G728", 8000), 18: ("G729", 8000)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type; `name` is spelled as sent, compare it with `is_`."""

    payload_type: int
    name: str
    rate: int
    channels: int = 1
    fmtp: str | None = None

    def is_(self, name: str, rate: int = 8000) -> bool:
        return self.name.lower() == name.lower() and self.rate == rate


@dataclass(slots=True)
class _Section:
    """What session and media share."""

    connection: str | None = None
    """Address of the `c=` line without network and address type; None when there is none."""
    attributes: Attributes = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """Return the first attribute's value; an empty string for a flag; None when absent."""
        for key, value in self.attributes:
            if key == name:
                return value or ""
        return None

    def all(self, name: str) -> list[str]:
        return [value or "" for key, value in self.attributes if key == name]

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.attributes)

    def add(self, name: str, value: str | None = None) -> None:
        self.attributes.append((name, value))

    def remove(self, *names: str) -> None:
        self.attributes = [pair for pair in self.attributes if pair[0] not in names]


@dataclass(slots=True)
class Media(_Section):
    """One `m=` section. Views that a session may give for all its media take the session as argument."""

    kind: str = "audio"
    port: int = 0
    protocol: str = "RTP/AVP"
    formats: list[str] = field(default_factory=list)
    bandwidth: list[str] = field(default_factory=list)
    ports: int = 1
    """How many consecutive ports (pairs) are meant; nearly always one."""
    other: list[tuple[str, str]] = field(default_factory=list)
    """`i=` and `k=`, by their letter."""

    @property
    def refused(self) -> bool:
        """Port 0: refused, or ended (RFC 3264 §6, §8.2); not so within a bundle (RFC 8843 §6)."""
        return self.port == 0 and not self.has("bundle-only")

    def refuse(self) -> None:
        """Make this section the refusal of itself: port 0, its formats kept, of its attributes only `mid`."""
        self.port, self.ports, self.connection = 0, 1, None
        self.attributes = [pair for pair in self.attributes if pair[0] == "mid"]
        self.bandwidth, self.other = [], []

    def set_direction(self, direction: str) -> None:
        """Say one of DIRECTIONS, where one was said before."""
        place = next((i for i, (name, _) in enumerate(self.attributes) if name in DIRECTIONS), len(self.attributes))
        self.remove(*DIRECTIONS)
        self.attributes.insert(place, (direction, None))

    @property
    def payload_types(self) -> list[int]:
        """Formats that are payload types, in the order preferred."""
        return [int(text) for text in self.formats if _short_number(text, 3) and int(text) < 128]

    @property
    def codecs(self) -> list[Codec]:
        """Every payload type with its rtpmap and fmtp (static ones without), in the order preferred."""
        maps, fmtp = self._numbered("rtpmap"), self._numbered("fmtp")
        codecs = []
        for number in self.payload_types:
            if number in maps:
                name, _, rest = maps[number].partition("/")
                rate, _, channels = rest.partition("/")
                if not _short_number(rate, 9):
                    continue
                count = int(channels) if _short_number(channels, 2) else 1
                codecs.append(Codec(number, name, int(rate), count, fmtp.get(number)))
            elif number in STATIC:
                codecs.append(Codec(number, *STATIC[number], 1, fmtp.get(number)))
        return codecs

    def _numbered(self, name: str) -> dict[int, str]:
        found: dict[int, str] = {}
        for value in self.all(name):
            number, _, rest = value.partition(" ")
            if _short_number(number, 3):
                found.setdefault(int(number), rest.strip())
        return found

    @property
    def rtcp_mux(self) -> bool:
        return self.has("rtcp-mux")

    @property
    def candidates(self) -> list[str]:
        """ICE candidates (RFC 8839 §5.1) in the order sent, without `candidate:`."""
        return self.all("candidate")

    @property
    def ptime(self) -> int | None:
        """Packet time in milliseconds."""
        value = self.get("ptime") or ""
        return int(value) if _short_number(value, 4) else None


@dataclass(slots=True)
class Session(_Section):
    """A whole description. `version` is the origin's, which every changed offer counts up (RFC 3264 §8)."""

    username: str = "-"
    session_id: str = "0"
    version: int = 0
    origin_address: str = "127.0.0.1"
    name: str = "-"
    bandwidth: list[str] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=lambda: [("t", "0 0")])
    """`t=` `r=` `z=` as they came."""
    media: list[Media] = field(default_factory=list)
    other: list[tuple[str, str]] = field(default_factory=list)
    """Lines that say nothing about where sound goes (`i=` `u=` `e=` `p=` `k=`), by their letter."""

    @property
    def audio(self) -> Media:
        """The first audio section with a port. Raises PeerError when there is none."""
        for media in self.media:
            if media.kind == "audio" and media.port:
                return media
        raise PeerError("no audio is offered")

    def address(self, media: Media) -> str:
        """Where this media is wanted. Raises PeerError when no `c=` line says it."""
        address = media.connection or self.connection
        if address is None:
            raise PeerError("no connection address")
        return address

    def direction(self, media: Media) -> str:
        """One of DIRECTIONS as the describing side sees it; sendrecv when nothing is said (§6.7).

        An address of 0.0.0.0 is the hold of RFC 2543 (RFC 3264 §8.4) and reads as sendonly or inactive; with ICE it
        stands for having no default candidate (RFC 8840).
        """
        said = _said(media) or _said(self) or "sendrecv"
        unspecified = (media.connection or self.connection) == "0.0.0.0"  # noqa: S104 - compared, not bound
        if unspecified and self.ice(media) is None:
            return {"sendrecv": "sendonly", "recvonly": "inactive"}.get(said, said)
        return said

    def set_direction(self, direction: str) -> None:
        """Say one of DIRECTIONS for all media that are not refused; the session itself says none any more."""
        self.remove(*DIRECTIONS)
        for media in self.media:
            if not media.refused:
                media.set_direction(direction)

    def follow(self, previous: Session | None) -> None:
        """Become the description that comes after `previous` from the same side (RFC 3264 §8): its origin, and a
        version one higher exactly when something else is different. Without one the origin stays."""
        if previous is None:
            return
        self.username, self.session_id = previous.username, previous.session_id
        self.origin_address, self.version = previous.origin_address, previous.version
        if str(self) != str(previous):
            self.version += 1

    def inherited(self, media: Media, name: str) -> str | None:
        """An attribute of the media or, failing that, of the session: ice-ufrag, ice-pwd, fingerprint, setup."""
        value = media.get(name)
        return value if value is not None else self.get(name)

    def ice(self, media: Media) -> tuple[str, str] | None:
        """ICE user fragment and password, or None without ICE."""
        ufrag, password = self.inherited(media, "ice-ufrag"), self.inherited(media, "ice-pwd")
        return (ufrag, password) if ufrag and password else None

    def fingerprint(self, media: Media) -> tuple[str, str] | None:
        """Hash name in lower case and the certificate's fingerprint in upper case (RFC 8122 §5)."""
        value = self.inherited(media, "fingerprint")
        if not value:
            return None
        hash_name, _, digits = value.partition(" ")
        return hash_name.lower(), digits.strip().upper()

    def secured(self, media: Media) -> str | None:
        """How the sound is encrypted: `dtls` (RFC 5763), `sdes` (RFC 4568) or None for not at all."""
        if self.fingerprint(media) is not None and "TLS" in media.protocol.upper():
            return "dtls"
        return "sdes" if media.has("crypto") else None

    def setup(self, media: Media) -> str | None:
        """active, passive or actpass (RFC 4145 §4)."""
        return self.inherited(media, "setup")

    def __str__(self) -> str:
        """Raises ValueError when a part holds a line break."""
        lines = list(self._lines())
        text = "\r\n".join(lines)
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            raise ValueError("a part of a description cannot hold a line break")
        return text + "\r\n"

    def _lines(self) -> Iterator[str]:
        yield "v=0"
        kind = _family(self.origin_address)
        yield f"o={self.username} {self.session_id} {self.version} IN {kind} {self.origin_address}"
        yield f"s={self.name or '-'}"
        yield from (f"{letter}={value}" for letter, value in self.other if letter != "k")
        if self.connection is not None:
            yield f"c=IN {_family(self.connection)} {self.connection}"
        yield from (f"b={value}" for value in self.bandwidth)
        yield from (f"{letter}={value}" for letter, value in self.times or [("t", "0 0")])
        yield from (f"{letter}={value}" for letter, value in self.other if letter == "k")
        yield from _attribute_lines(self)
        for media in self.media:
            ports = f"/{media.ports}" if media.ports != 1 else ""
            yield f"m={media.kind} {media.port}{ports} {media.protocol} {' '.join(media.formats)}".rstrip()
            yield from (f"{letter}={value}" for letter, value in media.other if letter != "k")
            if media.connection is not None:
                yield f"c=IN {_family(media.connection)} {media.connection}"
            yield from (f"b={value}" for value in media.bandwidth)
            yield from (f"{letter}={value}" for letter, value in media.other if letter == "k")
            yield from _attribute_lines(media)


def answered_direction(offered: str, *, send: bool = True, receive: bool = True) -> str:
    """Return what an answer says to an offered direction when we would send and receive (RFC 3264 §6.1)."""
    theirs = REVERSED.get(offered, "sendrecv")
    sending, receiving = send and theirs in ("sendrecv", "sendonly"), receive and theirs in ("sendrecv", "recvonly")
    if sending:
        return "sendrecv" if receiving else "sendonly"
    return "recvonly" if receiving else "inactive"


def _short_number(text: str, digits: int) -> bool:
    return len(text) <= digits and text.isascii() and text.isdigit()


def _said(section: _Section) -> str | None:
    return next((name for name, _ in section.attributes if name in DIRECTIONS), None)


def _family(address: str) -> str:
    return "IP6" if ":" in address else "IP4"


def _attribute_lines(section: _Section) -> Iterator[str]:
    for name, value in section.attributes:
        yield f"a={name}" if value is None else f"a={name}:{value}"


def parse_sdp(text: str) -> Session:
    """Parse a description. Line feeds alone, spaces around `=` and missing lines other than `v=` are taken too.

    Raises PeerError.
    """
    if len(text) > MAX_SDP:
        raise PeerError("the description is too long")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    if len(lines) > MAX_LINES or lines[0].replace(" ", "") != "v=0":
        raise PeerError("not a session description")
    session = Session(times=[])
    section: Session | Media = session
    for line in lines[1:]:
        kind, equals, value = line.partition("=")
        kind = kind.strip()
        if not kind and not equals:
            continue
        if not equals or len(kind) != 1:
            raise PeerError("malformed line of a session description")
        if kind == "m":
            section = _parse_media(value)
            session.media.append(section)
        elif kind == "a":
            name, colon, rest = value.partition(":")
            section.attributes.append((name.strip(), rest if colon else None))
        elif kind == "c":
            # Several are layers of multicast, which nobody telephones with: the first one counts.
            section.connection = section.connection or _parse_connection(value)
        elif kind == "b":
            section.bandwidth.append(value)
        elif kind == "o":
            _parse_origin(session, value)
        elif kind == "s":
            session.name = value
        elif kind in "trz":
            session.times.append((kind, value))
        else:
            section.other.append((kind, value))
    return session


def _parse_media(value: str) -> Media:
    parts = value.split()
    if len(parts) < 3:
        raise PeerError("malformed media line")
    port, _, count = parts[1].partition("/")
    if not _short_number(port, 5) or int(port) > 65535:
        raise PeerError("malformed media port")
    ports = int(count) if _short_number(count, 3) and int(count) else 1
    return Media(kind=parts[0].lower(), port=int(port), ports=ports, protocol=parts[2], formats=parts[3:])


def _parse_connection(value: str) -> str:
    parts = value.split()
    if len(parts) != 3 or parts[0].upper() != "IN" or parts[1].upper() not in ("IP4", "IP6"):
        raise PeerError("malformed connection line")
    address = parts[2].partition("/")[0]
    if not address:
        raise PeerError("a connection line without an address")
    return address


def _parse_origin(session: Session, value: str) -> None:
    parts = value.split()
    if len(parts) < 5:
        raise PeerError("malformed origin line")
    # There are phones whose user name holds a space; the other five are what they are, counted from the end.
    *name, session_id, version, _, _, address = parts
    session.username, session.session_id = "_".join(name) or "-", session_id
    if not _short_number(version, 20):
        raise PeerError("malformed origin version")
    session.version, session.origin_address = int(version), address
