"""The jitter buffers of all legs: packets in as they come, a frame of each out a tick."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.conceal import LONGEST
from yuelai.media.embedded.delay import MAX_SPREAD, UNKNOWN, Delays
from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.gaps import Gaps, Row
from yuelai.media.embedded.ring import AHEAD, BEHIND, Mask, Positions, Rings, Slots
from yuelai.media.embedded.stretch import AROUND, LOOKED_AT, shift
from yuelai.wire.g711 import Samples
from yuelai.wire.rtp import timestamp_distance

__all__ = ["LONGEST_PACKET", "Bank", "Row"]

LONGEST_PACKET = 1920
"""Samples; nothing longer is taken (240 ms)."""

_RESTART_AFTER = MAX_SPREAD // FRAME
"""Ticks without sound after which the next packet begins a new talk spurt (300 ms)."""

_FURTHEST = AHEAD - LONGEST_PACKET
"""Samples ahead of its turn that a packet may come; further, it is of another timeline or a flood."""

_CONFIRMED_BY = 25 * FRAME
"""Samples of time in which a second packet must follow one that jumped, that the jump is believed (0.5 s)."""

_LONG = LONGEST + 10
"""Samples of delay too much that are left alone: more than a lengthening may overshoot."""

_HOPS_FROM = MAX_SPREAD
"""Samples of delay too much that are cut off at once: late sound is worse than a gap."""

_SHIFTS = 16
"""Slots at most that are shortened or lengthened in one tick, about 50 us each."""

_TRY_EVERY = 3
"""Ticks between two looks for a place to shorten or lengthen."""


class Bank:
    """Slots are rows of arrays, so that all legs are served by the same few array operations.

    Timestamps count at 8 kHz and wrap at 2^32. The delay follows the measured jitter, from 40 ms at rest to about
    300 ms; where it is off, the sound is shortened or lengthened by pitch periods. Running dry holds the play position
    still, so late sound is not lost and the delay grows by itself. Packets of slots that are not open are passed over.
    """

    def __init__(self) -> None:
        self._rings = Rings()
        capacity = self._rings.capacity
        self._delays, self._gaps = Delays(capacity), Gaps(capacity)
        self._jumped: dict[int, tuple[int, Samples, int]] = {}
        """The first packet of what may be another timeline, and when it came."""
        self._open = np.zeros(capacity, np.bool_)
        self._live = np.zeros(capacity, np.bool_)
        """In a talk spurt: packets are placed by the play position."""
        self._play, self._end = np.zeros(capacity, np.int64), np.zeros(capacity, np.int64)
        self._dry = np.zeros(capacity, np.int64)
        """Ticks in a row with nothing to read."""
        self._tries = np.zeros(capacity, np.int64)
        """Looks in a row that found no place to shorten or lengthen."""
        self._looks = 0
        self.late = np.zeros(capacity, np.int64)
        """Packets that came after their turn."""
        self.target = np.zeros(capacity, np.int64)
        """Delay wanted, in samples: the frame being read and how far the next should be ahead of it."""
        self.level = np.zeros(capacity, np.int64)
        """Samples that wait."""

    @property
    def concealed(self) -> npt.NDArray[np.int64]:
        """Samples made up, by slot."""
        return self._gaps.concealed

    def open(self, slot: int) -> None:
        """Begin empty."""
        while slot >= self._rings.capacity:
            self._grow()
        self._open[slot] = True
        self.late[slot] = self._gaps.concealed[slot] = 0
        self.reset(slot)

    def close(self, slot: int) -> None:
        self.reset(slot)
        self._open[slot] = False

    def reset(self, slot: int) -> None:
        """Another source begins: nothing of the one before is played any more, and its timestamps mean nothing."""
        self._delays.reset(slot)
        self._gaps.reset(slot)
        self._rings.clear(slot)
        self._jumped.pop(slot, None)
        self._live[slot] = False
        self._play[slot] = self._end[slot] = self._dry[slot] = self._tries[slot] = 0
        self.target[slot], self.level[slot] = 2 * FRAME, 0

    def _grow(self) -> None:
        more = self._rings.capacity
        for part in (self._rings, self._delays, self._gaps):
            part.grow(2 * more)
        for name, array in vars(self).items():
            if isinstance(array, np.ndarray):
                setattr(self, name, np.append(array, np.zeros(more, array.dtype)))

    # In

    def write_frames(self, slots: Slots, timestamps: npt.NDArray[np.uint32], samples: Samples) -> None:
        """Put packets of 20 ms where their timestamps say: (k,), (k,) and int16 (k, FRAME). A slot may come twice."""
        play = self._play[slots]
        ahead = (timestamps - play.astype(np.uint32)).view(np.int32).astype(np.int64)
        plain = self._live[slots] & (ahead >= 0) & (ahead < _FURTHEST)
        if plain.all():
            self._write_plain(slots, play + ahead, samples)
            return
        chosen = np.flatnonzero(plain)
        if len(chosen):
            self._write_plain(slots[chosen], play[chosen] + ahead[chosen], samples[chosen])
        for row in np.flatnonzero(~plain):
            self.write(int(slots[row]), int(timestamps[row]), samples[row])

    def _write_plain(self, slots: Slots, positions: Positions, samples: Samples) -> None:
        known = self._rings.holds(slots, positions)
        if known.any():
            # What is there already says nothing about how evenly packets come.
            self._delays.arrived(slots[~known], positions[~known])
        else:
            self._delays.arrived(slots, positions)
        self._rings.put(slots, positions, samples)
        np.maximum.at(self._end, slots, positions + FRAME)

    def write(self, slot: int, timestamp: int, samples: Samples) -> None:
        """Put a packet of any length up to LONGEST_PACKET where its timestamp says; longer ones are passed over."""
        if not 0 < len(samples) <= LONGEST_PACKET or slot >= len(self._open) or not self._open[slot]:
            return
        position = self._place(slot, timestamp, samples)
        if position is None:
            return
        where = np.array([slot])
        if not self._rings.holds(where, np.array([position]))[0]:
            # Packets shorter than a frame come several a tick: as a whole they are no more ahead than the first.
            self._delays.arrived(where, np.array([position - max(FRAME - len(samples), 0)]))
            if position < self._play[slot]:
                self.late[slot] += 1
        self._store(slot, position, samples)

    def mend(self, slot: int, timestamp: int, samples: Samples) -> None:
        """Put what a codec made up where packets were lost: it counts as concealed, and says nothing about delay.

        What came, and what is past or far away, stays as it is.
        """
        if slot >= len(self._open) or not self._live[slot] or not 0 < len(samples) <= LONGEST_PACKET:
            return
        play = int(self._play[slot])
        ahead = timestamp_distance(timestamp, play & 0xFFFFFFFF)
        past = max(-ahead, 0)
        if past >= len(samples) or ahead >= _FURTHEST:
            return
        position, samples = play + ahead + past, samples[past:]
        sound, there = self._rings.span(slot, position, len(samples))
        self._rings.store(slot, position, np.where(there, sound, samples))
        self._gaps.concealed[slot] += int(np.count_nonzero(~there))
        self._end[slot] = max(int(self._end[slot]), position + len(samples))

    def noise(self, slot: int, timestamp: int, level: int) -> None:
        """Fill what comes after this timestamp with comfort noise of `level` −dBov (RFC 3389) until speech comes."""
        if slot >= len(self._open) or not self._open[slot]:
            return
        position = int(self._play[slot])
        if self._live[slot]:
            position += max(timestamp_distance(timestamp, position & 0xFFFFFFFF), 0)
            if position >= self._play[slot] + _FURTHEST:
                return
            self._end[slot] = max(int(self._end[slot]), position)
        self._gaps.comfort(slot, position, min(max(level, 0), 127))

    def _store(self, slot: int, position: int, samples: Samples) -> None:
        late = max(int(self._play[slot]) - position, 0)
        if late < len(samples):
            self._rings.store(slot, position + late, samples[late:])
            self._end[slot] = max(int(self._end[slot]), position + len(samples))

    def _place(self, slot: int, timestamp: int, samples: Samples) -> int | None:
        """Return the position of a packet, after beginning a talk spurt or a timeline with it where needed; or None."""
        play = int(self._play[slot])
        ahead = timestamp_distance(timestamp, play & 0xFFFFFFFF)
        if not self._live[slot]:
            return self._begin(slot, play + ahead, timestamp)
        if -BEHIND < ahead < _FURTHEST:
            return play + ahead
        # One packet from far away is passed over; a second that follows it moves the stream there.
        now = int(self._delays.time[slot])
        first = self._jumped.pop(slot, None)
        if first is not None and now - first[2] <= _CONFIRMED_BY:
            step = timestamp_distance(timestamp, first[0])
            if 0 < abs(step) < _FURTHEST // 2:
                # The delay begins with the later of the two, the earlier is just in time.
                newest = self._anchor(slot, timestamp if step > 0 else first[0])
                self._store(slot, newest - max(step, 0), first[1])
                return newest + min(step, 0)
        self._jumped[slot] = timestamp, samples.copy(), now
        return None

    def _begin(self, slot: int, position: int, timestamp: int) -> int:
        """Begin a talk spurt: with the transit known from the one before, if this packet's is anything like it."""
        where = np.array([slot])
        base = int(self._delays.base(where)[0])
        if self._play[slot] == 0 or base == UNKNOWN:
            return self._anchor(slot, timestamp)
        time = int(self._delays.time[slot]) + self._delays.behind
        if abs(time - position - base) > MAX_SPREAD:
            return self._anchor(slot, timestamp)
        self._delays.arrived(where, np.array([position]))
        now = time - self._delays.behind
        self._start(slot, now - int(self._delays.base(where)[0]) - int(self._delays.wanted(where)[0]))
        return position

    def _anchor(self, slot: int, timestamp: int) -> int:
        """Begin a timeline with this packet; return its position."""
        self._delays.rebase(slot)
        # Positions stay far above 0 and agree with the timestamps in their lower 32 bits.
        position = (1 << 33) + (timestamp & 0xFFFFFFFF)
        self._start(slot, position - int(self._delays.wanted(np.array([slot]))[0]) - self._delays.behind)
        return position

    def _start(self, slot: int, play: int) -> None:
        self._rings.clear(slot)
        self._gaps.hush(slot)
        self._gaps.comfort(slot, play)
        self._play[slot] = self._end[slot] = play
        self._dry[slot] = self._tries[slot] = 0
        self._live[slot] = True

    def behind(self, ticks: int) -> None:
        """Say how many ticks will be made up for at once after the next one: what is found until 0 is said may have
        come at any time since, and says nothing about how evenly packets come."""
        self._delays.behind = ticks * FRAME

    # Out

    def read(self, slots: Slots) -> tuple[Samples, npt.NDArray[np.uint8]]:
        """Take the next frame of each slot (n,), each at most once: int16 (n, FRAME), and how it was made (`Row`)."""
        rings = self._rings
        play = self._play[slots]
        dry = self._end[slots] - play < FRAME
        said, there = rings.take(slots, play)
        whole = _all_there(there) & ~dry
        used = np.where(dry, 0, FRAME)
        excess, known = self._delays.excess(slots, play)
        off = known & ~dry & ((excess > _LONG) | (excess < 0))
        shifted = self._correct(np.flatnonzero(off), slots, play, excess, said, there, whole, used) if off.any() else []

        rows = self._gaps.fill(rings, slots, play, dry, said, there, whole)
        after = play + used
        if shifted:
            at = np.array(shifted)
            rings.paint(slots[at], after[at] - FRAME, said[at])
        self._play[slots] = after
        rings.forget(slots, play + AHEAD)
        self.level[slots] = np.maximum(self._end[slots] - after, 0)
        waited = np.where(dry, self._dry[slots] + 1, 0)
        self._dry[slots] = waited
        self._live[slots] &= waited < _RESTART_AFTER
        self._delays.pass_tick(slots)
        self.target[slots] = self._delays.wanted(slots) + FRAME
        return said, rows

    def skip(self, ticks: int) -> None:
        """Time passed without reading: what would have been read is gone, the delay stays."""
        slots = np.flatnonzero(self._live)
        for _ in range(min(ticks, AHEAD // FRAME)):
            self._rings.forget(slots, self._play[slots] + AHEAD)
            self._play[slots] += FRAME
        if ticks > AHEAD // FRAME:
            self._live[slots] = False
        self._delays.skip(np.flatnonzero(self._open), ticks * FRAME)

    def _correct(
        self,
        off: npt.NDArray[np.intp],
        slots: Slots,
        play: Positions,
        excess: Positions,
        said: Samples,
        there: Mask,
        whole: Mask,
        used: npt.NDArray[np.int64],
    ) -> list[int]:
        """Bring rows whose delay is off nearer to it, in place; return those that were shortened or lengthened."""
        empty = ~whole[off] & ~there[off].any(axis=1)
        hops = (excess[off] > _HOPS_FROM) | ((excess[off] > 0) & empty)
        for row in off[hops].tolist():
            self._hop(row, slots, play, int(excess[row]), said, there, whole)
        turn = (self._delays.time[slots[off]] // FRAME + slots[off]) % _TRY_EVERY == 0
        looked_at = off[~hops & turn & whole[off] & self._gaps.steady(slots[off])]
        if len(looked_at) > _SHIFTS:
            # Not always the same ones.
            self._looks += _SHIFTS
            looked_at = np.roll(looked_at, -self._looks)[:_SHIFTS]
        shifted = []
        for row in looked_at.tolist():
            frame = self._shift(int(slots[row]), int(play[row]), int(excess[row]))
            if frame is not None:
                said[row], used[row] = frame
                shifted.append(row)
        return shifted

    def _hop(
        self, row: int, slots: Slots, play: Positions, samples: int, said: Samples, there: Mask, whole: Mask
    ) -> None:
        """Move on over what is missing, or over what is too old."""
        slot, position = int(slots[row]), int(play[row])
        longest = min(samples, int(self._end[slot]) - position - FRAME)
        if samples <= _HOPS_FROM:
            coming = self._rings.span(slot, position, longest)[1]
            longest = int(np.argmax(coming)) if coming.any() else longest
        if longest <= 0:
            return
        self._gaps.hop(self._rings, slot, position)
        self._rings.erase(slot, position + AHEAD, longest)
        play[row] = position + longest
        said[row], there[row] = self._rings.span(slot, position + longest, FRAME)
        whole[row] = there[row].all()

    def _shift(self, slot: int, position: int, too_long: int) -> tuple[Samples, int] | None:
        sound, there = self._rings.span(slot, position - AROUND, LOOKED_AT)
        if too_long > 0 and not there[AROUND:].all():
            return None
        # The longer no good place is found, and the more it is needed, the less good it must be.
        needed = 0.85 - 0.02 * int(self._tries[slot]) - abs(too_long) / 4000
        frame = shift(sound, longer=too_long < 0, likeness=needed)
        self._tries[slot] = 0 if frame else self._tries[slot] + 1
        if frame is not None and frame[1] > FRAME:
            self._rings.erase(slot, position + AHEAD + FRAME, frame[1] - FRAME)
        return frame


_EIGHT_THERE = np.uint64(0x0101010101010101)


def _all_there(there: Mask) -> Mask:
    whole: Mask = (there.view(np.uint64) == _EIGHT_THERE).all(axis=1)
    return whole
