"""How long each slot's sound should wait: measured from how unevenly its packets come.

Time is what was read of the slot, in samples. A packet's *transit* is the slot's time at its arrival less its position;
what matters is only how it varies. The least of the last seconds is the *base*: it follows the peer's clock. How far
beyond it packets come is the *spread*: its peak is held for a while, then let go slowly.
"""

from __future__ import annotations

import numpy as np

from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.ring import Mask, Positions, Slots

MAX_SPREAD = 300 * RATE // 1000
"""Packets later than this are given up (samples)."""

UNKNOWN = np.int64(1 << 60)

_WINDOW = 128
"""Ticks of which the least transit is taken, the window before counting too (2.6 to 5.1 s)."""

_HELD = 150
"""Ticks for which a peak stays (3 s); then it falls by a sample a tick (6 ms a second)."""

_ALMOST = 20
_MARGIN = 40
"""What chance may add to the worst seen: 5 ms."""


class Delays:
    """Arrays by slot."""

    def __init__(self, capacity: int) -> None:
        self.time = np.zeros(capacity, np.int64)
        self._least = np.full(capacity, UNKNOWN)
        self._least_before = np.full(capacity, UNKNOWN)
        self._peak = np.zeros(capacity, np.int64)
        self._peak_age = np.zeros(capacity, np.int64)
        self._stalled = False
        self.behind = 0
        """Samples that are due to be read but were not yet. What is found now may have come at any time since: nothing
        is learned from it."""

    def grow(self, capacity: int) -> None:
        more = capacity - len(self.time)
        for name, fill in (
            ("time", 0),
            ("_least", UNKNOWN),
            ("_least_before", UNKNOWN),
            ("_peak", 0),
            ("_peak_age", 0),
        ):
            setattr(self, name, np.append(getattr(self, name), np.full(more, fill, np.int64)))

    def reset(self, slot: int) -> None:
        """Another source: what was learned of the one before does not count."""
        self.time[slot] = self._peak[slot] = self._peak_age[slot] = 0
        self.rebase(slot)

    def rebase(self, slot: int) -> None:
        """The same source begins to count anew; how evenly it comes stays known."""
        self._least[slot] = self._least_before[slot] = UNKNOWN

    def arrived(self, slots: Slots, positions: Positions) -> None:
        """Learn from packets (k,); a slot may come several times."""
        if self.behind:
            return
        transit = self.time[slots] - positions
        np.minimum.at(self._least, slots, transit)
        if self._stalled:
            return
        spread = np.minimum(transit - self.base(slots), MAX_SPREAD)
        high = np.flatnonzero(spread >= self._peak[slots] - _ALMOST)
        if len(high):
            np.maximum.at(self._peak, slots[high], spread[high])
            self._peak_age[slots[high]] = 0

    def base(self, slots: Slots) -> Positions:
        """The least transit; UNKNOWN when nothing came for long."""
        least: Positions = np.minimum(self._least[slots], self._least_before[slots])
        return least

    def wanted(self, slots: Slots) -> Positions:
        """Samples by which the earliest packets should be ahead of their turn, that the latest are in time.

        A frame at least: arrival is only seen once a tick.
        """
        peak = self._peak[slots]
        wanted: Positions = np.where(peak <= FRAME, FRAME, peak + _MARGIN)
        return wanted

    def excess(self, slots: Slots, play: Positions) -> tuple[Positions, Mask]:
        """Samples by which the earliest packets are further ahead of `play` than wanted, and where that is known."""
        base = self.base(slots)
        return self.time[slots] - base - play - self.wanted(slots), base != UNKNOWN

    def skip(self, slots: Slots, samples: int) -> None:
        """Time passed in which nobody looked: what is found to have come is not late for that."""
        self.time[slots] += samples
        self._stalled = True

    def pass_tick(self, slots: Slots) -> None:
        """A frame was read of each of these (k,), each once."""
        self._stalled = False
        time = self.time[slots] + FRAME
        self.time[slots] = time
        age = self._peak_age[slots] + 1
        self._peak_age[slots] = age
        self._peak[slots] -= (age > _HELD) & (self._peak[slots] > 0)
        # The slots' windows end at different ticks, for their times differ.
        over = slots[(time // FRAME + slots) % _WINDOW == 0]
        if len(over):
            self._least_before[over] = self._least[over]
            self._least[over] = UNKNOWN
