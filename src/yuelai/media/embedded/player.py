"""What plays to one leg: prompts one after the other, once or for ever, until something ends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.frames import FRAME
from yuelai.media.ports import Barge
from yuelai.wire.g711 import Samples

MAX_GAIN = 16.0
"""24 dB; more is noise whatever it was."""


class Play:
    """One `play`: pieces one after the other without a gap, once or for ever."""

    def __init__(
        self,
        id_: UUID,
        pieces: Sequence[Samples],
        *,
        loop: bool,
        gain: float,
        barge: frozenset[Barge] = frozenset(),
    ) -> None:
        self.id, self.barge = id_, barge
        self._pieces = [piece for piece in pieces if len(piece)]
        self._loop, self._gain = loop and bool(self._pieces), np.float32(min(max(gain, 0.0), MAX_GAIN))
        self._piece = self._position = 0

    @property
    def ended(self) -> bool:
        return self._piece >= len(self._pieces)

    def mix_into(self, heard: npt.NDArray[np.float32]) -> None:
        """Add the next FRAME samples to `heard`, float32 (FRAME,); the last frame may be shorter."""
        filled = 0
        while filled < FRAME and not self.ended:
            piece = self._pieces[self._piece]
            part = piece[self._position : self._position + FRAME - filled]
            heard[filled : filled + len(part)] += part * self._gain
            filled += len(part)
            self._position += len(part)
            if self._position >= len(piece):
                self._position = 0
                self._piece += 1
                if self._loop and self.ended:
                    self._piece = 0

    def skip(self, ticks: int) -> None:
        """Let time pass unheard, after a stall."""
        left = ticks * FRAME
        if self._loop:
            left %= sum(map(len, self._pieces))
        while left and not self.ended:
            step = min(left, len(self._pieces[self._piece]) - self._position)
            self._position += step
            left -= step
            if self._position >= len(self._pieces[self._piece]):
                self._position = 0
                self._piece += 1
                if self._loop and self.ended:
                    self._piece = 0


class Player:
    """A leg's one place for what plays to it. `tell` is called once for each play: its id, whether it came to its end,
    and what broke into it."""

    def __init__(self, tell: Callable[[UUID, bool, Barge | None], None]) -> None:
        self._tell = tell
        self.play: Play | None = None
        self._newest = 0

    def prepare(self) -> int:
        """A play is asked for, whose files are yet to be read; what plays goes on. Give the result to `start`."""
        self._newest += 1
        return self._newest

    def start(self, turn: int, play: Play) -> None:
        """Play it in place of what plays; unless something newer was asked for while its files were read."""
        if turn != self._newest:
            self._tell(play.id, False, None)
            return
        self._end(False)
        self.play = play
        if play.ended:
            self._end(True)

    def stop(self) -> None:
        """End what plays, and what was going to."""
        self._newest += 1
        self._end(False)

    def barge(self, by: Barge) -> None:
        """A key was pressed or a word begun."""
        if self.play is not None and by in self.play.barge:
            self._end(False, by)

    def over(self) -> None:
        """To be called after the tick in which `play.ended` became true."""
        self._end(True)

    def _end(self, finished: bool, by: Barge | None = None) -> None:
        play, self.play = self.play, None
        if play is not None:
            self._tell(play.id, finished, by)
