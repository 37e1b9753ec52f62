"""What leaves: one numbered line of packets per leg, with one SSRC for the leg's whole life (RFC 3550 §5.1)."""

from __future__ import annotations

import secrets
import time

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.io import Indices, Numbers
from yuelai.wire.rtcp import SenderInfo

SLOTS = 4096
"""Legs a worker can hold at all; long before, it is full."""

MASK = 0xFFFFFFFF

Headers = npt.NDArray[np.uint8]


class Lines:
    """Arrays by slot. `timestamp` and `sequence` are those of the next packet; timestamps count the codec's clock."""

    def __init__(self) -> None:
        self.ssrc = np.zeros(SLOTS, np.int64)
        self.sequence = np.zeros(SLOTS, np.int64)
        self.timestamp = np.zeros(SLOTS, np.int64)
        self.step = np.full(SLOTS, FRAME, np.int64)
        """Clock units in 20 ms."""
        self.clock = np.full(SLOTS, RATE, np.int64)
        self.payload_type = np.zeros(SLOTS, np.int64)
        self.fresh = np.ones(SLOTS, np.bool_)
        """The next packet begins a talk spurt and is marked (RFC 3551 §4.1)."""
        self.packets = np.zeros(SLOTS, np.int64)
        self.octets = np.zeros(SLOTS, np.int64)
        self.sent_at = np.zeros(SLOTS)
        """When the last packet left, monotonic seconds."""
        self.sent = 0
        """Packets of all lines."""

    def open(self, slot: int) -> None:
        self.ssrc[slot] = secrets.randbits(32)
        self.sequence[slot], self.timestamp[slot] = secrets.randbits(15), secrets.randbits(32)
        self.fresh[slot] = True
        self.packets[slot] = self.octets[slot] = 0
        self.sent_at[slot] = 0.0

    def agree(self, slot: int, payload_type: int, clock: int) -> None:
        self.payload_type[slot], self.clock[slot], self.step[slot] = payload_type, clock, clock // 50

    def next(self, slots: Indices, now: float, octets: int) -> Headers:
        """Return uint8 (n, 12): the headers of the next packet of each slot, each with 20 ms; they count as sent."""
        headers = build(
            self.payload_type[slots] | (self.fresh[slots] * 0x80),
            self.sequence[slots],
            self.timestamp[slots],
            self.ssrc[slots],
        )
        self.fresh[slots] = False
        self.sequence[slots] = (self.sequence[slots] + 1) & 0xFFFF
        self.pass_time(slots)
        self.packets[slots] += 1
        self.sent += len(slots)
        self.octets[slots] += octets
        self.sent_at[slots] = now
        return headers

    def single(self, slot: int, now: float, payload: bytes, *, timestamp: int | None = None, marker: bool = False,
               payload_type: int | None = None) -> bytes:  # fmt: skip
        """Return one packet; with `timestamp` it stands beside the sound (telephone events) and moves no time."""
        kind = int(self.payload_type[slot]) if payload_type is None else payload_type
        stamp = int(self.timestamp[slot]) if timestamp is None else timestamp
        marked = marker or (timestamp is None and bool(self.fresh[slot]))
        header = build(
            np.array([kind | (0x80 if marked else 0)]),
            self.sequence[slot : slot + 1],
            np.array([stamp]),
            self.ssrc[slot : slot + 1],
        )
        self.sequence[slot] = (self.sequence[slot] + 1) & 0xFFFF
        self.packets[slot] += 1
        self.sent += 1
        self.octets[slot] += len(payload)
        self.sent_at[slot] = now
        if timestamp is None:
            self.fresh[slot] = False
            self.timestamp[slot] = (self.timestamp[slot] + self.step[slot]) & MASK
        return headers_bytes(header) + payload

    def pass_time(self, slots: Indices, ticks: int = 1) -> None:
        """Let the timestamps run on, with or without packets."""
        self.timestamp[slots] = (self.timestamp[slots] + ticks * self.step[slots]) & MASK

    def pause(self, slots: Indices) -> None:
        """A tick in which nothing may be sent."""
        self.fresh[slots] = True
        self.pass_time(slots)

    def sender(self, slot: int, now: float) -> SenderInfo | None:
        """Return what a sender report says (§6.4.1), None before the first packet."""
        if not self.packets[slot]:
            return None
        since = max(0.0, now - float(self.sent_at[slot]))
        timestamp = int(self.timestamp[slot] - self.step[slot] + since * self.clock[slot]) & MASK
        return SenderInfo(time.time(), timestamp, int(self.packets[slot]), int(self.octets[slot]))


def build(second: Numbers, sequences: Numbers, timestamps: Numbers, ssrcs: Numbers) -> Headers:
    """Return uint8 (n, 12): RTP headers without extension, padding or contributors; `second` is marker and type."""
    headers = np.empty((len(second), 12), np.uint8)
    headers[:, 0] = 0x80
    headers[:, 1] = second
    headers.view(">u2")[:, 1] = sequences
    words = headers.view(">u4")
    words[:, 1] = timestamps
    words[:, 2] = ssrcs
    return headers


def headers_bytes(headers: Headers) -> bytes:
    return headers.tobytes()
