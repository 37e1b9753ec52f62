"""What the engine tells of a leg, in the order it happened."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.media.ports.legs import Barge, Quality, Tone
from yuelai.platform.ids import LegId


@dataclass(frozen=True)
class Digit:
    """One key pressed, told once per press, when it is first heard: as a telephone event (RFC 4733 §2.5) or, where the
    leg is listened to for them, as a tone in the sound. A peer that sends both is heard once."""

    leg: LegId
    digit: str
    tone: bool = False


@dataclass(frozen=True)
class PlayEnded:
    """`finished` is false when it was stopped: by `stop`, by a newer `play`, by what `barge` says, or because the leg
    closed."""

    leg: LegId
    play: UUID
    finished: bool
    barge: Barge | None = None


@dataclass(frozen=True)
class LegSilent:
    """No RTP at all for `seconds` though the leg should be sending; told once per silence."""

    leg: LegId
    seconds: float


@dataclass(frozen=True)
class LegHeard:
    """RTP is back after a `LegSilent`."""

    leg: LegId


@dataclass(frozen=True)
class ToneHeard:
    """One of the tones the leg is listened to for; told once until it has been away for some seconds."""

    leg: LegId
    tone: Tone


@dataclass(frozen=True)
class SpeechBegan:
    leg: LegId


@dataclass(frozen=True)
class SpeechEnded:
    leg: LegId
    seconds: float
    """How long it was."""


@dataclass(frozen=True)
class QualityChanged:
    """The link became poor (MOS under 3.1 over some ten seconds) or is good again (over 3.6)."""

    leg: LegId
    poor: bool
    quality: Quality


@dataclass(frozen=True)
class LegGone:
    """The engine process died or was restarted; the leg and its ports no longer exist."""

    leg: LegId


MediaEvent = Digit | PlayEnded | LegSilent | LegHeard | ToneHeard | SpeechBegan | SpeechEnded | QualityChanged | LegGone
