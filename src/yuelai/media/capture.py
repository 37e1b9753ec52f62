"""The file a recording is captured into: encrypted chunks of received payloads, appended as the call goes on.

All numbers are big-endian. The file begins with a header of 44 bytes:

| bytes | what |
|---|---|
| 8 | `YUELREC2` |
| 16 | recording id |
| 1 | channels: 2 |
| 1 | reserved, zero |
| 2 | samples a second that it is to be laid out in: 8000 |
| 12 | nonce base, random |
| 4 | reserved, zero |

Then chunks follow, each a head of 13 bytes and its sealed body:

| bytes | what |
|---|---|
| 4 | length of the sealed body |
| 4 | index, from 0 |
| 4 | until when it reaches, in ms since the recording began |
| 1 | flags: 1 is the end mark |
| n + 16 | AES-256-GCM of the entries |

The entries of a chunk stand in columns: how many there are (4 bytes); of each its kind (1), coding (1), source (2),
size (2), arrival in ms since the beginning (4) and RTP timestamp (4); then all payloads one after the other. Nothing is
decoded, sorted or filled while the call goes on: laying the payloads out in time is the reader's work.

The nonce is the nonce base with the index XORed into its last four bytes; the header and the chunk's head are
associated data. So no chunk can be changed, moved, left out, repeated or carried into another file unnoticed, and
only the end mark makes a file whole. A file cut off at any byte reads up to its last whole chunk.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"YUELREC2"
CHANNELS = 2
RATE = 8000
END = 1
TAG = 16
MOST_ENTRIES = 4000
"""Of one chunk: a second of two channels at 2000 packets each, far beyond what anybody sends."""
MAX_BODY = 1 << 20

_HEADER = struct.Struct("!8s16sBxH12s4x")
_HEAD = struct.Struct("!IIIB")
_COUNT = struct.Struct("!I")
_COLUMNS = "BBHHII"
HEADER_SIZE = _HEADER.size
HEAD_SIZE = _HEAD.size


class NotACapture(ValueError):
    """The file does not begin as a recording does."""


class Coding(IntEnum):
    """How a payload is coded; the numbers are those payload types usually have (RFC 3551)."""

    PCMU = 0
    PCMA = 8
    G722 = 9
    OPUS = 111
    L16 = 112
    """At 8 kHz, mono."""
    L16_WIDE = 113
    """At 16 kHz, mono."""

    @property
    def clock(self) -> int:
        """Of its RTP timestamps."""
        return {Coding.OPUS: 48_000, Coding.L16_WIDE: 16_000}.get(self, 8000)

    @classmethod
    def of(cls, name: str, clock: int) -> Coding | None:
        """Return the coding of an encoding name and clock as SDP has them; None for one that is not recorded."""
        if name.upper() == "L16" and clock == 16_000:
            return cls.L16_WIDE
        coding = cls.__members__.get(name.upper())
        return coding if coding is not None and coding.clock == clock else None


class Kind(IntEnum):
    SAID = 0
    """A payload the leg sent: channel 0."""
    HEARD = 1
    """A payload sent to the leg: channel 1."""
    PAUSE = 2
    RESUME = 3


class Entry(NamedTuple):
    """`arrival` is in ms since the recording began; `timestamp` counts in the coding's RTP clock; `source` changes
    when another sender's sound begins on the channel. Pause and resume carry only `kind` and `arrival`."""

    kind: int
    coding: int
    source: int
    arrival: int
    timestamp: int
    payload: bytes


@dataclass(frozen=True)
class Header:
    recording: UUID
    nonce: bytes

    def __bytes__(self) -> bytes:
        return _HEADER.pack(MAGIC, self.recording.bytes, CHANNELS, RATE, self.nonce)

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """Raises NotACapture."""
        if len(data) < HEADER_SIZE:
            raise NotACapture("shorter than a header")
        magic, recording, channels, rate, nonce = _HEADER.unpack_from(data)
        if magic != MAGIC or (channels, rate) != (CHANNELS, RATE):
            raise NotACapture("not a recording this version reads")
        header = cls(UUID(bytes=recording), nonce)
        if bytes(header) != data[:HEADER_SIZE]:
            raise NotACapture("reserved bytes are in use")
        return header

    def nonce_of(self, index: int) -> bytes:
        tail = int.from_bytes(self.nonce[8:], "big") ^ index
        return self.nonce[:8] + tail.to_bytes(4, "big")


@dataclass(frozen=True)
class Head:
    """What stands before each sealed body. `length` counts the body with its tag, `until` ms."""

    length: int
    index: int
    until: int
    flags: int

    def __bytes__(self) -> bytes:
        return _HEAD.pack(self.length, self.index, self.until, self.flags)

    @classmethod
    def parse(cls, data: bytes) -> Head:
        return cls(*_HEAD.unpack(data))

    @property
    def end(self) -> bool:
        return self.flags & END != 0


class ChunkWriter:
    """Seals and appends. What was written has reached the operating system: a killed process does not lose it."""

    def __init__(self, file: BinaryIO, recording: UUID, key: bytes) -> None:
        """`file` is unbuffered and empty; `key` is 32 bytes, used for this one file."""
        self._file, self._cipher = file, AESGCM(key)
        self._header = Header(recording, os.urandom(12))
        self._index = 0
        self.bytes = 0
        self._append(bytes(self._header))

    def write(self, entries: Sequence[Entry | tuple[int, int, int, int, int, bytes]], until: int, *, end: bool) -> None:
        """Append one chunk that reaches until `until` ms. Raises ValueError: more than a chunk holds."""
        body = _body(entries)
        if len(body) + TAG > MAX_BODY:
            raise ValueError("a chunk holds about a second of sound")
        head = bytes(Head(len(body) + TAG, self._index, until, END if end else 0))
        sealed = self._cipher.encrypt(self._header.nonce_of(self._index), body, bytes(self._header) + head)
        self._append(head + sealed)
        self._index += 1

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.bytes += len(data)


def _body(entries: Sequence[Entry | tuple[int, int, int, int, int, bytes]]) -> bytes:
    if not entries:
        return _COUNT.pack(0)
    n = len(entries)
    kinds, codings, sources, arrivals, timestamps, payloads = zip(*entries, strict=True)
    columns = (kinds, codings, sources, map(len, payloads), arrivals, timestamps)
    packed = [struct.pack(f"!{n}{form}", *column) for form, column in zip(_COLUMNS, columns, strict=True)]
    return b"".join((_COUNT.pack(n), *packed, *payloads))


def unseal(cipher: AESGCM, header: Header, head: Head, body: bytes) -> list[Entry]:
    """Return the entries of one chunk. Raises cryptography's InvalidTag if a single bit of it was changed."""
    plain = cipher.decrypt(header.nonce_of(head.index), body, bytes(header) + bytes(head))
    return list(_entries(plain))


def _entries(plain: bytes) -> Iterator[Entry]:
    (n,) = _COUNT.unpack_from(plain)
    at = _COUNT.size
    columns = []
    for form in _COLUMNS:
        columns.append(struct.unpack_from(f"!{n}{form}", plain, at))
        at += struct.calcsize(f"!{n}{form}")
    for kind, coding, source, size, arrival, timestamp in zip(*columns, strict=True):
        yield Entry(kind, coding, source, arrival, timestamp, plain[at : at + size])
        at += size
