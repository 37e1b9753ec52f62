"""When somebody speaks: WebRTC's voice detector for each leg, with what it lacks.

By itself it takes tones for voices, and noise for a while after it began. So only pieces count that have a pitch and
more partials than two, a voice begins when some of the last pieces had and most were said to be one, and it ends after
a pause without any.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import webrtcvad
from numpy.typing import NDArray

from yuelai.wire.g711 import Samples

FRAME, RATE = 160, 8000
_SECONDS = FRAME / RATE

STRICTNESS = 3
"""0 to 3: how sure the detector must be."""
QUIETEST = 32768.0 * 10**-2.75
"""Mean amplitude (55 dB below full scale) under which nothing is listened for."""
RECENT = 6
BEGIN, VOICED = 4, 2
"""So many of the `RECENT` pieces of 20 ms must be a voice, and so many have a pitch."""
PAUSE = 25
"""Pieces without a voice that end it: half a second."""
PURE = 0.9
"""Where the two strongest partials are this share of the power, it is a tone."""
PITCHED = 0.5
"""How alike a sound is to itself a period later; noise is by 0.2."""

_BITS = np.array([bin(mask).count("1") for mask in range(1 << RECENT)], np.uint8)
# Pitch is looked for at half the rate: 50 to 400 Hz.
_HALF = FRAME
_SHORTEST, _LONGEST = 10, 80
_LOWEST = 7  # bins of 12.5 Hz below that only hum and the line's offset


class Talk(NamedTuple):
    slot: int
    began: bool
    seconds: float
    """How long it was, where it ended."""


class Speech:
    def __init__(self) -> None:
        self._detectors: list[webrtcvad.Vad | None] = []
        self._recent = np.zeros(0, np.uint8)
        self._pitched = np.zeros(0, np.uint8)
        self._tail = np.zeros((0, FRAME), np.float32)
        self._speaking = np.zeros(0, np.bool_)
        self._length = np.zeros(0, np.int32)
        self._pause = np.zeros(0, np.int32)
        window = np.hanning(_HALF)
        self._window = window.astype(np.float32)
        alike = np.correlate(window, window, "full")[_HALF - 1 :]
        # A window fades a sound against itself a period later; this makes up for it.
        self._fading = (alike[0] / alike[_SHORTEST : _LONGEST + 1]).astype(np.float32)

    def resize(self, slots: int) -> None:
        more = slots - len(self._detectors)
        self._detectors += [None] * more
        for name in ("_recent", "_pitched", "_tail", "_speaking", "_length", "_pause"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros((more, *old.shape[1:]), old.dtype)]))

    def forget(self, slot: int) -> None:
        self._detectors[slot] = None
        self._recent[slot] = self._pitched[slot] = self._tail[slot] = self._speaking[slot] = self._length[
            slot
        ] = self._pause[slot] = 0

    def hear(self, slots: NDArray[np.intp], said: Samples, sound: NDArray[np.float32]) -> list[Talk]:
        """Take the next frame of each, int16 (rows, 160), and the same as float32."""
        voiced = np.abs(sound).mean(axis=1) > QUIETEST
        pcm = said.tobytes()
        for row in np.flatnonzero(voiced):
            slot = slots[row]
            detector = self._detectors[slot]
            if detector is None:
                detector = self._detectors[slot] = webrtcvad.Vad(STRICTNESS)
            voiced[row] = detector.is_speech(pcm[row * 2 * FRAME : (row + 1) * 2 * FRAME], RATE)
        pitched = np.zeros(len(slots), np.bool_)
        rows = np.flatnonzero(voiced)
        if len(rows):
            pure, pitch = self._look(np.concatenate([self._tail[slots[rows]], sound[rows]], axis=1))
            voiced[rows] = ~pure
            pitched[rows] = pitch & ~pure
        self._tail[slots] = sound
        return self._follow(slots, voiced, pitched)

    def _look(self, sound: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which rows of 40 ms are one tone or two, and which have a pitch."""
        half = sound[:, ::2] + sound[:, 1::2]
        spectrum = np.fft.rfft(half * self._window, 2 * _HALF)
        power = spectrum.real**2 + spectrum.imag**2
        power[:, :_LOWEST] = 0
        alike = np.fft.irfft(power)
        best = (alike[:, _SHORTEST : _LONGEST + 1] * self._fading).max(axis=1)
        pitched: NDArray[np.bool_] = best > PITCHED * alike[:, 0]
        whole = power.sum(axis=1)
        strongest = np.zeros(len(power), power.dtype)
        rows = np.arange(len(power))[:, None]
        for _ in range(2):
            peak = np.clip(power.argmax(axis=1), 4, power.shape[1] - 5)[:, None] + np.arange(-4, 5)
            strongest += power[rows, peak].sum(axis=1)
            power[rows, peak] = 0
        pure: NDArray[np.bool_] = strongest > PURE * whole
        return pure, pitched

    def _follow(self, slots: NDArray[np.intp], voiced: NDArray[np.bool_], pitched: NDArray[np.bool_]) -> list[Talk]:
        told: list[Talk] = []
        recent = ((self._recent[slots] << 1) | voiced) & ((1 << RECENT) - 1)
        pitches = ((self._pitched[slots] << 1) | pitched) & ((1 << RECENT) - 1)
        votes = _BITS[recent]
        speaking = self._speaking[slots]
        begun = ~speaking & (votes >= BEGIN) & (_BITS[pitches] >= VOICED)
        pause = np.where(begun | pitched, 0, self._pause[slots] + 1)
        length = np.where(begun, votes, self._length[slots] + 1)
        ended = speaking & (pause >= PAUSE)
        for row in np.flatnonzero(begun):
            told.append(Talk(int(slots[row]), True, 0.0))
        for row in np.flatnonzero(ended):
            told.append(Talk(int(slots[row]), False, float(length[row] - pause[row]) * _SECONDS))
        self._recent[slots], self._pitched[slots] = recent, pitches
        self._pause[slots], self._length[slots] = pause, length
        self._speaking[slots] = (speaking | begun) & ~ended
        return told
