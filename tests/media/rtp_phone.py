"""A phone made of a socket: says a tone or a key, hears, and measures what it heard."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType

import numpy as np

from yuelai.wire.dtmf import press
from yuelai.wire.g711 import Law, decode, encode
from yuelai.wire.rtp import RtpPacket, is_rtcp, parse, timestamp_distance
from yuelai.wire.sdp import Session, parse_sdp

FRAME, RATE, PERIOD = 160, 8000, 0.02


def levels(samples: np.ndarray, *frequencies: float) -> list[float]:
    """Return how loud each frequency is in int16 (samples,), in dB below full scale."""
    windowed = samples * np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(windowed)) / (len(samples) / 4) / 32768
    place = [round(frequency * len(samples) / RATE) for frequency in frequencies]
    return [20 * np.log10(max(spectrum[max(p - 2, 0) : p + 3].max(), 1e-9)) for p in place]


def steadily(sound: np.ndarray, level: float, *frequencies: float, but_not: tuple[float, ...] = ()) -> bool:
    """Tell whether some fifth of a second carries each frequency at this level ±1 dB, and none of the others.

    Some, not each: on a busy machine a test's own phone is late now and then, which is rightly heard as a click.
    """
    for start in range(0, len(sound) - 1600 + 1, 400):
        window = sound[start : start + 1600]
        right = all(abs(found - level) < 1 for found in levels(window, *frequencies))
        if right and all(found < -45 for found in levels(window, *but_not)):
            return True
    return False


def tone(frequency: float, seconds: float, level: float = -10.0) -> np.ndarray:
    """Return a sine, int16 (samples,); `level` in dB below full scale."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * frequency * time) * 32767 * 10 ** (level / 20)).astype(np.int16)


