from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.media.embedded.bank import LONGEST_PACKET, Bank, Row
from yuelai.media.embedded.frames import FRAME, RATE

Arrivals = list[list[tuple[int, int]]]
"""Each tick's packets as (timestamp, size)."""


def sound(timestamp: int, size: int = FRAME) -> np.ndarray:
    """A ramp that tells where each sample belongs, and is never silent."""
    return ((timestamp + np.arange(size)) * 7 % 20011 - 10_000).astype(np.int16)


def tone(timestamp: int, size: int = FRAME) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * 203 * (timestamp + np.arange(size)) / RATE)).astype(np.int16)


def even(ticks: int, start: int = 10_000, size: int = FRAME) -> Arrivals:
    """Packets of `size` samples, each arriving in the tick in which its last sample was spoken."""
    arrivals: Arrivals = [[] for _ in range(ticks)]
    for timestamp in range(0, ticks * FRAME - size + 1, size):
        arrivals[(timestamp + size - 1) // FRAME].append((start + timestamp, size))
    return arrivals


class Listener:
    """One slot of a bank, in virtual time."""

    def __init__(self, make=sound) -> None:
        self.bank, self.make = Bank(), make
        self.bank.open(0)
        self.frames: list[np.ndarray] = []
        self.rows: list[int] = []
        self.levels: list[int] = []

    def run(self, arrivals: Iterable[Iterable[tuple[int, int]]]) -> Listener:
        for packets in arrivals:
            for timestamp, size in packets:
                self.bank.write(0, timestamp & 0xFFFFFFFF, self.make(timestamp, size))
            frames, rows = self.bank.read(np.array([0]))
            self.frames.append(frames[0])
            self.rows.append(int(rows[0]))
            self.levels.append(int(self.bank.level[0]))
        return self

    @property
    def heard(self) -> np.ndarray:
        return np.concatenate(self.frames)


def place(heard: np.ndarray, spoken: np.ndarray) -> int:
    """Where in `spoken` the piece `heard` is; fails if it is not there exactly."""
    size = len(heard)
    windows = np.lib.stride_tricks.sliding_window_view(spoken, size)
    found = np.flatnonzero((windows[:, 0] == heard[0]) & (windows[:, size // 2] == heard[size // 2]))
    exact = [int(at) for at in found if np.array_equal(windows[at], heard)]
    assert exact
    return exact[0]


@pytest.mark.parametrize("size", [40, 80, 160, 240, 320, 480, 960, 1920])
def test_an_even_stream_comes_out_exactly_whatever_its_packet_time(size: int) -> None:
    listener = Listener().run(even(240, size=size))
    place(listener.heard[40 * FRAME : 220 * FRAME], sound(10_000, 240 * FRAME))


def test_the_delay_of_an_even_stream_is_one_spare_frame() -> None:
    listener = Listener().run(even(50))
    assert listener.rows[0] == Row.QUIET
    assert np.array_equal(listener.heard[FRAME:], sound(10_000, 49 * FRAME))
    assert listener.bank.target[0] == 2 * FRAME == 40 * RATE // 1000


def test_the_timestamp_may_wrap() -> None:
    listener = Listener().run(even(100, start=0xFFFFFFFF - 50 * FRAME))
    assert np.array_equal(listener.heard[FRAME:], sound(0xFFFFFFFF - 50 * FRAME, 99 * FRAME))


def test_a_lost_packet_is_bridged_in_its_place() -> None:
    arrivals = even(40)
    arrivals[20] = []
    listener = Listener().run(arrivals)
    assert [tick for tick, row in enumerate(listener.rows) if row == Row.CONCEALED] == [21]
    assert np.array_equal(
        listener.heard[22 * FRAME + 40 : 40 * FRAME], sound(10_000, 40 * FRAME)[21 * FRAME + 40 : 39 * FRAME]
    )
    assert listener.bank.concealed[0] == FRAME


def test_half_a_frame_lost_is_half_a_frame_made_up() -> None:
    arrivals = even(40, size=80)
    del arrivals[20][1]
    listener = Listener().run(arrivals)
    assert listener.bank.concealed[0] == 80
    assert np.array_equal(listener.frames[21][:80], sound(10_000 + 20 * FRAME, 80))


def test_what_was_lost_comes_too_late() -> None:
    arrivals = even(60)
    arrivals[25].append(arrivals[20].pop())
    listener = Listener().run(arrivals)
    assert listener.bank.late[0] == 1
    doubled = even(60)
    doubled[25] += doubled[20]
    listener = Listener().run(doubled)
    assert listener.bank.late[0] == 0
    assert listener.bank.target[0] == 2 * FRAME


def test_jitter_of_100_ms_plays_continuously_once_it_is_known() -> None:
    chance = np.random.default_rng(4)
    arrivals: Arrivals = [[] for _ in range(3000)]
    for tick in range(2990):
        arrivals[tick + int(chance.integers(0, 6))].append((tick * FRAME, FRAME))
    listener = Listener(tone).run(arrivals)
    assert all(row == Row.WHOLE for row in listener.rows[150:2900])
    assert listener.bank.target[0] <= (140 + 20) * RATE // 1000
    assert max(listener.levels) <= 300 * RATE // 1000


def test_late_packets_lengthen_the_delay_and_calm_shortens_it_again() -> None:
    listener = Listener(tone)
    arrivals = even(2500)
    for tick in (50, 80):
        arrivals[tick + 4] = [packet for late in arrivals[tick : tick + 5] for packet in late]
        arrivals[tick : tick + 4] = [[]] * 4
    listener.run(arrivals[:100])
    assert listener.bank.target[0] >= 5 * FRAME
    assert listener.levels[-1] >= 4 * FRAME
    listener.run(arrivals[100:])
    assert listener.bank.target[0] == 2 * FRAME
    assert listener.levels[-1] <= 2 * FRAME
    assert set(listener.rows[100:]) == {Row.WHOLE}


@pytest.mark.parametrize("ppm", [-300, 300, -2000, 2000])
def test_a_peer_whose_clock_runs_wrong_is_followed_without_gaps_at_a_steady_delay(ppm: int) -> None:
    ticks = 10 * 60 * 50 if abs(ppm) < 1000 else 60 * 50
    listener, sent = Listener(tone), 0
    arrivals: Arrivals = []
    for tick in range(ticks):
        arrivals.append([])
        while sent * FRAME <= tick * FRAME * (1 + ppm / 1e6):
            arrivals[-1].append((sent * FRAME, FRAME))
            sent += 1
    listener.run(arrivals)
    assert set(listener.rows[1:]) == {Row.WHOLE}
    assert max(listener.levels) <= 4 * FRAME
    # No step is larger than those of the tone itself: the pieces are cut out and put in without a click.
    steps = np.abs(np.diff(listener.heard[2 * FRAME :].astype(np.int64)))
    assert steps.max() <= 1.3 * 8000 * 2 * np.pi * 203 / RATE


def test_a_burst_after_a_stall_does_not_leave_a_long_delay() -> None:
    arrivals = even(400)
    stalled = [packet for tick in arrivals[50:100] for packet in tick]
    listener = Listener(tone).run([*arrivals[:50], *[[] for _ in range(50)], stalled, *arrivals[101:400]])
    assert max(listener.levels[103:]) <= 340 * RATE // 1000
    assert set(listener.rows[105:]) == {Row.WHOLE}


def test_a_peer_that_sends_twice_too_much_does_not_lengthen_the_delay() -> None:
    listener = Listener(tone).run([(2 * n * FRAME, FRAME), ((2 * n + 1) * FRAME, FRAME)] for n in range(1000))
    assert max(listener.levels) <= 700 * RATE // 1000


def test_a_new_talk_spurt_starts_with_the_usual_delay() -> None:
    listener = Listener().run(even(30)).run([[]] * 40).run(even(30, start=10_000 + 70 * FRAME))
    assert listener.rows[40:71] == [Row.QUIET] * 31
    assert np.array_equal(listener.frames[71], sound(10_000 + 70 * FRAME))


def test_a_short_pause_does_not_lengthen_the_delay() -> None:
    listener = Listener(tone).run(even(30)).run([[]] * 8).run(even(30, start=10_000 + 38 * FRAME))
    assert listener.levels[-1] <= 2 * FRAME
    assert listener.bank.target[0] == 2 * FRAME


def test_a_source_that_jumps_is_followed_and_one_stray_packet_is_not() -> None:
    listener = Listener().run(even(30)).run(even(30, start=900_000))
    assert np.array_equal(listener.heard[35 * FRAME : 50 * FRAME], sound(900_000, 30 * FRAME)[4 * FRAME : 19 * FRAME])
    stray = even(60)
    stray[30].append((3_000_000_000, FRAME))
    listener = Listener().run(stray)
    assert np.array_equal(listener.heard[FRAME:], sound(10_000, 59 * FRAME))


def test_after_a_reset_another_source_begins_anew() -> None:
    listener = Listener().run(even(30))
    listener.bank.reset(0)
    listener.run(even(10, start=5))
    assert listener.rows[30] == Row.QUIET
    assert np.array_equal(listener.heard[31 * FRAME :], sound(5, 9 * FRAME))


def test_long_silence_is_silent_and_what_is_made_up_fades_away() -> None:
    listener = Listener(tone).run(even(30)).run([[]] * 10)
    loudness = [float(np.abs(frame.astype(float)).mean()) for frame in listener.frames[30:]]
    assert listener.rows[30:] == [Row.WHOLE] + [Row.CONCEALED] * 3 + [Row.QUIET] * 6
    assert loudness[1] > 0.8 * loudness[0] > loudness[2] > loudness[3]
    assert not any(loudness[4:])


def test_comfort_noise_lasts_until_speech_comes() -> None:
    listener = Listener(tone).run(even(30))
    listener.bank.noise(0, 10_000 + 30 * FRAME, 50)
    listener.run([[]] * 100).run(even(20, start=10_000 + 130 * FRAME))
    assert set(listener.rows[32:129]) == {Row.NOISE}
    assert set(listener.rows[133:]) == {Row.WHOLE}
    loudness = np.concatenate(listener.frames[32:129]).astype(float).std()
    assert 20 * np.log10(loudness / 32768) == pytest.approx(-50, abs=1)
    assert listener.bank.concealed[0] <= 2 * FRAME
    assert listener.levels[-1] == FRAME


def test_what_a_codec_made_up_fills_holes_and_nothing_else() -> None:
    arrivals = even(60)
    arrivals[20], arrivals[21] = [], []
    listener = Listener().run(arrivals[:20]).run([[]])
    listener.bank.mend(0, 10_000 + 18 * FRAME, np.full(4 * FRAME, 77, np.int16))
    listener.run(arrivals[21:])
    assert np.array_equal(listener.heard[FRAME : 21 * FRAME], sound(10_000, 20 * FRAME))
    assert (listener.heard[21 * FRAME + 40 : 23 * FRAME] == 77).all()
    assert np.array_equal(listener.heard[23 * FRAME :], sound(10_000, 59 * FRAME)[22 * FRAME :])
    assert listener.bank.concealed[0] == 2 * FRAME
    assert listener.bank.target[0] == 2 * FRAME


def test_time_that_is_skipped_leaves_the_delay_as_it_was() -> None:
    listener = Listener().run(even(30))
    listener.bank.skip(5)
    held = [packet for tick in even(80)[30:36] for packet in tick]
    listener.run([held, *even(80)[36:]])
    assert np.array_equal(
        listener.heard[35 * FRAME :],
        sound(10_000, 80 * FRAME)[39 * FRAME : 79 * FRAME][: len(listener.heard) - 35 * FRAME],
    )


def test_ticks_made_up_for_at_once_change_nothing() -> None:
    """What came while the engine stood still is found all at once, but was neither early nor late."""
    listener, arrivals = Listener(), even(1000)
    for tick in range(0, 1000, 20):
        listener.run(arrivals[tick : tick + 15])
        listener.bank.behind(4)
        listener.run([[packet for packets in arrivals[tick + 15 : tick + 20] for packet in packets]])
        listener.bank.behind(0)
        listener.run([[]] * 4)
    assert np.array_equal(listener.heard[FRAME:], sound(10_000, 999 * FRAME))
    assert listener.bank.target[0] == 2 * FRAME


def test_many_slots_are_served_at_once_as_each_alone() -> None:
    slots = np.array([3, 1500, 7])
    starts = np.array([5, 0xFFFFFF00, 90_000], np.uint32)
    bank = Bank()
    for slot in slots:
        bank.open(int(slot))
    for tick in range(20):
        timestamps = starts + np.uint32(tick * FRAME)
        bank.write_frames(slots, timestamps, np.stack([sound(int(start) + tick * FRAME) for start in starts]))
        frames, rows = bank.read(slots)
        if tick:
            assert not rows.any()
            for frame, start in zip(frames, starts, strict=True):
                assert np.array_equal(frame, sound(int(start) + (tick - 1) * FRAME))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_order_and_repetition_within_the_delay_do_not_matter(data: st.DataObject) -> None:
    arrivals = even(60)
    for tick in range(10, 50, 2):
        both = arrivals[tick] + arrivals[tick + 1]
        again = data.draw(st.lists(st.sampled_from(both), max_size=3))
        arrivals[tick] = data.draw(st.permutations(both + again))
        arrivals[tick + 1] = []
    # The second packet of each pair comes a tick early, which is jitter too: nothing may be lost for it.
    listener = Listener().run(arrivals)
    assert listener.bank.late[0] == 0
    assert set(listener.rows[1:]) == {Row.WHOLE}
    same = Listener().run([sorted(set(packets)) for packets in arrivals])
    assert np.array_equal(listener.heard, same.heard)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=5, max_size=60), st.integers(0, 2**32 - 1)
)
def test_a_batch_is_the_same_as_its_packets_one_by_one(waits: list[list[int]], start: int) -> None:
    """Each tick and slot sends a packet that takes so many ticks; 8 and 9 are lost, two that meet come one later."""
    batches, singles, slots = Bank(), Bank(), np.arange(4)
    due: dict[tuple[int, int], int] = {}
    for slot in range(4):
        batches.open(slot)
        singles.open(slot)
    for tick in range(len(waits) + 12):
        for slot, wait in enumerate(waits[tick]) if tick < len(waits) else ():
            at = tick + wait
            while (at, slot) in due:
                at += 1
            if wait < 8:
                due[at, slot] = (start + tick * FRAME) & 0xFFFFFFFF
        came = [(slot, due[tick, slot]) for slot in range(4) if (tick, slot) in due]
        frames = np.array([sound(timestamp) for _, timestamp in came], np.int16).reshape(-1, FRAME)
        numbers, timestamps = np.array(came, np.int64).reshape(-1, 2).T
        batches.write_frames(numbers, timestamps.astype(np.uint32), frames)
        for (slot, timestamp), frame in zip(came, frames, strict=True):
            singles.write(slot, timestamp, frame)
        one, other = batches.read(slots), singles.read(slots)
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])
    for name in ("late", "concealed", "target", "level"):
        assert np.array_equal(getattr(batches, name), getattr(singles, name))


