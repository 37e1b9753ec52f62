"""A phone that speaks Opus, G.722 or L16, by coders that are not the engine's (FFmpeg's, through PyAV; plain numpy)."""

from __future__ import annotations

import asyncio
import secrets
from fractions import Fraction

import av
import numpy as np

from tests.media.rtp_phone import PERIOD, Phone
from yuelai.wire.rtp import RtpPacket

SPOKEN = {"opus": (111, 48000, 48000), "G722": (9, 8000, 16000), "L16": (112, 8000, 8000)}
"""By name: payload type, RTP clock, samples a second."""


class CodecPhone(Phone):
    """Offers one codec, and keys on its clock. `sound()` is at 8 kHz whatever the codec."""

    def __init__(self, codec: str, *others: str, direction: str = "sendrecv") -> None:
        super().__init__()
        self.codec, self._others, self._direction = codec, others, direction
        self.payload_type, self.clock, self.rate = SPOKEN[codec]
        if codec != "L16":
            self._encoder = av.CodecContext.create({"opus": "libopus", "G722": "g722"}[codec], "w")
            self._encoder.rate, self._encoder.layout, self._encoder.format = self.rate, "mono", "s16"
            self._encoder.time_base = Fraction(1, self.rate)
        self._stamp, self._spoken = secrets.randbits(16), 0
        self._timestamp = self._stamp

    def describe(self, direction: str = "sendrecv") -> str:
        codecs = [(SPOKEN[name][0], name, SPOKEN[name][1]) for name in (self.codec, *self._others)]
        lines = [
            "v=0",
            "o=phone 1 1 IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            f"m=audio {self.port} RTP/AVP {' '.join(str(number) for number, _, _ in codecs)} {self.event_type}",
            *(f"a=rtpmap:{number} {name}/{clock}{'/2' if name == 'opus' else ''}" for number, name, clock in codecs),
            f"a=rtpmap:{self.event_type} telephone-event/{self.clock}",
            f"a={direction}",
        ]
        return "\r\n".join(lines) + "\r\n"

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        start, frames = loop.time(), 0
        while True:
            frames += 1
            if not self.muted:
                for payload in self._coded():
                    self.send(self.payload_type, payload, timestamp=self._stamp)
            self._stamp += self.clock // 50
            self._timestamp = self._stamp
            await asyncio.sleep(max(0, start + frames * PERIOD - loop.time()))

    def _coded(self) -> list[bytes]:
        count = self.rate // 50
        time = (self._spoken + np.arange(count)) / self.rate
        self._spoken += count
        wave = np.sin(2 * np.pi * (self.frequency or 0) * time) * 32767 * 10 ** (self.level / 20)
        samples = wave.astype(np.int16)
        if self.codec == "L16":
            return [samples.astype(">i2").tobytes()]
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = self.rate, self._spoken
        return [bytes(packet) for packet in self._encoder.encode(frame)]

    def sound(self, packets: list[RtpPacket] | None = None) -> np.ndarray:
        """Return what was heard, int16 (samples,) at 8 kHz, packet after packet."""
        packets = self.heard if packets is None else packets
        payloads = [packet.payload for packet in packets if packet.payload_type == self.payload_type]
        if not payloads:
            return np.zeros(0, np.int16)
        if self.codec == "L16":
            return np.frombuffer(b"".join(payloads), ">i2").astype(np.int16)
        decoder = av.CodecContext.create({"opus": "libopus", "G722": "g722"}[self.codec], "r")
        decoder.sample_rate, decoder.layout = self.rate, "mono"
        resampler = av.AudioResampler("s16", "mono", 8000)
        parts = []
        for payload in payloads:
            for decoded in decoder.decode(av.Packet(payload)):
                decoded.pts = None
                parts += [part.to_ndarray().reshape(-1) for part in resampler.resample(decoded)]
        return np.concatenate(parts).astype(np.int16) if parts else np.zeros(0, np.int16)