class Phone(asyncio.DatagramProtocol):
    """Use as an async context. Keeps 20 ms time from `take` on, with silence while it has nothing to say."""

    def __init__(self, law: Law = Law.PCMU, event_type: int = 101) -> None:
        self.law, self.event_type = law, event_type
        self.frequency: float | None = None
        self.level = -10.0
        self.muted = False
        self.target: tuple[str, int] | None = None
        self.answer: Session | None = None
        self.heard: list[RtpPacket] = []
        self.strangers = 0
        self.reports = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._rtcp: asyncio.DatagramTransport | None = None
        self._sender: asyncio.Task[None] | None = None
        self._ssrc, self._sequence, self._timestamp = secrets.randbits(32), 0, 8000
        self._phase = 0

    async def __aenter__(self) -> Phone:
        loop = asyncio.get_running_loop()
        for port in range(40_000 + secrets.randbelow(10_000) * 2, 65_000, 2):
            with contextlib.suppress(OSError):
                self._rtcp, _ = await loop.create_datagram_endpoint(lambda: _Reports(self), ("127.0.0.1", port + 1))
                self._transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", port))
                return self
        raise OSError("no free port")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sender is not None:
            self._sender.cancel()
        assert self._transport is not None
        assert self._rtcp is not None
        self._transport.close()
        self._rtcp.close()

    @property
    def port(self) -> int:
        assert self._transport is not None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def describe(self, direction: str = "sendrecv") -> str:
        other = Law.PCMA if self.law is Law.PCMU else Law.PCMU
        lines = [
            "v=0",
            "o=phone 1 1 IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            f"m=audio {self.port} RTP/AVP {int(self.law)} {int(other)} {self.event_type}",
            f"a=rtpmap:{int(self.law)} {self.law.name}/8000",
            f"a=rtpmap:{int(other)} {other.name}/8000",
            f"a=rtpmap:{self.event_type} telephone-event/8000",
            f"a={direction}",
        ]
        return "\r\n".join(lines) + "\r\n"

    def take(self, sdp: str) -> None:
        """Follow the engine's description and begin to send."""
        self.answer = parse_sdp(sdp)
        audio = self.answer.audio
        self.target = self.answer.address(audio), audio.port
        if self._sender is None:
            self._sender = asyncio.ensure_future(self._speak())

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        start, frames = loop.time(), 0
        while True:
            frames += 1
            if not self.muted:
                self.send(self.law, encode(self._next(), self.law))
            self._timestamp += FRAME
            await asyncio.sleep(max(0, start + frames * PERIOD - loop.time()))

    def _next(self) -> np.ndarray:
        if self.frequency is None:
            return np.zeros(FRAME, np.int16)
        time = (self._phase + np.arange(FRAME)) / RATE
        self._phase += FRAME
        return (np.sin(2 * np.pi * self.frequency * time) * 32767 * 10 ** (self.level / 20)).astype(np.int16)

    def send(self, payload_type: int, payload: bytes, *, timestamp: int | None = None, marker: bool = False) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        stamp = self._timestamp if timestamp is None else timestamp
        packet = RtpPacket(payload_type, self._sequence, stamp & 0xFFFFFFFF, self._ssrc, payload, marker)
        assert self._transport is not None
        self._transport.sendto(bytes(packet), self.target)

    async def press(self, key: str) -> None:
        """Send one key as a telephone event; the tone pauses meanwhile, as on a real phone."""
        was, self.muted = self.muted, True
        begun, at = self._timestamp, 0
        for event in press(key):
            await asyncio.sleep((event.offset - at) / RATE)
            at = event.offset
            self.send(self.event_type, event.payload, timestamp=begun, marker=event.marker)
        self.muted = was

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr != self.target:
            self.strangers += 1
        elif not is_rtcp(data):
            self.heard.append(parse(data))

    def sound(self, packets: list[RtpPacket] | None = None) -> np.ndarray:
        """Return what was heard since `listen`, laid out by timestamp, int16 (samples,)."""
        packets = self.heard if packets is None else packets
        if not packets:
            return np.zeros(0, np.int16)
        first = packets[0].timestamp
        places = [timestamp_distance(p.timestamp, first) for p in packets]
        out = np.zeros(max(places) + FRAME, np.int16)
        for place, packet in zip(places, packets, strict=True):
            if place >= 0:
                out[place : place + len(packet.payload)] = decode(packet.payload, Law(packet.payload_type))
        return out

    async def listen(self, seconds: float) -> np.ndarray:
        """Forget what was heard, listen for so many seconds of sound, and return it."""
        self.heard.clear()
        count = int(seconds / PERIOD)
        async with asyncio.timeout(seconds * 3 + 3):
            while len(self.heard) < count:
                await asyncio.sleep(PERIOD)
        return self.sound(self.heard[:count])

    async def hears(self, *frequencies: float, but_not: tuple[float, ...] = (), within: float = 8.0) -> None:
        """Wait until all these tones are heard (above −30 dB) and none of the others is (below −45 dB)."""

        async def right() -> bool:
            sound = await self.listen(0.4)
            loud = all(level > -30 for level in levels(sound, *frequencies))
            return loud and all(level < -45 for level in levels(sound, *but_not))

        await eventually(right, within, lambda: f"heard {_loudest(self.sound())}, wanted {frequencies}, not {but_not}")


class _Reports(asyncio.DatagramProtocol):
    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._phone.reports += 1


def _loudest(sound: np.ndarray) -> list[tuple[int, int]]:
    frequencies = range(100, 3500, 50)
    found = sorted(zip(levels(sound, *frequencies), frequencies, strict=True), reverse=True)
    return [(frequency, round(level)) for level, frequency in found[:4]] if len(sound) else []


async def eventually(right: Callable[[], Awaitable[bool]], within: float, why: Callable[[], str]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not await right():
        assert loop.time() < deadline, why()


@contextlib.asynccontextmanager
async def phones(count: int, *laws: Law) -> AsyncIterator[list[Phone]]:
    async with contextlib.AsyncExitStack() as stack:
        chosen = [*laws, *[Law.PCMU] * (count - len(laws))]
        yield [await stack.enter_async_context(Phone(law)) for law in chosen]
