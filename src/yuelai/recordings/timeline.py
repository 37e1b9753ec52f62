"""Where on the recording's clock each payload belongs: per channel, and per run of one sender's timestamps.

Within a run the RTP timestamps say how payloads follow each other; when they came says where the run stands. A packet
is never early, only late: so a run is anchored at the smallest difference between arrival and timestamp of what comes
within the next second or so. When that difference moves for good (clocks that drift, a sender whose timestamps stood
still while it was silent, another path), the run is anchored anew, in a gap if there is one; a burst after a stall
moves nothing, and fills the hole it left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from yuelai.media.capture import Coding, Entry

TOLERANCE = 400
"""Samples (50 ms) that the anchor may be off before sound that goes on is moved."""
IN_GAP = 80
"""Samples (10 ms) from which on it is moved when a gap hides it."""
_GAP = 800
_ENOUGH = 10
"""Packets that must agree before a run is moved to later: the last few of a call may all have been late."""
_BACK, _AHEAD = 8000, 16_000
"""Samples by which timestamps cannot step back, or ahead of the time that passed, unless they begin anew."""


class Placed(NamedTuple):
    """`run` counts; `at` is the first sample on the recording's clock, maybe negative; `gap` how many samples of the
    run are missing before it: negative if it comes after a later one, None if it is the first."""

    run: int
    coding: Coding
    at: int
    gap: int | None
    payload: bytes


@dataclass
class _Waiting:
    run: int
    coding: Coding
    sample: int
    late: int
    """Arrival less timestamp, in samples: the smaller, the less the network held it up."""
    payload: bytes
    level: int = 0
    sure: bool = False


class Timeline:
    """Of one channel. Timestamps are brought to samples at 8 kHz."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._run = -1
        self._sender: tuple[int, int] | None = None
        self._clock = 8000
        self._timestamp = 0
        self._units = 0
        self._sample = self._arrival = 0
        # Of the run that is being laid:
        self._laid_run = -1
        self._anchor = 0
        self._next: int | None = None

    def lay(self, coming: Sequence[Entry]) -> Iterator[Placed]:
        """Take the payloads of the next chunk; yield those that came with the one before, each in its place.

        An empty chunk at the end brings the rest.
        """
        ready, fresh = self._waiting, [self._received(entry) for entry in coming]
        self._look_ahead(ready, fresh)
        self._waiting = fresh
        for packet in sorted(ready, key=lambda packet: (packet.run, packet.sample)):
            yield self._place(packet)

    def _received(self, entry: Entry) -> _Waiting:
        coding = Coding(entry.coding)
        arrival = entry.arrival * 8
        if self._sender != (entry.source, entry.coding):
            self._begin_run(entry, coding)
        else:
            step = ((entry.timestamp - self._timestamp + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
            sample = (self._units + step) * 8000 // self._clock
            moved = sample - self._sample
            if moved < -_BACK or moved - (arrival - self._arrival) > _AHEAD:
                self._begin_run(entry, coding)
            elif step > 0:
                self._timestamp, self._units, self._sample = entry.timestamp, self._units + step, sample
                self._arrival = arrival
            else:
                return _Waiting(self._run, coding, sample, arrival - sample, entry.payload)
        self._arrival = arrival
        return _Waiting(self._run, coding, self._sample, arrival - self._sample, entry.payload)

    def _begin_run(self, entry: Entry, coding: Coding) -> None:
        self._run += 1
        self._sender, self._clock = (entry.source, entry.coding), coding.clock
        self._timestamp, self._units, self._sample = entry.timestamp, 0, 0

    def _look_ahead(self, ready: list[_Waiting], fresh: list[_Waiting]) -> None:
        """Tell each packet that is to be placed how late the least late one of its run is, from it onwards."""
        run, level, count = -1, 0, 0
        for packet in reversed(ready + fresh):
            if packet.run != run:
                run, level, count = packet.run, packet.late, 0
            level, count = min(level, packet.late), count + 1
            packet.level, packet.sure = level, count >= _ENOUGH

    def _place(self, packet: _Waiting) -> Placed:
        if packet.run != self._laid_run:
            self._laid_run, self._anchor, self._next = packet.run, packet.level, None
        gap = None if self._next is None else packet.sample - self._next
        off = packet.level - self._anchor
        allowed = IN_GAP if gap is not None and gap >= _GAP else TOLERANCE
        if off < -allowed or (off > allowed and packet.sure):
            self._anchor = packet.level
        return Placed(packet.run, packet.coding, packet.sample + self._anchor, gap, packet.payload)

    def laid(self, packet: Placed, samples: int) -> None:
        """The payload of the last one placed held so many samples."""
        end = packet.at - self._anchor + samples
        self._next = end if self._next is None else max(self._next, end)
