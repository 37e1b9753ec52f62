"""Keys heard as tones in the sound (in-band DTMF; ITU-T Q.23, Q.24).

Every 5 ms a piece of 25 ms is looked at. It is the sound of a key if one tone of each group is within 2.5 % of its
frequency (Q.24 wants 1.5 % taken and 3.5 % left alone), neither is much stronger than the other, and there is hardly
anything else: harmonics, other formants, noise. That last thing is what tells keys from voices. A press is told once
the sound has been the same for long enough, and is over when it has gone for longer than an interruption may be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuelai.media.embedded.hearing.goertzel import Bank, Floats
from yuelai.wire.dtmf import GRID, HIGH, LOW

TOLERANCE = 0.025
STRONGER_HIGH, STRONGER_LOW = 10**0.6, 10**1.0
"""How much more power the high or the low tone may have (Q.24 asks for 4 and 8 dB and the line adds its own)."""
QUIETEST = 32768.0**2 / 2 * 10**-4.2
"""Power of the weaker tone: 42 dB below the loudest sine."""
SHARE, SHARE_GOING_ON = 0.82, 0.35
"""How much of all power the two must be to begin a press, and to go on with one."""
BEGIN, END = 5, 5
"""Steps that agree before a press is told, and without it before it is over."""

STEP = 40
_WINDOW = 160
_FRAME = 160
_STEPS = _FRAME // STEP
_SECONDS = STEP / 8000


class Key(NamedTuple):
    """A press at `slot` that began, or ended after `seconds`."""

    slot: int
    key: str
    ended: bool
    seconds: float


class Keys:
    """Follows all slots; `resize` before a slot is used that was never used before."""

    def __init__(self) -> None:
        self._bank = Bank((*LOW, *HIGH), _WINDOW, STEP)
        self._tail = np.zeros((0, _FRAME), np.float32)
        self._phasors = np.zeros((0, 8), np.complex64)
        self._power = np.zeros(0, np.float32)
        self._candidate = np.zeros(0, np.int8)
        self._agreed = np.zeros(0, np.int16)
        self._key = np.zeros(0, np.int8)
        self._missed = np.zeros(0, np.int16)
        self._length = np.zeros(0, np.int32)

    def resize(self, slots: int) -> None:
        more = slots - len(self._tail)
        for name in ("_tail", "_phasors", "_power", "_candidate", "_agreed", "_key", "_missed", "_length"):
            old = getattr(self, name)
            fill = -1 if name in ("_candidate", "_key") else 0
            setattr(self, name, np.concatenate([old, np.full((more, *old.shape[1:]), fill, old.dtype)]))

    def forget(self, slot: int) -> None:
        self._tail[slot] = self._phasors[slot] = self._power[slot] = 0
        self._candidate[slot] = self._key[slot] = -1
        self._agreed[slot] = self._missed[slot] = self._length[slot] = 0

    def sounding(self, slots: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell where a key sounds, or may be about to."""
        sounding: NDArray[np.bool_] = (self._key[slots] >= 0) | (self._agreed[slots] > 1)
        return sounding

    def hear(self, slots: NDArray[np.intp], said: Floats) -> list[Key]:
        """Take the next frame of each, (rows, 160) at the scale of int16."""
        loud = np.abs(said).max(axis=1) ** 2 / 2 > QUIETEST
        busy = loud | (self._agreed[slots] > 0) | (self._key[slots] >= 0)
        if not busy.all():
            quiet = slots[~busy]
            # What is that quiet needs no looking at; the next look finds nothing before it.
            self._tail[quiet], self._phasors[quiet], self._power[quiet] = said[~busy], 0, 0
            slots, said = slots[busy], said[busy]
        if not len(slots):
            return []
        best, share = self._look(slots, said)
        return self._follow(slots, best, share)

    def _look(self, slots: NDArray[np.intp], said: Floats) -> tuple[NDArray[np.int8], Floats]:
        """Return (rows, steps): which key it sounds like, −1 for none, and the share of power that it is."""
        rows = len(slots)
        sound = np.concatenate([self._tail[slots], said], axis=1)
        stride, item = sound.strides
        pieces = np.lib.stride_tricks.as_strided(
            sound[:, STEP:], (rows, _STEPS, _WINDOW), (stride, STEP * item, item), writeable=False
        )
        found, whole = self._bank.look(pieces.reshape(-1, _WINDOW))
        phasors = np.concatenate([self._phasors[slots][:, None], found.reshape(rows, _STEPS, 8)], axis=1)
        power = np.concatenate([self._power[slots][:, None], whole.reshape(rows, _STEPS)], axis=1)
        self._tail[slots], self._phasors[slots], self._power[slots] = said, phasors[:, -1], power[:, -1]

        strength = phasors.real**2 + phasors.imag**2
        strength = strength[:, 1:] + strength[:, :-1]
        low, high = strength[..., :4].argmax(axis=-1), strength[..., 4:].argmax(axis=-1) + 4
        tones = []
        right = np.ones(low.shape, np.bool_)
        for group in (low, high):
            where = group[..., None]
            before = np.take_along_axis(phasors[:, :-1], where, -1)[..., 0]
            now = np.take_along_axis(phasors[:, 1:], where, -1)[..., 0]
            beside = self._bank.beside(before, now, group)
            right &= np.abs(beside) < TOLERANCE * self._bank.frequencies[group]
            # Both looks together: twice the power of the tone.
            tones.append(self._bank.power(before, beside) + self._bank.power(now, beside))
        right &= (tones[1] < STRONGER_HIGH * tones[0]) & (tones[0] < STRONGER_LOW * tones[1])
        right &= np.minimum(tones[0], tones[1]) > 2 * QUIETEST
        share = (tones[0] + tones[1]) / np.maximum(power[:, 1:] + power[:, :-1], np.float32(1))
        best = np.where(right, low * 4 + high - 4, -1).astype(np.int8)
        return best, share

    def _follow(self, slots: NDArray[np.intp], best: NDArray[np.int8], share: Floats) -> list[Key]:
        told: list[Key] = []
        candidate, agreed = self._candidate[slots], self._agreed[slots]
        key, missed, length = self._key[slots], self._missed[slots], self._length[slots]
        for step in range(_STEPS):
            like = best[:, step]
            clear = np.where(share[:, step] > SHARE, like, np.int8(-1))
            agreed = np.where(clear < 0, 0, np.where(clear == candidate, agreed + 1, 1)).astype(np.int16)
            candidate = clear
            held = key >= 0
            missed = np.where((like == key) & (share[:, step] > SHARE_GOING_ON), 0, missed + 1).astype(np.int16)
            length += held
            begun = (agreed >= BEGIN) & (candidate != key)
            over = held & (begun | (missed >= END))
            if over.any():
                for row in np.flatnonzero(over):
                    seconds = (int(length[row]) - int(missed[row])) * _SECONDS
                    told.append(Key(int(slots[row]), GRID[key[row]], True, seconds))
                key = np.where(over, np.int8(-1), key)
            if begun.any():
                for row in np.flatnonzero(begun):
                    told.append(Key(int(slots[row]), GRID[candidate[row]], False, 0.0))
                key = np.where(begun, candidate, key)
                missed, length = np.where(begun, 0, missed).astype(np.int16), np.where(begun, agreed, length)
        self._candidate[slots], self._agreed[slots] = candidate, agreed
        self._key[slots], self._missed[slots], self._length[slots] = key, missed, length
        return told
