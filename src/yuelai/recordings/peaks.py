"""How loud a recording is along its length: what a player draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from yuelai.media.capture import CHANNELS
from yuelai.recordings.sound import samples_of
from yuelai.wire.g711 import Samples

MOST = 2400
"""Buckets kept of a recording: more than a screen is wide."""
_SHORTEST = 160
"""Samples of a bucket: below 20 ms there is nothing to see."""


class Meter:
    """Looks at sound as it passes; `peaks` then has a byte a bucket of the one channel, then of the other.

    A byte is the loudest sample of the bucket: 255 is full scale.
    """

    def __init__(self, duration_ms: int) -> None:
        self._length = max(samples_of(duration_ms), 1)
        self._count = min(MOST, -(-self._length // _SHORTEST))
        self._peaks = np.zeros((CHANNELS, self._count), np.int32)
        self._at = 0

    def watch(self, sound: Iterable[Samples]) -> Iterator[Samples]:
        """Pass int16 (n, 2) on."""
        for block in sound:
            self._add(block)
            yield block

    def _add(self, block: Samples) -> None:
        if not len(block):
            return
        buckets = (self._at + np.arange(len(block))) * self._count // self._length
        # Where each bucket begins in this block; the first one may have begun in an earlier block.
        starts = np.flatnonzero(np.diff(buckets, prepend=-1))
        loudest = np.maximum.reduceat(np.abs(block.astype(np.int32)), starts, axis=0)
        which = np.minimum(buckets[starts], self._count - 1)
        self._peaks[:, which] = np.maximum(self._peaks[:, which], loudest.T)
        self._at += len(block)

    @property
    def peaks(self) -> bytes:
        return np.minimum(self._peaks // 128, 255).astype(np.uint8).tobytes()


def channels(peaks: bytes, buckets: int) -> list[list[int]]:
    """Return both channels in so many buckets, or in as many as are known if these are fewer."""
    known = np.frombuffer(peaks, np.uint8).reshape(CHANNELS, -1)
    count = min(buckets, known.shape[1])
    starts = np.arange(count) * known.shape[1] // count
    loudest: list[list[int]] = np.maximum.reduceat(known, starts, axis=1).tolist()
    return loudest
