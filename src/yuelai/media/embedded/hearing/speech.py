"""When somebody speaks: WebRTC's voice detector for each leg, with what it lacks.

By itself it takes tones for voices, and noise for a while after it began. So pieces that are no more than two tones do
not count, and of the others some must have a pitch, as vowels do, or be well above the noise, as an s is. A voice ends
after a pause without any of these.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import webrtcvad
from numpy.typing import NDArray

from yuelai.wire.g711 import Samples

FRAME, RATE = 160, 8000
_SECONDS = FRAME / RATE

STRICTNESS = 2
"""0 to 3: how sure the detector must be."""
QUIETEST = 32768.0 * 10**-2.75
"""Mean amplitude (55 dB below full scale) under which nothing is listened for."""
RECENT = 6
BEGIN, SURE = 3, 3
"""So many of the `RECENT` pieces of 20 ms must be a voice, and so many surely."""
ABOVE = 10.0
"""How much more power than the noise is well above it."""
RISE = 1.02
"""By how much the noise is believed to grow with each piece that is louder: 4 dB a second."""
SOFTEST_NOISE = 32768.0 * 10**-2.6
PAUSE = 25
"""Pieces without a voice that end it: half a second."""
PURE = 0.9
"""Where the two strongest partials from 325 Hz up are this share of the power, it is a tone. Signals have none lower;
those of voices that are nearly pure, as of a nasal or an u, have."""
VOICE = (75.0, 450.0)
"""Hz of a voice's pitch."""
HARMONIC = 0.07
"""By how much of the pitch a partial may be beside a multiple of it; no signal's two tones fit like that."""
MOVED, CHANGED = 45.0, 0.5
"""From piece to piece a tone moves by fewer Hz and changes by less of its power (logarithm): voices do not stand so."""
STEADY, RINGS_ON = 2, 2
"""After so many more pieces of the same tone it is one for certain, and its end takes so many."""
PITCHED = 0.5
"""How alike a sound is to itself a period later; noise is by 0.2."""

_BITS = np.array([bin(mask).count("1") for mask in range(1 << RECENT)], np.uint8)
# Pitch is looked for at half the rate: 50 to 400 Hz.
_HALF = FRAME
_SHORTEST, _LONGEST = 10, 80
_BIN = 12.5
_HUM, _TONES = round(200 / _BIN), round(325 / _BIN)

_TONAL = ("_ringing", "_steady", "_peak", "_power")
_STATE = (*_TONAL, "_recent", "_sure", "_noise", "_tail", "_speaking", "_length", "_pause")

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


class Talk(NamedTuple):
    slot: int
    began: bool
    seconds: float
    """How long it was, where it ended."""


