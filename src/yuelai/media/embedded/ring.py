"""Where sound waits for its turn: one ring a slot, laid out by position, all slots in one array.

A *position* counts samples of a slot's source and never wraps. Frames of many slots are copied at once, a row each,
from or to any position: every row carries margins that repeat its other end, so that no frame is ever in two pieces.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from yuelai.media.embedded.frames import FRAME
from yuelai.wire.g711 import Samples

Slots = npt.NDArray[np.intp]
Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SIZE = 8192
_ROW = FRAME + SIZE + 2 * FRAME
"""A margin in front for a frame that ends in the beginning, one behind for a frame that begins in the end."""

AHEAD = 6144
"""Samples from the play position on that may be written. What is left of SIZE lies behind it and is remembered."""

BEHIND = SIZE - AHEAD

_SLOTS = 1024
"""To begin with: growing copies every ring, which no tick should wait for; memory is only used once it is written."""

_WHOLE = np.ones(FRAME, np.bool_)
_NOTHING = np.zeros(FRAME, np.bool_)


class Rings:
    """int16 sound and a mask by sample of what is there. Slots must be below `capacity`."""

    def __init__(self) -> None:
        self.capacity = 0
        self._sound = np.zeros((0, _ROW), np.int16)
        self._there = np.zeros((0, _ROW), np.bool_)
        self.grow(_SLOTS)

    def grow(self, capacity: int) -> None:
        sound, there = np.zeros((capacity, _ROW), np.int16), np.zeros((capacity, _ROW), np.bool_)
        sound[: self.capacity], there[: self.capacity] = self._sound, self._there
        self._sound, self._there, self.capacity = sound, there, capacity
        # Frames at any place of the array as rows of a matrix: NumPy then copies each in one go.
        windows = capacity * _ROW - FRAME + 1
        self._sounds: Samples = as_strided(sound, (windows, FRAME), (2, 2))
        self._masks: Mask = as_strided(there, (windows, FRAME), (1, 1))

    def clear(self, slot: int) -> None:
        self._sound[slot], self._there[slot] = 0, False

    # Frames of many slots

    def put(self, slots: Slots, positions: Positions, frames: Samples) -> None:
        """Write int16 (k, FRAME)."""
        self._spread(self._sounds, slots, positions, frames)
        self._spread(self._masks, slots, positions, _WHOLE)

    def paint(self, slots: Slots, positions: Positions, frames: Samples) -> None:
        """Change how it sounds, not what counts as there."""
        self._spread(self._sounds, slots, positions, frames)

    def forget(self, slots: Slots, positions: Positions) -> None:
        """Nothing is there any more."""
        self._spread(self._masks, slots, positions, _NOTHING)

    def take(self, slots: Slots, positions: Positions) -> tuple[Samples, Mask]:
        """Copy int16 (k, FRAME) and what of it is there."""
        index = slots * _ROW + (positions & (SIZE - 1)) + FRAME
        return self._sounds[index], self._masks[index]

    def sound(self, slots: Slots, positions: Positions) -> Samples:
        """Copy int16 (k, FRAME), there or not."""
        sound: Samples = self._sounds[slots * _ROW + (positions & (SIZE - 1)) + FRAME]
        return sound

    def holds(self, slots: Slots, positions: Positions) -> Mask:
        """Tell for each position whether its sample is there."""
        there: Mask = self._there.reshape(-1)[slots * _ROW + (positions & (SIZE - 1)) + FRAME]
        return there

    def _spread(
        self, windows: npt.NDArray[np.generic], slots: Slots, positions: Positions, rows: npt.NDArray[np.generic]
    ) -> None:
        column = positions & (SIZE - 1)
        index = slots * _ROW + column + FRAME
        windows[index] = rows
        single = rows.ndim == 1
        head = np.flatnonzero(column < FRAME)
        if len(head):
            windows[index[head] + SIZE] = rows if single else rows[head]
        tail = np.flatnonzero(column > SIZE - FRAME)
        if len(tail):
            windows[index[tail] - SIZE] = rows if single else rows[tail]

    # Any length

    def past(self, slots: Slots, positions: Positions, length: int) -> Samples:
        """Copy int16 (k, length), the sound before each position, there or not."""
        frames = -(-length // FRAME)
        first = positions - frames * FRAME
        pieces = [self.sound(slots, first + n * FRAME) for n in range(frames)]
        return np.concatenate(pieces, axis=1)[:, -length:]

    def span(self, slot: int, position: int, length: int) -> tuple[Samples, Mask]:
        """Copy int16 (length,) of one slot and what of it is there."""
        columns = (np.arange(position, position + length) & (SIZE - 1)) + FRAME
        return self._sound[slot, columns], self._there[slot, columns]

    def store(self, slot: int, position: int, samples: Samples) -> None:
        """Write int16 of any length of one slot."""
        for start in range(0, len(samples), FRAME):
            piece = samples[start : start + FRAME]
            self._lay(self._sound[slot], position + start, piece)
            self._lay(self._there[slot], position + start, _WHOLE[: len(piece)])

    def erase(self, slot: int, position: int, length: int) -> None:
        """Forget any length of one slot."""
        for start in range(0, min(length, SIZE), FRAME):
            self._lay(self._there[slot], position + start, _NOTHING[: min(FRAME, length - start)])

    @staticmethod
    def _lay(row: npt.NDArray[np.generic], position: int, piece: npt.NDArray[np.generic]) -> None:
        column, size = position & (SIZE - 1), len(piece)
        start = FRAME + column
        row[start : start + size] = piece
        if column < FRAME:
            row[start + SIZE : start + SIZE + size] = piece
        elif column > SIZE - size:
            row[start - SIZE : start - SIZE + size] = piece
