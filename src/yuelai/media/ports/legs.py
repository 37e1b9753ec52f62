"""What legs are like, and what is told about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from yuelai.platform.ids import RecordingId


class LegKind(StrEnum):
    PLAIN = "plain"
    """RTP/AVP or RTP/SAVP with keys in the description (SDES, RFC 4568), as phones and trunks speak it."""
    BROWSER = "browser"
    """UDP/TLS/RTP/SAVPF: ICE-lite, DTLS-SRTP, rtcp-mux."""


class Srtp(StrEnum):
    """Of a plain leg. Browsers' legs are always protected."""

    OFF = "off"
    ACCEPT = "accept"
    """Taken when offered; our own offers are in the clear."""
    REQUIRE = "require"
    """Offered and insisted on; nothing else is agreed to."""


class KeyMode(StrEnum):
    """What others hear of the keys pressed at a leg. `Digit` is told in any case."""

    BLOCK = "block"
    """Nothing: telephone events end here; tones, where heard (see `tones`), are cut out once they are known."""
    RELAY = "relay"
    """Telephone events go to those listeners that agreed on them; tones stay in the sound."""
    TRANSLATE = "translate"
    """Each listener hears them its own way: as telephone events where agreed, else as tones in the sound."""


class Tone(StrEnum):
    """Signals a leg may be listened to for."""

    CNG = "cng"
    """A calling fax: 1100 Hz, 0.5 s on, 3 s off (ITU-T T.30)."""
    CED = "ced"
    """An answering fax or modem: 2100 Hz, with or without phase reversals (T.30, V.25)."""
    DIAL = "dial"
    RINGBACK = "ringback"
    BUSY = "busy"
    CONGESTION = "congestion"
    SIT = "sit"
    """Special information tones: 950, 1400, 1800 Hz in turn (ITU-T E.180)."""


@dataclass(frozen=True)
class LegOptions:
    """`codecs` are encoding names (PCMA, PCMU, G722, opus, L16) in our order of preference; empty: the engine's own.

    `tones`: keys are heard as tones in the sound too (in-band DTMF). `normalise`: what this leg says is brought to an
    even level. `detect` and `speech`: listen for these and tell.
    """

    codecs: tuple[str, ...] = ()
    srtp: Srtp = Srtp.ACCEPT
    keys: KeyMode = KeyMode.BLOCK
    tones: bool = False
    normalise: bool = False
    detect: frozenset[Tone] = frozenset()
    speech: bool = False


class Barge(StrEnum):
    """What ends a prompt early."""

    KEY = "key"
    SPEECH = "speech"


class Side(StrEnum):
    SAID = "said"
    """What the leg's party says."""
    HEARD = "heard"
    """What it hears: others, prompts and music, as sent to it."""


@dataclass(frozen=True)
class TapFrame:
    """A piece of a tap. `at_ms` counts from the tap's beginning; a gap in it is sound that was never there."""

    tap: UUID
    at_ms: int
    pcm: bytes


@dataclass(frozen=True)
class RecordingEnd:
    """What `stop_recording` returns. Channel 0 is what the leg said, channel 1 what it heard from others."""

    recording: RecordingId
    duration_ms: int
    bytes: int


@dataclass(frozen=True)
class Quality:
    """How a leg sounds. `in_…`: what we receive; `out_…`: what its RTCP says about what we send, None until it does.

    Losses are fractions (0–1) of what should have come since the beginning; `mos` is 1.0–4.5 (ITU-T G.107 E-model over
    the last interval of about five seconds, the worse of both ways).
    """

    codec: str
    seconds: float
    in_packets: int
    in_lost: int
    in_loss: float
    in_jitter_ms: float
    in_late: int
    """Packets that came after their turn."""
    concealed_ms: int
    """Sound that was made up because none came."""
    out_packets: int
    out_loss: float | None
    out_jitter_ms: float | None
    round_trip_ms: float | None
    mos: float


@dataclass(frozen=True)
class Capacity:
    """What the engine carries. `load` is the share of a tick's 20 ms in use on its busiest worker; `room` is how many
    more legs will do no harm."""

    workers: int
    legs: int
    recordings: int
    load: float
    room: int
