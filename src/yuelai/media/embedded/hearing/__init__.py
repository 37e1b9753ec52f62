"""What is heard in the sound of a leg besides its meaning: keys, signals, and that somebody speaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuelai.media.embedded.hearing.keys import Keys
from yuelai.media.embedded.hearing.speech import Speech
from yuelai.media.embedded.hearing.tones import Tones
from yuelai.media.ports import Tone
from yuelai.wire.g711 import Samples

__all__ = ["Heard", "Hearing"]

_LEAST = 64
"""Slots to make room for at a time."""


@dataclass(frozen=True)
class Heard:
    """One thing heard at `slot`: exactly one of the others is set.

    `key` began to sound and is told once for each press; `released` is a key that ended after `seconds`. `speech` is
    true where somebody began to speak, and false where they ended after `seconds`.
    """

    slot: int
    key: str | None = None
    released: str | None = None
    tone: Tone | None = None
    speech: bool | None = None
    seconds: float = 0.0


class Hearing:
    """Detectors for all slots at once. Frames are 20 ms of int16 at 8 kHz."""

    def __init__(self) -> None:
        self._keys, self._tones, self._speech = Keys(), Tones(), Speech()
        self._for_keys = np.zeros(0, np.bool_)
        self._for_tones = np.zeros(0, np.bool_)
        self._for_speech = np.zeros(0, np.bool_)
        self.wanted = np.zeros(0, np.bool_)
        """By slot: `hear` has something to do there. Shorter than the slots nobody ever asked about."""

    def want(self, slot: int, *, tones: bool, detect: frozenset[Tone] = frozenset(), speech: bool = False) -> None:
        """Listen at `slot` for keys as `tones`, the signals of `detect` and `speech`; for nothing: forget it all."""
        if slot >= len(self.wanted):
            self._resize(max(slot + 1, len(self.wanted) * 2, _LEAST))
        for wanted, part, was in (
            (tones, self._keys, self._for_keys),
            (bool(detect), self._tones, self._for_tones),
            (speech, self._speech, self._for_speech),
        ):
            if not wanted and was[slot]:
                part.forget(slot)
            was[slot] = wanted
        if detect:
            self._tones.want(slot, detect)
        self.wanted[slot] = tones or bool(detect) or speech

    def _resize(self, slots: int) -> None:
        for part in (self._keys, self._tones, self._speech):
            part.resize(slots)
        for name in ("_for_keys", "_for_tones", "_for_speech", "wanted"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros(slots - len(old), np.bool_)]))

    def hear(self, slots: NDArray[np.intp], said: Samples) -> list[Heard]:
        """Take the next frame of each slot, int16 (rows, 160), no slot twice; pass over those nobody wants."""
        heard: list[Heard] = []
        known = slots < len(self.wanted)
        if not known.all():
            slots, said = slots[known], said[known]
        rows = np.flatnonzero(self.wanted[slots])
        if not len(rows):
            return heard
        slots, said = slots[rows], said[rows]
        sound = said.astype(np.float32)
        rows = np.flatnonzero(self._for_keys[slots])
        if len(rows):
            for slot, key, ended, seconds in self._keys.hear(slots[rows], sound[rows]):
                heard.append(Heard(slot, released=key, seconds=seconds) if ended else Heard(slot, key=key))
        rows = np.flatnonzero(self._for_tones[slots])
        if len(rows):
            heard += [Heard(slot, tone=tone) for slot, tone in self._tones.hear(slots[rows], sound[rows])]
        rows = np.flatnonzero(self._for_speech[slots])
        if len(rows):
            keys = self._keys.sounding(slots[rows])
            for slot, began, seconds in self._speech.hear(slots[rows], said[rows], sound[rows], keys):
                heard.append(Heard(slot, speech=began, seconds=seconds))
        return heard

    def cut(self, slots: NDArray[np.intp], said: Samples) -> None:
        """Silence, in place, the rows in which `hear` has just heard a key, or may be about to."""
        rows = np.flatnonzero(slots < len(self.wanted))
        rows = rows[self._for_keys[slots[rows]]]
        if len(rows):
            said[rows[self._keys.sounding(slots[rows])]] = 0
