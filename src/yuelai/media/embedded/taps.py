"""Pieces of 20 ms of what a leg says or hears, handed on as they pass."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.ports import MediaError, Side, TapFrame
from yuelai.wire.g711 import Samples

_HALF = 31


def _half_band() -> npt.NDArray[np.float32]:
    """A low-pass at 3.8 kHz for 16 kHz sound, doubled in level: every second sample it meets is an inserted zero."""
    n = np.arange(-_HALF, _HALF + 1)
    taps: npt.NDArray[np.float64] = np.sinc(n * 0.475) * np.kaiser(len(n), 6.0)
    wide: npt.NDArray[np.float32] = (taps / taps.sum() * 2).astype(np.float32)
    return wide


_TAPS = _half_band()


class Tap:
    """Times are counted in ticks from the tap's beginning."""

    def __init__(self, id_: UUID, sink: Callable[[TapFrame], None], side: Side, rate: int) -> None:
        """Raises MediaError for a rate other than 8000 or 16000 Hz."""
        if rate not in (RATE, 2 * RATE):
            raise MediaError(f"taps give 8000 or 16000 Hz, not {rate}")
        self.id, self.side = id_, side
        self._sink, self._wide = sink, rate != RATE
        self._before: npt.NDArray[np.float32] = np.zeros(2 * _HALF, np.float32)
        self._ticks = 0

    def hand_on(self, samples: Samples) -> None:
        """Take int16 (FRAME,) of this tick."""
        if self._wide:
            samples = self._widened(samples)
        self._sink(TapFrame(self.id, self._ticks * 20, samples.astype("<i2", copy=False).tobytes()))
        self._ticks += 1

    def skip(self, ticks: int = 1) -> None:
        """There is no sound in these."""
        self._ticks += ticks

    def _widened(self, samples: Samples) -> Samples:
        spread = np.zeros(2 * FRAME, np.float32)
        spread[::2] = samples
        joined = np.concatenate([self._before, spread])
        self._before = joined[-2 * _HALF :]
        wide = np.rint(np.convolve(joined, _TAPS, "valid"))
        return np.clip(wide, -32768, 32767).astype(np.int16)
