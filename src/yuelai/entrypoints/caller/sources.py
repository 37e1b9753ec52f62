"""What a simulated party says: endless sources of samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.files import read

Samples = npt.NDArray[np.int16]
Source = Callable[[int], Samples]
"""Give the next n samples, int16 (n,) at 8 kHz."""

RATE = 8000
LEVEL = 10 ** (-10 / 20)


def silence() -> Source:
    return lambda n: np.zeros(n, dtype=np.int16)


def tone(hz: float, *, level: float = LEVEL) -> Source:
    """A sine without an end, its phase unbroken from packet to packet."""
    position = 0

    def take(n: int) -> Samples:
        nonlocal position
        t = np.arange(position, position + n)
        position += n
        samples: Samples = np.round(np.sin(2 * np.pi * hz / RATE * t) * level * 32767).astype(np.int16)
        return samples

    return take


def files(paths: Sequence[Path], *, pause: float = 1.0, loop: bool = False) -> Source:
    """Speak files one after the other with pauses between; silence when they are over. Raises MediaError for a file
    that cannot be read."""
    gap = np.zeros(round(pause * RATE), dtype=np.int16)
    sound = np.concatenate([part for path in paths for part in (read(path), gap)])
    position = 0

    def take(n: int) -> Samples:
        nonlocal position
        index = np.arange(position, position + n)
        position += n
        if loop:
            return sound[index % len(sound)]
        return np.where(index < len(sound), sound[np.minimum(index, len(sound) - 1)], 0).astype(np.int16)

    return take
