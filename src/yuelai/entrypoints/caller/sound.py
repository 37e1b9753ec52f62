"""The caller's end of an RTP stream (RFC 3550): sends a source and keys, hears tones, counts packets."""

from __future__ import annotations

import asyncio
import secrets
import wave
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from yuelai.entrypoints.caller.sources import Source, silence
from yuelai.entrypoints.caller.tones import RATE, ToneDetector
from yuelai.wire import dtmf, g711, rtp

FRAME = 160
"""Samples of a packet: 20 ms."""
TICK = FRAME / RATE
AUDIBLE = 200
"""Root mean square (of int16) from which a packet counts as sound: about −44 dBFS."""
BETWEEN_KEYS = 0.5
COMMA = 1.0


@dataclass
class Peer:
    """What the other side's description settled: where to send, in which law, and how keys travel."""

    address: tuple[str, int]
    law: g711.Law
    key_type: int | None
    send: bool = True
    """False while the other side does not want to hear us (it holds)."""


class Sound(asyncio.DatagramProtocol):
    """One stream both ways on a port of its own. `audible` is set with the first sound that is not silence."""

    def __init__(self, *, keep: bool = False) -> None:
        self.sent = self.received = 0
        self.tones = ToneDetector()
        self.keys: list[str] = []
        self.audible = asyncio.Event()
        self.port = 0
        self._kept: list[np.ndarray] | None = [] if keep else None
        self._transport: asyncio.DatagramTransport | None = None
        self._peer: Peer | None = None
        self._source = silence()
        self._presses: deque[tuple[list[dtmf.EventPacket], asyncio.Future[None]]] = deque()
        self._press_at = 0
        self._ssrc, self._sequence = secrets.randbits(32), secrets.randbits(16)
        self._timestamp = secrets.randbits(32)
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0
        self._receiver = dtmf.KeyReceiver()
        self._streams: dict[int, _Count] = {}

    @classmethod
    async def open(cls, host: str, *, keep: bool = False) -> Sound:
        """Bind to a free port of `host`."""
        loop = asyncio.get_running_loop()
        _, sound = await loop.create_datagram_endpoint(lambda: cls(keep=keep), local_addr=(host, 0))
        return sound

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def start(self, peer: Peer) -> None:
        """Begin to send, or go on to somewhere else."""
        self._peer = peer
        if self._timer is None and self._transport is not None:
            self._next = asyncio.get_running_loop().time()
            self._tick()

    def speak(self, source: Source) -> None:
        """Send this from now on, in place of what was sent."""
        self._source = source

    async def press(self, keys: str) -> None:
        """Press keys one after the other, 0.5 s apart; a comma waits 1 s. Returns after the last key's last packet."""
        first = True
        for key in keys:
            if key == ",":
                await asyncio.sleep(COMMA)
                continue
            if not first:
                await asyncio.sleep(BETWEEN_KEYS)
            first = False
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._presses.append((list(dtmf.press(key)), done))
            await done

    @property
    def lost(self) -> int:
        """Packets missing from the sequence numbers that arrived (RFC 3550 §6.4.1)."""
        return sum(max(0, c.highest - c.base + 1 - c.received) for c in self._streams.values())

    def save(self, path: Path) -> None:
        """Write what was heard as WAV; needs `keep`."""
        sound = np.concatenate(self._kept) if self._kept else np.zeros(0, dtype=np.int16)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(sound.astype("<i2").tobytes())

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._transport is not None:
            self._transport.close()
        self._transport = None
        for _, done in self._presses:
            done.cancel()
        self._presses.clear()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        behind = int((loop.time() - self._next) / TICK)
        if behind > 25:
            # Half a second late: the other side has played silence for it, so skip it instead of sending a burst.
            self._next += behind * TICK
            self._timestamp = (self._timestamp + behind * FRAME) & 0xFFFFFFFF
        self._send_frame()
        self._next += TICK
        self._timer = loop.call_at(self._next, self._tick)

    def _send_frame(self) -> None:
        assert self._peer is not None
        samples = self._source(FRAME)
        if self._presses and self._peer.key_type is not None:
            packets, done = self._presses[0]
            packet = packets.pop(0)
            if packet.offset == 0:
                self._press_at = self._timestamp
            self._send(self._peer.key_type, self._press_at, packet.payload, packet.marker)
            if not packets:
                self._presses.popleft()
                if not done.done():
                    done.set_result(None)
        elif self._peer.send:
            self._send(int(self._peer.law), self._timestamp, g711.encode(samples, self._peer.law), self.sent == 0)
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF

    def _send(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> None:
        assert self._peer is not None
        if self._transport is None:
            return
        packet = rtp.RtpPacket(payload_type, self._sequence, timestamp, self._ssrc, payload, marker)
        self._transport.sendto(bytes(packet), self._peer.address)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.sent += 1

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if rtp.is_rtcp(data):
            return
        try:
            packet = rtp.parse(data)
        except rtp.MalformedRtp:
            return
        self.received += 1
        self._streams.setdefault(packet.ssrc, _Count(packet.sequence)).take(packet.sequence)
        if self._peer is not None and packet.payload_type == self._peer.key_type:
            key = self._receiver.receive(packet)
            if key is not None:
                self.keys.append(key)
        elif packet.payload_type in (g711.Law.PCMU, g711.Law.PCMA):
            self._hear(g711.decode(packet.payload, g711.Law(packet.payload_type)))

    def _hear(self, samples: g711.Samples) -> None:
        if self._kept is not None:
            self._kept.append(samples)
        if not self.audible.is_set() and np.sqrt(np.mean(samples.astype(np.float64) ** 2)) > AUDIBLE:
            self.audible.set()
        self.tones.feed(samples)


class _Count:
    """Sequence numbers of one source, extended beyond 16 bits (RFC 3550 §A.1)."""

    def __init__(self, first: int) -> None:
        self.base = self.highest = first
        self.received = 0

    def take(self, sequence: int) -> None:
        self.received += 1
        self.highest += max(0, rtp.sequence_distance(sequence, self.highest & 0xFFFF))
