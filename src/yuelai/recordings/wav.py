"""A recording as a WAV file: stereo, 16-bit PCM, 8 kHz; left is the customer's side, right what they heard."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator

import numpy as np

from yuelai.media.capture import CHUNK, RATE
from yuelai.recordings.chunks import CaptureFile
from yuelai.recordings.errors import RangeNotSatisfiable
from yuelai.wire.g711 import Law, decode

HEADER_SIZE = 44
FRAME = 4
"""Bytes of one sample of both channels."""

_MAX_DATA = 0xFFFFFFFF - HEADER_SIZE


def size(samples: int) -> int:
    """Return the length in bytes of the WAV file of so many samples a channel."""
    return HEADER_SIZE + samples * FRAME


def header(samples: int) -> bytes:
    data = min(samples * FRAME, _MAX_DATA)
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        data + 36,
        b"WAVE",
        b"fmt ",
        16,
        1,
        2,
        RATE,
        RATE * FRAME,
        FRAME,
        16,
        b"data",
        data,
    )


def interleave(said: bytes, heard: bytes, law: Law) -> bytes:
    """Return int16 little-endian, left and right in turn, of two G.711 channels of one length."""
    return np.stack([decode(said, law), decode(heard, law)], axis=1).astype("<i2").tobytes()


def prove(file: CaptureFile, start: int, end: int) -> None:
    """Open every chunk that bytes `start` to `end` (exclusive) of the WAV file come from. Raises Tampered."""
    first = max(start - HEADER_SIZE, 0) // (CHUNK * FRAME)
    last = max(end - HEADER_SIZE - 1, 0) // (CHUNK * FRAME)
    for _ in itertools.islice(file.chunks(first), last - first + 1):
        pass


def read(file: CaptureFile, samples: int, start: int, end: int) -> Iterator[bytes]:
    """Yield bytes `start` to `end` (exclusive) of the WAV file of the first `samples`, about a second at a time.

    Raises Tampered.
    """
    if start < HEADER_SIZE:
        yield header(samples)[start : min(end, HEADER_SIZE)]
    position = max(start - HEADER_SIZE, 0)
    last = end - HEADER_SIZE
    if position >= last:
        return
    first = position // (CHUNK * FRAME)
    at = first * CHUNK * FRAME
    for said, heard in file.chunks(first):
        data = interleave(said, heard, file.header.law)
        yield data[max(position - at, 0) : last - at]
        at += len(data)
        if at >= last:
            return


_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def parse_range(value: str | None, length: int) -> tuple[int, int] | None:
    """Return the one range a `Range` header asks for, (start, end exclusive), or None for everything.

    Headers we do not understand, several ranges among them, may be ignored (RFC 9110 §14.2).
    Raises RangeNotSatisfiable.
    """
    match = _RANGE.fullmatch(value.replace(" ", "")) if value else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(length - int(last), 0), length
    else:
        start, end = int(first), min(int(last) + 1, length) if last else length
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise RangeNotSatisfiable(length=length)
    return start, end
