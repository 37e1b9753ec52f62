"""What exchanges' signals sound like: a table by country (ITU-T E.180 and its supplement, GF 002-9002 of China).

Countries tell theirs apart by frequency or by cadence, so all plans can be listened for at once; who knows the country
may leave the others out.
"""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.media.ports import Tone


@dataclass(frozen=True)
class Sound:
    """One tone or two at once, in Hz, each within `tolerance`."""

    frequencies: tuple[float, ...]
    tolerance: float = 12.0


@dataclass(frozen=True)
class Signal:
    """`on` and `off` are seconds of one round; an `off` of 0 never pauses."""

    tone: Tone
    sound: Sound
    on: float = 0.0
    off: float = 0.0


# A concert pitch of 440 Hz is no exchange's tone: 450 leaves it out.
_CHINA = Sound((450.0,), 9.0)
_EUROPE = Sound((425.0,), 12.0)

PLANS: dict[str, tuple[Signal, ...]] = {
    "CN": (
        Signal(Tone.DIAL, _CHINA),
        Signal(Tone.RINGBACK, _CHINA, 1.0, 4.0),
        Signal(Tone.BUSY, _CHINA, 0.35, 0.35),
        Signal(Tone.CONGESTION, _CHINA, 0.7, 0.7),
    ),
    "EU": (
        Signal(Tone.DIAL, _EUROPE),
        Signal(Tone.RINGBACK, _EUROPE, 1.0, 4.0),
        Signal(Tone.BUSY, _EUROPE, 0.5, 0.5),
        Signal(Tone.CONGESTION, _EUROPE, 0.25, 0.25),
    ),
    "NA": (
        Signal(Tone.DIAL, Sound((350.0, 440.0))),
        Signal(Tone.RINGBACK, Sound((440.0, 480.0)), 2.0, 4.0),
        Signal(Tone.BUSY, Sound((480.0, 620.0)), 0.5, 0.5),
        Signal(Tone.CONGESTION, Sound((480.0, 620.0)), 0.25, 0.25),
    ),
}

CALLING_FAX = Sound((1100.0,), 20.0)
"""1100 Hz ± 38 Hz (T.30 §4.3.3.2); real machines are far nearer."""
ANSWERING_FAX = Sound((2100.0,), 15.0)
"""T.30 §4.3.3.1, V.25 §3, V.8 §7: reversals of phase and 15 Hz of modulation do not move it."""

INFORMATION: tuple[tuple[Sound, ...], ...] = tuple(
    tuple(Sound((frequency + shift,), 13.0) for shift in (-36.0, -12.0, 12.0, 36.0))
    for frequency in (950.0, 1400.0, 1800.0)
)
"""The three special information tones, each 330 ± 70 ms and within 50 Hz (E.180 §8); North America puts a meaning into
which of them is a little lower and shorter."""
