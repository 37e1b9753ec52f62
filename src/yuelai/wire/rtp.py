"""RTP packets (RFC 3550 §5.1) and the arithmetic of its wrapping counters."""

from __future__ import annotations

import struct
from typing import NamedTuple

_HEADER = struct.Struct("!BBHII")

MAX_DATAGRAM = 2048
"""Bytes to receive at once: more than any Ethernet frame, so that nothing valid is ever cut."""


class MalformedRtp(ValueError):
    """The peer sent something that is not an RTP packet."""


class RtpPacket(NamedTuple):
    """One packet without its contributing sources and header extension, which nothing here reads.

    `timestamp` counts samples of the codec's clock (8,000 a second for G.711) and wraps at 2^32,
    `sequence` counts packets and wraps at 2^16.
    """

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def __bytes__(self) -> bytes:
        second = self.payload_type | (0x80 if self.marker else 0)
        return _HEADER.pack(0x80, second, self.sequence, self.timestamp, self.ssrc) + self.payload


def parse(data: bytes) -> RtpPacket:
    """Raises MalformedRtp: wrong version, or lengths that do not add up."""
    if len(data) < 12:
        raise MalformedRtp("shorter than an RTP header")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise MalformedRtp("not RTP version 2")
    start, end = 12 + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if end < start + 4:
            raise MalformedRtp("header extension is cut off")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            raise MalformedRtp("padding of no length")
        end -= padding
    if start > end:
        raise MalformedRtp("header and padding are longer than the packet")
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, data[start:end], second & 0x80 != 0)


def is_rtcp(data: bytes) -> bool:
    """Tell RTCP from RTP on one port (RFC 5761 §4): RTCP packet types are 192–223, seen where RTP has M and PT."""
    return len(data) >= 2 and 192 <= data[1] <= 223


def sequence_distance(later: int, earlier: int) -> int:
    """Return `later - earlier` of two 16-bit counters as the nearest signed number, −32768 to 32767."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


def timestamp_distance(later: int, earlier: int) -> int:
    """Return `later - earlier` of two 32-bit counters as the nearest signed number, −2^31 to 2^31 − 1."""
    return ((later - earlier + 0x80000000) & 0xFFFFFFFF) - 0x80000000
