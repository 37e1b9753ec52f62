"""The codecs this engine speaks, under which numbers, and which it would rather (RFC 3551 §6, RFC 3264 §6.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yuelai.media.embedded.codecs import Agreed, opus_available
from yuelai.media.ports import LegKind, LegOptions
from yuelai.wire.sdp import Codec, Media

EVENT, NOISE = "telephone-event", "CN"
KEYS = "0-15"
"""The events we take: the sixteen keys (RFC 4733 §3.2)."""

OPUS_WISHES = "minptime=10;useinbandfec=1"
"""What we would like to receive (RFC 7587 §6.1), mono by default. No DTX: what is mixed and recorded is better without
gaps. These are Chromium's own words: with any others a page cannot change its codec without a new description."""

Kind = tuple[str, int]
"""Name and clock."""

_SPOKEN: dict[Kind, tuple[int, int]] = {
    ("PCMU", 8000): (0, 1),
    ("PCMA", 8000): (8, 1),
    ("G722", 8000): (9, 1),
    ("opus", 48_000): (111, 2),
    ("L16", 8000): (97, 1),
    ("L16", 16_000): (98, 1),
}
"""Number we offer it under, and channels of its name (opus always says two, RFC 7587 §7)."""

_BY_NAME = {(name.lower(), clock, channels): (name, clock) for (name, clock), (_, channels) in _SPOKEN.items()}

_EVENT_NUMBERS = {8000: 101, 48_000: 110, 16_000: 102}

_RANKS: dict[LegKind, dict[str, int]] = {
    # The mix is at 8 kHz: G.711 is what costs least and loses nothing; between the laws the peer decides.
    LegKind.PLAIN: {"PCMA": 0, "PCMU": 0, "G722": 1, "opus": 1, "L16": 2},
    LegKind.BROWSER: {"PCMU": 0, "PCMA": 1, "opus": 2, "G722": 3, "L16": 4},
}

_OFFERED: dict[LegKind, tuple[str, ...]] = {LegKind.PLAIN: ("PCMA", "PCMU"), LegKind.BROWSER: ("PCMU", "PCMA", "opus")}


def parameters(fmtp: str | None) -> dict[str, str]:
    """Read `name=value; …`, names in lower case; parts without a value are passed over."""
    found = {}
    for part in (fmtp or "").split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found[name.strip().lower()] = value.strip()
    return found


def _spoken(codec: Codec) -> Kind | None:
    kind = _BY_NAME.get((codec.name.lower(), codec.rate, codec.channels))
    return None if kind is not None and kind[0] == "opus" and not opus_available() else kind


def agreed(media: Media) -> dict[int, Agreed]:
    """Return what of a section we can speak, by payload type, in its order."""
    return {
        codec.payload_type: Agreed(*_named(kind, codec.payload_type), parameters(codec.fmtp))
        for codec in media.codecs
        if (kind := _spoken(codec)) is not None
    }


def _named(kind: Kind, number: int) -> tuple[str, int, int]:
    return kind[0], number, kind[1]


def ranked(media: Media, kind: LegKind, options: LegOptions, *, among: Collection[Kind] | None = None) -> list[Agreed]:
    """Return the codecs of a section that may be used, the best first.

    What the options name counts alone, in their order; where nothing of it is there, any codec is better than no call.
    """
    found = [codec for codec in agreed(media).values() if among is None or (codec.name, codec.clock) in among]
    wanted = [name.lower() for name in options.codecs]
    named = [codec for codec in found if codec.name.lower() in wanted]
    if named:
        return sorted(named, key=lambda codec: wanted.index(codec.name.lower()))
    return sorted(found, key=lambda codec: _RANKS[kind][codec.name])


def answered(codecs: Iterable[Agreed], kind: LegKind) -> tuple[Agreed, ...]:
    """Return what an answer names of ranked codecs. Phones get one, since many cannot bear that another is sent all of
    a sudden; browsers also one they may change to."""
    if kind is LegKind.PLAIN:
        return tuple(codecs)[:1]
    chosen: dict[str, Agreed] = {}
    for codec in codecs:
        if codec.name in ("PCMU", "PCMA", "opus") or not chosen:
            chosen.setdefault("opus" if codec.name == "opus" else "G.711", codec)
    return tuple(chosen.values())


def offered(kind: LegKind, options: LegOptions) -> list[Kind]:
    """Return what an offer names, in its order."""
    wanted = [name.lower() for name in options.codecs]
    for names in (wanted, [name.lower() for name in _OFFERED[kind]]):
        kinds = [spoken for name in names for spoken in _SPOKEN if spoken[0].lower() == name]
        kinds = [spoken for spoken in dict.fromkeys(kinds) if spoken[0] != "opus" or opus_available()]
        if kinds:
            return kinds
    return []


class Numbers:
    """Payload types for a description of ours: one that stood for a codec in this session stands for no other
    (RFC 3264 §8.3.2)."""

    def __init__(self, *before: Media | None) -> None:
        self._used: dict[int, tuple[str, int]] = {}
        for media in before:
            for codec in media.codecs if media is not None else []:
                self._used.setdefault(codec.payload_type, (codec.name.lower(), codec.rate))

    def of(self, name: str, clock: int) -> int:
        wanted = (name.lower(), clock)
        for number, kind in self._used.items():
            if kind == wanted:
                return number
        usual = _EVENT_NUMBERS[clock] if name == EVENT else 13 if name == NOISE else _SPOKEN[name, clock][0]
        # Where all dynamic numbers are taken, those that RFC 5761 §4 leaves free beside them, and at worst a clash.
        free = (number for number in (usual, *range(96, 128), *range(35, 64)) if number not in self._used)
        number = next(free, usual)
        self._used[number] = wanted
        return number


def add(media: Media, name: str, number: int, clock: int) -> None:
    """Write a codec into a section."""
    channels = _SPOKEN[name, clock][1] if (name, clock) in _SPOKEN else 1
    media.formats.append(str(number))
    media.add("rtpmap", f"{number} {name}/{clock}" + (f"/{channels}" if channels > 1 else ""))
    if name == EVENT:
        media.add("fmtp", f"{number} {KEYS}")
    elif name == "opus":
        media.add("fmtp", f"{number} {OPUS_WISHES}")
