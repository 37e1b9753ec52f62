"""The files that messages are kept in: sealed chunks behind each other, found by Call-ID without opening them all.

All numbers are big-endian. A segment begins with a header of 48 bytes:

| bytes | what |
|---|---|
| 8 | `YUELTRC1` |
| 16 | segment id |
| 16 | id of the trace key that its own key is derived from |
| 8 | when it was begun, seconds since 1970 as a double |

Then chunks follow, each of at most a second: a head of 28 bytes, the marks of its calls, and its sealed body:

| bytes | what |
|---|---|
| 4 | index, from 0 |
| 4 | length of the sealed body |
| 8 + 8 | when its first and its last message were seen |
| 4 | number of marks |
| 8 each | marks: a keyed hash of each Call-ID in it (BLAKE2b), which tells nothing without the key |
| n + 16 | AES-256-GCM of the messages, packed (msgpack) and deflated |

The nonce is the index; header, head and marks are associated data. So no chunk can be changed, moved, or carried into
another file unnoticed. A file cut off at any byte reads up to its last whole chunk. A segment is written by one process
in one go and never continued, hence no nonce is used twice under its key.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yuelai.platform.ids import new_id

MAGIC = b"YUELTRC1"
SUFFIX = ".ytrace"
_HEADER = struct.Struct("!8s16s16sd")
_HEAD = struct.Struct("!IIddI")
_MARK = 8
_TAG = 16
MAX_CHUNK = 8 * 1024 * 1024
"""Bytes of a chunk's messages before they are packed; the writer stays well below."""
_MAX_PLAIN = 2 * MAX_CHUNK
_MAX_MARKS = 200_000


class NotASegment(ValueError):
    """The file does not begin as a segment does, or belongs to another key."""


class Traced(msgspec.Struct, array_like=True, frozen=True):
    """One message as it was on the wire, without its secrets."""

    at: float
    """Seconds since 1970, UTC."""
    sent: bool
    """True when we sent it."""
    hop: str
    """The other end, as `str(hop)` writes it."""
    call_id: str
    data: bytes


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(list[Traced]).decode


@dataclass(frozen=True)
class TraceKey:
    """The key under which segments are begun at a time; kept in its row, sealed under the master key."""

    id: UUID
    plain: bytes = field(repr=False)

    def of_segment(self, segment: UUID) -> tuple[AESGCM, bytes]:
        """Return the cipher of a segment and the key of its marks (HKDF, RFC 5869)."""
        both = HKDF(SHA256(), 64, salt=segment.bytes, info=b"yuelai sip trace").derive(self.plain)
        return AESGCM(both[:32]), both[32:]


def _mark(key: bytes, call_id: str) -> bytes:
    return hashlib.blake2b(call_id.encode("utf-8", "surrogateescape"), key=key, digest_size=_MARK).digest()


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")


class SegmentWriter:
    """Writes one segment. What was written has reached the operating system: a killed process does not lose it."""

    def __init__(self, folder: Path, key: TraceKey, now: float) -> None:
        """Raises OSError."""
        self.id = new_id()
        self.started = now
        self._cipher, self._marking = key.of_segment(self.id)
        self._header = _HEADER.pack(MAGIC, self.id.bytes, key.id.bytes, now)
        self._index = 0
        self.bytes = 0
        self.path = folder / f"{int(now):010d}-{self.id}{SUFFIX}"
        self._file: BinaryIO = self.path.open("xb", buffering=0)
        self.path.chmod(0o600)
        self._append(self._header)

    def write(self, messages: Sequence[Traced]) -> int:
        """Append one chunk; return the bytes it took. Raises OSError, after which the segment is not to be used."""
        marks = b"".join(sorted({_mark(self._marking, each.call_id) for each in messages}))
        plain = zlib.compress(_encode(messages), 1)
        head = _HEAD.pack(
            self._index,
            len(plain) + _TAG,
            min(each.at for each in messages),
            max(each.at for each in messages),
            len(marks) // _MARK,
        )
        sealed = self._cipher.encrypt(_nonce(self._index), plain, self._header + head + marks)
        self._append(head + marks + sealed)
        self._index += 1
        return len(head) + len(marks) + len(sealed)

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.bytes += len(data)

    def close(self) -> None:
        self._file.close()


def key_id_of(path: Path) -> UUID:
    """Return which trace key a segment is under. Raises OSError and NotASegment."""
    with path.open("rb") as file:
        return _parse_header(file.read(_HEADER.size))[1]


def _parse_header(data: bytes) -> tuple[UUID, UUID]:
    if len(data) < _HEADER.size or data[: len(MAGIC)] != MAGIC:
        raise NotASegment("not a trace this version reads")
    _, segment, key, _ = _HEADER.unpack(data)
    return UUID(bytes=segment), UUID(bytes=key)


class SegmentReader:
    """Finds messages in one segment. `damaged` counts chunks that are not what was written."""

    def __init__(self, path: Path, key: TraceKey) -> None:
        """Raises OSError and NotASegment."""
        self.damaged = 0
        self._file: BinaryIO = path.open("rb")
        try:
            self._header = self._file.read(_HEADER.size)
            segment, key_id = _parse_header(self._header)
            if key_id != key.id:
                raise NotASegment("under another key")
        except BaseException:
            self._file.close()
            raise
        self._cipher, self._marking = key.of_segment(segment)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> SegmentReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, call_ids: Iterable[str], first: float, last: float) -> Iterator[Traced]:
        """Yield the messages of these calls seen between two instants, in the order they were written."""
        wanted = set(call_ids)
        marks = [_mark(self._marking, call_id) for call_id in wanted]
        for head, found, start, end in self._scan():
            if end < first or start > last or not any(_holds(found, mark) for mark in marks):
                self._skip(head)
                continue
            for message in self._open(head, found):
                if message.call_id in wanted and first <= message.at <= last:
                    yield message

    def _scan(self) -> Iterator[tuple[bytes, bytes, float, float]]:
        """Yield each head, its marks and times; whoever takes one reads or skips the body behind it."""
        size = self._file.seek(0, 2)
        self._file.seek(_HEADER.size)
        index = 0
        while len(head := self._file.read(_HEAD.size)) == _HEAD.size:
            number, length, start, end, count = _HEAD.unpack(head)
            whole = _TAG <= length <= MAX_CHUNK and count <= _MAX_MARKS
            if number != index or not whole:
                self.damaged += 1
                return
            if self._file.tell() + count * _MARK + length > size:
                return  # still being written, or cut off
            yield head, self._file.read(count * _MARK), start, end
            index += 1

    def _skip(self, head: bytes) -> None:
        self._file.seek(_HEAD.unpack(head)[1], 1)

    def _open(self, head: bytes, marks: bytes) -> list[Traced]:
        number, length, _, _, _ = _HEAD.unpack(head)
        sealed = self._file.read(length)
        try:
            plain = self._cipher.decrypt(_nonce(number), sealed, self._header + head + marks)
            inflater = zlib.decompressobj()
            unpacked = inflater.decompress(plain, _MAX_PLAIN)
            return _decode(unpacked)
        except (InvalidTag, zlib.error, msgspec.MsgspecError):
            self.damaged += 1
            return []


def _holds(marks: bytes, mark: bytes) -> bool:
    at = marks.find(mark)
    while at >= 0:
        if at % _MARK == 0:
            return True
        at = marks.find(mark, at + 1)
    return False
