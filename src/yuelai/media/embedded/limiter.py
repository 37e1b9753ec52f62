"""Keeping sums of voices within 16 bits without the harshness of clipping: what is too loud is turned down."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.frames import FRAME
from yuelai.wire.g711 import Samples

KNEE = 23198.0
"""The peak up to which nothing is touched: −3 dBFS."""

_CEILING = 32700.0
_HOLD = 10
"""Ticks for which a peak is remembered as it was (0.2 s): the loudness of a voice does not ripple with its beats."""

_RELEASE = np.float32(0.98)
"""What it then falls to in a tick: 9 dB a second, too slow to be heard as pumping."""

_ATTACK = 16
"""Samples in which the loudness falls when a frame needs it (2 ms)."""

_FALL = np.minimum(np.arange(1, FRAME + 1) / _ATTACK, 1).astype(np.float32)
_RISE = (np.arange(1, FRAME + 1) / FRAME).astype(np.float32)


class Limiter:
    """One gain a row, turned down in 2 ms and up in seconds."""

    def __init__(self, rows: int) -> None:
        self._peak = np.zeros(rows, np.float32)
        self._age = np.zeros(rows, np.int64)
        self._gain = np.ones(rows, np.float32)
        self._busy = False
        self._first = True

    def limit(self, sound: npt.NDArray[np.float32]) -> Samples:
        """Take float32 (rows, FRAME); return it within 16 bits, unchanged but for rounding where it is not loud."""
        peak = np.maximum(sound.max(axis=1, initial=0), -sound.min(axis=1, initial=0))
        if self._busy or peak.max(initial=0) > KNEE:
            sound = self._turn_down(sound, peak)
        self._first = False
        return sound.astype(np.int16)

    def _turn_down(self, sound: npt.NDArray[np.float32], peak: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        self._age = np.where(peak >= self._peak, 0, self._age + 1)
        self._peak = np.maximum(peak, np.where(self._age > _HOLD, self._peak * _RELEASE, self._peak))
        hot = np.flatnonzero((self._peak > KNEE) | (self._gain < 1))
        self._busy = len(hot) > 0
        held = self._peak[hot]
        over = np.maximum(held - KNEE, 0)
        span = _CEILING - KNEE
        gain = np.where(over > 0, (KNEE + span * np.tanh(over / span)) / np.maximum(held, 1), 1).astype(np.float32)
        before = gain if self._first else self._gain[hot]
        self._gain[hot] = gain
        ramp = np.where((gain < before)[:, None], _FALL, _RISE)
        louder = sound[hot] * (before[:, None] + (gain - before)[:, None] * ramp)
        sound = sound.copy()
        # Only the two milliseconds of a fall can still reach the end of the scale.
        sound[hot] = np.clip(louder, -32768, 32767)
        return sound
