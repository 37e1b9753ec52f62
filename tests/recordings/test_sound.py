"""Payloads laid out in time, as networks and phones bring them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from tests.recordings.captures import KEY
from tests.recordings.tones import RATE, level, part, tone
from yuelai.media.capture import ChunkWriter, Coding, Entry, Kind
from yuelai.media.embedded.codecs import Agreed, encoder
from yuelai.recordings.chunks import CaptureFile
from yuelai.recordings.sound import pauses, sound
from yuelai.wire.g711 import Law, encode

FRAME = 160


def coded(samples: np.ndarray, coding: Coding) -> list[bytes]:
    """Return 20 ms payloads."""
    name = {Coding.OPUS: "opus", Coding.L16_WIDE: "L16"}.get(coding, coding.name)
    make = encoder(Agreed(name, int(coding), coding.clock))
    frames = [samples[at : at + FRAME] for at in range(0, len(samples), FRAME)]
    return [make.encode(frame) or b"" for frame in frames]


def entries(
    samples: np.ndarray,
    *,
    kind: int = Kind.SAID,
    coding: Coding = Coding.PCMU,
    at: int = 0,
    timestamp: int = 0xFFFFF000,
    source: int = 0,
    late: Callable[[int], float] = lambda n: 0,
) -> list[Entry]:
    """Return a sender's packets from `at` ms on; `late` says by how many ms packet n is held up."""
    step = coding.clock // 50
    return [
        Entry(kind, coding, source, round(at + 20 * n + late(n)), (timestamp + n * step) & 0xFFFFFFFF, payload)
        for n, payload in enumerate(coded(samples, coding))
    ]


def laid(path: Path, kept: Iterable[Entry], seconds: float) -> np.ndarray:
    """Write a capture with a chunk every 0.9 s, as they arrive; return int16 (n, 2)."""
    kept = sorted(kept, key=lambda entry: entry.arrival)
    with path.open("wb", buffering=0) as file:
        writer = ChunkWriter(file, uuid4(), KEY)
        for until in range(900, round(seconds * 1000), 900):
            writer.write([each for each in kept if until - 900 <= each.arrival < until], until, end=False)
        last = (round(seconds * 1000) - 1) // 900 * 900
        writer.write([each for each in kept if each.arrival >= last], round(seconds * 1000), end=True)
    with CaptureFile(path, KEY) as capture:
        blocks = list(sound(capture, capture.duration_ms))
    assert max(len(block) for block in blocks) <= 80_000
    both = np.concatenate(blocks)
    assert both.shape == (round(seconds * RATE), 2)
    return both


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.yrec"


@pytest.mark.parametrize("coding", list(Coding))
def test_every_coding_is_heard_in_its_channel_where_it_was_said(path: Path, coding: Coding) -> None:
    said = entries(tone(700, 2), coding=coding, at=1000)
    heard = entries(tone(1100, 2), coding=coding, at=2000, kind=Kind.HEARD)
    both = laid(path, said + heard, 5)
    for channel, begin, frequency in ((0, 1, 700), (1, 2, 1100)):
        voice = both[:, channel]
        assert abs(level(part(voice, begin + 0.05, begin + 1.95), frequency) + 10) < 1
        assert not part(voice, 0, begin - 0.01).any()
        assert not part(voice, begin + 2.02, 5).any()


def test_sound_that_comes_on_the_dot_is_not_changed_at_all(path: Path) -> None:
    samples = tone(333, 3)
    both = laid(path, entries(samples, coding=Coding.L16), 3)
    assert np.array_equal(both[:, 0], samples)
    assert not both[:, 1].any()


def test_jitter_moves_nothing(path: Path) -> None:
    chance, samples = random.Random(4), tone(700, 6)
    late = [chance.choice((0, 0, 5, 30, 80, 120)) for _ in range(300)]
    both = laid(path, entries(samples, coding=Coding.L16, late=lambda n: late[n]), 6.2)
    moved = int(np.flatnonzero(both[:, 0])[0]) - 1
    assert 0 <= moved <= 240
    assert np.array_equal(both[moved : moved + len(samples), 0], samples)


def test_what_was_lost_is_silence_and_all_else_keeps_its_place(path: Path) -> None:
    chance, samples = random.Random(4), tone(700, 4)
    kept = [entry for entry in entries(samples, coding=Coding.L16) if chance.random() > 0.1]
    both = laid(path, kept, 4)
    there = np.zeros(len(samples), bool)
    for entry in kept:
        there[entry.arrival * 8 : entry.arrival * 8 + FRAME] = True
    assert np.array_equal(both[there, 0], samples[there])
    assert not both[~there, 0].any()


def test_packets_out_of_order_and_repeated_come_right(path: Path) -> None:
    samples = tone(700, 4)
    kept = entries(samples, coding=Coding.L16, late=lambda n: 50 * (n % 3 == 0))
    both = laid(path, [*kept, *kept[::7]], 4.1)
    assert np.array_equal(both[: len(samples), 0], samples)


@pytest.mark.parametrize("coding", [Coding.OPUS, Coding.G722])
def test_codings_with_a_memory_take_reordered_and_lost_packets(path: Path, coding: Coding) -> None:
    chance, samples = random.Random(4), tone(700, 4)
    late = [chance.choice((0, 0, 25, 45)) for _ in range(200)]
    kept = [entry for entry in entries(samples, coding=coding, late=lambda n: late[n]) if chance.random() > 0.03]
    both = laid(path, [*kept, *kept[::9]], 4.1)
    assert abs(level(part(both[:, 0], 1, 3), 700) + 10) < 1.5


