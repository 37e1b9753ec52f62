from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from yuelai.media.embedded.jitter import FRAME, MAX_LEVEL, MAX_TARGET, MIN_TARGET, JitterBuffer

SILENCE = 0xFF


def sound(timestamp: int, size: int = FRAME) -> bytes:
    """A ramp that tells where each sample belongs."""
    return bytes((timestamp + i) // 7 % 251 for i in range(size))


def run(arrivals: Iterable[Iterable[tuple[int, int]]], buffer: JitterBuffer | None = None) -> list[bytes | None]:
    """Each tick gets its packets as (timestamp, size), then a frame is read."""
    buffer = buffer or JitterBuffer()
    frames = []
    for packets in arrivals:
        for timestamp, size in packets:
            buffer.write(timestamp & 0xFFFFFFFF, sound(timestamp, size))
        frames.append(buffer.read(SILENCE))
    return frames


def stream(ticks: int, start: int = 10_000, size: int = FRAME) -> list[list[tuple[int, int]]]:
    """Packets of `size` samples, each arriving in the tick in which its last sample was spoken."""
    slots: list[list[tuple[int, int]]] = [[] for _ in range(ticks)]
    for timestamp in range(0, ticks * FRAME - size + 1, size):
        slots[(timestamp + size - 1) // FRAME].append((start + timestamp, size))
    return slots


@pytest.mark.parametrize("size", [80, 160, 240, 320, 480])
def test_an_even_stream_comes_out_whole_whatever_its_packet_time(size: int) -> None:
    frames = run(stream(200, size=size))
    heard = b"".join(frame for frame in frames if frame is not None)
    start = sound(10_000, 200 * FRAME)
    settled = heard[20 * FRAME :]
    assert settled in start
    assert frames[30:].count(None) == 0


def test_the_delay_of_an_even_stream_is_one_spare_frame() -> None:
    frames = run(stream(50))
    assert frames[0] is None
    assert frames[1:] == [sound(10_000 + FRAME * n) for n in range(49)]


def test_the_timestamp_may_wrap() -> None:
    frames = run(stream(100, start=0xFFFFFFFF - 50 * FRAME))
    assert None not in frames[1:]


def test_packets_out_of_order_and_doubled_come_out_in_order_once() -> None:
    slots = stream(60)
    for n in range(10, 50, 2):
        slots[n], slots[n + 1] = [], [slots[n + 1][0], slots[n][0], slots[n][0]]
    frames = run(slots)
    assert b"".join(f for f in frames[20:] if f) in sound(10_000, 60 * FRAME)
    assert None not in frames[14:]


def test_a_lost_packet_is_one_missing_frame_in_its_place() -> None:
    slots = stream(40)
    slots[20] = []
    frames = run(slots)
    assert [n for n, frame in enumerate(frames) if frame is None] == [0, 21]
    assert frames[22] == sound(10_000 + 21 * FRAME)


def test_half_a_frame_lost_is_filled_with_silence() -> None:
    slots = stream(40, size=80)
    del slots[20][1]
    frame = run(slots)[21]
    assert frame == sound(10_000 + 20 * FRAME, 80) + bytes([SILENCE]) * 80


def test_late_packets_lengthen_the_delay_and_calm_shortens_it_again() -> None:
    buffer = JitterBuffer()
    slots = stream(1500)
    for n in (50, 80):
        slots[n + 2] = slots[n] + slots[n + 1] + slots[n + 2]
        slots[n], slots[n + 1] = [], []
    run(slots[:100], buffer)
    raised = buffer.target
    assert MIN_TARGET < raised <= MAX_TARGET
    run(slots[100:], buffer)
    assert buffer.target == MIN_TARGET
    assert buffer.level <= MIN_TARGET + FRAME


@pytest.mark.parametrize("ppm", [-5000, 5000])
def test_a_peer_whose_clock_runs_wrong_neither_starves_nor_floods(ppm: int) -> None:
    buffer, sent, levels, missing = JitterBuffer(), 0, [], 0
    for tick in range(5000):
        while sent * FRAME <= tick * FRAME * (1 + ppm / 1e6):
            buffer.write(sent * FRAME, sound(sent * FRAME))
            sent += 1
        missing += buffer.read(SILENCE) is None
        levels.append(buffer.level)
    assert max(levels) <= MAX_TARGET + 2 * FRAME
    assert missing <= 40


def test_a_burst_after_a_stall_does_not_leave_a_long_delay() -> None:
    buffer = JitterBuffer()
    slots = stream(200)
    stalled = [packet for slot in slots[50:100] for packet in slot]
    run([*slots[:50], *[[] for _ in range(50)], stalled, *slots[100:120]], buffer)
    assert buffer.level <= MAX_LEVEL


def test_a_new_talk_spurt_starts_with_the_usual_delay() -> None:
    buffer = JitterBuffer()
    run(stream(30), buffer)
    run([[] for _ in range(20)], buffer)
    frames = run(stream(30, start=10_000 + 60 * FRAME), buffer)
    assert frames[1] == sound(10_000 + 60 * FRAME)


def test_a_source_that_jumps_is_followed() -> None:
    buffer = JitterBuffer()
    run(stream(30), buffer)
    frames = run(stream(30, start=900_000), buffer)
    assert frames[2:] == [sound(900_000 + FRAME * n) for n in range(1, 29)]


def test_chaos_never_breaks_it() -> None:
    chance = random.Random(7)
    buffer, timestamp = JitterBuffer(), 0
    for _ in range(20_000):
        for _ in range(chance.choice([0, 1, 1, 1, 2, 5])):
            timestamp += chance.choice([160, 160, 160, -320, 800, 0, 50_000 if chance.random() < 0.01 else 160])
            size = chance.choice([0, 80, 160, 160, 1000])
            buffer.write(timestamp & 0xFFFFFFFF, sound(timestamp, size))
        frame = buffer.read(SILENCE)
        assert frame is None or len(frame) == FRAME
        assert buffer.level <= 8192
