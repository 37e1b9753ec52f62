"""Bringing voices to an even loudness, slowly, as a careful hand on the fader would."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.ring import Slots
from yuelai.wire.g711 import Samples

TARGET = -20.0
"""Loudness speech is brought to: dBov, 0 being that of the loudest square wave (ITU-T G.191, P.56)."""

LIMIT = 12.0
"""dB at most, up or down."""

_SPEECH_FROM = -50.0
"""dBov under which nothing counts as speech."""

_ABOVE_NOISE = 9.0
"""dB by which speech stands out from the noise of the line."""

_NOISE_AT_MOST = -48.0
"""dBov to which noise may be raised along with the speech."""

_STEP = 0.12
"""dB a tick (6 dB a second)."""

_SURE_AFTER = 15
"""Ticks of speech before anything is done (0.3 s)."""

_MEMORY = 150
"""Ticks of speech over which the loudness is averaged (3 s)."""

_NOISE_AT_FIRST = -65.0
_WINDOW = 100
"""Ticks of which the quietest is taken for the noise, the window before counting too (2 to 4 s)."""

_PEAK = 32000.0
_RAMP = (np.arange(1, FRAME + 1) / FRAME).astype(np.float32)

Levels = npt.NDArray[np.float64]


class Leveller:
    """Arrays by slot. The gain moves only while there is speech: pauses stay as quiet as they are."""

    def __init__(self) -> None:
        self._quietest, self._quietest_before = np.zeros(16), np.zeros(16)
        self._age = np.zeros(16, np.int64)
        self._speech = np.zeros(16)
        self._heard = np.zeros(16, np.int64)
        self._gain = np.zeros(16)

    def open(self, slot: int) -> None:
        """Begin with the gain of 0 dB."""
        while slot >= len(self._gain):
            for name, array in vars(self).items():
                setattr(self, name, np.append(array, np.zeros_like(array)))
        self._quietest[slot], self._quietest_before[slot], self._age[slot] = 0, _NOISE_AT_FIRST, 0
        self._speech[slot], self._heard[slot], self._gain[slot] = TARGET, 0, 0

    def close(self, slot: int) -> None:
        self.open(slot)

    def gain(self, slot: int) -> float:
        """Return what is done to this slot now, in dB."""
        return float(self._gain[slot])

    def apply(self, slots: Slots, said: Samples) -> Samples:
        """Take int16 (n, FRAME) of slots (n,), each at most once; return it levelled, never clipped."""
        if not len(slots):
            return said
        sound = said.astype(np.float32)
        level = 10 * np.log10(np.einsum("ij,ij->i", sound, sound).astype(np.float64) / FRAME / 32768**2 + 1e-10)
        before = self._gain[slots]
        after = self._follow(slots, level)
        # A peak that the gain would drive over the end of the scale is turned up less.
        peak = np.maximum(np.abs(sound).max(axis=1), 1)
        most = np.maximum(_PEAK / peak, 1)
        begin, end = np.minimum(10 ** (before / 20), most), np.minimum(10 ** (after / 20), most)
        if (begin == 1).all() and (end == 1).all():
            return said
        gain = begin[:, None] + (end - begin)[:, None] * _RAMP
        levelled: Samples = np.rint(sound * gain).astype(np.int16)
        return levelled

    def _follow(self, slots: Slots, level: Levels) -> Levels:
        noise = self._listen(slots, level)
        speaks = (level > _SPEECH_FROM) & (level > noise + _ABOVE_NOISE)
        heard = self._heard[slots] + speaks
        speech = self._speech[slots]
        first = speaks & (heard == 1)
        # The mean is of powers: loud syllables make the loudness of speech (P.56).
        power = 10 ** (speech / 10)
        power += np.where(speaks, (10 ** (level / 10) - power) / np.clip(heard, 1, _MEMORY), 0)
        speech = np.where(first, level, 10 * np.log10(power))
        self._heard[slots], self._speech[slots] = heard, speech
        most = np.clip(_NOISE_AT_MOST - noise, 0, LIMIT)
        wanted = np.clip(TARGET - speech, -LIMIT, most)
        gain = self._gain[slots]
        moved = gain + np.clip(wanted - gain, -_STEP, _STEP)
        gain = np.where(speaks & (heard >= _SURE_AFTER), moved, gain)
        self._gain[slots] = gain
        return gain

    def _listen(self, slots: Slots, level: Levels) -> Levels:
        """Return how loud the line itself is, in dBov."""
        quietest = np.minimum(self._quietest[slots], level)
        noise: Levels = np.minimum(quietest, self._quietest_before[slots])
        age = self._age[slots] + 1
        over = age >= _WINDOW
        self._quietest_before[slots[over]] = quietest[over]
        self._quietest[slots], self._age[slots] = np.where(over, 0, quietest), np.where(over, 0, age)
        return noise
