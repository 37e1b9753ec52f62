from __future__ import annotations

import random
from pathlib import Path
from uuid import uuid4

import pytest

from tests.recordings.captures import KEY, SECOND, capture, packets
from yuelai.media.capture import (
    HEAD_SIZE,
    HEADER_SIZE,
    MAX_BODY,
    ChunkWriter,
    Coding,
    Entry,
    Header,
    Kind,
    NotACapture,
)
from yuelai.recordings.chunks import CaptureFile, Chunk, Found, Tampered, examine

TAIL = 1600
"""Samples a channel in the last chunk of the files made here."""
SAID = random.Random(1).randbytes(3 * SECOND + TAIL)
HEARD = random.Random(2).randbytes(3 * SECOND + TAIL)


def three(path: Path, **more: object) -> tuple[bytes, list[int]]:
    """Write three seconds and a bit; return the file's bytes and where its chunks begin and the last one ends."""
    places = capture(path, SAID, HEARD, **more)  # type: ignore[arg-type]
    return path.read_bytes(), places


def read(path: Path, key: bytes = KEY) -> list[Chunk]:
    with CaptureFile(path, key) as file:
        return list(file.chunks())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.yrec"


def test_what_was_written_is_read_entry_by_entry(path: Path) -> None:
    recording = uuid4()
    three(path, recording=recording, coding=Coding.PCMA)
    with CaptureFile(path, KEY) as file:
        assert file.header.recording == recording
        assert (file.duration_ms, file.whole, file.damage) == (3200, True, None)
        chunks = list(file.chunks())
    assert [chunk.until for chunk in chunks] == [1000, 2000, 3000, 3200]
    kept = [entry for chunk in chunks for entry in chunk.entries]
    assert b"".join(entry.payload for entry in kept if entry.kind == Kind.SAID) == SAID
    assert b"".join(entry.payload for entry in kept if entry.kind == Kind.HEARD) == HEARD
    assert kept[2] == Entry(Kind.SAID, Coding.PCMA, 0, 20, 5160, SAID[160:320])


def test_every_value_an_entry_may_have_comes_back(path: Path) -> None:
    entries = [
        Entry(Kind.SAID, Coding.OPUS, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, b""),
        Entry(Kind.PAUSE, 0, 0, 7, 0, b""),
        Entry(Kind.HEARD, Coding.L16_WIDE, 1, 8, 9, bytes(1400)),
    ]
    with path.open("wb", buffering=0) as file:
        ChunkWriter(file, uuid4(), KEY).write(entries, 8, end=True)
    assert read(path)[0].entries == entries


def test_no_sound_stands_in_the_file_readable(path: Path) -> None:
    data, _ = three(path)
    assert SAID[:16] not in data
    assert HEARD[:16] not in data


def test_a_file_cut_off_anywhere_reads_up_to_its_last_whole_chunk(path: Path) -> None:
    data, places = three(path)
    whole = len(data)
    cuts = {HEADER_SIZE, HEADER_SIZE + 1, whole - 1, *range(HEADER_SIZE, whole, 997)}
    cuts |= {place + d for place in places[1:-1] for d in (-1, 0, 1, HEAD_SIZE)}
    for cut in sorted(cuts):
        path.write_bytes(data[:cut])
        left = max(n for n, place in enumerate(places) if place <= cut)
        assert examine(path, KEY) == Found(left * 1000, places[left], False)
    path.write_bytes(data)
    assert examine(path, KEY) == Found(3200, whole, True)


def test_without_its_end_mark_a_file_is_not_whole(path: Path) -> None:
    _, places = three(path, end=False)
    assert examine(path, KEY) == Found(3200, places[-1], False)


def test_an_empty_recording_is_whole(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        ChunkWriter(file, uuid4(), KEY).write([], 0, end=True)
    assert examine(path, KEY).duration_ms == 0
    assert examine(path, KEY).whole


def test_no_single_byte_can_be_changed_unnoticed(path: Path) -> None:
    data, places = three(path)
    good = examine(path, KEY)
    chance = random.Random(1)
    heads = [place + n for place in places[:-1] for n in range(HEAD_SIZE)]
    for at in {*range(HEADER_SIZE), *heads, *chance.sample(range(len(data)), 200)}:
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            found = examine(path, KEY)
        except Tampered:
            continue
        assert not found.whole, at
        before = [place for place in places if place <= at]
        assert found.duration_ms <= max(len(before) - 1, 0) * 1000
        assert found != good


@pytest.mark.parametrize("order", [[1, 0, 2, 3], [0, 0, 1, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2, 3, 3]])
def test_chunks_moved_repeated_or_left_out_are_noticed(path: Path, order: list[int]) -> None:
    data, places = three(path)
    chunks = [data[places[n] : places[n + 1]] for n in range(4)]
    path.write_bytes(data[:HEADER_SIZE] + b"".join(chunks[n] for n in order))
    assert not examine(path, KEY).whole


def test_an_index_rewritten_to_fit_is_noticed(path: Path) -> None:
    data, places = three(path)
    first, second = bytearray(data[places[0] : places[1]]), bytearray(data[places[1] : places[2]])
    # Index and time swapped along, so that all heads are in order.
    first[4:12], second[4:12] = second[4:12], first[4:12]
    path.write_bytes(data[:HEADER_SIZE] + bytes(second + first) + data[places[2] :])
    with pytest.raises(Tampered):
        read(path)


def test_a_chunk_of_another_recording_is_noticed_though_its_key_is_the_same(path: Path, tmp_path: Path) -> None:
    data, places = three(path)
    other, _ = three(tmp_path / "b.yrec")
    path.write_bytes(data[: places[1]] + other[places[1] :])
    assert examine(path, KEY) == Found(1000, places[1], False)


def test_another_key_opens_nothing(path: Path) -> None:
    three(path)
    with pytest.raises(Tampered):
        read(path, bytes(32))


def test_what_is_no_capture_is_refused(path: Path) -> None:
    for data in (b"", b"RIFF" + bytes(100), three(path)[0][:20]):
        path.write_bytes(data)
        with pytest.raises(Tampered):
            examine(path, KEY)


def test_reserved_bytes_must_be_zero(path: Path) -> None:
    data = bytearray(three(path)[0])
    data[HEADER_SIZE - 1] = 1
    with pytest.raises(NotACapture):
        Header.parse(bytes(data))


def test_a_chunk_holds_no_more_than_its_reader_takes(path: Path) -> None:
    long = [packets(0, b"1", 0)[0]._replace(payload=bytes(60_000))] * (MAX_BODY // 60_000 + 1)
    with path.open("wb", buffering=0) as file, pytest.raises(ValueError):
        ChunkWriter(file, uuid4(), KEY).write(long, 8, end=False)


@pytest.mark.parametrize(
    ("name", "clock", "coding"),
    [
        ("PCMU", 8000, Coding.PCMU),
        ("pcma", 8000, Coding.PCMA),
        ("opus", 48_000, Coding.OPUS),
        ("G722", 8000, Coding.G722),
        ("L16", 8000, Coding.L16),
        ("L16", 16_000, Coding.L16_WIDE),
        ("L16", 44_100, None),
        ("telephone-event", 8000, None),
    ],
)
def test_codings_go_by_their_names_in_descriptions(name: str, clock: int, coding: Coding | None) -> None:
    assert Coding.of(name, clock) is coding
