"""Legs without a party: music that runs by the clock, and PCM that somebody puts in."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.player import MAX_GAIN
from yuelai.media.ports import MediaError
from yuelai.wire.g711 import Samples

MAX_WAITING = 60.0
"""Seconds of PCM an injection holds."""

_SLACK = 3 * FRAME
"""Samples by which music may differ from the clock: ticks come early and late, and a jump is heard as a click."""

_AT_ONCE = 8 * FRAME
"""Samples at 16 kHz that are narrowed together (80 ms)."""

_SILENCE: Samples = np.zeros(FRAME, np.int16)
_SILENCE.flags.writeable = False


class Music:
    """Files in turn, over and over, whoever listens. The position follows from the clock alone: workers of one machine
    that play the same files are at the same place without talking to each other, a restarted one too."""

    def __init__(self, pieces: Sequence[Samples], gain: float = 1.0) -> None:
        """Raises MediaError when there is nothing to hear in `pieces`."""
        whole = pieces[0] if len(pieces) == 1 else np.concatenate([*pieces, np.zeros(0, np.int16)])
        if not len(whole):
            raise MediaError("there is no sound to make music of")
        if gain != 1.0:
            loud = whole.astype(np.float32) * np.float32(min(max(gain, 0.0), MAX_GAIN))
            whole = np.clip(loud, -32768, 32767).astype(np.int16)
        # Whole frames can then be cut out anywhere, however short the piece.
        self._length = len(whole)
        ring = np.resize(whole, FRAME) if self._length < FRAME else whole[:FRAME]
        self._sound: Samples = np.concatenate([whole, ring])
        self._position: int | None = None

    def frame(self, now: float) -> Samples:
        """Return int16 (FRAME,) for this tick; `now` in seconds, the same clock for all workers."""
        due = int(now * RATE) % self._length
        if self._position is None or _apart(self._position, due, self._length) > _SLACK:
            self._position = due
        start = self._position
        self._position = (start + FRAME) % self._length
        return self._sound[start : start + FRAME]


def _apart(one: int, other: int, length: int) -> int:
    distance = abs(one - other)
    return min(distance, length - distance)


def _half_band() -> npt.NDArray[np.float32]:
    """A low-pass at 3.6 kHz for 16 kHz sound: 1.9 ms of delay, -50 dB and less from 4.4 kHz on."""
    n = np.arange(-31, 32)
    taps: npt.NDArray[np.float64] = np.sinc(n * 0.475) * np.kaiser(len(n), 6.0)
    narrow: npt.NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return narrow


_TAPS = _half_band()


class Injection:
    """PCM in the order it comes, then silence."""

    def __init__(self, rate: int = RATE) -> None:
        """Raises MediaError for a rate other than 8000 or 16000 Hz."""
        if rate not in (RATE, 2 * RATE):
            raise MediaError(f"PCM is taken at 8000 or 16000 Hz, not {rate}")
        self._wide = rate != RATE
        self._before: npt.NDArray[np.float32] = np.zeros(len(_TAPS) - 1, np.float32)
        self._odd = self._odd_added = False
        self._raw: deque[Samples] = deque()
        """At 16 kHz; narrowed when it is their turn, for a minute at once would hold the tick up."""
        self._pieces: deque[Samples] = deque()
        self._used = 0
        """Samples of the first piece that are gone."""
        self._waiting = 0

    @property
    def waiting(self) -> float:
        """Seconds not yet played."""
        return self._waiting / RATE

    def add(self, pcm: bytes) -> float:
        """Append int16 little-endian; return the seconds that wait now.

        Raises MediaError for half a sample, and beyond `MAX_WAITING`, when nothing of it is taken.
        """
        if len(pcm) % 2:
            raise MediaError("PCM is made of whole samples of two bytes")
        if self.waiting + len(pcm) / 2 / RATE / (2 if self._wide else 1) > MAX_WAITING:
            raise MediaError(f"no more than {MAX_WAITING:.0f} s of sound can wait")
        samples = np.frombuffer(pcm, "<i2").astype(np.int16)
        if self._wide:
            self._raw.extend(samples[start : start + _AT_ONCE] for start in range(0, len(samples), _AT_ONCE))
            self._waiting += (len(samples) - self._odd_added + 1) // 2
            self._odd_added ^= bool(len(samples) % 2)
        elif len(samples):
            self._pieces.append(samples)
            self._waiting += len(samples)
        return self.waiting

    def _narrowed(self, samples: Samples) -> Samples:
        """Every second sample of the filtered whole, across pieces of any length."""
        joined = np.concatenate([self._before, samples.astype(np.float32)])
        self._before = joined[len(joined) - len(_TAPS) + 1 :].copy()
        filtered = np.convolve(joined, _TAPS, mode="valid")[self._odd :: 2]
        self._odd ^= bool(len(samples) % 2)
        return np.clip(np.rint(filtered), -32768, 32767).astype(np.int16)

    def frame(self) -> Samples:
        """Return int16 (FRAME,), what waits or silence."""
        if not self._waiting:
            return _SILENCE
        out = np.zeros(FRAME, np.int16)
        filled = 0
        while filled < FRAME and (self._pieces or self._raw):
            if not self._pieces:
                self._pieces.append(self._narrowed(self._raw.popleft()))
            piece = self._pieces[0]
            part = piece[self._used : self._used + FRAME - filled]
            out[filled : filled + len(part)] = part
            filled += len(part)
            self._used += len(part)
            if self._used >= len(piece):
                self._pieces.popleft()
                self._used = 0
        self._waiting -= filled
        return out
