"""L16: int16 in network byte order (RFC 3551 §4.5.11), at 8 kHz, or at 16 kHz through a half-band filter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.codecs.base import FRAME, MalformedPayload, bounded
from yuelai.wire.g711 import Samples

RATES = (8000, 16_000)

DELAY = 15
"""Samples at 16 kHz by which either direction is late there (0.94 ms)."""


def _half_band() -> npt.NDArray[np.float32]:
    """Return a low-pass at 4 kHz for 16 kHz, float32 (2·DELAY + 1,): 55 dB down from 4.9 kHz, flat to 3.1 kHz."""
    place = np.arange(-DELAY, DELAY + 1)
    taps = np.sinc(place / 2) * np.kaiser(2 * DELAY + 1, 5.0)
    half: npt.NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return half


_TAPS = _half_band()


def _clipped(samples: npt.NDArray[np.float32]) -> Samples:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


class LinearDecoder:
    """Implements `Decoder`."""

    def __init__(self, rate: int) -> None:
        self.clock = rate
        self._past = np.zeros(2 * DELAY, np.float32)

    def decode(self, payload: bytes) -> Samples:
        step = self.clock // 8000
        if len(payload) % (2 * step):
            raise MalformedPayload("half a sample")
        samples = np.frombuffer(bounded(payload, len(payload) // (2 * step)), ">i2")
        if step == 1:
            return samples.astype(np.int16)
        line = np.concatenate([self._past, samples.astype(np.float32)])
        self._past = line[-2 * DELAY :]
        return _clipped(np.convolve(line, _TAPS, "valid")[::2])

    def conceal(self, samples: int, following: bytes | None) -> Samples | None:
        return None


class LinearEncoder:
    """Implements `Encoder`."""

    def __init__(self, rate: int) -> None:
        self.samples_per_packet = FRAME * rate // 8000
        self._wide = rate != 8000
        self._past = np.zeros(2 * DELAY, np.float32)

    def encode(self, frame: Samples) -> bytes:
        if self._wide:
            line = np.zeros(2 * DELAY + 2 * len(frame), np.float32)
            line[: 2 * DELAY] = self._past
            line[2 * DELAY :: 2] = frame
            self._past = line[-2 * DELAY :]
            # Every other sample is zero, which halves the level: twice the filter.
            frame = _clipped(2 * np.convolve(line, _TAPS, "valid"))
        return frame.astype(">i2").tobytes()

    def expect_loss(self, fraction: float) -> None:
        """Linear sound cannot prepare."""