def test_a_burst_after_a_stall_fills_the_hole_it_left(path: Path) -> None:
    samples = tone(700, 6)
    # Everything sent between 2 s and 3.5 s comes at 3.5 s.
    both = laid(path, entries(samples, coding=Coding.L16, late=lambda n: max(3500 - 20 * n, 0) * (n >= 100)), 6)
    assert np.array_equal(both[:, 0], samples)


def test_timestamps_that_stood_still_in_a_silence_do_not_bring_the_next_words_forward(path: Path) -> None:
    words = entries(tone(700, 1), coding=Coding.L16, timestamp=5000)
    more = entries(tone(1100, 1), coding=Coding.L16, at=4000, timestamp=5000 + RATE)
    both = laid(path, words + more, 5)
    assert np.array_equal(both[:RATE, 0], tone(700, 1))
    assert not both[RATE : 4 * RATE, 0].any()
    assert np.array_equal(both[4 * RATE :, 0], tone(1100, 1))


@pytest.mark.parametrize("timestamp", [0, 0x80000000, 77_000_000])
@pytest.mark.parametrize("source", [0, 1])
def test_another_sender_or_timestamps_anew_begin_where_they_came(path: Path, timestamp: int, source: int) -> None:
    before = entries(tone(700, 2), coding=Coding.L16, timestamp=5_000_000)
    after = entries(tone(1100, 2), coding=Coding.L16, at=2000, timestamp=timestamp, source=source)
    both = laid(path, before + after, 4)
    assert np.array_equal(both[: 2 * RATE, 0], tone(700, 2))
    assert np.array_equal(both[2 * RATE :, 0], tone(1100, 2))


def test_a_change_of_coding_in_the_call_leaves_no_gap(path: Path) -> None:
    before = entries(tone(700, 2), coding=Coding.PCMU, timestamp=0)
    after = entries(tone(1100, 2), coding=Coding.OPUS, at=2000, timestamp=0)
    both = laid(path, before + after, 4)
    assert abs(level(part(both[:, 0], 1.5, 1.99), 700) + 10) < 1
    assert abs(level(part(both[:, 0], 2.05, 2.5), 1100) + 10) < 1.5


@pytest.mark.parametrize("drift", [-0.002, 0.002])
def test_a_clock_that_runs_wrong_is_followed(path: Path, drift: float) -> None:
    """±2000 ppm, far more than any phone's: after a minute it would be 120 ms off."""
    seconds = 60
    clicks = np.zeros(seconds * RATE, np.int16)
    clicks[:: 5 * RATE] = 20_000
    both = laid(path, entries(clicks, coding=Coding.L16, late=lambda n: 200 + 20 * n * drift), seconds + 0.5)
    found = np.flatnonzero(both[:, 0] > 10_000) / RATE
    wanted = np.arange(0, seconds, 5) * (1 + drift) + 0.2
    assert len(found) == len(wanted)
    assert np.abs(found - wanted).max() < 0.06


def test_no_more_than_a_pause_is_missing_and_time_runs_on_through_it(path: Path) -> None:
    samples = tone(700, 6)
    kept = [entry for entry in entries(samples, coding=Coding.L16) if not 2000 <= entry.arrival < 4000]
    both = laid(path, [*kept, Entry(Kind.PAUSE, 0, 0, 2000, 0, b""), Entry(Kind.RESUME, 0, 0, 4000, 0, b"")], 6)
    for begin, end in ((0, 2), (4, 6)):
        assert np.array_equal(part(both[:, 0], begin, end), part(samples, begin, end))
    assert not part(both[:, 0], 2, 4).any()
    with CaptureFile(path, KEY) as file:
        assert pauses(file, 6000) == [(2000, 4000)]


def test_words_of_a_pause_that_came_late_are_not_heard_after_it(path: Path) -> None:
    """Said before 4 s, held up by the network, and kept because the pause was over when they came."""
    samples = tone(700, 6)
    kept = entries(samples, coding=Coding.L16, late=lambda n: 500 * (175 <= n < 200))
    kept = [entry for entry in kept if not 2000 <= entry.arrival < 4000]
    both = laid(path, [*kept, Entry(Kind.PAUSE, 0, 0, 2000, 0, b""), Entry(Kind.RESUME, 0, 0, 4000, 0, b"")], 6)
    assert any(entry.arrival > 4000 and entry.timestamp < kept[-1].timestamp - 2 * RATE for entry in kept)
    assert not part(both[:, 0], 2, 4).any()
    assert np.array_equal(part(both[:, 0], 4, 6), part(samples, 4, 6))


def test_a_pause_that_never_ended_lasts_to_the_end(path: Path) -> None:
    both = laid(path, [*entries(tone(700, 1)), Entry(Kind.PAUSE, 0, 0, 1000, 0, b"")], 3)
    assert not part(both[:, 0], 1, 3).any()
    with CaptureFile(path, KEY) as file:
        assert pauses(file, 3000) == [(1000, 3000)]


def test_payloads_that_no_decoder_takes_are_silence(path: Path) -> None:
    good = entries(tone(700, 2), coding=Coding.OPUS)
    bad = [entry._replace(payload=b"\xff" * 5) if n % 10 == 5 else entry for n, entry in enumerate(good)]
    both = laid(path, [*bad, Entry(Kind.SAID, Coding.PCMU, 9, 2100, 0, b"")], 2.5)
    assert abs(level(part(both[:, 0], 0.5, 1.5), 700) + 10) < 3


def test_a_recording_without_a_word_is_silence_of_its_length(path: Path) -> None:
    assert not laid(path, [], 100).any()


def test_laws_are_decoded_by_table(path: Path) -> None:
    samples = tone(700, 1)
    both = laid(path, entries(samples, coding=Coding.PCMA), 1)
    assert np.abs(both[:, 0].astype(int) - samples).max() < 700
    assert encode(both[:, 0], Law.PCMA) == encode(samples, Law.PCMA)
