"""What a simulated party says: endless sources of samples."""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
    """Speak WAV files (mono, 16-bit, 8 kHz) one after the other with pauses between; silence when they are over."""
    gap = np.zeros(round(pause * RATE), dtype=np.int16)
    sound = np.concatenate([part for path in paths for part in (_read(path), gap)])
    position = 0

    def take(n: int) -> Samples:
        nonlocal position
        index = np.arange(position, position + n)
        position += n
        if loop:
            return sound[index % len(sound)]
        return np.where(index < len(sound), sound[np.minimum(index, len(sound) - 1)], 0).astype(np.int16)

    return take


def _read(path: Path) -> Samples:
    with wave.open(str(path)) as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
            raise ValueError(f"{path.name} is not mono, 16-bit, 8 kHz")
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)
