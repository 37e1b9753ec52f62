"""Sound that can be told apart in the frequency domain."""

from __future__ import annotations

import numpy as np

RATE = 8000


def tone(frequency: float, seconds: float, begin: float = 0.0, level: float = -10.0) -> np.ndarray:
    """Return a sine, int16 (samples,), as it goes on from `begin` seconds; `level` in dB below full scale."""
    time = begin + np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * frequency * time) * 32767 * 10 ** (level / 20)).astype(np.int16)


def level(samples: np.ndarray, frequency: float) -> float:
    """Return how loud a frequency is in int16 (samples,), in dB below full scale."""
    if not len(samples):
        return -180.0
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) / (len(samples) / 4) / 32768
    place = round(frequency * len(samples) / RATE)
    return float(20 * np.log10(max(spectrum[max(place - 2, 0) : place + 3].max(), 1e-9)))


def part(samples: np.ndarray, begin: float, end: float) -> np.ndarray:
    return samples[round(begin * RATE) : round(end * RATE)]
