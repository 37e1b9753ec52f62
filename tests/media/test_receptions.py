from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.media.embedded.receptions import Receptions
from yuelai.wire.rtcp import ReportBlock, SenderInfo, report, split
from yuelai.wire.rtp import sequence_distance


class Single:
    """One source, one packet at a time, as RFC 3550 §A.3 and §A.8 have it."""

    def __init__(self, ssrc: int) -> None:
        self.ssrc, self.base, self.received, self.jitter = ssrc, None, 0, 0.0

    def packet(self, sequence: int, timestamp: int, arrival: int) -> None:
        transit = arrival - timestamp
        if self.base is None:
            self.base = self.highest = sequence
            self.transit = transit
        self.received += 1
        self.highest += max(sequence_distance(sequence, self.highest & 0xFFFF), 0)
        deviation = abs(((transit - self.transit + 0x80000000) & 0xFFFFFFFF) - 0x80000000)
        self.transit = transit
        if deviation < 8000:
            self.jitter += (deviation - self.jitter) / 16

    def block(self) -> ReportBlock | None:
        if self.base is None:
            return None
        expected = self.highest - self.base + 1
        lost = expected - self.received
        return ReportBlock(self.ssrc, max(lost, 0) * 256 // expected, lost, self.highest, int(self.jitter))


def receive(
    receptions: Receptions, packets: list[tuple[int, int, float]], *, slot: int = 0, ssrc: int = 9, timed: bool = True
) -> list[bool]:
    """Packets are (sequence, timestamp, arrival), all in one batch."""
    count = len(packets)
    sequences, timestamps, arrival = zip(*packets, strict=True)
    return receptions.packets(
        np.full(count, slot),
        np.array(sequences) & 0xFFFF,
        np.array(timestamps) & 0xFFFFFFFF,
        np.full(count, ssrc, np.uint32),
        np.array(arrival, float),
        np.full(count, timed),
    ).tolist()


def fresh(slot: int = 0, clock: int = 8000) -> Receptions:
    receptions = Receptions()
    receptions.open(slot, clock)
    return receptions


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(-3, 6), st.integers(0, 400), st.integers(0, 20)),
        min_size=1,
        max_size=60,
    ),
    st.integers(1, 9),
)
def test_a_batch_counts_as_the_same_packets_one_by_one(steps: list[tuple[int, int, int, int]], size: int) -> None:
    receptions, singles = Receptions(), [Single(slot + 7) for slot in range(3)]
    for slot in range(3):
        receptions.open(slot, 8000)
    rows, now, sequence = [], 0.0, [65530, 100, 4000]
    for slot, step, wait, offset in steps:
        now += wait / 8000
        sequence[slot] += step
        rows.append((slot, sequence[slot] & 0xFFFF, (sequence[slot] * 160 + offset) & 0xFFFFFFFF, slot + 7, now))
        singles[slot].packet(*rows[-1][1:3], int(now * 8000))
    for start in range(0, len(rows), size):
        columns = list(zip(*rows[start : start + size], strict=True))
        receptions.packets(*(np.array(column) for column in columns))
    for slot, single in enumerate(singles):
        assert receptions.block(slot, now) == single.block()


def test_loss_is_told_since_the_last_report_and_in_all() -> None:
    receptions = fresh()
    receive(receptions, [(n, 0, 0) for n in range(0xFFF0, 0xFFF0 + 40) if n % 4])
    first = receptions.block(0, 0)
    assert first is not None
    assert (first.ssrc, first.lost, first.highest_sequence) == (9, 9, 0xFFF0 + 39)
    assert receptions.totals(0).interval_loss == pytest.approx(9 / 39)
    receive(receptions, [(n, 0, 0) for n in range(0xFFF0 + 40, 0xFFF0 + 50)])
    second = receptions.block(0, 0)
    assert second is not None
    assert (second.fraction_lost, second.lost) == (0, 9)
    totals = receptions.totals(0)
    assert (totals.packets, totals.lost, totals.interval_loss) == (40, 9, 0.0)
    assert totals.loss == pytest.approx(9 / 49)


