"""What is played where nothing came: keeps, by slot, how far each gap has been bridged."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded import conceal
from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.ring import Mask, Positions, Rings, Slots
from yuelai.wire.g711 import Samples

Rows = npt.NDArray[np.uint8]


class Row(IntEnum):
    """How a frame was made."""

    WHOLE = 0
    CONCEALED = 1
    """Some or all of it was made up."""
    QUIET = 2
    """Nothing came for long: zeros."""
    NOISE = 3
    """Comfort noise, as the peer asked."""


class Gaps:
    """Arrays by slot."""

    def __init__(self, capacity: int) -> None:
        self._from = np.zeros(capacity, np.int64)
        """The position after which the past ends that is repeated."""
        self._period = np.full(capacity, conceal.SHORTEST, np.int64)
        self._lost = np.full(capacity, conceal.SILENT_FROM, np.int64)
        """Samples since then."""
        self._since = np.full(capacity, conceal.JOIN, np.int64)
        """Samples that came since the last missing one, up to JOIN."""
        self._noise = np.full(capacity, -1, np.int64)
        self._noise_from = np.zeros(capacity, np.int64)
        self.concealed = np.zeros(capacity, np.int64)

    def grow(self, capacity: int) -> None:
        more = np.zeros(capacity - len(self._lost), np.int64)
        for name, array in vars(self).items():
            setattr(self, name, np.append(array, more))

    def reset(self, slot: int) -> None:
        """Nothing was heard yet."""
        self._noise[slot] = -1
        self.hush(slot)

    def hush(self, slot: int) -> None:
        """What comes next has nothing to do with what was."""
        self._lost[slot], self._since[slot] = conceal.SILENT_FROM, conceal.JOIN

    def comfort(self, slot: int, position: int, level: int | None = None) -> None:
        """From this position on what is missing is noise, until there is sound again."""
        if level is not None:
            self._noise[slot] = level
        self._noise_from[slot] = position

    def steady(self, slots: Slots) -> Mask:
        """Tell where nothing made up is being joined."""
        steady: Mask = self._since[slots] >= conceal.JOIN
        return steady

    def hop(self, rings: Rings, slot: int, position: int) -> None:
        """The sound goes on elsewhere than at this position: join it there."""
        if self._since[slot] == 0:
            return
        if self._lost[slot] < conceal.SILENT_FROM or self._since[slot] >= conceal.JOIN:
            self._from[slot], self._lost[slot], self._since[slot] = position, 0, 0
            self._period[slot] = conceal.pitch(_past(rings, np.array([slot]), np.array([position])))[0]

    def fill(
        self, rings: Rings, slots: Slots, play: Positions, dry: Mask, said: Samples, there: Mask, whole: Mask
    ) -> Rows:
        """Complete the frames `said` (n, FRAME) in place, of which `there` came; where `dry`, none of it counts."""
        rows: Rows = np.zeros(len(slots), np.uint8)
        since = self._since[slots]
        fine = whole & (since >= conceal.JOIN)
        if fine.all():
            self._whole(slots, play)
            return rows
        good, bad = np.flatnonzero(fine), np.flatnonzero(~fine)
        self._whole(slots[good], play[good])

        came = there[bad] & ~dry[bad, None]
        nothing = ~came.any(axis=1)
        lost, level = self._lost[slots[bad]], self._noise[slots[bad]]
        noisy = nothing & (level >= 0) & (dry[bad] | (play[bad] >= self._noise_from[slots[bad]]))
        quiet = nothing & ~noisy & (lost >= conceal.SILENT_FROM)
        idle = bad[noisy | quiet]
        self._lost[slots[idle]], self._since[slots[idle]] = conceal.SILENT_FROM, conceal.JOIN
        said[bad[quiet]] = 0
        rows[bad[quiet]] = Row.QUIET
        if noisy.any():
            made = np.clip(conceal.noise(level[noisy]), -32768, 32767)
            said[bad[noisy]] = made.astype(np.int16)
            rows[bad[noisy]] = Row.NOISE
        rest = ~noisy & ~quiet
        rest[whole[bad]] = False
        at = bad[whole[bad]]
        if len(at):
            self._join(rings, slots[at], at, said)
            rings.paint(slots[at], play[at], said[at])
        at = bad[rest]
        if len(at):
            said[at], rows[at] = self._bridge(rings, slots[at], play[at], said[at], ~came[rest])
            moving = at[~dry[at]]
            # What was played is the past of the next gap.
            rings.paint(slots[moving], play[moving], said[moving])
        return rows

    def _whole(self, slots: Slots, play: Positions) -> None:
        self._lost[slots] = 0
        self._noise[slots[play >= self._noise_from[slots]]] = -1

    def _join(self, rings: Rings, slots: Slots, at: npt.NDArray[np.intp], said: Samples) -> None:
        """Frames that are whole but follow a gap: only their beginnings are touched."""
        lost = self._lost[slots]
        made = conceal.repeat(_past(rings, slots, self._from[slots]), self._period[slots], lost, conceal.JOIN)
        missing = np.zeros((len(at), conceal.JOIN), np.bool_)
        said[at, : conceal.JOIN], self._since[slots] = conceal.blend(
            said[at, : conceal.JOIN], made, missing, self._since[slots]
        )
        self._lost[slots] = lost + FRAME

    def _bridge(
        self, rings: Rings, slots: Slots, play: Positions, said: Samples, missing: Mask
    ) -> tuple[Samples, Rows]:
        first = np.argmax(missing, axis=1)
        lost, since = self._lost[slots], self._since[slots]
        silent = lost >= conceal.SILENT_FROM
        begins = missing.any(axis=1) & ~(silent & (first == 0)) & ((since > 0) | (first > 0))
        if begins.any():
            new = slots[begins]
            self._from[new] = play[begins] + first[begins]
            # Nothing before this frame is joined any more when it brings a gap of its own.
            lost = np.where(begins, -first, lost)
            self._period[new] = conceal.pitch(_past(rings, new, self._from[new]))
        made = conceal.repeat(_past(rings, slots, self._from[slots]), self._period[slots], lost)
        level = self._noise[slots]
        noisy = np.flatnonzero(level >= 0)
        if len(noisy):
            place = play[noisy, None] + np.arange(FRAME)
            calm = place >= self._noise_from[slots[noisy], None]
            made[noisy] = np.where(calm, conceal.noise(level[noisy]), made[noisy])
        sound, self._since[slots] = conceal.blend(said, made, missing, since)
        self._lost[slots] = lost + FRAME
        count = np.where(lost < conceal.SILENT_FROM, missing.sum(axis=1), 0)
        self.concealed[slots] += count
        return sound, np.where(count > 0, Row.CONCEALED, Row.WHOLE).astype(np.uint8)


def _past(rings: Rings, slots: Slots, positions: Positions) -> conceal.Sound:
    past: conceal.Sound = rings.past(slots, positions, conceal.HISTORY).astype(np.float32)
    return past
