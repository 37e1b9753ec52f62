"""The file a finished recording is kept in: any bytes, sealed in blocks that open by themselves.

All numbers are big-endian. A header of 52 bytes stands first:

| bytes | what |
|---|---|
| 8 | `YUELSND1` |
| 16 | recording id |
| 16 | salt, random |
| 4 | bytes of content in every block but the last: 65536 |
| 1 | what is in it: 1 Ogg Opus, 2 WAV |
| 7 | nonce prefix, random |

Each block is AES-256-GCM of its content (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce
is the prefix, the block's number (4 bytes), and 1 for the last block, else 0; the header is associated data. The key is
derived from the recording's own (HKDF, RFC 5869) with the salt, so that no two files are ever sealed under one. Thus
any part can be read by opening the blocks it lies in, and a block changed, moved, left out or taken from elsewhere, as
a file cut off or made longer, is noticed.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yuelai.recordings.chunks import Tampered

MAGIC = b"YUELSND1"
BLOCK = 1 << 16
TAG = 16
_SEALED = BLOCK + TAG
_HEADER = struct.Struct("!8s16s16sIB7s")
HEADER_SIZE = _HEADER.size


class Content(IntEnum):
    OPUS = 1
    WAV = 2


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"yuelai recording file").derive(key))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class SealedWriter:
    """Takes bytes in order; `close` seals the last block. Has the `write` that encoders ask of a file."""

    def __init__(self, file: BinaryIO, recording: UUID, key: bytes, content: Content) -> None:
        self._file = file
        salt, self._prefix = os.urandom(16), os.urandom(7)
        self._cipher = _cipher(key, salt)
        self._header = _HEADER.pack(MAGIC, recording.bytes, salt, BLOCK, content, self._prefix)
        self._waiting = bytearray()
        self._number = 0
        self.bytes = len(self._header)
        """Of the file so far."""
        file.write(self._header)

    def write(self, data: bytes) -> int:
        self._waiting += data
        # One block is always kept back: only the end tells which is the last one.
        while len(self._waiting) > BLOCK:
            self._seal(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _seal(self, data: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._number, last=last), data, self._header)
        self._file.write(sealed)
        self._number += 1
        self.bytes += len(sealed)


class SealedFile:
    """A file opened for reading. Use as a context."""

    def __init__(self, path: Path, recording: UUID, key: bytes) -> None:
        """Raises OSError, and Tampered: no such file, another recording's, another key, or cut off."""
        self._file: BinaryIO = path.open("rb")
        try:
            self._open(recording, key)
        except BaseException:
            self._file.close()
            raise

    def _open(self, recording: UUID, key: bytes) -> None:
        self._header = self._file.read(HEADER_SIZE)
        if len(self._header) < HEADER_SIZE:
            raise Tampered("shorter than a header")
        magic, whose, salt, block, content, self._prefix = _HEADER.unpack(self._header)
        if magic != MAGIC or block != BLOCK or content not in tuple(Content):
            raise Tampered("not a finished recording this version reads")
        if whose != recording.bytes:
            raise Tampered("it is another recording's file")
        self.content = Content(content)
        sealed = self._file.seek(0, 2) - HEADER_SIZE
        self._blocks = -(-sealed // _SEALED)
        if sealed < TAG:
            raise Tampered("it has no end")
        self.length = sealed - self._blocks * TAG
        """Bytes of content."""
        self._cipher = _cipher(key, salt)
        self._block(self._blocks - 1)  # proves the length: only a true last block opens as one

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> SealedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _block(self, number: int) -> bytes:
        self._file.seek(HEADER_SIZE + number * _SEALED)
        sealed, last = self._file.read(_SEALED), number == self._blocks - 1
        try:
            return self._cipher.decrypt(_nonce(self._prefix, number, last=last), sealed, self._header)
        except InvalidTag:
            raise Tampered(f"block {number} was changed") from None

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Yield bytes `start` to `end` (exclusive) of the content, a block at a time. Raises Tampered."""
        for number in range(start // BLOCK, -(-min(end, self.length) // BLOCK)):
            at = number * BLOCK
            yield self._block(number)[max(start - at, 0) : end - at]

    def prove(self, start: int, end: int) -> None:
        """Open every block that bytes `start` to `end` (exclusive) lie in. Raises Tampered."""
        for _ in self.read(start, end):
            pass

    def reader(self) -> Reader:
        return Reader(self)


class Reader(io.RawIOBase):
    """A sealed file's content as a file that decoders can read and seek."""

    def __init__(self, file: SealedFile) -> None:
        self._sealed, self._at = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        end = self._sealed.length if size is None or size < 0 else min(self._at + size, self._sealed.length)
        data = b"".join(self._sealed.read(self._at, end)) if end > self._at else b""
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._sealed.length}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at