@pytest.mark.parametrize("clock", [8000, 48000])
def test_jitter_is_told_in_time_whatever_the_clock(clock: int) -> None:
    receptions = fresh(clock=clock)
    receive(receptions, [(n, n * clock // 50, n * 0.02 + (n % 2) * 0.01) for n in range(200)])
    assert receptions.totals(0).jitter_ms == pytest.approx(10, abs=0.2)
    receptions.set_clock(0, 16000)
    assert receptions.totals(0).jitter_ms == pytest.approx(10, abs=0.2)


def test_a_sender_may_change_between_codecs_of_other_clocks() -> None:
    receptions, stamp = fresh(), 0
    for n in range(300):
        clock = 48_000 if n // 50 % 2 else 8000
        stamp += clock // 50
        receptions.packets(
            *(np.array([value]) for value in (0, n, stamp, 9)), np.array([n * 0.02]), None, np.array([clock])
        )
    assert receptions.totals(0).jitter_ms < 0.5


def test_keys_that_repeat_their_timestamp_are_no_jitter() -> None:
    receptions = fresh()
    receive(receptions, [(n, n * 160, n * 0.02) for n in range(50)])
    receive(receptions, [(n, 50 * 160, n * 0.02) for n in range(50, 60)], timed=False)
    receive(receptions, [(n, n * 160, n * 0.02) for n in range(60, 100)])
    totals = receptions.totals(0)
    assert totals.jitter_ms < 0.2
    assert (totals.packets, totals.lost) == (100, 0)


def test_another_source_is_noticed_and_the_sums_go_on() -> None:
    receptions = fresh()
    assert receive(receptions, [(n, 0, 0) for n in (1, 2, 4)]) == [True, False, False]
    assert receive(receptions, [(n, 0, 0) for n in (9000, 9001)], ssrc=77) == [True, False]
    block = receptions.block(0, 0)
    assert block is not None
    assert (block.ssrc, block.lost) == (77, 0)
    totals = receptions.totals(0)
    assert (totals.packets, totals.lost) == (5, 1)


def test_a_sequence_that_begins_again_is_believed_by_the_second_packet() -> None:
    receptions = fresh()
    receive(receptions, [(n, 0, 0) for n in range(10)])
    receive(receptions, [(30_000, 0, 0)])
    assert receptions.totals(0).packets == 10
    receive(receptions, [(30_001, 0, 0), (30_002, 0, 0)])
    totals = receptions.totals(0)
    assert (totals.packets, totals.lost) == (12, 0)


def test_the_delay_since_the_last_sender_report_is_told() -> None:
    receptions = fresh()
    assert receptions.block(0, 0) is None
    receive(receptions, [(1, 0, 0)])
    receptions.sender_report(0, split(report(9, "x", SenderInfo(1.5, 0, 0, 0), []))[0].body, 10.0)
    block = receptions.block(0, 10.5)
    assert block is not None
    assert (block.last_sr, block.delay_since_last_sr) == (0x7E818000, 32768)


def test_slots_are_their_own_and_a_slot_opened_again_is_empty() -> None:
    receptions = Receptions()
    for slot in (2, 50):
        receptions.open(slot, 8000)
        receive(receptions, [(n, 0, 0) for n in range(slot)], slot=slot, ssrc=slot)
    assert [receptions.totals(slot).packets for slot in (2, 50)] == [2, 50]
    receptions.close(2)
    receptions.open(2, 8000)
    assert receptions.totals(2).packets == 0
    assert receptions.block(2, 0) is None
    assert receptions.totals(50).packets == 50


def test_a_thousand_packets_are_counted_in_about_the_time_of_ten() -> None:
    receptions = Receptions()
    for slot in range(1000):
        receptions.open(slot, 8000)
    slots = np.arange(1000)

    def fastest(count: int) -> float:
        best = 1.0
        for n in range(30):
            begun = time.perf_counter()
            receptions.packets(
                slots[:count], np.full(count, n), np.full(count, n * 160), slots[:count], np.full(count, n * 0.02)
            )
            best = min(best, time.perf_counter() - begun)
        return best

    assert fastest(1000) < 20 * fastest(10)
