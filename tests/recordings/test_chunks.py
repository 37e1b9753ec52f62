from __future__ import annotations

import random
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from yuelai.media.capture import CHUNK, CHUNK_SIZE, HEAD_SIZE, HEADER_SIZE, ChunkWriter
from yuelai.recordings.chunks import CaptureFile, Found, Tampered, examine
from yuelai.wire.g711 import Law

KEY = bytes(range(32))
TAIL = 1600
"""Samples a channel in the last chunk of the files made here."""


def sound(seed: int, size: int = CHUNK) -> bytes:
    return random.Random(seed).randbytes(size)


def capture(path: Path, seconds: int = 3, *, end: bool = True, recording: UUID | None = None) -> bytes:
    """Write a file and return its bytes."""
    with path.open("wb", buffering=0) as file:
        writer = ChunkWriter(file, recording or uuid4(), Law.PCMU, KEY)
        for second in range(seconds):
            writer.write(sound(second), sound(second + 100))
        if end:
            writer.write(sound(50, TAIL), sound(150, TAIL), end=True)
    data = path.read_bytes()
    assert len(data) == writer.bytes
    return data


def read(path: Path, key: bytes = KEY) -> list[tuple[bytes, bytes]]:
    with CaptureFile(path, key) as file:
        return list(file.chunks())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.yrec"


def test_what_was_written_is_read_channel_by_channel(path: Path) -> None:
    recording = uuid4()
    capture(path, recording=recording)
    with CaptureFile(path, KEY) as file:
        assert (file.header.recording, file.header.law) == (recording, Law.PCMU)
        assert (file.samples, file.whole, file.damage) == (3 * CHUNK + TAIL, True, None)
        chunks = list(file.chunks())
        assert list(file.chunks(2)) == chunks[2:]
    expected = [(sound(n), sound(n + 100)) for n in range(3)] + [(sound(50, TAIL), sound(150, TAIL))]
    assert chunks == expected


def test_no_sound_stands_in_the_file_readable(path: Path) -> None:
    data = capture(path)
    assert sound(0)[:16] not in data
    assert sound(100)[:16] not in data


def test_a_file_cut_off_anywhere_reads_up_to_its_last_whole_chunk(path: Path) -> None:
    data = capture(path)
    whole = len(data)
    cuts = {HEADER_SIZE, HEADER_SIZE + 1, whole - 1, *range(HEADER_SIZE, whole, 997)}
    cuts |= {HEADER_SIZE + n * CHUNK_SIZE + d for n in range(1, 4) for d in (-1, 0, 1, HEAD_SIZE)}
    for cut in sorted(cuts):
        path.write_bytes(data[:cut])
        seconds = (cut - HEADER_SIZE) // CHUNK_SIZE
        assert examine(path, KEY) == Found(seconds * CHUNK, HEADER_SIZE + seconds * CHUNK_SIZE, False)
    path.write_bytes(data)
    assert examine(path, KEY) == Found(3 * CHUNK + TAIL, whole, True)


def test_without_its_end_mark_a_file_is_not_whole(path: Path) -> None:
    capture(path, end=False)
    assert examine(path, KEY) == Found(3 * CHUNK, HEADER_SIZE + 3 * CHUNK_SIZE, False)


def test_an_empty_recording_is_whole(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        ChunkWriter(file, uuid4(), Law.PCMA, KEY).write(b"", b"", end=True)
    assert examine(path, KEY).samples == 0
    assert examine(path, KEY).whole


def test_no_single_byte_can_be_changed_unnoticed(path: Path) -> None:
    data = capture(path, 2)
    good = examine(path, KEY)
    chance = random.Random(1)
    places = {*range(HEADER_SIZE), *range(HEADER_SIZE, HEADER_SIZE + HEAD_SIZE), *chance.sample(range(len(data)), 200)}
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            found = examine(path, KEY)
        except Tampered:
            continue
        assert not found.whole, place
        assert (
            found.samples <= (place - HEADER_SIZE) // CHUNK_SIZE * CHUNK if place >= HEADER_SIZE else not found.samples
        )
        assert found != good


@pytest.mark.parametrize("order", [[1, 0, 2, 3], [0, 0, 1, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2, 3, 3]])
def test_chunks_moved_repeated_or_left_out_are_noticed(path: Path, order: list[int]) -> None:
    data = capture(path)
    chunks = [data[HEADER_SIZE + n * CHUNK_SIZE :][:CHUNK_SIZE] for n in range(4)]
    path.write_bytes(data[:HEADER_SIZE] + b"".join(chunks[n] for n in order))
    assert not examine(path, KEY).whole


def test_an_index_rewritten_to_fit_is_noticed(path: Path) -> None:
    data = bytearray(capture(path))
    first, second = HEADER_SIZE, HEADER_SIZE + CHUNK_SIZE
    data[first:second], data[second : second + CHUNK_SIZE] = data[second : second + CHUNK_SIZE], data[first:second]
    data[first + 4 : first + 8], data[second + 4 : second + 8] = bytes(4), bytes([0, 0, 0, 1])
    path.write_bytes(data)
    with pytest.raises(Tampered):
        read(path)


def test_a_chunk_of_another_recording_is_noticed_though_its_key_is_the_same(path: Path, tmp_path: Path) -> None:
    data, other = capture(path), capture(tmp_path / "b.yrec")
    path.write_bytes(data[: HEADER_SIZE + CHUNK_SIZE] + other[HEADER_SIZE + CHUNK_SIZE :])
    assert examine(path, KEY) == Found(CHUNK, HEADER_SIZE + CHUNK_SIZE, False)


def test_another_key_opens_nothing(path: Path) -> None:
    capture(path)
    with pytest.raises(Tampered):
        read(path, bytes(32))


def test_what_is_no_capture_is_refused(path: Path) -> None:
    for data in (b"", b"RIFF" + bytes(100), capture(path)[:20]):
        path.write_bytes(data)
        with pytest.raises(Tampered):
            examine(path, KEY)


@pytest.mark.parametrize(("said", "heard", "end"), [(8000, 7999, False), (100, 100, False), (8000, 8000, True)])
def test_only_seconds_and_a_shorter_end_can_be_written(path: Path, said: int, heard: int, end: bool) -> None:
    with path.open("wb", buffering=0) as file, pytest.raises(ValueError):
        ChunkWriter(file, uuid4(), Law.PCMU, KEY).write(bytes(said), bytes(heard), end=end)
