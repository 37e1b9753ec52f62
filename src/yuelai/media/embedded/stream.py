"""The RTP of one leg, both ways, without its socket."""

from __future__ import annotations

import secrets
import struct
import time
from collections.abc import Callable

from yuelai.media.embedded.jitter import FRAME, JitterBuffer
from yuelai.media.embedded.terms import Terms
from yuelai.media.ports import MediaError
from yuelai.wire.dtmf import KeyReceiver, MalformedEvent
from yuelai.wire.g711 import Law, recode
from yuelai.wire.rtcp import Reception, RtcpPacket, SenderInfo, report, split
from yuelai.wire.rtp import MalformedRtp, parse

_HEADER = struct.Struct("!BBHII")
_SENDER_REPORT = 200


def spoken(terms: Terms) -> Terms:
    """Return the terms. Raises MediaError: the tick mixes G.711 alone."""
    if terms.codec.name not in Law.__members__:
        raise MediaError("no common codec: only G.711 is spoken")
    return terms


class RtpStream:
    """Sorts what arrives into sound and keys; numbers what leaves. Times are monotonic seconds."""

    def __init__(self, on_key: Callable[[str], None]) -> None:
        self._on_key = on_key
        self._keys = KeyReceiver()
        self._reception = Reception()
        self.jitter = JitterBuffer()
        self.law = Law.PCMA
        self._codecs: dict[int, Law] = {}
        self._events: frozenset[int] = frozenset()
        self._payload_type = int(Law.PCMA)
        self._source: int | None = None
        self._ssrc = secrets.randbits(32)
        self._sequence, self._timestamp = secrets.randbits(15), secrets.randbits(32)
        self._sent = 0
        self._fresh = True
        self.heard_at: float | None = None
        """When the last packet came."""

    def agree(self, terms: Terms) -> None:
        """Follow a negotiation; sound under way goes on."""
        law = Law[terms.codec.name]
        if law is not self.law:
            self.jitter = JitterBuffer()
        self.law, self._payload_type = law, terms.codec.payload_type
        self._codecs = {n: Law[codec.name] for n, codec in terms.codecs.items() if codec.name in Law.__members__}
        self._events = frozenset(terms.events)

    def receive(self, data: bytes, now: float) -> bool:
        """Take a datagram; False if it is not RTP of this leg. Payload types not agreed on are passed over."""
        try:
            packet = parse(data)
        except MalformedRtp:
            return False
        law = self._codecs.get(packet.payload_type)
        if law is not None:
            if packet.ssrc != self._source:
                # Another source has a clock of its own; its timestamps say nothing about the one before.
                self._source, self.jitter = packet.ssrc, JitterBuffer()
            if law is not self.law:
                packet = packet._replace(payload=recode(packet.payload, law, self.law))
            self.jitter.write(packet.timestamp, packet.payload)
        elif packet.payload_type in self._events:
            try:
                key = self._keys.receive(packet)
            except MalformedEvent:
                return False
            if key is not None:
                self._on_key(key)
        else:
            return False
        self._reception.packet(packet, int(now * 8000))
        self.heard_at = now
        return True

    def receive_rtcp(self, data: bytes, now: float) -> list[RtcpPacket]:
        """Take a compound; malformed ones are passed over."""
        try:
            packets = split(data)
        except ValueError:
            return []
        for packet in packets:
            if packet.kind == _SENDER_REPORT:
                self._reception.sender_report(packet.body, now)
        return packets

    def packet(self, codes: bytes) -> bytes:
        """Return the next packet with a tick's FRAME codes."""
        # The marker tells the receiver that a talk spurt begins, here after any pause in sending (RFC 3551 §4.1).
        second = self._payload_type | (0x80 if self._fresh else 0)
        header = _HEADER.pack(0x80, second, self._sequence, self._timestamp, self._ssrc)
        self._fresh = False
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._sent += 1
        self.pass_time(1)
        return header + codes

    def pass_time(self, ticks: int) -> None:
        """Let the timestamp run on, with or without packets."""
        self._timestamp = (self._timestamp + ticks * FRAME) & 0xFFFFFFFF

    def pause(self) -> None:
        """A tick in which nothing may be sent."""
        self._fresh = True
        self.pass_time(1)

    def report(self, now: float) -> bytes:
        """Return our RTCP report: sender's if we sent, with what we received."""
        block = self._reception.block(now)
        sender = SenderInfo(time.time(), self._timestamp, self._sent, self._sent * FRAME) if self._sent else None
        return report(self._ssrc, f"{self._ssrc:08x}@yuelai", sender, [block] if block else [])
