"""Signals heard in the sound: fax machines and the tones of exchanges.

Every 20 ms a piece of 60 ms is given a label: which of the known sounds it is, or none. A sound is known by its
frequencies, each within its tolerance, and by there being hardly anything else. Labels in a row make signals
(`cadence`); the answering tone alone is known by its mere length.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuelai.media.embedded.hearing.cadence import QUIET, Cadence, rhythms_for
from yuelai.media.embedded.hearing.goertzel import Bank, Floats
from yuelai.media.embedded.hearing.plans import ANSWERING_FAX, CALLING_FAX, INFORMATION, PLANS, Sound
from yuelai.media.ports import Tone

_FRAME, _WINDOW = 160, 480
_TAIL = _WINDOW - _FRAME

SHARE = 0.72
"""How much of all power a sound must be."""
BALANCE = 10**0.8
"""How much more power one tone of two may have."""
QUIETEST = 32768.0**2 / 2 * 10**-4.4
"""44 dB below the loudest sine."""
ANSWERING_TICKS = 40
"""So many more ticks with than without the answering tone: each reversal of its phase spoils four of some 22."""


class Heard(NamedTuple):
    slot: int
    tone: Tone


class Tones:
    def __init__(self, countries: Collection[str] = tuple(PLANS)) -> None:
        signals = [signal for country in countries for signal in PLANS[country]]
        sounds = list(dict.fromkeys(signal.sound for signal in signals))
        numbered: list[tuple[Sound, int]] = [(sound, label) for label, sound in enumerate(sounds, 1)]
        label = len(sounds)
        self._calling, self._answering = label + 1, label + 2
        numbered += [(CALLING_FAX, self._calling), (ANSWERING_FAX, self._answering)]
        self._information = (label + 3, label + 4, label + 5)
        for number, near in zip(self._information, INFORMATION, strict=True):
            numbered += [(sound, number) for sound in near]
        self._rhythms = rhythms_for((s.tone, sounds.index(s.sound) + 1, s.on, s.off) for s in signals)

        frequencies = sorted({frequency for sound, _ in numbered for frequency in sound.frequencies})
        self._bank = Bank(frequencies, _WINDOW, _FRAME)
        # Each sound's places among the frequencies; a single tone is a pair with itself that counts once.
        ends = [(sound.frequencies[0], sound.frequencies[-1]) for sound, _ in numbered]
        self._pairs = np.array([[frequencies.index(one), frequencies.index(other)] for one, other in ends])
        self._double = np.array([one != other for one, other in ends])
        self._tolerance = np.array([sound.tolerance for sound, _ in numbered], np.float32)
        self._labels = np.array([number for _, number in numbered], np.int64)

        self._cadences: dict[int, Cadence] = {}
        self._wanted: dict[int, frozenset[Tone]] = {}
        self._tail = np.zeros((0, _TAIL), np.float32)
        self._phasors = np.zeros((0, len(frequencies)), np.complex64)
        self._answer = np.zeros(0, np.int32)

    def resize(self, slots: int) -> None:
        more = slots - len(self._tail)
        for name in ("_tail", "_phasors", "_answer"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros((more, *old.shape[1:]), old.dtype)]))

    def want(self, slot: int, tones: frozenset[Tone]) -> None:
        self._wanted[slot] = tones
        if slot not in self._cadences:
            self._cadences[slot] = Cadence(self._rhythms, self._calling, self._information)

    def forget(self, slot: int) -> None:
        self._cadences.pop(slot, None)
        self._wanted.pop(slot, None)
        self._tail[slot] = self._phasors[slot] = self._answer[slot] = 0

    def hear(self, slots: NDArray[np.intp], said: Floats) -> list[Heard]:
        """Take the next frame of each, (rows, 160) at the scale of int16."""
        found: list[Heard] = []
        labels = self._label(slots, said)
        answers = self._answer[slots]
        answering = labels == self._answering
        count = np.clip(answers + np.where(answering, 1, -1), 0, ANSWERING_TICKS * 2)
        self._answer[slots] = count
        crossed = answering & (count == ANSWERING_TICKS) & (answers < ANSWERING_TICKS)
        levels = 10 * np.log10(np.einsum("ij,ij->i", said, said) + 1)
        rows = zip(slots.tolist(), labels.tolist(), levels.tolist(), crossed.tolist(), strict=True)
        for slot, label, level, answered in rows:
            cadence = self._cadences[slot]
            if label == QUIET and cadence.idle:
                cadence.rest(level)
                continue
            tone = cadence.hear(label, level)
            if answered:
                tone = cadence.tell(Tone.CED)
            if tone is not None and tone in self._wanted[slot]:
                found.append(Heard(slot, tone))
        return found

    def _label(self, slots: NDArray[np.intp], said: Floats) -> NDArray[np.int64]:
        """Return which sound each is, (rows,)."""
        labels = np.zeros(len(slots), np.int64)
        sound = np.concatenate([self._tail[slots], said], axis=1)
        self._tail[slots] = sound[:, _FRAME:]
        before = self._phasors[slots]
        self._phasors[slots] = 0
        rows = np.flatnonzero(np.abs(said).max(axis=1) ** 2 / 2 > QUIETEST)
        if not len(rows):
            return labels
        now, whole = self._bank.look(sound[rows])
        before = before[rows]
        self._phasors[slots[rows]] = now
        beside = self._bank.beside(before, now)
        power = self._bank.power(now, beside)
        # (rows, sounds, 2): what each of a sound's tones has, and whether it is where it should be.
        one, other = power[:, self._pairs[:, 0]], power[:, self._pairs[:, 1]]
        lower, upper = beside[:, self._pairs[:, 0]], beside[:, self._pairs[:, 1]]
        right = (np.abs(lower) <= self._tolerance) & (np.abs(upper) <= self._tolerance)
        # A look at nothing has a phase that means nothing.
        seen = np.abs(before) > 0.3 * np.abs(now)
        right &= seen[:, self._pairs[:, 0]] & seen[:, self._pairs[:, 1]]
        right &= (one < BALANCE * other) & (other < BALANCE * one)
        share = np.where(right, one + np.where(self._double, other, 0), 0) / np.maximum(whole, np.float32(1))[:, None]
        best = share.argmax(axis=1)
        clear = share[np.arange(len(best)), best] > SHARE
        labels[rows] = np.where(clear, self._labels[best], QUIET)
        return labels
