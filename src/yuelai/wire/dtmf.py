"""Keys as RTP telephone events (RFC 4733)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from yuelai.wire.rtp import RtpPacket, timestamp_distance

KEYS = "0123456789*#ABCD"
"""Event codes 0–15 (RFC 4733 §3.2)."""

LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
"""Hz of the two groups of tones (ITU-T Q.23)."""

GRID = "123A456B789C*0#D"
"""The keys as they lie on the pad: a low tone a row, a high tone a column."""

TONES = {key: (LOW[place // 4], HIGH[place % 4]) for place, key in enumerate(GRID)}

MAX_DURATION = 0xFFFF


class MalformedEvent(ValueError):
    """The peer sent a telephone-event payload that is cut off."""


class TelephoneEvent(NamedTuple):
    """One payload (RFC 4733 §2.3). `volume` is −dBm0, `duration` counts timestamp units since the event began."""

    code: int
    end: bool
    duration: int
    volume: int = 10

    def __bytes__(self) -> bytes:
        flags = (0x80 if self.end else 0) | self.volume
        return bytes((self.code, flags)) + self.duration.to_bytes(2, "big")


def parse_event(payload: bytes) -> TelephoneEvent:
    """Raises MalformedEvent."""
    if len(payload) < 4:
        raise MalformedEvent("a telephone event has four bytes")
    return TelephoneEvent(payload[0], payload[1] & 0x80 != 0, int.from_bytes(payload[2:4], "big"), payload[1] & 0x3F)


class KeyReceiver:
    """Turns a stream's event packets into presses, each told once, with its first packet that arrives.

    All packets of one event, the repeated end packets too, carry the timestamp of its beginning (§2.5.1.2):
    a newer timestamp is a new press, whichever packets were lost.
    """

    def __init__(self) -> None:
        self._ssrc: int | None = None
        self._timestamp = 0
        self._code = -1
        self._segments = 0
        self._longest = 0
        self.ended = True
        """The press told last is over."""

    @property
    def duration(self) -> int:
        """Timestamp units of the press told last, as far as is known."""
        return self._segments * MAX_DURATION + self._longest

    def receive(self, packet: RtpPacket) -> str | None:
        """Return the key if this packet begins a press. Raises MalformedEvent."""
        event = parse_event(packet.payload)
        if packet.ssrc == self._ssrc:
            distance = timestamp_distance(packet.timestamp, self._timestamp)
            if distance == 0 and event.code == self._code:
                self.ended = self.ended or event.end
                self._longest = max(self._longest, event.duration)
            if distance <= 0:
                return None
            # A key held for longer than 16 bits can count goes on as a new segment (§2.5.1.3).
            goes_on = distance == MAX_DURATION and event.code == self._code and not self.ended and not packet.marker
        else:
            self._ssrc, goes_on = packet.ssrc, False
        self._segments = self._segments + 1 if goes_on else 0
        self._timestamp, self._code, self.ended = packet.timestamp, event.code, event.end
        self._longest = event.duration
        if goes_on or event.code >= len(KEYS):
            return None
        return KEYS[event.code]


class EventPacket(NamedTuple):
    """What to send `offset` timestamp units after the press began, always with the press's own timestamp."""

    offset: int
    marker: bool
    payload: bytes


def press(key: str, *, duration: int = 1280, interval: int = 160) -> Iterator[EventPacket]:
    """Yield the packets of one press: an update every `interval` units, then the end packet three times (§2.5.1.4).

    Defaults: 160 ms long, every 20 ms at 8 kHz. Raises ValueError for something that is not a key.
    """
    code = KEYS.index(key.upper())
    for offset in range(0, duration, interval):
        yield EventPacket(offset, offset == 0, bytes(TelephoneEvent(code, False, offset + interval)))
    for repeat in range(3):
        yield EventPacket(duration + repeat * interval, False, bytes(TelephoneEvent(code, True, duration)))
