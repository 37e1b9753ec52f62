"""The MediaEngine port. Whoever speaks to whom is a gain matrix; everything else is expressed in it.

A *leg* is one party's sound: an RTP stream both ways, described by SDP. A *source* is a leg without a party: music that
runs by the clock, or PCM somebody puts in; it only speaks. Ids of legs, sources, recordings, plays and taps are the
caller's. Times are seconds on the engine's clock unless they end in `_ms`; PCM is int16, little-endian, mono.
"""

from yuelai.media.ports.engine import MediaEngine, MediaError, MediaFull, MediaUnfit
from yuelai.media.ports.events import (
    Digit,
    LegGone,
    LegHeard,
    LegSilent,
    MediaEvent,
    PlayEnded,
    QualityChanged,
    SpeechBegan,
    SpeechEnded,
    ToneHeard,
)
from yuelai.media.ports.legs import (
    Barge,
    Capacity,
    KeyMode,
    LegKind,
    LegOptions,
    Quality,
    RecordingEnd,
    Side,
    Srtp,
    TapFrame,
    Tone,
)

__all__ = [
    "Barge",
    "Capacity",
    "Digit",
    "KeyMode",
    "LegGone",
    "LegHeard",
    "LegKind",
    "LegOptions",
    "LegSilent",
    "MediaEngine",
    "MediaError",
    "MediaEvent",
    "MediaFull",
    "MediaUnfit",
    "PlayEnded",
    "Quality",
    "QualityChanged",
    "RecordingEnd",
    "Side",
    "SpeechBegan",
    "SpeechEnded",
    "Srtp",
    "TapFrame",
    "Tone",
    "ToneHeard",
]
