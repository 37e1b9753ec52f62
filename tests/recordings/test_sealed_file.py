from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from yuelai.recordings.chunks import Tampered
from yuelai.recordings.sealed_file import BLOCK, HEADER_SIZE, TAG, Content, SealedFile, SealedWriter

KEY = bytes(range(32))
WHOSE = UUID(int=7)
CONTENT = random.Random(3).randbytes(3 * BLOCK + 1000)
SEALED = BLOCK + TAG


def seal(path: Path, content: bytes = CONTENT, whose: UUID = WHOSE, piece: int = 5000) -> bytes:
    with path.open("wb") as file:
        writer = SealedWriter(file, whose, KEY, Content.OPUS)
        for at in range(0, len(content), piece):
            writer.write(content[at : at + piece])
        writer.close()
    assert writer.bytes == path.stat().st_size
    return path.read_bytes()


def read(path: Path, key: bytes = KEY, whose: UUID = WHOSE) -> bytes:
    with SealedFile(path, whose, key) as file:
        return b"".join(file.read(0, file.length))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.ysnd"


@pytest.mark.parametrize("length", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, len(CONTENT)])
def test_what_was_written_is_read(path: Path, length: int) -> None:
    seal(path, CONTENT[:length])
    with SealedFile(path, WHOSE, KEY) as file:
        assert (file.length, file.content) == (length, Content.OPUS)
    assert read(path) == CONTENT[:length]


def test_any_part_can_be_read_by_itself(path: Path) -> None:
    seal(path)
    chance = random.Random(5)
    with SealedFile(path, WHOSE, KEY) as file:
        for _ in range(100):
            start = chance.randrange(len(CONTENT))
            end = chance.randrange(start, len(CONTENT)) + 1
            assert b"".join(file.read(start, end)) == CONTENT[start:end]


def test_decoders_may_seek_in_it(path: Path) -> None:
    seal(path)
    with SealedFile(path, WHOSE, KEY) as sealed:
        file = sealed.reader()
        assert file.seek(-10, io.SEEK_END) == len(CONTENT) - 10
        assert file.read() == CONTENT[-10:]
        assert file.read(5) == b""
        file.seek(BLOCK - 3)
        assert file.read(6) == CONTENT[BLOCK - 3 : BLOCK + 3]
        file.seek(4, io.SEEK_CUR)
        assert file.tell() == BLOCK + 7


def test_nothing_of_it_stands_in_the_file_readable(path: Path) -> None:
    assert CONTENT[:16] not in seal(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[: HEADER_SIZE + SEALED],
        lambda data: data[: HEADER_SIZE + 2 * SEALED],
        lambda data: data + b"\0",
        lambda data: data + data[HEADER_SIZE : HEADER_SIZE + SEALED],
        lambda data: data[:HEADER_SIZE],
        lambda data: data[:20],
        lambda data: b"",
        lambda data: data[:HEADER_SIZE] + data[HEADER_SIZE + SEALED :],
        lambda data: (
            data[:HEADER_SIZE]
            + data[HEADER_SIZE + SEALED : HEADER_SIZE + 2 * SEALED]
            + data[HEADER_SIZE : HEADER_SIZE + SEALED]
            + data[HEADER_SIZE + 2 * SEALED :]
        ),
    ],
)
def test_a_file_cut_made_longer_or_put_in_another_order_is_refused(
    path: Path, change: Callable[[bytes], bytes]
) -> None:
    path.write_bytes(change(seal(path)))
    with pytest.raises(Tampered):
        read(path)


def test_no_single_bit_can_be_changed_unnoticed(path: Path) -> None:
    data = seal(path)
    chance = random.Random(1)
    for at in {*range(HEADER_SIZE), *chance.sample(range(len(data)), 100)}:
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(Tampered):
            read(path)


def test_a_block_of_another_file_is_refused_though_key_and_recording_are_the_same(path: Path, tmp_path: Path) -> None:
    data, other = seal(path), seal(tmp_path / "b")
    path.write_bytes(data[:HEADER_SIZE] + other[HEADER_SIZE:])
    with pytest.raises(Tampered):
        read(path)


def test_another_recordings_file_or_key_is_refused(path: Path) -> None:
    seal(path)
    for key, whose in ((bytes(32), WHOSE), (KEY, uuid4())):
        with pytest.raises(Tampered):
            read(path, key, whose)
