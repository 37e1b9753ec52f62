"""A recording as a WAV file: stereo, 16-bit PCM, 8 kHz; left is the customer's side, right what they heard."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator

from yuelai.media.capture import RATE
from yuelai.recordings.errors import RangeNotSatisfiable
from yuelai.wire.g711 import Samples

MEDIA_TYPE = "audio/wav"
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


def read(sound: Iterable[Samples], samples: int, start: int, end: int, *, begin: int = 0) -> Iterator[bytes]:
    """Yield bytes `start` to `end` (exclusive) of the WAV file of `sound`: int16 (n, 2), of `samples` in all.

    `sound` may leave out the first `begin` samples if these are before `start`.
    """
    if start < HEADER_SIZE:
        yield header(samples)[start : min(end, HEADER_SIZE)]
    position, last, at = max(start - HEADER_SIZE, 0), end - HEADER_SIZE, begin * FRAME
    for block in sound:
        if at >= last:
            return
        size = len(block) * FRAME
        if at + size > position:
            yield block.astype("<i2").tobytes()[max(position - at, 0) : last - at]
        at += size


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
