"""The file a recording is captured into: encrypted chunks, appended as the call goes on.

All numbers are big-endian. The file begins with a header of 44 bytes:

| bytes | what |
|---|---|
| 8 | `YUELREC1` |
| 16 | recording id |
| 1 | law: 0 μ-law, 8 A-law (the RTP payload types) |
| 1 | channels: 2 |
| 2 | samples a second: 8000 |
| 12 | nonce base, random |
| 4 | reserved, zero |

Then chunks follow, each a head of 9 bytes and its sealed body:

| bytes | what |
|---|---|
| 4 | length of the sealed body |
| 4 | index, from 0 |
| 1 | flags: 1 is the end mark |
| n + 16 | AES-256-GCM of the sound: channel 0, then channel 1, one G.711 byte a sample, equally long |

The nonce is the nonce base with the index XORed into its last four bytes; the header and the chunk's head are
associated data. So no chunk can be changed, moved, left out, repeated or carried into another file unnoticed, and
only the end mark makes a file whole. Every chunk but the last holds exactly one second: a chunk's place follows
from its index. A file cut off at any byte reads up to its last whole chunk.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yuelai.wire.g711 import Law

MAGIC = b"YUELREC1"
CHANNELS = 2
RATE = 8000
CHUNK = RATE
"""Samples a channel in every chunk but the last."""
END = 1
TAG = 16

_HEADER = struct.Struct("!8s16sBBH12s4x")
_HEAD = struct.Struct("!IIB")
HEADER_SIZE = _HEADER.size
HEAD_SIZE = _HEAD.size
MAX_BODY = CHANNELS * CHUNK + TAG
CHUNK_SIZE = HEAD_SIZE + MAX_BODY
"""Bytes a full chunk takes in the file."""


class NotACapture(ValueError):
    """The file does not begin as a recording does."""


@dataclass(frozen=True)
class Header:
    recording: UUID
    law: Law
    nonce: bytes

    def __bytes__(self) -> bytes:
        return _HEADER.pack(MAGIC, self.recording.bytes, self.law, CHANNELS, RATE, self.nonce)

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """Raises NotACapture."""
        if len(data) < HEADER_SIZE:
            raise NotACapture("shorter than a header")
        magic, recording, law, channels, rate, nonce = _HEADER.unpack_from(data)
        if magic != MAGIC or law not in tuple(Law) or (channels, rate) != (CHANNELS, RATE):
            raise NotACapture("not a recording this version reads")
        header = cls(UUID(bytes=recording), Law(law), nonce)
        if bytes(header) != data[:HEADER_SIZE]:
            raise NotACapture("reserved bytes are in use")
        return header

    def nonce_of(self, index: int) -> bytes:
        tail = int.from_bytes(self.nonce[8:], "big") ^ index
        return self.nonce[:8] + tail.to_bytes(4, "big")


@dataclass(frozen=True)
class Head:
    """What stands before each sealed body. `length` counts the body with its tag."""

    length: int
    index: int
    flags: int

    def __bytes__(self) -> bytes:
        return _HEAD.pack(self.length, self.index, self.flags)

    @classmethod
    def parse(cls, data: bytes) -> Head:
        return cls(*_HEAD.unpack(data))

    @property
    def end(self) -> bool:
        return self.flags & END != 0

    @property
    def samples(self) -> int:
        """Samples a channel."""
        return (self.length - TAG) // CHANNELS


class ChunkWriter:
    """Seals and appends. What was written has reached the operating system: a killed process does not lose it."""

    def __init__(self, file: BinaryIO, recording: UUID, law: Law, key: bytes) -> None:
        """`file` is unbuffered and empty; `key` is 32 bytes, used for this one file."""
        self._file, self._cipher = file, AESGCM(key)
        self._header = Header(recording, law, os.urandom(12))
        self._index = 0
        self.bytes = 0
        self._append(bytes(self._header))

    def write(self, said: bytes, heard: bytes, *, end: bool = False) -> None:
        """Append one chunk: exactly CHUNK samples a channel, or fewer (maybe none) with the end mark."""
        if len(said) != len(heard) or len(said) > CHUNK or (len(said) < CHUNK) is not end:
            raise ValueError("a chunk holds one second of both channels, the last one less")
        head = bytes(Head(CHANNELS * len(said) + TAG, self._index, END if end else 0))
        sealed = self._cipher.encrypt(self._header.nonce_of(self._index), said + heard, bytes(self._header) + head)
        self._append(head + sealed)
        self._index += 1

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.bytes += len(data)


def unseal(cipher: AESGCM, header: Header, head: Head, body: bytes) -> tuple[bytes, bytes]:
    """Return both channels of one chunk. Raises cryptography's InvalidTag if a single bit of it was changed."""
    plain = cipher.decrypt(header.nonce_of(head.index), body, bytes(header) + bytes(head))
    return plain[: len(plain) // 2], plain[len(plain) // 2 :]