_PACKETS = st.lists(
    st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, LONGEST_PACKET + 100), st.integers(0, 3)), max_size=6
)


@settings(max_examples=80, deadline=None)
@given(st.lists(_PACKETS, max_size=40), st.integers(0, 2**31))
def test_whatever_comes_reading_goes_on_and_nothing_grows(ticks: list[list[tuple[int, int, int]]], base: int) -> None:
    bank = Bank()
    for slot in range(3):
        bank.open(slot)
    for packets in ticks:
        for timestamp, size, kind in packets:
            near = timestamp if kind == 3 else (base + timestamp % 6000) & 0xFFFFFFFF
            if kind == 2:
                bank.noise(timestamp % 4, near, timestamp % 200)
            elif kind == 1:
                bank.write(timestamp % 4, near, sound(timestamp, size))
            else:
                frames = np.stack([sound(timestamp)] * 2)
                bank.write_frames(np.array([timestamp % 3] * 2), np.array([near, near ^ size], np.uint32), frames)
        frames, rows = bank.read(np.arange(3))
        assert frames.shape == (3, FRAME)
        assert set(rows.tolist()) <= set(Row)
        assert (bank.level <= 6144).all()


def test_chaos_never_breaks_it() -> None:
    chance = np.random.default_rng(7)
    listener, timestamp = Listener(), 0
    for _ in range(10_000):
        packets = []
        for _ in range(chance.choice([0, 1, 1, 1, 2, 5])):
            timestamp += int(chance.choice([160, 160, 160, -320, 800, 0, 50_000 if chance.random() < 0.01 else 160]))
            packets.append((timestamp, int(chance.choice([0, 80, 160, 160, 1000]))))
        listener.run([packets])
        assert listener.levels[-1] <= 6144