class Speech:
    def __init__(self) -> None:
        self._detectors: list[webrtcvad.Vad | None] = []
        self._recent = np.zeros(0, np.uint8)
        self._sure = np.zeros(0, np.uint8)
        self._ringing, self._steady = np.zeros(0, np.int8), np.zeros(0, np.int8)
        self._peak, self._power = np.zeros(0, np.float32), np.zeros(0, np.float32)
        self._noise = np.zeros(0, np.float32)
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
        for name in _STATE:
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros((more, *old.shape[1:]), old.dtype)]))

    def forget(self, slot: int) -> None:
        self._detectors[slot] = None
        for name in _STATE:
            getattr(self, name)[slot] = 0

    def hear(self, slots: NDArray[np.intp], said: Samples, sound: Floats, keys: Bools) -> list[Talk]:
        """Take the next frame of each, int16 (rows, 160), the same as float32, and in which rows a key sounds."""
        loudness = np.abs(sound).mean(axis=1)
        voiced = loudness > QUIETEST
        # Whoever begins in the midst of a sound has heard no noise yet: nothing is above it.
        noise = np.where(self._noise[slots] > 0, self._noise[slots] * np.float32(RISE), loudness)
        noise = self._noise[slots] = np.maximum(np.minimum(noise, loudness), np.float32(SOFTEST_NOISE))
        pcm = said.tobytes()
        for row in np.flatnonzero(voiced):
            slot = slots[row]
            detector = self._detectors[slot]
            if detector is None:
                detector = self._detectors[slot] = webrtcvad.Vad(STRICTNESS)
            voiced[row] = detector.is_speech(pcm[row * 2 * FRAME : (row + 1) * 2 * FRAME], RATE)
        sure = loudness > noise * ABOVE**0.5
        rows = np.flatnonzero(voiced)
        if len(rows):
            where = slots[rows]
            few, pitch, peak, power = self._look(np.concatenate([self._tail[where], sound[rows]], axis=1))
            still = np.abs(peak - self._peak[where]) <= MOVED
            still &= np.abs(np.log(power / np.maximum(self._power[where], 1e-3))) <= CHANGED
            self._peak[where], self._power[where] = peak, power
            pure = few & still
            steady = self._steady[where] = np.where(pure, np.minimum(self._steady[where] + 1, 100), 0)
            # The two pieces in which a tone ends have its pitch still.
            ringing = np.where(steady >= STEADY, RINGS_ON + 1, self._ringing[where])
            self._ringing[where] = np.maximum(ringing - 1, 0)
            voiced[rows] = ~pure & (ringing == 0) & ~keys[rows]
            sure[rows] |= pitch
        sure &= voiced
        self._tail[slots] = sound
        return self._follow(slots, voiced, sure)

    def _look(self, sound: Floats) -> tuple[Bools, Bools, Floats, Floats]:
        """Tell which rows of 40 ms are one tone or two and have a pitch, their strongest partial (Hz) and power."""
        half = sound[:, ::2] + sound[:, 1::2]
        spectrum = np.fft.rfft(half * self._window, 2 * _HALF)
        power = spectrum.real**2 + spectrum.imag**2
        power[:, :_HUM] = 0
        alike = np.fft.irfft(power)
        best = (alike[:, _SHORTEST : _LONGEST + 1] * self._fading).max(axis=1)
        pitched: Bools = best > PITCHED * alike[:, 0]
        whole: Floats = power.sum(axis=1) + np.float32(1)
        rows = np.arange(len(power))
        places: list[Floats] = []
        strengths: list[Floats] = []
        for _ in range(2):
            place = np.minimum(power[:, _TONES:].argmax(axis=1) + _TONES, power.shape[1] - 5)
            left, top, right = (np.sqrt(power[rows, place + side]) for side in (-1, 0, 1))
            places.append((place + (right - left) / np.maximum(2 * (2 * top - left - right), 1e-3)) * np.float32(_BIN))
            partial = place[:, None] + np.arange(-4, 5)
            strengths.append(power[rows[:, None], partial].sum(axis=1))
            power[rows[:, None], partial] = 0
        # Neighbours among the partials of a voice have its pitch between them and are multiples of it.
        between = np.abs(places[1] - places[0])
        order = np.minimum(places[0], places[1]) / np.maximum(between, 1)
        voice = (between > VOICE[0]) & (between < VOICE[1]) & (np.abs(order - np.round(order)) < HARMONIC)
        alone = strengths[0] > PURE * whole
        few: Bools = alone | ((strengths[0] + strengths[1] > PURE * whole) & ~voice)
        return few, pitched, places[0], whole

    def _follow(self, slots: NDArray[np.intp], voiced: Bools, sure: Bools) -> list[Talk]:
        told: list[Talk] = []
        recent = ((self._recent[slots] << 1) | voiced) & ((1 << RECENT) - 1)
        certain = ((self._sure[slots] << 1) | sure) & ((1 << RECENT) - 1)
        votes = _BITS[recent]
        speaking = self._speaking[slots]
        begun = ~speaking & (votes >= BEGIN) & (_BITS[certain] >= SURE)
        pause = np.where(begun | sure, 0, self._pause[slots] + 1)
        length = np.where(begun, votes, self._length[slots] + 1)
        ended = speaking & (pause >= PAUSE)
        for row in np.flatnonzero(begun):
            told.append(Talk(int(slots[row]), True, 0.0))
        for row in np.flatnonzero(ended):
            told.append(Talk(int(slots[row]), False, float(length[row] - pause[row]) * _SECONDS))
        self._recent[slots], self._sure[slots] = recent, certain
        self._pause[slots], self._length[slots] = pause, length
        self._speaking[slots] = (speaking | begun) & ~ended
        return told
