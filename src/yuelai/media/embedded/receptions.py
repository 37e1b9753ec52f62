"""Counts how well every leg's source is received (RFC 3550 §A.1, §A.3, §A.8), for a whole batch of packets at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.ring import Mask, Slots
from yuelai.wire.rtcp import ReportBlock

_MAX_DROPOUT, _MAX_MISORDER = 3000, 100
"""Steps of the sequence number beyond these are another beginning, if the next packet confirms it (§A.1)."""

_NEVER = -1


@dataclass(frozen=True)
class Totals:
    """Since the slot was opened, over all its sources; `interval_loss` is of the time the last `block` reported on.

    Losses are fractions (0–1), repeated packets count as received.
    """

    packets: int
    lost: int
    loss: float
    interval_loss: float
    jitter_ms: float


class Receptions:
    """Arrays by slot."""

    def __init__(self) -> None:
        self._clock = np.full(16, 8000, np.int64)
        self._ssrc = np.full(16, _NEVER, np.int64)
        self._base, self._highest = np.zeros(16, np.int64), np.zeros(16, np.int64)
        self._bad = np.full(16, _NEVER, np.int64)
        """The sequence number that would confirm a jump."""
        self._received = np.zeros(16, np.int64)
        self._timed = np.zeros(16, np.bool_)
        self._transit, self._jitter = np.zeros(16, np.int64), np.zeros(16, np.float64)
        self._expected_prior, self._received_prior = np.zeros(16, np.int64), np.zeros(16, np.int64)
        self._expected_before, self._received_before = np.zeros(16, np.int64), np.zeros(16, np.int64)
        self._interval_loss = np.full(16, np.nan)
        self._last_sr, self._last_sr_at = np.zeros(16, np.int64), np.zeros(16, np.float64)

    def open(self, slot: int, clock: int) -> None:
        """Begin with nothing; `clock` is the rate of the timestamps."""
        while slot >= len(self._clock):
            for name, array in vars(self).items():
                setattr(self, name, np.append(array, np.zeros_like(array)))
        for array in vars(self).values():
            array[slot] = 0
        self._clock[slot], self._ssrc[slot], self._bad[slot] = clock, _NEVER, _NEVER
        self._interval_loss[slot] = np.nan

    def set_clock(self, slot: int, clock: int) -> None:
        """From now on timestamps run at another rate: another codec."""
        if clock != self._clock[slot]:
            self._jitter[slot] *= clock / self._clock[slot]
            self._clock[slot], self._timed[slot] = clock, False

    def close(self, slot: int) -> None:
        self.open(slot, int(self._clock[slot]))

    def packets(
        self,
        slots: Slots,
        sequences: npt.NDArray[np.integer],
        timestamps: npt.NDArray[np.integer],
        ssrcs: npt.NDArray[np.integer],
        arrival: npt.NDArray[np.float64],
        timed: Mask | None = None,
        clocks: npt.NDArray[np.int64] | None = None,
    ) -> Mask:
        """Count packets (k,), arrived at monotonic seconds (k,); return where another source begins.

        `timed` is false where the timestamp does not tell when the packet was sent: telephone events, which repeat
        that of their beginning (RFC 4733 §2.2). These do not count for the jitter. `clocks` (k,) are the rates of the
        timestamps where packets of several codecs may come; else they are the slots'.
        """
        fresh = np.zeros(len(slots), np.bool_)
        timed = np.ones(len(slots), np.bool_) if timed is None else timed
        for rows in _turns(slots):
            slot, ssrc = slots[rows], ssrcs[rows].astype(np.int64)
            sequence = sequences[rows].astype(np.int64) & 0xFFFF
            changed = self._ssrc[slot] != ssrc
            self._begin(slot[changed], sequence[changed], ssrc[changed])
            # Its reports spoke of the source before.
            self._last_sr[slot[changed]] = 0
            fresh[rows] = changed
            counted = self._count(slot, sequence)
            timely = counted & timed[rows]
            if clocks is not None:
                for at in np.flatnonzero(timely & (self._clock[slot] != clocks[rows])).tolist():
                    self.set_clock(int(slot[at]), int(clocks[rows][at]))
            self._time(slot[timely], timestamps[rows][timely].astype(np.int64), arrival[rows][timely])
        return fresh

    def _begin(self, slots: Slots, sequences: npt.NDArray[np.int64], ssrcs: npt.NDArray[np.int64] | None) -> None:
        if not len(slots):
            return
        heard = self._ssrc[slots] != _NEVER
        self._expected_before[slots] += np.where(heard, self._highest[slots] - self._base[slots] + 1, 0)
        self._received_before[slots] += self._received[slots]
        self._base[slots] = self._highest[slots] = sequences
        self._received[slots] = self._expected_prior[slots] = self._received_prior[slots] = 0
        self._bad[slots], self._timed[slots] = _NEVER, False
        if ssrcs is not None:
            self._ssrc[slots], self._jitter[slots] = ssrcs, 0

    def _count(self, slots: Slots, sequences: npt.NDArray[np.int64]) -> Mask:
        step = ((sequences - self._highest[slots] + 0x8000) & 0xFFFF) - 0x8000
        sane: Mask = (step <= _MAX_DROPOUT) & (step >= -_MAX_MISORDER)
        if not sane.all():
            again = ~sane & (self._bad[slots] == sequences)
            self._begin(slots[again], sequences[again], None)
            step[again] = 0
            self._bad[slots[~sane & ~again]] = (sequences[~sane & ~again] + 1) & 0xFFFF
            sane |= again
            slots, step = slots[sane], step[sane]
        self._received[slots] += 1
        self._highest[slots] += np.maximum(step, 0)
        return sane

    def _time(self, slots: Slots, timestamps: npt.NDArray[np.int64], arrival: npt.NDArray[np.float64]) -> None:
        clock = self._clock[slots]
        transit = (arrival * clock).astype(np.int64) - timestamps
        deviation = np.abs(((transit - self._transit[slots] + 0x80000000) & 0xFFFFFFFF) - 0x80000000)
        # A step of a second is a new talk spurt, not jitter.
        counts = self._timed[slots] & (deviation < clock)
        self._jitter[slots] += np.where(counts, (deviation - self._jitter[slots]) / 16, 0)
        self._transit[slots], self._timed[slots] = transit, True

    def sender_report(self, slot: int, body: bytes, now: float) -> None:
        """Remember when the source's last SR came, for the round trip it computes from our report."""
        if len(body) >= 12:
            self._last_sr[slot] = int.from_bytes(body[6:10], "big")
            self._last_sr_at[slot] = now

    def block(self, slot: int, now: float) -> ReportBlock | None:
        """Return the report about the time since the last one; nothing before the first packet."""
        if self._ssrc[slot] == _NEVER:
            return None
        received, expected = int(self._received[slot]), int(self._highest[slot] - self._base[slot] + 1)
        expected_now = expected - int(self._expected_prior[slot])
        lost_now = expected_now - (received - int(self._received_prior[slot]))
        self._expected_prior[slot], self._received_prior[slot] = expected, received
        share = max(lost_now, 0) / expected_now if expected_now > 0 else 0.0
        self._interval_loss[slot] = share
        last_sr = int(self._last_sr[slot])
        delay = int((now - self._last_sr_at[slot]) * 65536) & 0xFFFFFFFF if last_sr else 0
        highest = int(self._highest[slot]) & 0xFFFFFFFF
        return ReportBlock(
            int(self._ssrc[slot]),
            min(255, int(share * 256)),
            expected - received,
            highest,
            int(self._jitter[slot]),
            last_sr,
            delay,
        )

    def totals(self, slot: int) -> Totals:
        received = int(self._received_before[slot] + self._received[slot])
        expected = int(self._expected_before[slot])
        if self._ssrc[slot] != _NEVER:
            expected += int(self._highest[slot] - self._base[slot] + 1)
        lost = max(expected - received, 0)
        loss = lost / expected if expected else 0.0
        recent = float(self._interval_loss[slot])
        jitter = float(self._jitter[slot]) * 1000 / int(self._clock[slot])
        return Totals(received, lost, loss, loss if np.isnan(recent) else recent, jitter)


def _turns(slots: Slots) -> list[npt.NDArray[np.intp] | slice]:
    """Part a batch so that each slot is at most once in a part, in the order of its packets."""
    order = np.argsort(slots, kind="stable")
    sorted_ = slots[order]
    begins = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]]) if len(slots) else np.zeros(0, np.intp)
    if len(begins) == len(slots):
        return [slice(None)]
    lengths = np.diff(np.r_[begins, len(slots)])
    turn = np.arange(len(slots)) - np.repeat(begins, lengths)
    return [order[turn == one] for one in range(int(lengths.max()))]
