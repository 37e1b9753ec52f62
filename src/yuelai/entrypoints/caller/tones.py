"""Hearing steady tones: the proof that sound got through. Pure; feed it samples, ask what it heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

RATE = 8000
WINDOW = 800
"""Samples looked at together: 100 ms, so a spectrum in steps of 10 Hz."""
PURITY = 0.90
"""Share of the energy that has to lie within 30 Hz of the strongest frequency."""
FLOOR = 10 ** (-45 / 20)
"""Quietest tone that counts, of full scale."""
STEADY_HZ = 6.0
STEADY_DB = 1.0
"""How far two windows of one tone may differ. Music fades faster than this, so a plucked note is no tone."""
SAME_HZ = 10.0
"""Tones nearer than this are told as one."""

_WINDOW = np.hanning(WINDOW)


@dataclass
class Tone:
    """`seconds` in all, `first_at` and `last_at` in seconds of sound fed in."""

    hz: float
    seconds: float
    first_at: float
    last_at: float


@dataclass(frozen=True)
class _Peak:
    hz: float
    decibels: float


class ToneDetector:
    """Collects the steady tones in a stream of int16 samples at 8 kHz. A tone shorter than 200 ms is not heard."""

    def __init__(self) -> None:
        self.tones: list[Tone] = []
        self._pending = np.zeros(0, dtype=np.int16)
        self._windows = 0
        self._previous: _Peak | None = None
        self._counted = False

    def feed(self, samples: Samples) -> None:
        self._pending = np.concatenate([self._pending, samples])
        while len(self._pending) >= WINDOW:
            window, self._pending = self._pending[:WINDOW], self._pending[WINDOW:]
            self._take(_peak(window))
            self._windows += 1

    def heard(self, hz: float, *, within: float = SAME_HZ) -> float:
        """Return the seconds heard of a frequency."""
        return sum(t.seconds for t in self.tones if abs(t.hz - hz) <= within)

    def _take(self, peak: _Peak | None) -> None:
        previous, self._previous = self._previous, peak
        steady = (
            peak is not None
            and previous is not None
            and abs(peak.hz - previous.hz) <= STEADY_HZ
            and abs(peak.decibels - previous.decibels) <= STEADY_DB
        )
        if not steady:
            self._counted = False
            return
        assert peak is not None
        # The window before was the first of this tone: now that it has proved steady it counts as well.
        windows = 1 if self._counted else 2
        self._counted = True
        end = (self._windows + 1) * WINDOW / RATE
        seconds = windows * WINDOW / RATE
        for tone in self.tones:
            if abs(tone.hz - peak.hz) <= SAME_HZ:
                tone.hz = (tone.hz * tone.seconds + peak.hz * seconds) / (tone.seconds + seconds)
                tone.seconds += seconds
                tone.last_at = end
                return
        self.tones.append(Tone(peak.hz, seconds, end - seconds, end))


def _peak(window: Samples) -> _Peak | None:
    """Return the one frequency a window consists of, or None."""
    sound = window.astype(np.float64) / 32768
    level = float(np.sqrt(np.mean(sound**2)) * np.sqrt(2))
    if level < FLOOR:
        return None
    spectrum = np.abs(np.fft.rfft((sound - sound.mean()) * _WINDOW)) ** 2
    k = int(spectrum[1:-1].argmax()) + 1
    if spectrum[max(0, k - 3) : k + 4].sum() < PURITY * spectrum.sum():
        return None
    # Parabola through the logarithms of three bins: good to a fraction of a hertz under a Hann window.
    below, at, above = np.log(spectrum[k - 1 : k + 2] + 1e-12)
    shift = 0.5 * (below - above) / (below - 2 * at + above)
    return _Peak(float((k + shift) * RATE / WINDOW), float(20 * np.log10(level)))
